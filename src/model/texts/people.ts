import { LONGEST_NAME } from "../handle.ts";

/** Why a name can't be taken. */
export type NameProblem =
  /** Somebody in the conversation sees another live name that looks like it. */
  | "alike"
  /** It holds what looks like a number or an address. */
  | "address"
  /** It is the bridge's own, or nearly. */
  | "reserved"
  /** It has something that names here don't have. */
  | "form"
  /** The operator gave the names in this conversation. */
  | "given";

/** What is said about other people, and about the names that they go by. */
export interface PeopleTexts {
  blocked(): string;
  blockedList(list: { names: readonly string[] }): string;
  unblocked(who: { name: string }): string;
  /** In a conversation whose other side the writer has blocked: a text isn't sent. */
  blockedHere(other: { name: string }): string;
  muted(): string;
  unmuted(who: { name: string }): string;
  /** Nobody of this name is known to the reader; `near`: one that is. */
  nobodyCalled(who: { name: string; near?: string | undefined }): string;
  notBlocked(who: { name: string }): string;
  /** A command that is about one conversation, in a chat with several: none was meant. */
  whichConversation(list: { names: readonly string[] }): string;
  /** To the one who changed it. */
  nameChanged(now: { name: string }): string;
  /** To the others. */
  nameAnnounced(change: { before: string; now: string }): string;
  nameRefused(wish: { name: string; why: NameProblem }): string;
}

/** In English. */
export const peopleEnglish: PeopleTexts = {
  blocked: () => `Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.`,
  blockedList: ({ names }) =>
    names.length === 0
      ? "You have blocked nobody."
      : `Blocked: ${names.join(", ")}. "/unblock ${names[0]}" undoes.`,
  unblocked: ({ name }) => `Unblocked: ${name} can reach you again.`,
  blockedHere: ({ name }) => `Not sent: you have blocked ${name}. "/unblock ${name}" undoes.`,
  muted: () => `Muted, on all networks. They aren't told. "/unmute NAME" undoes.`,
  unmuted: ({ name }) => `No longer muted: ${name}.`,
  nobodyCalled: ({ name, near }) =>
    `You know nobody called ${name}.${near === undefined ? "" : ` Did you mean ${near}?`}`,
  notBlocked: ({ name }) => `${name} isn't blocked. "/blocked" lists who is.`,
  whichConversation: ({ names }) =>
    names.length === 0
      ? "No conversation is open in this chat."
      : `Which one? Say it with a name, or write to one of them first: ${names.join(", ")}.`,
  nameChanged: ({ name }) => `You are ${name} in this conversation now.`,
  nameAnnounced: ({ before, now }) => `${before} is called ${now} from now on.`,
  nameRefused: ({ name, why }) => `Not changed: ${NAME_PROBLEMS[why](name)}`,
};

const NAME_PROBLEMS: Readonly<Record<NameProblem, (name: string) => string>> = {
  alike: (name) => `${name} looks too much like another name that they see. Take another one.`,
  address: () => "a name can't hold a number or an address.",
  reserved: (name) => `${name} could be taken for the bridge itself. Take another one.`,
  form: () => `a name has up to ${LONGEST_NAME} letters and digits, and begins with a letter.`,
  given: () => "who runs this bridge chose the names here.",
};
