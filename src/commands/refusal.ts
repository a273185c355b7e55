import { assertNever } from "../model/assert-never.ts";
import type { CommandName, Texts } from "../model/texts.ts";
import type { Parsed } from "./parse.ts";
import { hasBareWords, type Place } from "./place.ts";
import { COMMANDS } from "./table.ts";

/** What is answered to a text that can't be done as a command. `none` is answered in a desk only. */
export function refusalText(
  parsed: Extract<Parsed, { kind: "refused" | "unknown" | "none" }>,
  place: Place,
  texts: Texts,
): string {
  switch (parsed.kind) {
    case "refused":
      return whyText(parsed, place, texts);
    case "unknown": {
      const near = parsed.near && typed(parsed.near, place);
      return hasBareWords(place)
        ? texts.notUnderstood({ near })
        : texts.unknownCommand({ word: parsed.word, near });
    }
    case "none":
      return texts.notUnderstood({ near: parsed.near && typed(parsed.near, place) });
    default:
      return assertNever(parsed);
  }
}

function whyText({ command, why }: Extract<Parsed, { kind: "refused" }>, place: Place, texts: Texts): string {
  switch (why.kind) {
    case "usage": {
      const example = `${typed(command, place)} ${COMMANDS[command].syntax.example}`.trimEnd();
      return texts.usage({ problem: why.problem, example });
    }
    case "only-desk":
      return texts.onlyAtDesk({ command: COMMANDS[command].phrase, desk: place.desk });
    case "only-conversations":
      return texts.onlyInConversations({ command: `/${COMMANDS[command].phrase}` });
    case "only-encrypted":
      return texts.onlyEncrypted({ command: COMMANDS[command].phrase, network: place.network.title });
    case "no-groups": {
      const { portals, title } = place.network;
      return texts.noGroups({ network: title, hasRooms: portals === "opened" });
    }
    default:
      return assertNever(why);
  }
}

/** A command's words as they are typed in a place. */
export function typed(command: CommandName, place: Place): string {
  const { phrase } = COMMANDS[command];
  return hasBareWords(place) ? phrase : `/${phrase}`;
}
