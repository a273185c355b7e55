import { SECOND, type Timestamp } from "../../../src/model/index.ts";
import type { BinaryNode } from "../baileys.ts";
import { addressOf } from "../people.ts";

/** Somebody rings. */
interface Call {
  readonly id: string;
  /** Their JID, and the other form of it where the stanza has that. */
  readonly jid: string;
  readonly otherJid?: string;
  readonly at: Timestamp;
  /** It rang while we were away. */
  readonly isOver: boolean;
}

/**
 * Reads `<call>` with an `<offer>`; undefined for what follows one, and for a call to a group. Shapes: whatsmeow call.go. Who rings is
 * in `from`, the server's own word; `call-creator` is the caller's client's, which could name anybody.
 */
export function readCall({ attrs, content }: BinaryNode, now: Timestamp): Call | undefined {
  const offer = Array.isArray(content) ? content.find(({ tag }) => tag === "offer") : undefined;
  const { "call-id": id, "call-creator": creator, "group-jid": group, caller_pn: phone } = offer?.attrs ?? {};
  const jid = attrs.from;
  const isTheirs = creator === undefined || addressOf(creator) === addressOf(jid);
  if (!id || !jid || group !== undefined || addressOf(jid) === undefined) return undefined;
  const seconds = Number(attrs.t);
  return {
    id,
    jid,
    ...(phone === undefined || !isTheirs ? {} : { otherJid: phone }),
    at: seconds > 0 ? Math.min(seconds * SECOND, now) : now,
    isOver: attrs.offline !== undefined,
  };
}
