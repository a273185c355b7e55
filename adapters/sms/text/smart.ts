// Characters that phones and editors put in by themselves, and what says the same in the GSM alphabet.
// One of them alone would halve the length of a message, since all of it would go as UCS-2.

const PLAIN = new Map<string, string>([
  ..."‘’‚‛′‵ʹʼˈ＇`´".split("").map((one) => [one, "'"] as const),
  ..."“”„‟″‶«»＂".split("").map((one) => [one, '"'] as const),
  ..."‐‑‒–—―−﹘﹣－".split("").map((one) => [one, "-"] as const),
  // Spaces of all widths, the non-breaking one first.
  ..."\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
    .split("")
    .map((one) => [one, " "] as const),
  // Of no width: they only help line breaking and joining.
  ..."\u00ad\u200b\u2060\ufeff".split("").map((one) => [one, ""] as const),
  ["…", "..."],
  ["•", "-"],
  ["·", "-"],
  ["→", "->"],
  ["←", "<-"],
  ["‹", "<"],
  ["›", ">"],
  ["⁄", "/"],
  ["∕", "/"],
  ["⁎", "*"],
  ["∗", "*"],
  ["\t", " "],
  ["\u2028", "\n"],
  ["\u2029", "\n"],
  ["\u0085", "\n"],
]);

/** The text with such characters replaced by plain ones. */
export function plainer(text: string): string {
  let result = "";
  for (const character of text) result += PLAIN.get(character) ?? character;
  return result;
}
