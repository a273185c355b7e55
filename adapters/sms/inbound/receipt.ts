import type { ReceiptStatus } from "../../../src/adapter/index.ts";
import type { Reason } from "../../../src/model/index.ts";
import { TAG } from "../smpp/constants.ts";
import { type Tlv, tlv } from "../smpp/pdu.ts";

/** What a delivery receipt says. */
interface Receipt {
  /** The message ids in it, one or two: TLV and text may write it differently. */
  readonly ids: readonly string[];
  /** The `user_message_reference` of the message, where the SMSC echoes it. */
  readonly userReference: number | undefined;
  /** Undefined while the message is under way (ENROUTE, ACCEPTD) and for UNKNOWN. */
  readonly result: { readonly status: ReceiptStatus; readonly reason?: Reason } | undefined;
}

type Result = Receipt["result"];
const DELIVERED: Result = { status: "delivered" };
const EXPIRED: Result = { status: "expired", reason: "unreachable" };
const UNDELIVERABLE: Result = { status: "failed", reason: "unreachable" };
const REJECTED: Result = { status: "failed", reason: "rejected" };

/** By value of the `message_state` TLV (5.2.28); 9, SKIPPED, is from version 5. */
const STATES: readonly Result[] = [
  undefined,
  undefined,
  DELIVERED,
  EXPIRED,
  REJECTED,
  UNDELIVERABLE,
  undefined,
  undefined,
  REJECTED,
  REJECTED,
];

/** By the first letters of the word after `stat:`; vendors write it in full, in lower case or cut short. */
const WORDS: readonly (readonly [start: string, result: Result])[] = [
  ["DELIV", DELIVERED],
  ["EXP", EXPIRED],
  ["UNDEL", UNDELIVERABLE],
  ["FAIL", UNDELIVERABLE],
  ["DEL", REJECTED],
  ["REJ", REJECTED],
  ["SKIP", REJECTED],
];

/**
 * Reads a receipt from its text (appendix B) and TLVs. The text's form is each vendor's own: only `id:` and `stat:` are
 * looked for, in any case and spacing, before the `text:` that repeats the message. A TLV is worth more than the text.
 */
export function readReceipt(text: string, tlvs: readonly Tlv[]): Receipt {
  const head = text.replace(/\btext\s*:.*$/is, "");
  const inTlv = tlv(tlvs, TAG.receiptedMessageId)?.toString("latin1").replace(/\0.*$/s, "");
  const inText = /(?:^|[\s,;])id\s*:\s*([^\s:,;]+)(?![^\s,;])/i.exec(head)?.[1];
  const ids = [inTlv ?? "", inText ?? ""].filter((id) => id !== "");
  const reference = tlv(tlvs, TAG.userMessageReference);
  const state = tlv(tlvs, TAG.messageState)?.at(0);
  return {
    ids: [...new Set(ids)],
    userReference: reference?.length === 2 ? reference.readUInt16BE(0) : undefined,
    result: state === undefined ? resultOfWord(head) : STATES[state],
  };
}

function resultOfWord(head: string): Result {
  const word = /\bstat(?:us)?\s*:\s*([a-z]+)/i.exec(head)?.[1]?.toUpperCase();
  return word === undefined ? undefined : WORDS.find(([start]) => word.startsWith(start))?.[1];
}
