import { CrossSlot } from "./errors.ts";

declare const tag: unique symbol;

/**
 * The name of a key that knows by its type which kind of hash tag it has: `"c"` for `{c0}`. Keys of different kinds don't fit into
 * one call; that those of one kind have the very same tag is looked at when it is made.
 */
export type SlotKey<Kind extends string> = string & { readonly [tag]: Kind };

/** In how many slots a cluster cuts the names of keys. */
export const SLOTS = 16_384;

const OPEN = 0x7b; // {
const CLOSE = 0x7d; // }

/** CRC-16/XMODEM for each octet: polynomial 0x1021, begins with 0 (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/). */
const CRC = Uint16Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

/** The slot that a key is in: of its hash tag, where it has one. */
export function slotOf(key: string | Buffer): number {
  const octets = typeof key === "string" ? Buffer.from(key) : key;
  const open = octets.indexOf(OPEN);
  const close = open < 0 ? -1 : octets.indexOf(CLOSE, open);
  return close > open + 1 ? crcOf(octets, open + 1, close) : crcOf(octets, 0, octets.length);
}

function crcOf(octets: Buffer, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = (crc << 8) ^ (CRC[((crc >> 8) ^ (octets[i] ?? 0)) & 0xff] ?? 0);
  return crc & (SLOTS - 1);
}

/**
 * Sees that keys are on one server, whichever way a cluster is cut: they have the same hash tag, or are one key.
 * @throws CrossSlot
 */
export function requireOneSlot(call: string, keys: readonly (string | Buffer)[]): void {
  const [first] = keys;
  if (first === undefined || keys.length === 1) return;
  const tag = tagOf(first);
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i];
    const same = typeof key === "string" ? key.startsWith(tag) : key !== undefined && tagOf(key) === tag;
    if (!same) throw new CrossSlot(call, i + 1);
  }
}

/** `{c0}`; a key without a tag in front as a whole. */
export function tagOf(key: string | Buffer): string {
  const text = typeof key === "string" ? key : key.toString("latin1");
  const close = text.charCodeAt(0) === OPEN ? text.indexOf("}") : -1;
  return close > 1 ? text.slice(0, close + 1) : text;
}
