/** The zeros of scripts whose digits phones put in place of 0 to 9: Arabic, Persian, Devanagari, Bengali, Thai. */
const ZEROS: readonly number[] = [0x0660, 0x06f0, 0x0966, 0x09e6, 0x0e50];

/**
 * A character as a plain one in lower case: wide, bold and circled letters and digits lose their shape, digits of other
 * scripts become 0 to 9. What has no plain form stays as it is.
 */
export function plainCharacter(character: string): string {
  const plain = character.normalize("NFKC").toLowerCase();
  const at = plain.codePointAt(0) ?? 0;
  const zero = ZEROS.find((each) => at >= each && at < each + 10);
  return zero === undefined ? plain : String(at - zero);
}

/** Whether a character never shows: joiners, direction marks, soft hyphens. They come along when people copy. */
export function isUnseen(character: string): boolean {
  return /^(?:\p{Cf}|\ufe0e|\ufe0f)$/u.test(character);
}

/** Whether people put this character between the groups of a code: a space, a dash, a dot, or what stands for one. */
export function isSeparator(character: string): boolean {
  return /^[\s\p{Zs}\p{Pd}\u2212.\u00b7\u2022\u2027\u30fb\u3002_~+]$/u.test(character);
}

/** What stands before a code without the link that was pasted with it, `https://wa.me/15550100?text=`; undefined without one. */
export function withoutLink(before: string): string | undefined {
  if (!/[?&](?:text|body)=$/i.test(before.slice(-6))) return undefined;
  let from = before.length;
  while (from > 0 && !/\s/u.test(before.charAt(from - 1))) from -= 1;
  return before.slice(0, from);
}

/** A text without the characters at its end that `drop` matches. */
export function trimEndOf(text: string, drop: RegExp): string {
  let end = text.length; // not a pattern with `+$`, which takes long for a text that is made for it
  while (end > 0 && drop.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

const CLOSERS: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "*": "*",
  _: "_",
  "~": "~",
  "(": ")",
  "[": "]",
  "{": "}",
  "<": ">",
  "\u201c": "\u201d\u201c",
  "\u201d": "\u201d",
  "\u201e": "\u201c\u201d",
  "\u2018": "\u2019\u2018",
  "\u2019": "\u2019",
  "\u201a": "\u2018\u2019",
  "\u00ab": "\u00bb",
  "\u00bb": "\u00ab",
  "\u2039": "\u203a",
  "\u203a": "\u2039",
};

/** What stands before and after a code, without the quotes, brackets and marks for bold (up to three) that were put around it. */
export function withoutQuotes(before: string, after: string): readonly [before: string, after: string] {
  let layers = 0;
  for (; layers < 3; layers++) {
    const closers = CLOSERS[before.charAt(before.length - 1 - layers)];
    const closer = after.charAt(layers);
    if (closers === undefined || closer === "" || !closers.includes(closer)) break;
  }
  return [before.slice(0, before.length - layers), after.slice(layers)];
}
