import type { DefaultAlphabet } from "./coding.ts";
import { encodeGsm, gsmWidth, isAsInAscii } from "./gsm.ts";
import { plainer } from "./smart.ts";

/** A text cut into parts, not yet octets. */
export interface Segments {
  /** `default`: each part is in the GSM alphabet and in the SMSC's default one. */
  readonly coding: "default" | "ucs2";
  readonly parts: readonly string[];
}

/** How much a message carries alone, and how much a part beside its header of 6 octets: septets, or UTF-16 units. */
const ROOM = { gsm: { alone: 160, part: 153 }, ucs2: { alone: 70, part: 67 } } as const;

/**
 * Cuts a text into as few parts as it takes: in the GSM alphabet when all of it, made plainer, fits there, else in UCS-2.
 * No escape sequence and no surrogate pair is split.
 * @param byDefault what data_coding 0 means at the SMSC; where that isn't GSM, texts beyond it go as UCS-2.
 */
export function segment(text: string, byDefault: DefaultAlphabet): Segments {
  if (isAsInAscii(text)) return { coding: "default", parts: sliced(text) };
  const short = plainer(text);
  return fits(short, byDefault)
    ? { coding: "default", parts: cut(short, ROOM.gsm, (one) => gsmWidth(one) ?? 1) }
    : { coding: "ucs2", parts: cut(text.toWellFormed(), ROOM.ucs2, (one) => one.length) };
}

/** The octets of a part that `segment` made for the same default alphabet, and the data_coding that names them. */
export function encodePart(
  part: string,
  coding: Segments["coding"],
  byDefault: DefaultAlphabet,
): { readonly dataCoding: number; readonly octets: Buffer } {
  if (coding === "ucs2") return { dataCoding: 8, octets: Buffer.from(part, "utf16le").swap16() };
  const octets = byDefault === "gsm" ? encodeGsm(part) : Buffer.from(part, "latin1");
  if (octets === undefined)
    throw new TypeError("found a part beyond the GSM alphabet, expected one of `segment`");
  return { dataCoding: 0, octets };
}

/** On the air a text is in the GSM alphabet whatever the SMSC's default is, so it must fit both. */
function fits(text: string, byDefault: DefaultAlphabet): boolean {
  const limit = byDefault === "gsm" ? 0x10ffff : byDefault === "latin1" ? 0xff : 0x7f;
  for (const one of text) {
    if (gsmWidth(one) === undefined || (one.codePointAt(0) ?? 0) > limit) return false;
  }
  return true;
}

/** A text whose characters take one septet each. */
function sliced(text: string): string[] {
  const { alone, part } = ROOM.gsm;
  if (text.length <= alone) return [text];
  return Array.from({ length: Math.ceil(text.length / part) }, (_, i) =>
    text.slice(i * part, (i + 1) * part),
  );
}

function cut(
  text: string,
  room: { readonly alone: number; readonly part: number },
  width: (character: string) => number,
): string[] {
  let total = 0;
  for (const one of text) total += width(one);
  if (total <= room.alone) return [text];
  const parts: string[] = [];
  let part = "";
  let used = 0;
  for (const one of text) {
    const more = width(one);
    if (used + more > room.part) {
      parts.push(part);
      part = "";
      used = 0;
    }
    part += one;
    used += more;
  }
  return [...parts, part];
}
