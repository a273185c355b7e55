import { nearest } from "../config/suggest.ts";
import type { CommandName, UsageProblem } from "../model/texts.ts";
import { hasBareWords, type Place } from "./place.ts";
import { COMMAND_NAMES, COMMANDS, type Command, type CommandArguments } from "./table.ts";
import { hasLines, tidy, withoutEndMarks, withoutQuotes } from "./tidy.ts";

/** Why a command can't be done as it was given. */
type Refusal =
  | { readonly kind: "usage"; readonly problem: UsageProblem }
  | { readonly kind: "only-desk" | "only-conversations" | "only-encrypted" | "no-groups" };

/** What a text is, as far as commands go. `near`: what may have been meant. */
export type Parsed =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "refused"; readonly command: CommandName; readonly why: Refusal }
  /** `/word` that is no command: it isn't sent, and its writer is told how it would be. */
  | { readonly kind: "unknown"; readonly word: string; readonly near: CommandName | undefined }
  /** `//word`: a message that begins with `/word`. `cut`: where the character stood that was taken out, for its spans. */
  | { readonly kind: "text"; readonly text: string; readonly cut: number }
  /** A message, or in a desk nothing that is known. */
  | { readonly kind: "none"; readonly near: CommandName | undefined };

/** A text that names more than this is an ordinary sentence: nothing is suggested for it. In words. */
const MOST_WORDS_FOR_A_SLIP = 4;

/**
 * Says whether a text is a command. In a desk bare words are, if all of them fit the command's grammar; elsewhere only what
 * begins with `/` and a letter. Never throws.
 */
export function parse(text: string, place: Place): Parsed {
  const line = tidy(text);
  const isDesk = hasBareWords(place);
  if (place.kind !== "desk" && /^\/{2,}\p{L}/u.test(line)) {
    const cut = text.indexOf("/");
    return { kind: "text", text: text.slice(0, cut) + text.slice(cut + 1), cut };
  }
  const hasSlash = (isDesk ? /^\/ ?[\p{L}?]/u : /^\/\p{L}/u).test(line);
  if (!hasSlash && !isDesk) return { kind: "none", near: undefined };
  const typed = withoutEndMarks(hasSlash ? line.slice(1).trimStart() : withoutQuotes(line));
  return hasSlash ? withSlash(typed, place) : bare(typed, place);
}

function withSlash(typed: string, place: Place): Parsed {
  const found = commandIn(typed);
  if (found === undefined) {
    const [word = ""] = typed.split(/\s/);
    return { kind: "unknown", word: [...word].slice(0, 20).join(""), near: meantBy(typed) };
  }
  const { name, rest } = found;
  const elsewhere = refusedBy(name, place);
  if (elsewhere !== undefined) return elsewhere;
  if (hasLines(typed))
    return { kind: "refused", command: name, why: { kind: "usage", problem: { kind: "lines" } } };
  return withArguments(name, rest, place);
}

/** What doesn't fit the grammar in full may be a sentence that only begins like a command. */
function bare(typed: string, place: Place): Parsed {
  const found = hasLines(typed) ? undefined : commandIn(typed);
  const near =
    typed.split(/\s/, MOST_WORDS_FOR_A_SLIP + 1).length > MOST_WORDS_FOR_A_SLIP ? undefined : meantBy(typed);
  if (found === undefined) return { kind: "none", near };
  const read = withArguments(found.name, found.rest, place);
  if (read.kind === "refused" && !isAttempt(read.why)) return { kind: "none", near };
  return refusedBy(found.name, place) ?? read;
}

function isAttempt(why: Refusal): boolean {
  if (why.kind !== "usage") return true;
  const { kind } = why.problem;
  return kind !== "shape" && kind !== "name-characters" && kind !== "name-length";
}

function refusedBy(command: CommandName, place: Place): Parsed | undefined {
  const { where, needsEncryption, needsGroups } = COMMANDS[command];
  const refuse = (kind: Exclude<Refusal["kind"], "usage">): Parsed => ({
    kind: "refused",
    command,
    why: { kind },
  });
  if (needsGroups && place.network.groups !== true) return refuse("no-groups");
  if (where === "desk" && place.kind === "conversation") return refuse("only-desk");
  if (where === "conversation" && place.kind === "desk") return refuse("only-conversations");
  if (needsEncryption && place.network.encryption === "none") return refuse("only-encrypted");
  return undefined;
}

function withArguments<Name extends CommandName>(command: Name, rest: string, place: Place): Parsed {
  const read = COMMANDS[command].syntax.read(rest, place);
  if ("problem" in read) return { kind: "refused", command, why: { kind: "usage", problem: read.problem } };
  const value: CommandArguments[Name] = read.value;
  // A name with the arguments of its own row is what Command is; the compiler doesn't see the two as one.
  return { kind: "command", command: { kind: command, ...(value as object) } as Command };
}

/** Longer phrases first: `handle off` before `handle`. */
const PHRASES: readonly (readonly [words: readonly string[], name: CommandName])[] = COMMAND_NAMES.flatMap(
  (name) =>
    [COMMANDS[name].phrase, ...COMMANDS[name].also].map((phrase) => [phrase.split(" "), name] as const),
).toSorted(([one], [other]) => other.length - one.length);

/** The command that a text begins with, and what follows. */
export function commandIn(typed: string): { readonly name: CommandName; readonly rest: string } | undefined {
  const pieces = typed.split(/(?=\s)/, 4);
  const words = pieces.map((piece) => piece.trim().toLowerCase());
  const found = PHRASES.find(([phrase]) => phrase.every((word, index) => word === words[index]));
  if (found === undefined) return undefined;
  const [phrase, name] = found;
  return { name, rest: typed.slice(pieces.slice(0, phrase.length).join("").length).trimStart() };
}

/** The command that a text may have been meant for: one that begins with its first word, or is spelt nearly like it. */
function meantBy(typed: string): CommandName | undefined {
  const [first = "", second = ""] = typed.toLowerCase().split(/\s/, 2);
  const begun = COMMAND_NAMES.find((name) => COMMANDS[name].phrase.split(" ")[0] === first);
  if (begun !== undefined) return begun;
  const phrases = COMMAND_NAMES.map((name) => COMMANDS[name].phrase);
  const phrase = nearest(`${first} ${second}`, phrases) ?? nearest(first, phrases);
  return COMMAND_NAMES.find((name) => COMMANDS[name].phrase === phrase);
}
