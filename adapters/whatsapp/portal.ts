import type { Address, NativeChat, PortalRef } from "../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../src/model/index.ts";
import { jidOf } from "./people.ts";

/** A portal on WhatsApp: the chat of our number and a person, by the address that they go by; or a group with them alone. */
export interface WhatsAppPortal {
  readonly number: Address;
  readonly to: Address;
  /** The group's JID; absent for the chat of the two. */
  readonly group?: string;
}

const GROUP = /^[\d-]{5,40}@g\.us$/;

/** Whether a JID is a group's. */
export function isGroupJid(jid: string): boolean {
  return GROUP.test(jid);
}

/** The chat of a portal, as refs and the pace name it. */
export function chatNameOf({ to, group = to }: WhatsAppPortal): string {
  return group;
}

/** The lane of a chat: the same string for ever. */
export function chatOf(portal: WhatsAppPortal): NativeChat {
  return sensitive(JSON.stringify([portal.number, chatNameOf(portal)]));
}

/** The portal of a chat of two that `chatOf` named; undefined when it is none. */
export function portalOfChat(chat: NativeChat): WhatsAppPortal | undefined {
  const value = parsed(chat);
  return Array.isArray(value) ? portal(value[0], value[1]) : undefined;
}

/** The portal as the core keeps it, sealed. */
export function portalRef({ number, to, group }: WhatsAppPortal): PortalRef {
  return sensitive(JSON.stringify({ number, to, ...(group === undefined ? {} : { group }) }));
}

/** Reads a portal that `portalRef` made; undefined when it is none. */
export function readPortal(ref: PortalRef): WhatsAppPortal | undefined {
  const value = parsed(ref);
  if (typeof value !== "object" || value === null || !("number" in value && "to" in value)) return undefined;
  const two = portal(value.number, value.to);
  if (two === undefined || !("group" in value)) return two;
  return typeof value.group === "string" && isGroupJid(value.group)
    ? { ...two, group: value.group }
    : undefined;
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
