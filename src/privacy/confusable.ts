import confusables from "unhomoglyph/data.json" with { type: "json" };

/** UTS #39, confusables.txt: what a character looks like, as one or more plainer characters (decision 008). */
const PROTOTYPES: ReadonlyMap<string, string> = new Map(Object.entries(confusables));

/** What never shows: controls, zero-width and bidi characters, fillers, variation selectors; the Arabic stretch too. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u0640\u2800]/gu;
/** Accents and the like. Vowel signs of Indic scripts and the Japanese voice marks make another letter, so they stay. */
const ACCENTS =
  /[[\p{M}&&[\p{sc=Zinh}\p{sc=Latn}\p{sc=Grek}\p{sc=Cyrl}\p{sc=Hebr}\p{sc=Arab}]]--[\u3099\u309a]]/gv;
/** What stands between words. */
const BETWEEN = /[\p{P}\p{Z}\t\n\r`^~¨´¸¯]+/u;

/**
 * Beyond UTS #39, which asks what can be taken for the same character at the same size: digits that stand for letters,
 * small capitals, and letters that fall together once case is no matter. Ours.
 */
const FOLDED = "0123456789$€iqßƅɜꞓĸʍᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀᴛᴜᴠᴡʏᴢ";
const FOLD_TO = "olzeasbtbgselgbbeekmabcdefghljklmnoprtuvwyz";
const FOLDS: ReadonlyMap<string, string> = new Map(
  [...FOLDED].map((character, at) => [character, FOLD_TO.charAt(at)]),
);

/** Once these are folded UTS #39 has nothing to add, and all readings are the same. */
const ASCII = /^[ -{}~]*$/;

/** Pairs of letters that look like one. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/rn/g, "m"],
  [/vv/g, "w"],
  [/cl/g, "d"],
];

/** From this many characters of the skeleton on, one wrong character doesn't make another name. */
const LONG = 6;

/**
 * What a name looks like in capitals, for comparing and never for showing: names that look alike have the same skeleton,
 * whatever their case, width, accents, spaces, punctuation and invisible characters, and whichever script or digit lends the
 * letters. `looksLike` knows more: a Greek `ν` is a v, its capital an N.
 */
export function skeleton(name: string): string {
  return wordsOf(name.toUpperCase()).join("");
}

/**
 * Whether people could take one name for the other: the same skeleton, one of them with a letter added, lost, replaced or two
 * letters swapped (in names of 6 letters on), or the same words in another order.
 */
export function looksLike(a: string, b: string): boolean {
  return alike(lookOf(a), lookOf(b));
}

/** Whether one name is written with other letters that look the same, and no more: `bike`, `BIKE` and a Cyrillic `bіke`. */
export function looksSame(a: string, b: string): boolean {
  const [one, other] = [lookOf(a), lookOf(b)];
  return one.readings.some(({ whole }, at) => whole === other.readings[at]?.whole);
}

/** A name's look, worked out once to be compared with many. Opaque: `lookOf` makes it, `alike` compares. */
export interface Look {
  /** In capitals, as it is written and in small letters: a Greek `Η` is an H, its small form `η` an n. */
  readonly readings: readonly Reading[];
}

interface Reading {
  readonly whole: string;
  readonly sorted: string;
  /** The words in every order that begins elsewhere: `Amber Fox`, `Fox Amber`. */
  readonly turns: readonly string[];
}

/** The look of a name. */
export function lookOf(name: string): Look {
  const reading = readingOf(name.toUpperCase());
  if (ASCII.test(name)) return { readings: [reading, reading, reading] };
  return { readings: [reading, readingOf(name), readingOf(name.toLowerCase())] };
}

/** `looksLike` for looks that are already there. */
export function alike(a: Look, b: Look): boolean {
  return a.readings.some((reading, at) => {
    const other = b.readings[at];
    if (other === undefined) return false;
    const seen = at > 0 && reading === a.readings[at - 1] && other === b.readings[at - 1];
    return !seen && readAlike(reading, other);
  });
}

function readingOf(name: string): Reading {
  const words = wordsOf(name);
  return {
    whole: words.join(""),
    sorted: words.toSorted().join(""),
    turns: words.map((_, at) => [...words.slice(at), ...words.slice(0, at)].join("")),
  };
}

function readAlike(a: Reading, b: Reading): boolean {
  // Nothing below bridges a difference of two characters; most pairs end here.
  if (Math.abs(a.whole.length - b.whole.length) > 1) return false;
  return (
    near(a.whole, b.whole) ||
    near(a.sorted, b.sorted) ||
    a.turns.some((turn) => near(turn, b.whole)) ||
    b.turns.some((turn) => near(turn, a.whole))
  );
}

function near(a: string, b: string): boolean {
  return a === b || (a.length >= LONG && b.length >= LONG && oneSlip(a, b));
}

/** Whether one character more, less or other, or two neighbours swapped, makes `b` of `a`. */
function oneSlip(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const [left, right] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && left === [...right].reverse().join("");
}

function wordsOf(name: string): string[] {
  return name
    .replace(UNSEEN, "")
    .split(BETWEEN)
    .map(wordOf)
    .filter((word) => word !== "");
}

function wordOf(word: string): string {
  const plain = ASCII.test(word) ? word : plainOf(word);
  let folded = "";
  for (const character of plain.toLowerCase()) folded += FOLDS.get(character) ?? character;
  for (const [pair, one] of PAIRS) folded = folded.replace(pair, one);
  return folded;
}

/** Twice, since some forms are known to one table only: a lunate sigma as a C, a full-width letter as its narrow one. */
function plainOf(word: string): string {
  return bare(prototypes(bare(prototypes(bare(word, "NFD")), "NFKD")), "NFKD");
}

function prototypes(text: string): string {
  let plain = "";
  for (const character of text) plain += PROTOTYPES.get(character) ?? character;
  return plain;
}

/** Without accents; what was taken apart for that and isn't an accent is put together again. */
function bare(text: string, form: "NFD" | "NFKD"): string {
  return text.normalize(form).replace(ACCENTS, "").normalize("NFC");
}
