import { LONGEST_NAME } from "../model/handle.ts";
import type { Random } from "../model/time.ts";
import { alike, type Look, lookOf, skeleton } from "./confusable.ts";
import { findGivenAway } from "./content-guard.ts";
import { FIRST_WORDS, LAST_WORDS } from "./pseudonym-words.ts";

/** So many draws of one length before a name gets a word more. */
const DRAWS = 32;

/**
 * A random name of two words, `Amber Fox`, which nobody takes for one of `taken`: the live names that its viewer sees. Prefers
 * words that none of them has. Where thousands leave no pair free it has more words, and ends with certainty: a name that is
 * longer than all others is like none of them.
 */
export function newName(random: Pick<Random, "fraction">, taken: readonly string[]): string {
  const looks = taken.map(lookOf);
  const used = new Set(taken.flatMap((name) => name.split(" ")));
  const [firsts, lasts] = [unused(FIRST_WORDS, used), unused(LAST_WORDS, used)];
  for (let words = 2; ; words++) {
    for (let draw = 0; draw < DRAWS; draw++) {
      const name = [
        ...Array.from({ length: words - 1 }, () => pick(random, firsts)),
        pick(random, lasts),
      ].join(" ");
      if (isUnlike(lookOf(name), looks)) return name;
    }
  }
}

/** Only the words that no live name has; all when it has them all. */
function unused(words: readonly string[], used: ReadonlySet<string>): readonly string[] {
  const fresh = words.filter((word) => !used.has(word));
  return fresh.length > 0 ? fresh : words;
}

function pick(random: Pick<Random, "fraction">, words: readonly string[]): string {
  return words[Math.floor(random.fraction() * words.length)] ?? "";
}

function isUnlike(look: Look, others: readonly Look[]): boolean {
  return others.every((other) => !alike(look, other));
}

/** Why a wanted name isn't given. */
export type NameRule =
  /** Nothing to see in it. */
  | "empty"
  | "too-long"
  /** Control, bidi or zero-width characters, or a heap of accents on one letter. */
  | "hidden-characters"
  /** Something other than letters, digits, spaces, `-`, `'` and `.`. */
  | "characters"
  /** It doesn't begin with a letter: `1 accept` and the lists with numbers would be taken for something else. */
  | "first-letter"
  /** A phone number, an address, a link, or so many digits that they can be one. */
  | "contact"
  /** It looks like the code of a handle. */
  | "code"
  /** It sounds like the bridge or those who run it. */
  | "reserved"
  /** It resembles another live name that the same person sees. */
  | "taken";

/** What becomes of a wanted name. `name` is how it is written from now on. */
export type NameAnswer =
  | { readonly kind: "accepted"; readonly name: string }
  | { readonly kind: "refused"; readonly rule: NameRule };

