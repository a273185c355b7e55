import type { ReceiptStatus } from "../../../src/adapter/index.ts";
import { SECOND, type Timestamp } from "../../../src/model/index.ts";
import type { BinaryNode } from "../baileys.ts";
import { addressOf } from "../people.ts";
import { isOwn, type Own } from "./stanza.ts";

/** What a person's receipt says of messages of ours. */
interface Receipt {
  /** The person's device. */
  readonly jid: string;
  readonly ids: readonly string[];
  readonly status: Extract<ReceiptStatus, "delivered" | "read">;
  readonly at: Timestamp;
}

/** By `type`; others (`retry`, `sender`, `inactive`, ...) say nothing that anybody should know. */
const STATUSES: Readonly<Record<string, Receipt["status"]>> = {
  "": "delivered",
  read: "read",
  played: "read",
};

/** Reads `<receipt>`; undefined when it isn't a person's word on what we sent. */
export function readReceipt({ attrs, content }: BinaryNode, own: Own, now: Timestamp): Receipt | undefined {
  const { id, from, type = "", participant, t } = attrs;
  const status = STATUSES[type];
  if (!id || !from || status === undefined || participant !== undefined) return undefined;
  if (addressOf(from) === undefined || isOwn(from, own)) return undefined;
  const list = Array.isArray(content) ? content.find(({ tag }) => tag === "list") : undefined;
  const items = Array.isArray(list?.content) ? list.content : [];
  const more = items.flatMap((item) => (item.tag === "item" && item.attrs.id ? [item.attrs.id] : []));
  const seconds = Number(t);
  const at = Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds * SECOND, now) : now;
  return { jid: from, ids: [id, ...more], status, at };
}

/** Reads `<chatstate>`: whether somebody types in the chat with us. */
export function readTyping(
  { attrs, content }: BinaryNode,
  own: Own,
): { readonly jid: string; readonly typing: boolean } | undefined {
  const { from, participant } = attrs;
  if (!from || participant !== undefined || addressOf(from) === undefined || isOwn(from, own))
    return undefined;
  const state = Array.isArray(content) ? content[0]?.tag : undefined;
  if (state !== "composing" && state !== "paused") return undefined;
  return { jid: from, typing: state === "composing" };
}
