import { assertNever } from "../assert-never.ts";
import type { EncryptionLevel } from "../capabilities.ts";
import {
  accountName,
  encryptionText,
  type LinkedAccount,
  numbered,
  ownAddress,
  type Reader,
  type Whereabouts,
  write,
} from "./words.ts";

/** A request that waits for its answer. */
export interface WaitingRequest {
  readonly number: number;
  readonly label: string;
  /** The guest's pseudonym. */
  readonly name: string;
}

/** What somebody is told who writes to a handle. A blocked guest is told the same as any other. */
export interface GuestTexts {
  /** Their first text went on. */
  requestSent(to: { label: string; reader: Reader }): string;
  /** Said once: this text and the next ones wait. */
  textKept(to: { label: string }): string;
  /** `most` texts wait already. */
  textNotKept(to: { label: string; most: number }): string;
  /** A handle's code alone. */
  whatToSay(to: { label: string; reader: Reader }): string;
  /** A code that was never in use, or isn't any more: the same for both. Of link codes too. */
  codeNotInUse(): string;
  /** To an unknown number that sent no code, once in 24 hours. */
  privateRelay(): string;
  requestAccepted(by: { label: string; reader: Reader; where: Whereabouts }): string;
  requestDeclined(by: { label: string }): string;
  requestUnanswered(by: { label: string; days: number }): string;
}

/** What the owner of a handle is told of those who write to it. */
export interface OwnerTexts {
  /** The answers are `1`, `2`, `3` when it is the only one that is open (`isOnly`), else `1 accept`. */
  request(
    request: WaitingRequest & { network: string; encryption: EncryptionLevel; text: string; isOnly: boolean },
  ): string;
  requests(list: { open: readonly WaitingRequest[] }): string;
  /** A bare number or word, while several are open. */
  whichRequest(list: { open: readonly WaitingRequest[] }): string;
  noSuchRequest(asked: { number: number; open: readonly WaitingRequest[] }): string;
  accepted(guest: { name: string; where: Whereabouts }): string;
  declined(request: { label: string }): string;
  requestEnded(request: WaitingRequest & { days: number }): string;
  /** The guest took it back: they were forgotten, or unlinked the account that asked. */
  requestLeft(request: WaitingRequest): string;
}

/** In English. */
export const guestEnglish: GuestTexts = {
  requestSent: ({ label, reader }) =>
    reader === "phone"
      ? `Sent to "${label}". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.`
      : `Sent to "${label}". You'll read here when they answer. They don't see ${ownAddress(reader)}. ${reader === "user" ? '"help"' : '"/help"'} for more.`,
  textKept: ({ label }) => `Kept for "${label}" until they answer.`,
  textNotKept: ({ label, most }) => `Not kept: ${most} texts for "${label}" wait already for their answer.`,
  whatToSay: ({ label, reader }) =>
    `"${label}": what do you want to tell them? They'll see your text, not ${ownAddress(reader)}.`,
  codeNotInUse: () => "That code isn't in use. Check it, or ask for a new one.",
  privateRelay: () => "This is a private relay. Send the code you were given.",
  requestAccepted: ({ label, reader, where }) => `"${label}" accepted. ${fromNowOn(reader, where)}`,
  requestDeclined: ({ label }) => `"${label}" is not available.`,
  requestUnanswered: ({ label, days }) =>
    `"${label}" hasn't answered in ${days} days. Your request has ended.`,
};

/** In English. */
export const ownerEnglish: OwnerTexts = {
  request: ({ number, label, name, network, encryption, text, isOnly }) =>
    `Request ${number} for "${label}" from ${name} (${network}, ${encryptionText(encryption)}): "${excerpt(text)}"\n` +
    answersTo(number, isOnly),
  requests: ({ open }) => {
    const [first] = open;
    if (first === undefined) return "No request is open.";
    if (open.length > 1) return `Open requests: ${numbered(open)}\n${answersTo(first.number, false)}`;
    return `Request ${first.number} for "${first.label}" from ${first.name}\n${answersTo(first.number, true)}`;
  },
  whichRequest: ({ open }) => `Which request? ${numbered(open)}\n${answersTo(open[0]?.number ?? 1, false)}`,
  noSuchRequest: ({ number, open }) =>
    `Request ${number} isn't open. ${open.length === 0 ? "None is." : `Open: ${numbered(open)}`}`,
  accepted: ({ name, where }) => `Accepted. ${theirPlace(name, where)}`,
  declined: ({ label }) => `Declined. They are told that "${label}" is not available.`,
  requestEnded: ({ number, label, name, days }) =>
    `Request ${number} for "${label}" from ${name} has ended: no answer in ${days} days.`,
  requestLeft: ({ number, label, name }) =>
    `Request ${number} for "${label}" from ${name} has ended: they took it back.`,
};

/** A request quotes no more than this: the whole text follows when it is accepted. In characters. */
const LONGEST_QUOTE = 400;

/** On one line, so that no guest can write lines that look like ours. */
function excerpt(text: string): string {
  const line = text.replace(/\s+/gu, " ").trim();
  const characters = [...line];
  return characters.length <= LONGEST_QUOTE ? line : `${characters.slice(0, LONGEST_QUOTE).join("")}…`;
}

function answersTo(number: number, isOnly: boolean): string {
  return isOnly
    ? "1 accept · 2 decline · 3 block"
    : `"${number} accept" · "${number} decline" · "${number} block"`;
}

function fromNowOn(reader: Reader, where: Whereabouts): string {
  switch (where.kind) {
    case "here":
      return `What you ${write(reader)} here goes to them.`;
    case "number":
      return where.on === undefined
        ? `From now on they ${write(reader)} you from ${where.number}.`
        : `From now on they write to you on ${accountName(where.on)}, from ${where.number}.`;
    case "room":
      return itsRoom(where);
    default:
      return assertNever(where);
  }
}

function theirPlace(name: string, where: Whereabouts): string {
  switch (where.kind) {
    case "here":
      return `${name} writes to you here.`;
    case "number":
      return where.on === undefined
        ? `${name} texts you from ${where.number}.`
        : `${name} writes to you on ${accountName(where.on)}, from ${where.number}.`;
    case "room":
      return itsRoom(where);
    default:
      return assertNever(where);
  }
}

function itsRoom({ isGroup, on, room }: Extract<Whereabouts, { kind: "room" }>): string {
  return `The conversation is in the ${isGroup === true ? "group" : "room"} "${room}"${onOther(on)}.`;
}

function onOther(account: LinkedAccount | undefined): string {
  return account === undefined ? "" : ` on ${accountName(account)}`;
}
