import type { Address, NativeChat, PortalRef } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";

/** A portal on SMS: one of our numbers and a phone. Both E.164, or the form in which an SMSC gave them. */
export interface SmsPortal {
  readonly number: Address;
  readonly to: Address;
}

/** The lane of a number and a phone: the same string for ever. */
export function chatOf(portal: SmsPortal): NativeChat {
  return sensitive(JSON.stringify([portal.number, portal.to]));
}

/** The portal of a lane that `chatOf` named; undefined when it is none. */
export function portalOfChat(chat: NativeChat): SmsPortal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(chat.expose());
  } catch {
    return undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const [number, to]: unknown[] = value;
  return typeof number === "string" && typeof to === "string" ? { number, to } : undefined;
}

/** The portal as the core keeps it, sealed. */
export function portalRef(portal: SmsPortal): PortalRef {
  return sensitive(JSON.stringify({ number: portal.number, to: portal.to }));
}

/** Reads a portal that `portalRef` made; undefined when it is none. */
export function readPortal(ref: Sensitive<string>): SmsPortal | undefined {
  try {
    const value: unknown = JSON.parse(ref.expose());
    if (typeof value !== "object" || value === null) return undefined;
    if (!("number" in value) || !("to" in value)) return undefined;
    const { number, to } = value;
    return typeof number === "string" && typeof to === "string" ? { number, to } : undefined;
  } catch {
    return undefined;
  }
}
