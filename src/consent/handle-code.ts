import type { HandleCode } from "../model/handle.ts";
import type { Random } from "../model/time.ts";
import { isSeparator, isUnseen, plainCharacter, trimEndOf, withoutLink, withoutQuotes } from "./typed.ts";

/**
 * The code of a handle, `k3v9-7qxm-4t`: ten symbols in groups of 4, 4 and 2.
 *
 * The symbols are the digits and the letters but `i`, `l` and `o`, which are read as 1 and 0. That is one more than 32: it pays
 * for the rule that tells a code from words. In its first or second group a letter stands before a digit from 2 to 9 (0 and 1
 * may be typed as letters). Words and numbers don't look so: "they have to", "come here 25", "July 25th at", "from 12pm to",
 * "december 25", "hoje 8h30 no". And at most six digits follow each other: a code with more can look like a phone number, to
 * people and to the guard that asks before one is given away. Of all strings 3 in 4 are codes, 1,145,888,785,921,424, a little
 * over 2^50: all 50 bits are left. (With 32 symbols these rules would leave 49.6.) A check symbol would cost 5 bits, and say of
 * a wrong code nothing that looking it up doesn't say.
 */
const SYMBOLS = "0123456789abcdefghjkmnpqrstuvwxyz";
const LENGTH = 10;

/** How many codes there are. */
export const HANDLE_CODES = 1_145_888_785_921_424;

/** What people type, or what their keyboard types for them, in place of a symbol that it looks like. */
const LOOK_ALIKES: Readonly<Record<string, string>> = {
  o: "0",
  ø: "0",
  i: "1",
  l: "1",
  ı: "1",
  "i\u0307": "1", // the Turkish İ in lower case
  // Cyrillic
  а: "a",
  в: "b",
  с: "c",
  е: "e",
  н: "h",
  і: "1",
  к: "k",
  м: "m",
  о: "0",
  р: "p",
  т: "t",
  х: "x",
  у: "y",
};

/** A random code; all are equally likely. */
export function newHandleCode(random: Pick<Random, "bytes">): HandleCode {
  const most = 256 - (256 % SYMBOLS.length); // an octet above it would make some symbols likelier
  for (;;) {
    const drawn = [...random.bytes(2 * LENGTH)].filter((octet) => octet < most).slice(0, LENGTH);
    const symbols = drawn.map((octet) => SYMBOLS.charAt(octet % SYMBOLS.length)).join("");
    if (symbols.length === LENGTH && isCode(symbols)) return symbols as HandleCode; // checked here
  }
}

