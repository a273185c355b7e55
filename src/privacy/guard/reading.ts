import type { Stretch } from "./found.ts";

/**
 * A text as a patient reader takes it: small letters without accents, narrow forms, `0`-`9` whatever the script, one kind of dash,
 * dot and space, nothing invisible. Knows where each of its characters came from.
 */
export interface Reading {
  readonly text: string;
  /** Where a stretch of the reading stands in the source, in UTF-16 code units. */
  inSource(stretch: Stretch): Stretch;
}

const PLAIN = /^[\n -~]*$/;
const HIDDEN = /^[\p{M}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\0]$/u;
const DIGIT = /^\p{Nd}$/u;
const DASH = /^[\p{Pd}\u2212\u02d7\u2043]$/u;
const DOT = /^[\u3002\uff61\u00b7\u2022\u2219\u2024\u30fb\u06d4]$/u;
const LINE = /^[\n\r\u0085\u2028\u2029]$/u;
const SPACE = /^[\p{Z}\t\v\f]$/u;
const FRACTION_SLASH = "\u2044";

/** Reads a text. Linear in its length. */
export function read(source: string): Reading {
  if (PLAIN.test(source)) return { text: source.toLowerCase(), inSource: (stretch) => stretch };
  const starts: number[] = [];
  const ends: number[] = [];
  let text = "";
  let at = 0;
  for (const character of source) {
    const plain = readCharacter(character);
    // What doesn't show belongs to what is before it: the frame of a keycap.
    if (plain === "" && ends.length > 0) ends[ends.length - 1] = at + character.length;
    for (let unit = 0; unit < plain.length; unit++) {
      starts.push(at);
      ends.push(at + character.length);
    }
    text += plain;
    at += character.length;
  }
  const inSource = ({ start, end }: Stretch): Stretch => ({
    start: starts[start] ?? at,
    end: ends[end - 1] ?? at,
  });
  return { text, inSource };
}

function readCharacter(character: string): string {
  if (PLAIN.test(character)) return character.toLowerCase();
  if (LINE.test(character)) return "\n";
  if (HIDDEN.test(character)) return "";
  if (SPACE.test(character)) return " ";
  if (DASH.test(character)) return "-";
  if (DOT.test(character)) return ".";
  const narrow = character.normalize("NFKD");
  // "½" is no "1" beside a "2".
  if (narrow.includes(FRACTION_SLASH)) return character;
  let plain = "";
  for (const part of narrow.toLowerCase())
    if (!HIDDEN.test(part)) plain += DIGIT.test(part) ? digit(part) : part;
  return plain;
}

/** The ASCII digit of a decimal digit. Unicode keeps each set of ten together, in order. */
function digit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let first = code;
  while (DIGIT.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}
