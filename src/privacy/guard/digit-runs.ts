import { TAKEN_OUT } from "./not-phones.ts";
import { type Piece, piecesOf } from "./pieces.ts";
import { spellOut } from "./spelt-digits.ts";
import { FILLERS, PLUS_WORDS } from "./words.ts";

/** What parts two groups of digits: what does so in a well-written number, a comma as in thousands, or something else. */
type Gap = "tight" | "comma" | "loose";

/** Digits without anything between them, or number words that are one. */
export interface Group {
  readonly digits: string;
  readonly start: number;
  readonly end: number;
  /** Written out as words. */
  readonly spelt: boolean;
  /** A `+`, or the word, stands before it; `start` is where that begins. */
  readonly plus: boolean;
  /** What parts it from the group before it in its run. */
  readonly gap: Gap;
}

/** Groups that may belong to one number, in order. */
export type Run = readonly Group[];

const TIGHT = /^(?!\. )[ ()./_-]{0,4}$/;
const LOOSE = /^[^\p{L}\d+%]{1,8}$/u;
/** Not the plus of a sum: `250 + 35`, `250+35`. */
const PLUS_SIGN = /(?<![\d)])\+\(?$|(?<![\d)] {0,2})\+[ (]{0,2}$/;
const PLUS_SIGN_REACH = 8;

/** The runs of digit groups in a reading out of which other numbers are taken. */
export function runsOf(text: string): Run[] {
  const runs: Group[][] = [];
  let between: Piece[] = [];
  let run: Group[] = [];
  for (const piece of spellOut(piecesOf(text))) {
    if (piece.kind !== "digits") {
      between.push(piece);
      continue;
    }
    const plus = plusBefore(between, text);
    const gap = plus === undefined && run.length > 0 ? gapOf(between) : undefined;
    if (gap === undefined) {
      run = [];
      runs.push(run);
    }
    run.push({ ...piece, start: plus ?? piece.start, plus: plus !== undefined, gap: gap ?? "tight" });
    between = [];
  }
  return runs;
}

/** Where the plus before a group begins; undefined when there is none, or it adds two numbers. */
function plusBefore(between: readonly Piece[], text: string): number | undefined {
  const last = between.at(-1);
  if (last?.kind !== "other") return undefined;
  if (PLUS_SIGN.test(text.slice(Math.max(0, last.end - PLUS_SIGN_REACH), last.end)))
    return text.lastIndexOf("+", last.end);
  const word = between.at(-2);
  const said = word?.kind === "word" && PLUS_WORDS.has(word.text) && /^[ ,:-]{1,3}$/.test(last.text);
  return said ? word.start : undefined;
}

/** Undefined when what is between keeps two groups from being parts of one number. */
function gapOf(between: readonly Piece[]): Gap | undefined {
  const texts = between.map((piece) => (piece.kind === "digits" ? TAKEN_OUT : piece.text));
  const bridged = texts.every((text) => FILLERS.has(text) || (LOOSE.test(text) && !text.includes(TAKEN_OUT)));
  if (!bridged) return undefined;
  if (texts.every((text) => TIGHT.test(text))) return "tight";
  return texts.join("") === "," ? "comma" : "loose";
}
