import type { EncryptionLevel } from "../capabilities.ts";
import { encryptionText, type Named, nameWithLabel, numbered, type Reader, write } from "./words.ts";

/** What is said in and about conversations as such. */
export interface ChatTexts {
  /** At the beginning. `unrecallable`: titles of the networks where nothing can be called back. */
  weakestHop(hop: { network: string; encryption: EncryptionLevel; unrecallable: readonly string[] }): string;
  /** Before the first text in a chat by which its reader wants to be reached from now on. */
  goesOnHere(other: Named & { reader: Reader; isShared: boolean }): string;
  /** Before the text of somebody in a chat that holds several conversations. */
  said(by: Named & { text: string }): string;
  /** Texts are held until it is answered by a number. */
  toWhom(list: { conversations: readonly Named[] }): string;
  /** The same list without a text that waits. */
  openHere(list: { conversations: readonly Named[] }): string;
  /** Once, when a second conversation is open in a chat whose network has groups. */
  groupsOffered(): string;
  groupsOn(list: { conversations: readonly Named[] }): string;
  groupsOff(list: { conversations: readonly Named[] }): string;
  /** The network lets us make no group with this person. */
  groupNotMade(other: Named): string;
  /** A text that came from a group which isn't used any more. */
  inFormerGroup(other: Named): string;
  /** Whom a text went to, beside or below it. */
  wentTo(to: { name: string }): string;
  /** Held texts whose question wasn't answered in time, or was answered by no. */
  notSent(held: { texts: number; why: "unanswered" | "answered" }): string;
  /** The conversation's other side can't be reached any more: a text can't go there. */
  leftByOther(other: { name: string }): string;
  ended(): string;
  /** In a room that the bridge can't read. `invited`: into another one; else they are in it already. */
  encryptedRoom(other: { invited: boolean }): string;
  /** In the other one. */
  readableRoom(): string;
}

/** In English. */
export const chatsEnglish: ChatTexts = {
  weakestHop: ({ network, encryption, unrecallable }) =>
    [
      `Weakest hop: ${network}, ${encryptionText(encryption)}.`,
      ...(unrecallable.length === 0 ? [] : [`${unrecallable.join(" and ")} can't be recalled.`]),
      "/help",
    ].join(" "),
  goesOnHere: ({ reader, isShared, ...other }) =>
    isShared
      ? `${nameWithLabel(other)} goes on here, too.`
      : `${nameWithLabel(other)} goes on here. What you ${write(reader)} here goes to them.`,
  said: ({ text, ...by }) => `${nameWithLabel(by)}: ${text}`,
  toWhom: ({ conversations }) => `To whom? ${numbered(byPlace(conversations))}`,
  openHere: ({ conversations }) =>
    conversations.length === 0
      ? "No conversation is open in this chat."
      : `Open here: ${numbered(byPlace(conversations))}\nA number says whom your next texts are for.`,
  groupsOffered: () => "Want each conversation as its own group? Send /groups on.",
  groupsOn: ({ conversations }) =>
    conversations.length === 0
      ? `From now on each conversation gets its own group. "/groups off" undoes it.`
      : `Each conversation gets its own group: ${listed(conversations)}. "/groups off" undoes it.`,
  groupsOff: ({ conversations }) =>
    conversations.length === 0
      ? "From now on conversations are in this chat."
      : `Conversations are in this chat again: ${listed(conversations)}.`,
  groupNotMade: (other) =>
    `I couldn't make a group for ${nameWithLabel(other)}: it goes on here. Who may add you to groups stands in your app's settings.`,
  inFormerGroup: (other) => `Not sent: the group "${nameWithLabel(other)}" isn't in use any more.`,
  wentTo: ({ name }) => `-> ${name}`,
  notSent: ({ texts, why }) =>
    `Not sent${texts === 1 ? "" : ` (${texts} texts)`}${why === "answered" ? "." : ": the question wasn't answered in time."}`,
  leftByOther: ({ name }) => `Not delivered to ${name}: they have left this conversation.`,
  ended: () => "This conversation has ended.",
  encryptedRoom: ({ invited }) =>
    `I can't read encrypted rooms here yet. ${invited ? "I've invited you to one that I can read." : "I can read our other room: write to me there."}`,
  readableRoom: () => "I can read this room. /help says what you can do here.",
};

function listed(conversations: readonly Named[]): string {
  return conversations.map(nameWithLabel).join(", ");
}

function byPlace(conversations: readonly Named[]) {
  return conversations.map((one, index) => ({ ...one, number: index + 1 }));
}
