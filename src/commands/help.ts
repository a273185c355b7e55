import type { CommandName, Texts } from "../model/texts.ts";
import { commandIn } from "./parse.ts";
import { hasBareWords, type Place } from "./place.ts";
import { typed } from "./refusal.ts";
import { COMMAND_NAMES, COMMANDS } from "./table.ts";

/**
 * What `help` answers: where texts are one part of 160, some commands in one part; elsewhere all of them, with a line each.
 * @param about the words of a command, of which more is said
 */
export function helpText(place: Place, texts: Texts, about?: string): string {
  const wanted = about === undefined ? [] : commandsFor(about);
  if (wanted.length > 0) return wanted.map((command) => lineOf(command, place, texts)).join("\n");
  const inConversation = !hasBareWords(place);
  if (place.reader !== "phone") return inFull(place, texts, inConversation);
  const commands = COMMAND_NAMES.flatMap((command) => {
    const { inShort } = COMMANDS[command];
    return inShort === undefined || !fits(command, place)
      ? []
      : `${typed(command, place)} ${inShort}`.trimEnd();
  });
  return texts.helpInShort({ commands, inConversation });
}

function inFull(place: Place, texts: Texts, inConversation: boolean): string {
  const here = COMMAND_NAMES.filter((command) => fits(command, place));
  const isElsewhere = (command: CommandName): boolean =>
    inConversation ? !fits(command, place) : COMMANDS[command].where !== "desk";
  const elsewhere = COMMAND_NAMES.filter((command) => isKnown(command, place) && isElsewhere(command));
  return texts.helpInFull({
    lines: here.map((command) => lineOf(command, place, texts)),
    elsewhere: elsewhere.map((command) => `${inConversation ? "" : "/"}${COMMANDS[command].phrase}`),
    inConversation,
  });
}

function fits(command: CommandName, place: Place): boolean {
  const { where } = COMMANDS[command];
  const kind = hasBareWords(place) ? "desk" : place.kind;
  if (!isKnown(command, place)) return false;
  return where === "both" || kind === "shared" || where === kind;
}

/** Whether the network has what the command is about. */
function isKnown(command: CommandName, { network }: Place): boolean {
  return COMMANDS[command].needsGroups !== true || network.groups === true;
}

function lineOf(command: CommandName, place: Place, texts: Texts): string {
  const { shape } = COMMANDS[command].syntax;
  return `${`${typed(command, place)} ${shape}`.trimEnd()}: ${texts.helpLine(command)}`;
}

/** `handle` is the first word of several. */
function commandsFor(about: string): readonly CommandName[] {
  const begun = COMMAND_NAMES.filter((name) => COMMANDS[name].phrase.startsWith(`${about} `));
  if (begun.length > 0) return begun;
  const found = commandIn(about);
  return found === undefined ? [] : [found.name];
}
