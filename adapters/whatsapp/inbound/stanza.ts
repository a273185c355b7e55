import { SECOND, type Timestamp } from "../../../src/model/index.ts";
import type { BinaryNode } from "../baileys.ts";
import { addressOf } from "../people.ts";

/** Our own account, as stanzas name it. */
export interface Own {
  /** As the config has it, E.164. */
  readonly number: string;
  /** As WhatsApp has it: some countries' numbers have a digit more or less there. */
  readonly phone?: string;
  /** `…@lid`, where it is known. */
  readonly lid?: string;
}

/** Who sent a message stanza, where to and when; of the attributes alone, as Baileys' `decodeMessageNode` reads them. */
export interface Envelope {
  readonly id: string;
  /**
   * `person`: somebody to us. `own`: written on another device of ours. `peer`: our phone to its devices. `group`: somebody into a group.
   * `other`: a status, a channel, a broadcast list, or nobody that is known.
   */
  readonly kind: "person" | "own" | "peer" | "group" | "other";
  /** The sender's JID, and the other form of it where the stanza has that. */
  readonly jid: string;
  readonly otherJid?: string;
  /** The JID of the group that it was sent to. */
  readonly group?: string;
  readonly at: Timestamp;
  readonly timing: "live" | "caughtUp";
}

/**
 * Reads the attributes of `<message>`.
 * @param now where the stanza says no time
 * @returns undefined for one without an id or a sender
 */
export function readEnvelope({ attrs }: BinaryNode, own: Own, now: Timestamp): Envelope | undefined {
  const { id, from } = attrs;
  if (!id || !from) return undefined;
  const other = otherForm(attrs);
  const kind = kindOf(attrs, from, own);
  return {
    id,
    kind,
    jid: attrs.participant ?? from,
    ...(other === undefined ? {} : { otherJid: other }),
    ...(kind === "group" ? { group: from } : {}),
    at: timeOf(attrs.t, now),
    timing: attrs.offline === undefined ? "live" : "caughtUp",
  };
}

/** The time that a stanza says, in seconds. The server's clock may be ahead of ours; a time to come would be no time of arrival. */
export function timeOf(t: string | undefined, now: Timestamp): Timestamp {
  const seconds = Number(t);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * SECOND, now) : now;
}

/** Whether a JID or address is our own account's. */
export function isOwn(jid: string | undefined, own: Own): boolean {
  const address = addressOf(jid);
  return address !== undefined && [own.number, own.phone, own.lid].includes(address);
}

function kindOf(attrs: BinaryNode["attrs"], from: string, own: Own): Envelope["kind"] {
  if (attrs.category === "peer") return "peer";
  if (from.endsWith("@g.us")) return isOwn(attrs.participant, own) ? "own" : "group";
  if (addressOf(from) === undefined) return "other";
  if (isOwn(from, own)) return attrs.recipient === undefined ? "peer" : "own";
  return "person";
}

/** By `addressing_mode` one form is in `from`, the other in one of these. */
function otherForm(attrs: BinaryNode["attrs"]): string | undefined {
  const isLid =
    attrs.addressing_mode === "lid" || (attrs.participant ?? attrs.from)?.endsWith("lid") === true;
  return isLid ? (attrs.participant_pn ?? attrs.sender_pn) : (attrs.participant_lid ?? attrs.sender_lid);
}
