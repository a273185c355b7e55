import type { LinkCode } from "../model/handle.ts";
import type { Random } from "../model/time.ts";
import { isSeparator, isUnseen, plainCharacter, withoutQuotes } from "./typed.ts";

/** How many link codes there are: 8 digits. */
export const LINK_CODES = 100_000_000;

/** Longer texts aren't a code alone, whatever is around it. */
const LONGEST_TEXT = 200;

/** A random code; all are equally likely. */
export function newLinkCode(random: Pick<Random, "bytes">): LinkCode {
  const most = 2 ** 32 - (2 ** 32 % LINK_CODES); // a number above it would make some codes likelier
  for (;;) {
    const drawn = random.bytes(4).readUInt32BE();
    if (drawn < most) return String(drawn % LINK_CODES).padStart(8, "0") as LinkCode; // eight digits
  }
}

/** A code as it is shown: `4821 3067`. */
export function formatLinkCode(code: LinkCode): string {
  return `${code.slice(0, 4)} ${code.slice(4)}`;
}

/**
 * The code that a text consists of; undefined when it holds anything else. Its two groups may be joined, or stand apart by
 * spaces, dashes or dots, in quotes, with a full stop behind, in a pasted link. Other groups are another number: `22 34 56 78`
 * is a phone in Oslo.
 */
export function parseLinkCode(text: string): LinkCode | undefined {
  if (text.length > LONGEST_TEXT) return undefined;
  const pasted = text.replace(/^\s*\S*[?&](?:text|body)=/i, "");
  const typed = [...pasted].filter((character) => !isUnseen(character));
  const plain = typed
    .map((each) => (isSeparator(each) && each !== "+" ? " " : plainCharacter(each)))
    .join("");
  const found = /^(.*?)([0-9]{4}) {0,5}([0-9]{4})([^0-9]*)$/su.exec(plain.trim());
  if (found === null) return undefined;
  const [, before = "", first = "", second = "", after = ""] = found;
  const around = withoutQuotes(before, after);
  return around.every((part) => part.trim() === "") ? ((first + second) as LinkCode) : undefined; // eight digits
}
