import { hash } from "node:crypto";
import type { NetworkMessageRef } from "../../src/adapter/index.ts";
import { DAY, type DeliveryId, sensitive, type Timestamp } from "../../src/model/index.ts";
import type { LinkConfig } from "./config.ts";

// An SMSC may say an id in its submit response in hex and in its receipt in decimal, or the other way round, with or
// without leading zeros. A ref is therefore one normal form of the id beside the last digits of the phone, so that two ids
// which could be the same number are only ever mixed up when both went to the same phone.

/** The ref of a message from the id in its submit_sm_resp. */
export function messageRef(id: string, phone: string): NetworkMessageRef {
  return sensitive(`${normalId(id)}@${tail(phone)}`);
}

/** All refs that a receipt's id may stand for, the most likely first. */
export function receiptRefs(
  id: string,
  phone: string,
  format: LinkConfig["messageIdFormat"],
): readonly NetworkMessageRef[] {
  return [...new Set(variants(normalId(id), format))].map((one) => messageRef(one, phone));
}

/** The 16 bits of `user_message_reference`: the same at each try of a delivery. */
export function userReference(id: DeliveryId): number {
  return hash("sha256", id, "buffer").readUInt16BE(0);
}

/**
 * The ref of a message whose id the SMSC didn't say. It is unique only within a day and a phone.
 * @param at when it was sent
 */
export function userRef(reference: number, phone: string, at: Timestamp): NetworkMessageRef {
  return sensitive(`umr:${reference}:${Math.floor(at / DAY)}@${tail(phone)}`);
}

/** The refs that an echoed `user_message_reference` may stand for: sent today or in the three days before. */
export function userRefs(reference: number, phone: string, now: Timestamp): readonly NetworkMessageRef[] {
  return [0, 1, 2, 3].map((days) => userRef(reference, phone, now - days * DAY));
}

function normalId(id: string): string {
  const lower = id.trim().toLowerCase();
  return /^[0-9a-f]+$/.test(lower) ? lower.replace(/^0+(?=.)/, "") : lower;
}

/** Ids longer than this are no numbers. */
const LONGEST_NUMBER = 40;

function variants(id: string, format: LinkConfig["messageIdFormat"]): string[] {
  const isNumber = id.length <= LONGEST_NUMBER;
  const isDecimal = isNumber && /^\d+$/.test(id);
  const isHex = isNumber && /^[0-9a-f]+$/.test(id);
  const fromDecimal = () => (isDecimal ? [BigInt(id).toString(16)] : []);
  const fromHex = () => (isHex ? [BigInt(`0x${id}`).toString(10)] : []);
  switch (format) {
    case "same":
      return [id];
    case "decimal-in-receipts":
      return isDecimal ? fromDecimal() : [id];
    case "hex-in-receipts":
      return isHex ? fromHex() : [id];
    case "auto":
      return [id, ...fromDecimal(), ...fromHex()];
  }
}

/** The last digits of a phone number: the same however a receipt writes it, with or without country code. */
function tail(phone: string): string {
  return phone.replace(/\D/g, "").slice(-7);
}