/** A year fits, a phone number doesn't. */
const MOST_DIGITS = 4;
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]|\p{M}{4}/u;
const CHARACTERS = /^[\p{L}\p{M}\p{Nd} .'-]*$/u;
/** What clients make a link of: `bit.ly`, but not `St. John` or `J.R.`. */
const DOMAIN = /[\p{L}\p{Nd}]\.[\p{L}]{2,}/u;
/** A handle's code: ten in groups of 4, 4 and 2; in the first or second a letter stands before a digit from 2 on. */
const CODE = /(?<![\p{L}\d])([a-z\d]{4})[ -]?([a-z\d]{4})[ -]?[a-z\d]{2}(?![\p{L}\d])/giu;
const CODE_GROUP = /[a-z].*[2-9]/i;
const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/**
 * Whether somebody may call themselves `wanted` (`/name Ana`) before somebody who sees the live names `taken`: 1 to 30 characters
 * as people count them, letters of any script, digits, spaces, `-`, `'` and `.`, nothing by which they can be reached, and no
 * name that is taken for the bridge or for another person.
 */
export function acceptName(wanted: string, taken: readonly string[]): NameAnswer {
  const name = tidied(wanted);
  const rule = brokenRule(name) ?? (isUnlike(lookOf(name), taken.map(lookOf)) ? undefined : "taken");
  return rule === undefined ? { kind: "accepted", name } : { kind: "refused", rule };
}

/** Narrow forms, one kind of apostrophe and hyphen as phones don't type them, single spaces. */
function tidied(wanted: string): string {
  return (
    wanted
      .normalize("NFKC")
      .replace(/[’‘ʼ`´]/g, "'")
      .replace(/[‐‑–—]/g, "-")
      // Persian parts a name with a zero-width non-joiner; a space reads the same.
      .replace(/(?<=\p{sc=Arab})\u200c(?=\p{sc=Arab})/gu, " ")
      .replace(/\p{Zs}+/gu, " ")
      .trim()
  );
}

function brokenRule(name: string): NameRule | undefined {
  if (name === "") return "empty";
  if (HIDDEN.test(name)) return "hidden-characters";
  if ([...graphemes.segment(name)].length > LONGEST_NAME) return "too-long";
  if (givesContact(name)) return "contact";
  if (!CHARACTERS.test(name)) return "characters";
  if (!/^\p{L}/u.test(name)) return "first-letter";
  if (holdsCode(name)) return "code";
  return isReserved(name) ? "reserved" : undefined;
}

function givesContact(name: string): boolean {
  return (
    (name.match(/\p{Nd}/gu) ?? []).length > MOST_DIGITS || DOMAIN.test(name) || findGivenAway(name).length > 0
  );
}

function holdsCode(name: string): boolean {
  return [...name.matchAll(CODE)].some(
    ([, one = "", two = ""]) => CODE_GROUP.test(one) || CODE_GROUP.test(two),
  );
}

/** In a name in any place. */
const BRIDGE_NAMES = ["footbridge", "bridgebot"].map(skeleton);
const BRIDGE_LOOKS = ["Footbridge", "Bridge Bot"].map(lookOf);
/** Nobody's name, alone or one after the other: `Bridge Support`. */
const OFFICES: ReadonlySet<string> = new Set(
  "the bridge bot relay admin administrator administration moderator moderators moderation mod mods support help helpdesk desk service system staff team official security safety operator notice you me everyone everybody nobody someone anonymous unknown stop start"
    .split(" ")
    .map(skeleton),
);

/** How the bridge's own texts begin: a name stands at the beginning of a line, too. */
const OPENERS: ReadonlySet<string> = new Set(
  "request requests accepted declined blocked unblocked muted kept sent handle linked unlinked weakest"
    .split(" ")
    .map(skeleton),
);
const REQUEST = skeleton("request");
/** An office that is sold as well. */
const DESK = skeleton("desk");

/** Whether a handle can be called so: guests see its label as a name. Things are called by more words than people. */
export function acceptsLabel(label: string): boolean {
  const words = wordsOf(label);
  if (words.length <= 2 && skeleton(words[0] ?? "") === REQUEST) return false;
  return skeleton(label) === DESK || !soundsLikeBridge(label);
}

function isReserved(name: string): boolean {
  return OPENERS.has(skeleton(wordsOf(name)[0] ?? "")) || soundsLikeBridge(name);
}

function wordsOf(name: string): readonly string[] {
  const shown = name.replace(/\p{Default_Ignorable_Code_Point}/gu, "");
  return shown.split(/[^\p{L}\p{M}\p{N}]+/u).filter((word) => word !== "");
}

function soundsLikeBridge(name: string): boolean {
  const whole = skeleton(name);
  if (BRIDGE_NAMES.some((reserved) => whole.includes(reserved))) return true;
  const words = wordsOf(name);
  if ([name, ...words].some((part) => !isUnlike(lookOf(part), BRIDGE_LOOKS))) return true;
  return words.length > 0 && words.every((word) => OFFICES.has(skeleton(word)));
}
