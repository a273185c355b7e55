import { assertNever } from "../assert-never.ts";
import type { EncryptionLevel } from "../capabilities.ts";

/**
 * How the one who reads a text is known on the network on which they read it. `phone`: by a number, on a network with opt-out
 * words. `number`: by a number elsewhere. `user`: by a user name.
 */
export type Reader = "phone" | "number" | "user";

/** Where strangers reach the bridge on a network. */
export type FrontDoor =
  /** They text a number, written as people read it: `+1 555 0100`. */
  | { readonly kind: "number"; readonly network: string; readonly number: string }
  /** They open a link; `url` is what the code is put behind. */
  | { readonly kind: "link"; readonly network: string; readonly url: string }
  /** They write to a user. `isHere`: on the network on which this is read. */
  | { readonly kind: "user"; readonly network: string; readonly user: string; readonly isHere: boolean };

/** One of a person's accounts, by its network and two characters that its owner recognises. */
export type LinkedAccount = { readonly network: string } & (
  | { readonly kind: "number"; readonly ending: string }
  /** `@al` */
  | { readonly kind: "user"; readonly beginning: string }
  /** Its network tells nothing that its owner would recognise. */
  | { readonly kind: "unnamed" }
);

/** Where a conversation is for the one who is told. */
export type Whereabouts =
  | { readonly kind: "here" }
  /** Another number of ours than the one where this is read. `on`: it is another account of theirs that it texts. */
  | { readonly kind: "number"; readonly number: string; readonly on?: LinkedAccount }
  /** A native thread of its own. `isGroup`: as its network calls it. */
  | {
      readonly kind: "room";
      readonly room: string;
      readonly isGroup?: boolean;
      readonly on?: LinkedAccount;
    };

/** A conversation as somebody sees it: the other side's name and, if they came by a handle, its label. */
export interface Named {
  readonly name: string;
  readonly label?: string | undefined;
}

/** `Ana · bike`: in lists, before incoming texts of a shared chat, and as the name of a room. */
export function nameWithLabel({ name, label }: Named): string {
  return label === undefined ? name : `${name} · ${label}`;
}

/** `1 Ana · bike  2 Leo · lamp`: each answers by its number. */
export function numbered(list: readonly (Named & { readonly number: number })[]): string {
  return list.map((one) => `${one.number} ${nameWithLabel(one)}`).join("  ");
}

/** `WhatsApp ··42`, `Matrix @al…` */
export function accountName(account: LinkedAccount): string {
  return [account.network, accountHint(account)].filter(Boolean).join(" ");
}

/** `··42`, `@al…`; nothing where nothing is known. */
export function accountHint(account: LinkedAccount): string {
  switch (account.kind) {
    case "number":
      return `··${account.ending}`;
    case "user":
      return `${account.beginning}…`;
    case "unnamed":
      return "";
    default:
      return assertNever(account);
  }
}

/** How a hop is protected. Never said of both ends: the bridge reads what it carries. */
export function encryptionText(level: EncryptionLevel): string {
  switch (level) {
    case "none":
      return "not encrypted";
    case "transport":
      return "encrypted in transit";
    case "bridge":
      return "encrypted up to the bridge";
    default:
      return assertNever(level);
  }
}

/** What the one who reads does there: they text a phone number, and write to anybody else. */
export function write(reader: Reader): string {
  return reader === "phone" ? "text" : "write";
}

/** What the other side doesn't learn. */
export function ownAddress(reader: Reader): string {
  return reader === "user" ? "your account" : "your number";
}

/** `a Matrix account`, `An SMS account`: by how the network's name is said. */
export function withArticle(network: string, article: "a" | "A"): string {
  const isSpelt = /^[A-Z]{2,}$/.test(network);
  return (isSpelt ? /^[AEFHILMNORSX]/ : /^[AEIOaeio]/).test(network)
    ? `${article}n ${network}`
    : `${article} ${network}`;
}
