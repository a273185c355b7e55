import { assertNever } from "../assert-never.ts";

/** All commands of people, by the names that the house has for them. */
export type CommandName =
  | "handle-new"
  | "handles"
  | "handle-links"
  | "handle-off"
  | "requests"
  | "accept"
  | "decline"
  | "link"
  | "unlink"
  | "me"
  | "prefer"
  | "list"
  | "groups"
  | "block"
  | "blocked"
  | "unblock"
  | "mute"
  | "unmute"
  | "name"
  | "guard"
  | "export"
  | "forget-me"
  | "help";

/** What is wrong with a command's arguments. */
export type UsageProblem =
  | { readonly kind: "missing"; readonly what: "label" | "name" | "network" | "switch" }
  /** Other words than the command takes. */
  | { readonly kind: "shape" }
  /** It goes over several lines. */
  | { readonly kind: "lines" }
  | { readonly kind: "lifetime" }
  | { readonly kind: "label-characters" | "label-address" | "name-characters" }
  | { readonly kind: "label-length" | "name-length"; readonly most: number }
  | { readonly kind: "network"; readonly word: string; readonly known: readonly string[] };

/** What is said about commands. */
export interface CommandTexts {
  /** One line for help and documents. */
  helpLine(command: CommandName): string;
  /** What is wrong, and a command that works. */
  usage(wrong: { problem: UsageProblem; example: string }): string;
  /** In a conversation: it looked like a command and wasn't sent. `near`: one that may have been meant. */
  unknownCommand(typed: { word: string; near?: string | undefined }): string;
  /** In the bridge's own chat, where there is nobody to send it to. */
  notUnderstood(near: { near?: string | undefined }): string;
  /** `desk`: the number or user that the bridge itself is reached at. */
  onlyAtDesk(command: { command: string; desk?: string | undefined }): string;
  onlyInConversations(command: { command: string }): string;
  /** What it answers would go over a hop that isn't encrypted. `network`: its title. */
  onlyEncrypted(command: { command: string; network: string }): string;
  /** The network has no groups beside. `hasRooms`: each conversation has a room of its own there in any case. */
  noGroups(on: { network: string; hasRooms: boolean }): string;
  /** All of help where a text is one part of 160. */
  helpInShort(help: { commands: readonly string[]; inConversation: boolean }): string;
  /** `lines`: what can be sent here; `elsewhere`: what can be sent in conversations, or to the bridge itself. */
  helpInFull(help: {
    lines: readonly string[];
    elsewhere: readonly string[];
    inConversation: boolean;
  }): string;
}

/** In English. */
export const commandsEnglish: CommandTexts = {
  helpLine: (command) => HELP_LINES[command],
  usage: ({ problem, example }) => `${problemText(problem)} Like this: ${example}`,
  unknownCommand: ({ word, near }) =>
    `Not sent: /${word} is no command.${meant(near)} To send it as a text, begin with //`,
  notUnderstood: ({ near }) => `I don't know that.${meant(near)} "help" lists what I do.`,
  onlyAtDesk: ({ command, desk }) =>
    `"${command}" isn't for conversations. Send it to ${desk ?? "the bridge itself"}.`,
  onlyInConversations: ({ command }) => `"${command}" is for conversations: send it in one.`,
  onlyEncrypted: ({ command, network }) =>
    `"${command}" isn't answered on ${network}, which isn't encrypted. Send it from another account; "link" joins one.`,
  noGroups: ({ network, hasRooms }) =>
    hasRooms ? `Each conversation has its own room on ${network}.` : `There are no groups on ${network}.`,
  helpInShort: ({ commands, inConversation }) =>
    inConversation
      ? `What you text here goes to the other side. Also: ${commands.join(", ")}. "/help block" says more. STOP ends texts.`
      : `Private relay: others don't see your number. Send ${commands.join(", ")}. "help block" says more. STOP ends texts.`,
  helpInFull: ({ lines, elsewhere, inConversation }) =>
    [
      inConversation ? "What you write here goes to the other side, except commands:" : "You can send me:",
      ...lines,
      ...(elsewhere.length === 0
        ? []
        : [inConversation ? `To me: ${elsewhere.join(", ")}` : `In conversations: ${elsewhere.join(", ")}`]),
    ].join("\n"),
};

const HELP_LINES: Readonly<Record<CommandName, string>> = {
  "handle-new": "A code by which others reach you, instead of your number",
  handles: "Lists your handles",
  "handle-links": "Gives links that open an app with a handle's code in it, for a web page or a poster",
  "handle-off": "Ends a handle; its conversations go on",
  requests: "Lists the requests that wait for your answer",
  accept: "Accepts a request",
  decline: "Declines a request; they are told",
  link: "Links another account of yours with this one; both have to say yes",
  unlink: "Undoes a link: of this account, or of one on another network",
  me: "Shows which accounts of yours are linked",
  prefer: 'Says where messages reach you; "prefer last" is where you last wrote from',
  list: "Lists the conversations of this chat; a number says whom your next texts are for",
  groups: "Gives each conversation a group of its own, or leads all of them in this chat",
  block: "Blocks somebody, on all networks; they aren't told",
  blocked: "Lists whom you have blocked",
  unblock: "Undoes a block",
  mute: "Mutes somebody, on all networks; they aren't told",
  unmute: "Undoes a mute",
  name: "Changes your name in a conversation; the others are told",
  guard: "Whether you are asked before a text gives a number or an address away",
  export: "Gives you what is stored about you",
  "forget-me": "Deletes what is stored about you, after a question",
  help: "Lists the commands, or says more about one",
};

function problemText(problem: UsageProblem): string {
  switch (problem.kind) {
    case "missing":
      return MISSING[problem.what];
    case "shape":
      return "I can't read that.";
    case "lines":
      return "A command goes on one line.";
    case "lifetime":
      return "It can last from 1 hour to 365 days.";
    case "label-characters":
      return "A label is plain text without quotes.";
    case "label-address":
      return "Others see the label: leave numbers and addresses out.";
    case "label-length":
      return `A label has at most ${problem.most} characters.`;
    case "name-characters":
      return "A name has letters, digits, spaces, - ' and dots.";
    case "name-length":
      return `A name has at most ${problem.most} characters.`;
    case "network":
      return `There is no network "${problem.word}" here, only ${problem.known.join(", ")}.`;
    default:
      return assertNever(problem);
  }
}

const MISSING: Readonly<Record<"label" | "name" | "network" | "switch", string>> = {
  label: "A label is missing.",
  name: "A name is missing.",
  network: "A network is missing.",
  switch: '"on" or "off" is missing.',
};

function meant(near: string | undefined): string {
  return near === undefined ? "" : ` Did you mean "${near}"?`;
}
