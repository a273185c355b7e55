// What phones and editors put into a text by themselves, out of the way of a grammar.

/** Directions and characters of no width; those that join letters stay. */
const INVISIBLE = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
const QUOTED = /^["“”„'‘’](?<inside>[^"“”„'‘’]*)["“”'‘’]$/;

/** The text with single spaces, none at its ends, and nothing that can't be seen. Lines stay lines. */
export function tidy(text: string): string {
  return text
    .normalize("NFC")
    .replace(INVISIBLE, "")
    .replace(/[^\S\n\r\u2028\u2029]+/g, " ")
    .trim();
}

/** Whether a tidy text has more than one line. */
export function hasLines(text: string): boolean {
  return /[\n\r\u2028\u2029]/.test(text);
}

/** Without the marks that end a sentence; a text of such marks alone stays. */
export function withoutEndMarks(text: string): string {
  const end = text.length - endMarks(text);
  return end === 0 ? text : text.slice(0, end).trimEnd();
}

// Counted from the end: a pattern anchored there would take the square of a text of marks.
function endMarks(text: string): number {
  let count = 0;
  while (count < text.length && ".!?,;:… ".includes(text.charAt(text.length - 1 - count))) count += 1;
  return count;
}

/** Without quotes around the whole. */
export function withoutQuotes(text: string): string {
  return QUOTED.exec(text)?.groups?.inside?.trim() ?? text;
}
