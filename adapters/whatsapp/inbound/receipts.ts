import type { ReceiptStatus } from "../../../src/adapter/index.ts";
import type { Timestamp } from "../../../src/model/index.ts";
import type { BinaryNode } from "../baileys.ts";
import { addressOf } from "../people.ts";
import { isGroupJid } from "../portal.ts";
import { isOwn, type Own, timeOf } from "./stanza.ts";

/** What a person's receipt says of messages of ours. */
interface Receipt {
  /** The person's device. */
  readonly jid: string;
  /** The JID of the group where we sent them. */
  readonly group?: string;
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

/** Reads `<receipt>`; nothing when it isn't a person's word on what we sent. Of a group it may hold those of several people. */
export function readReceipts(stanza: BinaryNode, own: Own, now: Timestamp): readonly Receipt[] {
  const { id, type = "", t } = stanza.attrs;
  const status = STATUSES[type];
  if (!id || status === undefined) return [];
  const source = sourceOf(stanza, own);
  if (source === undefined) return grouped(stanza, status, own, now);
  const list = childrenOf(stanza).find(({ tag }) => tag === "list");
  const more = childrenOf(list).flatMap(({ tag, attrs }) => (tag === "item" && attrs.id ? [attrs.id] : []));
  return [{ ...source, ids: [id, ...more], status, at: timeOf(t, now) }];
}

/** Several people's receipts for one message: whatsmeow receipt.go (`handleGroupedReceipt`). */
function grouped(
  stanza: BinaryNode,
  status: Receipt["status"],
  own: Own,
  now: Timestamp,
): readonly Receipt[] {
  const { from: group = "", participant } = stanza.attrs;
  if (participant !== undefined || !isGroupJid(group)) return [];
  return childrenOf(stanza).flatMap((part) => {
    const { key } = part.attrs;
    if (part.tag !== "participants" || !key) return [];
    return childrenOf(part).flatMap(({ attrs: { jid, t } }) =>
      jid && addressOf(jid) !== undefined && !isOwn(jid, own)
        ? [{ jid, group, ids: [key], status, at: timeOf(t, now) }]
        : [],
    );
  });
}

/** Reads `<chatstate>`: whether somebody types in a chat with us. */
export function readTyping(
  stanza: BinaryNode,
  own: Own,
): { readonly jid: string; readonly group?: string; readonly typing: boolean } | undefined {
  const source = sourceOf(stanza, own);
  const state = childrenOf(stanza)[0]?.tag;
  if (source === undefined || (state !== "composing" && state !== "paused")) return undefined;
  return { ...source, typing: state === "composing" };
}

/** The person whom a stanza is of: in a group it is `participant`. */
function sourceOf(
  { attrs: { from, participant } }: BinaryNode,
  own: Own,
): { readonly jid: string; readonly group?: string } | undefined {
  const isGroup = isGroupJid(from ?? "");
  const jid = isGroup ? participant : from;
  if (!from || !jid || addressOf(jid) === undefined || isOwn(jid, own)) return undefined;
  if (isGroup) return { jid, group: from };
  return participant === undefined ? { jid } : undefined;
}

function childrenOf(node: BinaryNode | undefined): readonly BinaryNode[] {
  return Array.isArray(node?.content) ? node.content : [];
}
