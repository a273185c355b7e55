/** A part's place in a message that comes in several. */
export interface Concatenation {
  /** Where the reference stands: references of different kinds are never the same message. */
  readonly kind: "udh8" | "udh16" | "sar";
  readonly reference: number;
  readonly total: number;
  /** 1..total */
  readonly index: number;
}

/** What a user data header says, and where the text begins. */
interface Header {
  readonly length: number;
  readonly concatenation: Concatenation | undefined;
  /** Addressed to an application's port: no text for people. */
  readonly hasPorts: boolean;
}

/**
 * Reads a user data header (3GPP TS 23.040, 9.2.3.24). Undefined when it is longer than the message, or an element longer
 * than the header. A nonsensical concatenation (part 4 of 3) is ignored, as the standard asks.
 */
export function readHeader(octets: Buffer): Header | undefined {
  const length = (octets[0] ?? 0) + 1;
  if (octets.length === 0 || length > octets.length) return undefined;
  let concatenation: Concatenation | undefined;
  let hasPorts = false;
  for (let at = 1; at < length; ) {
    const id = octets[at] ?? 0;
    const size = octets[at + 1];
    if (size === undefined || at + 2 + size > length) return undefined;
    const value = octets.subarray(at + 2, at + 2 + size);
    if (id === 0x00 && size === 3) concatenation = checked("udh8", value.readUInt8(0), value);
    if (id === 0x08 && size === 4) concatenation = checked("udh16", value.readUInt16BE(0), value);
    if (id === 0x04 || id === 0x05) hasPorts = true;
    at += 2 + size;
  }
  return { length, concatenation, hasPorts };
}

function checked(kind: Concatenation["kind"], reference: number, value: Buffer): Concatenation | undefined {
  return concatenationOf(kind, reference, value.at(-2) ?? 0, value.at(-1) ?? 0);
}

/** A concatenation, where its numbers make sense and there is more than one part. */
export function concatenationOf(
  kind: Concatenation["kind"],
  reference: number,
  total: number,
  index: number,
): Concatenation | undefined {
  return total >= 2 && index >= 1 && index <= total ? { kind, reference, total, index } : undefined;
}

/** The header of a part of ours: concatenation with an 8-bit reference. */
export function concatenationHeader(reference: number, total: number, index: number): Buffer {
  return Buffer.from([5, 0, 3, reference, total, index]);
}
