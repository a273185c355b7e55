/** A part of a reading: digits, a word, or what is between. */
export type Piece =
  | {
      readonly kind: "digits";
      readonly digits: string;
      /** Written out as words. */
      readonly spelt: boolean;
      readonly start: number;
      readonly end: number;
    }
  | {
      readonly kind: "word" | "other";
      readonly text: string;
      readonly start: number;
      readonly end: number;
    };

const TOKEN = /[\p{L}\d]+|[^\p{L}\d]+/gu;

/** Letters that stand for digits among digits, in Latin, Cyrillic and Greek. */
const ZEROS = "oоο";
const ONES = "ilі";
const WITH_STAND_INS = new RegExp(`^(?=.*\\d)[\\d${ZEROS}${ONES}]+$`);
const CUE_THEN_DIGITS = /^(tel|call|text|phone|mob|mobile|cell|wa|whatsapp|no|nr|number)(\d{7,})$/;
const DIGITS_THEN_WORD = /^(\d{7,})(\p{L}{3,})$/u;
/** `07700x900x123`: always the same letters between. */
const PARTED_BY_LETTERS = /^\d+(\p{L}{1,2})\d+(?:\1\d+)*$/u;
const PARTED_AT_LEAST = 9;

/** Takes a reading apart. Digits inside a code (`b4471`, `5g`) are part of a word. */
export function piecesOf(text: string): Piece[] {
  return [...text.matchAll(TOKEN)].flatMap((match) => partsOf(match[0], match.index));
}

function partsOf(token: string, start: number): Piece[] {
  const end = start + token.length;
  if (!/\d/.test(token)) return [{ kind: /\p{L}/u.test(token) ? "word" : "other", text: token, start, end }];
  if (WITH_STAND_INS.test(token))
    return [{ kind: "digits", digits: withoutStandIns(token), spelt: false, start, end }];
  const parts = CUE_THEN_DIGITS.exec(token) ?? DIGITS_THEN_WORD.exec(token);
  if (parts !== null) {
    const [, head = "", tail = ""] = parts;
    return [...partsOf(head, start), ...partsOf(tail, start + head.length)];
  }
  const digits = token.replace(/\D/g, "").length;
  if (digits >= PARTED_AT_LEAST && PARTED_BY_LETTERS.test(token)) return withoutLetters(token, start);
  return [{ kind: "word", text: token, start, end }];
}

function withoutStandIns(token: string): string {
  return [...token]
    .map((character) => (ZEROS.includes(character) ? "0" : ONES.includes(character) ? "1" : character))
    .join("");
}

function withoutLetters(token: string, start: number): Piece[] {
  return [...token.matchAll(/\d+|\D+/g)].map(({ 0: part, index }) => {
    const place = { start: start + index, end: start + index + part.length };
    return /\d/.test(part)
      ? { kind: "digits", digits: part, spelt: false, ...place }
      : { kind: "other", text: "*", ...place };
  });
}
