import type { Command, CommandArguments } from "../model/command.ts";
import type { CommandName } from "../model/texts.ts";
import {
  about,
  account,
  label,
  labelAndLifetime,
  name,
  nothing,
  onOff,
  optionalNumber,
  other,
  preference,
  type Syntax,
  target,
  targetOrRequest,
} from "./arguments.ts";

export type { Command, CommandArguments } from "../model/command.ts";

/** One command. Its line of help is in the catalogue of texts. */
interface CommandRow<A> {
  /** What is typed, in lower case. */
  readonly phrase: string;
  /**
   * Other words for the same. Misspellings are none of them: "did you mean" is asked, never guessed, since a guess could
   * block or unlink somebody.
   */
  readonly also: readonly string[];
  /** Which kind of chat it is for; one that is both takes all. */
  readonly where: "desk" | "conversation" | "both";
  readonly syntax: Syntax<A>;
  /** What it answers goes only over a hop that is encrypted at least in transit. */
  readonly needsEncryption?: true;
  /** It is about groups, which the network has to have beside its chats. */
  readonly needsGroups?: true;
  /** It stands in the help of one part of 160; by which argument, if by any. */
  readonly inShort?: string;
}

/** All commands, in the order of help. What a network can't do, its row says; there is no other list. */
export const COMMANDS: { readonly [Name in CommandName]: CommandRow<CommandArguments[Name]> } = {
  "handle-new": {
    ...{ phrase: "handle new", also: ["new handle"], where: "desk", inShort: "LABEL" },
    syntax: labelAndLifetime,
  },
  handles: {
    phrase: "handles",
    also: ["list handles", "my handles"],
    where: "desk",
    syntax: nothing,
  },
  "handle-links": {
    phrase: "handle links",
    also: ["handle link"],
    where: "desk",
    syntax: label,
  },
  "handle-off": {
    ...{ phrase: "handle off", also: ["handle delete", "handle revoke"], where: "desk" },
    syntax: label,
  },
  requests: { phrase: "requests", also: ["list requests"], where: "desk", syntax: nothing },
  accept: { phrase: "accept", also: ["accept request"], where: "desk", syntax: optionalNumber },
  decline: { phrase: "decline", also: ["decline request", "reject"], where: "desk", syntax: optionalNumber },
  link: { phrase: "link", also: [], where: "desk", syntax: nothing, inShort: "" },
  unlink: { phrase: "unlink", also: [], where: "desk", syntax: account },
  me: { phrase: "me", also: ["whoami", "who am i"], where: "desk", syntax: nothing, inShort: "" },
  prefer: { phrase: "prefer", also: [], where: "desk", syntax: preference },
  list: { phrase: "list", also: ["conversations", "chats"], where: "desk", syntax: nothing },
  groups: { phrase: "groups", also: ["group"], where: "desk", syntax: onOff, needsGroups: true },
  block: { phrase: "block", also: [], where: "both", syntax: targetOrRequest, inShort: "" },
  blocked: { phrase: "blocked", also: ["list blocked"], where: "both", syntax: nothing },
  unblock: { phrase: "unblock", also: [], where: "both", syntax: other },
  mute: { phrase: "mute", also: [], where: "both", syntax: target, inShort: "" },
  unmute: { phrase: "unmute", also: [], where: "both", syntax: target },
  name: { phrase: "name", also: ["nick"], where: "conversation", syntax: name, inShort: "NAME" },
  guard: { phrase: "guard", also: [], where: "both", syntax: onOff },
  export: {
    ...{ phrase: "export", also: ["export my data"], where: "desk", syntax: nothing },
    needsEncryption: true,
  },
  "forget-me": { phrase: "forget me", also: ["delete me"], where: "desk", syntax: nothing, inShort: "" },
  help: { phrase: "help", also: ["help me", "commands", "?"], where: "both", syntax: about },
};

/** The names of all commands, in the order of help. */
export const COMMAND_NAMES = Object.keys(COMMANDS) as readonly CommandName[]; // the table's type has these keys and no other

/** `handle new LABEL [for 30d]` */
export function usageOf(command: CommandName): string {
  const { phrase, syntax } = COMMANDS[command];
  return syntax.shape === "" ? phrase : `${phrase} ${syntax.shape}`;
}

/** A command as it could be typed in a desk: `parse` gives it back. */
export function printCommand(command: Command): string {
  const { phrase, syntax } = COMMANDS[command.kind];
  // A command has the arguments of its own row; the compiler doesn't see the two as one.
  const written = (syntax as Syntax<Command>).write(command);
  return written === "" ? phrase : `${phrase} ${written}`;
}
