import type { Brand, PersonId } from "./ids.ts";
import type { Timestamp } from "./time.ts";

/** A handle's code as it is stored: ten symbols, see src/consent/handle-code.ts. Whoever has it can ask its owner. */
export type HandleCode = Brand<string, "HandleCode">;
/** Eight digits that join two accounts, see src/consent/link-code.ts. */
export type LinkCode = Brand<string, "LinkCode">;
/** A handle, whatever its code: opaque. Whoever makes one names it, so that making it can be repeated. */
export type HandleId = Brand<string, "HandleId">;
/** What the owner calls a handle, and all that strangers see of them: `handleLabel` makes it. */
export type HandleLabel = Brand<string, "HandleLabel">;

/** What happens to a first text. `ask`: it waits for the owner's answer. */
type HandlePolicy = "ask";

/** A contact code of a person, with what they said about it. */
export interface Handle {
  readonly id: HandleId;
  readonly code: HandleCode;
  readonly label: HandleLabel;
  readonly policy: HandlePolicy;
  /** Absent: until it is ended. */
  readonly expiresAt?: Timestamp;
}

/** A handle that is in use, with whose it is. */
export type FoundHandle = Handle & { readonly owner: PersonId };

/** The most characters of a name that somebody takes. */
export const LONGEST_NAME = 30;
/** The most characters (code points) of a label. */
export const LONGEST_LABEL = 30;

/** Controls, broken characters, and what turns the direction of a text. Joiners stay: some scripts and emoji need them. */
const CONTROLS = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu;
const UNSEEN_CONTROLS = /[[\p{Cf}\p{Default_Ignorable_Code_Point}]--[\u200c\u200d\ufe0e\ufe0f]]/gv;
const NOTHING_TO_SEE = /^[\s\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]*$/u;

/**
 * A label from what somebody typed: without control characters, with single spaces, and with `'` for `"`, since it is shown
 * in such quotes and must not end them. Undefined when nothing is left, or more than `LONGEST_LABEL` characters.
 */
export function handleLabel(text: string): HandleLabel | undefined {
  const clean = text
    .normalize("NFC")
    .replace(CONTROLS, " ")
    .replace(UNSEEN_CONTROLS, "")
    .replace(/["\u201c-\u201f\uff02]/gu, "'")
    .replace(/\s+/gu, " ")
    .trim();
  if (NOTHING_TO_SEE.test(clean) || [...clean].length > LONGEST_LABEL) return undefined;
  return clean as HandleLabel; // cleaned above
}

/** Labels that people take for the same have the same key: case, width and what isn't seen are no matter. */
export function labelKey(label: string): string {
  return label
    .normalize("NFKC")
    .toUpperCase()
    .toLowerCase()
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
    .normalize("NFKC");
}
