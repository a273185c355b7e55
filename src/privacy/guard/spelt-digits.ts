import type { Piece } from "./pieces.ts";
import { DIGIT_WORDS, REPEATS, TEEN_WORDS, TEN_WORDS } from "./words.ts";

/** Digits that begin at a piece, and how many pieces they take. */
interface Spelt {
  readonly digits: string;
  readonly used: number;
}

/** Puts digits in the place of number words: `seven`, `double seven`, `twenty-three`, `nine hundred`, `o` beside another. */
export function spellOut(pieces: readonly Piece[]): Piece[] {
  const out: Piece[] = [];
  let at = 0;
  while (at < pieces.length) {
    const [piece, spelt] = [pieces[at], digitsAt(pieces, at)];
    const last = pieces[at + (spelt?.used ?? 1) - 1];
    if (piece === undefined || last === undefined) break;
    out.push(
      spelt === undefined
        ? piece
        : { kind: "digits", digits: spelt.digits, spelt: true, start: piece.start, end: last.end },
    );
    at += spelt?.used ?? 1;
  }
  return out;
}

function digitsAt(pieces: readonly Piece[], at: number): Spelt | undefined {
  const word = wordAt(pieces, at);
  if (word === undefined) return undefined;
  const single = DIGIT_WORDS.get(word);
  if (single !== undefined) {
    return follows(pieces, at) && wordAt(pieces, at + 2) === "hundred"
      ? { digits: `${single}00`, used: 3 }
      : { digits: single, used: 1 };
  }
  const teen = TEEN_WORDS.get(word);
  if (teen !== undefined) return { digits: teen, used: 1 };
  const next = follows(pieces, at) ? oneDigit(pieces[at + 2]) : undefined;
  const ten = TEN_WORDS.get(word);
  if (ten !== undefined)
    return next === undefined || next === "0"
      ? { digits: `${ten}0`, used: 1 }
      : { digits: ten + next, used: 3 };
  const times = REPEATS.get(word);
  if (times !== undefined && next !== undefined) return { digits: next.repeat(times), used: 3 };
  const besideDigit = next ?? oneDigit(pieces[at - 2]);
  return word === "o" && besideDigit !== undefined ? { digits: "0", used: 1 } : undefined;
}

function wordAt(pieces: readonly Piece[], at: number): string | undefined {
  const piece = pieces[at];
  return piece?.kind === "word" ? piece.text : undefined;
}

/** Whether the next word or digits come after a space or a hyphen. */
function follows(pieces: readonly Piece[], at: number): boolean {
  const between = pieces[at + 1];
  return between?.kind === "other" && /^[ -]{1,2}$/.test(between.text);
}

/** The digit that a piece is when it is just one, in words or not. */
function oneDigit(piece: Piece | undefined): string | undefined {
  if (piece?.kind === "word") return DIGIT_WORDS.get(piece.text);
  return piece?.kind === "digits" && piece.digits.length === 1 ? piece.digits : undefined;
}
