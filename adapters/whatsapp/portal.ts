import type { Address, NativeChat, PortalRef } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";
import { jidOf } from "./people.ts";

/** A portal on WhatsApp: the chat of our number and a person, by the address that they go by. */
export interface WhatsAppPortal {
  readonly number: Address;
  readonly to: Address;
}

/** The lane of a chat: the same string for ever. */
export function chatOf({ number, to }: WhatsAppPortal): NativeChat {
  return sensitive(JSON.stringify([number, to]));
}

/** The portal of a chat that `chatOf` named; undefined when it is none. */
export function portalOfChat(chat: NativeChat): WhatsAppPortal | undefined {
  const value = parsed(chat);
  return Array.isArray(value) ? portal(value[0], value[1]) : undefined;
}

/** The portal as the core keeps it, sealed. */
export function portalRef({ number, to }: WhatsAppPortal): PortalRef {
  return sensitive(JSON.stringify({ number, to }));
}

/** Reads a portal that `portalRef` made; undefined when it is none. */
export function readPortal(ref: PortalRef): WhatsAppPortal | undefined {
  const value = parsed(ref);
  if (typeof value !== "object" || value === null || !("number" in value && "to" in value)) return undefined;
  return portal(value.number, value.to);
}

function portal(number: unknown, to: unknown): WhatsAppPortal | undefined {
  if (typeof number !== "string" || typeof to !== "string") return undefined;
  return jidOf(to) === undefined ? undefined : { number, to };
}

function parsed(text: Sensitive<string>): unknown {
  try {
    return JSON.parse(text.expose());
  } catch {
    return undefined;
  }
}