/** A code as it is shown: `k3v9-7qxm-4t`. */
export function formatHandleCode(code: HandleCode): string {
  return `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
}

/** More codes than this in one text aren't looked at: so many wrong ones end in a pause, and nobody needs them. */
export const MOST_IN_A_TEXT = 5;

/** What may be a code in a text. */
interface CodeInText {
  readonly code: HandleCode;
  /** The text without it, in the person's own words; empty when it holds nothing else. */
  readonly rest: string;
}

/**
 * Everything in a text that may be a code, in order, each once, at most `MOST_IN_A_TEXT`; the caller looks them up, and counts
 * each that isn't in use as a wrong code. Found in any case, with spaces, dashes or dots between the groups or nothing, with
 * look-alikes, in quotes, between other words, in a pasted link.
 */
export function findHandleCodes(text: string): readonly CodeInText[] {
  const found = new Map<string, Place[]>();
  for (const { symbols, ...place } of candidates(text).slice(0, MOST_IN_A_TEXT)) {
    found.set(symbols, [...(found.get(symbols) ?? []), place]);
  }
  return [...found].map(([code, places]) => ({
    code: code as HandleCode, // candidates are
    rest: places.reduceRight((rest, { from, to }) => cut(rest.slice(0, from), rest.slice(to)), text),
  }));
}

/** Where something stands in a text, in UTF-16 units. */
interface Place {
  readonly from: number;
  readonly to: number;
}

/** A letter before a digit that can't be typed as a letter; but `8h30` is a time. */
const ODD_GROUP = /^(?!\dh\d\d$).*[a-z].*[2-9]/;

/** As many digits as the shortest phone numbers have. */
const LIKE_A_PHONE = /\d{7}/;

function isCode(symbols: string): boolean {
  if (LIKE_A_PHONE.test(symbols)) return false;
  return ODD_GROUP.test(symbols.slice(0, 4)) || ODD_GROUP.test(symbols.slice(4, 8));
}

/** A character or an escape as links have them: `%20`. */
const PIECES = /%(?:0[ad]|2[0-9a-f]|3[a-f])|./gisu;

const SHAPE = /(?<![0-9a-z#])([0-9a-z]{4})(-{0,5})([0-9a-z]{4})(-{0,5})([0-9a-z]{2})(?![0-9a-z#])/g;

/** What has the form of a code and isn't part of a longer word. */
function candidates(text: string): readonly (Place & { readonly symbols: string })[] {
  let folded = "";
  const places: Place[] = []; // of each character of `folded`
  for (const { 0: piece, index } of text.matchAll(PIECES)) {
    const kind = piece.length === 1 ? (ASCII[piece.charCodeAt(0)] ?? kindOf(piece)) : kindOf(piece);
    if (kind === "") continue;
    folded += kind;
    places.push({ from: index, to: index + piece.length });
  }
  const typed = (from: number, to: number): string =>
    text.slice(places[from]?.from ?? 0, places[to - 1]?.to ?? text.length);
  return [...folded.matchAll(SHAPE)].flatMap((match) => {
    const { 0: whole, 1: a = "", 2: first = "", 3: b = "", 4: second = "", 5: c = "", index } = match;
    const end = index + whole.length;
    // Written in two parts, of which one is a word, it is "road fb1235" and no code.
    const isParted = (first === "") !== (second === "");
    const alone = first === "" ? typed(end - c.length, end) : typed(index, index + a.length);
    if (!isCode(a + b + c) || (isParted && WORD.test(alone))) return [];
    return [{ symbols: a + b + c, from: places[index]?.from ?? 0, to: places[end - 1]?.to ?? text.length }];
  });
}

const WORD = /^\p{L}+$/u;

/** What the characters of ASCII are: most texts hold no others. */
const ASCII: readonly string[] = Array.from({ length: 128 }, (_, at) => kindOf(String.fromCharCode(at)));

/** A symbol, `-` between groups, `#` in a word that is no code, nothing for what isn't seen, or `/`. */
function kindOf(piece: string): string {
  const character = piece.length === 3 ? String.fromCharCode(Number.parseInt(piece.slice(1), 16)) : piece;
  if (isUnseen(character)) return "";
  if (isSeparator(character)) return "-";
  const plain = plainCharacter(character);
  const symbol = LOOK_ALIKES[plain] ?? plain;
  if (symbol.length === 1 && SYMBOLS.includes(symbol)) return symbol;
  return /[\p{L}\p{N}\p{M}]/u.test(plain) ? "#" : "/";
}

/** What isn't seen at either side of a code. */
const SPACE = /[\s\p{Cf}]/u;
const SPACE_FIRST = /^[\s\p{Cf}]+/u;
/** What may belong to a code and not to the words: behind it without words before it, behind it, before it without words behind. */
const LEADING = /^[,;:.\u2026!?\p{Pd}]+(?=\s|$)/u;
const JOINING = /^[,;:.\p{Pd}]+(?=\s|$)/u;
const TRAILING = /[\s\p{Cf},;:\p{Pd}]/u;

/** Puts together what stands before and after a code, without the punctuation that belonged to it. */
function cut(before: string, after: string): string {
  const beforeLink = withoutLink(before);
  const [opening, closing] =
    beforeLink === undefined ? withoutQuotes(before, after) : [beforeLink, after.replace(/^&\S*/u, "")];
  const left = trimEndOf(opening, SPACE);
  const right = closing.replace(SPACE_FIRST, "");
  if (left === "") return right.replace(LEADING, "").replace(SPACE_FIRST, "");
  const isAttached = right.length === closing.length && /^\p{P}/u.test(right);
  if (isAttached && !/\p{P}$/u.test(left)) return left + right;
  const words = right.replace(JOINING, "").replace(SPACE_FIRST, "");
  if (words === "") return trimEndOf(left, TRAILING);
  return left + gapOf(opening.slice(left.length) + closing) + words;
}

/** What stays between two words where a code stood between them: a line's end, a space, or nothing. */
function gapOf(between: string): string {
  const space = /^[\s\p{Cf}]*/u.exec(between)?.[0] ?? "";
  if (space.includes("\n")) return "\n";
  return space === "" ? "" : " ";
}
