import { type NativeChat, type NetworkMessageRef, type PortalRef, sensitive } from "footbridge/adapter";

/** A portal: a person, and one of ours with whom they talk. */
export interface XmppPortal {
  /** What stands before the @ of our side. */
  readonly ours: string;
  /** The person's bare JID. */
  readonly person: string;
  /** The bridge speaks there by itself: it is no participant's. */
  readonly own?: true;
}

/** Writes a portal as the house stores it, sealed. */
export function portalRef({ ours, person, own }: XmppPortal): PortalRef {
  return sensitive(JSON.stringify({ ours, person, ...(own === undefined ? {} : { own }) }));
}

/** Reads a portal back, or undefined when it is none of ours. */
export function readPortal(ref: PortalRef): XmppPortal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(ref.expose());
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("ours" in value) || !("person" in value))
    return undefined;
  const { ours, person } = value;
  if (typeof ours !== "string" || typeof person !== "string") return undefined;
  return { ours, person, ...("own" in value && value.own === true ? { own: true } : {}) };
}

/** The lane of a chat: the same for a portal and for what comes from it. Neither side of it can hold a space. */
export function chatOf({ ours, person }: XmppPortal): NativeChat {
  return sensitive(`${ours} ${person}`);
}

/** The portal that a chat is. */
export function portalOfChat(chat: NativeChat): XmppPortal | undefined {
  const [ours, person, more] = chat.expose().split(" ");
  return ours === undefined || person === undefined || more !== undefined ? undefined : { ours, person };
}

/** A message's ref: its sender chose its id, so that it is unique within a chat at best. */
export function refOf(portal: XmppPortal, id: string): NetworkMessageRef {
  return sensitive(`${portal.ours} ${portal.person} ${id}`);
}

/** The id in a ref. */
export function idOf(ref: NetworkMessageRef): string {
  return ref.expose().split(" ").slice(2).join(" ");
}
