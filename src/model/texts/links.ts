import { assertNever } from "../assert-never.ts";
import { accountHint, accountName, type FrontDoor, type LinkedAccount, withArticle } from "./words.ts";

/** Why two accounts weren't linked. */
export type NotLinked =
  /** The reader of this said no. */
  | "you"
  | "they"
  /** One yes is missing after 10 minutes. */
  | "late"
  /** They are linked with each other. */
  | "already"
  /** The account that sent the code is linked with others. */
  | "others"
  /** The account that sent the code has handles. */
  | "handles"
  /** The code came from the account that it was made for. */
  | "same";

/** What is said about a person's accounts. */
export interface LinkTexts {
  /** `code`: 8 digits. */
  linkCode(made: { code: string; minutes: number; doors: readonly FrontDoor[] }): string;
  /** To the account that sent the code. `own`: the title of its network; `other`: where the code is from. */
  joinLink(question: { own: string; other: LinkedAccount }): string;
  /** To the account that sent the code, after its yes. `network`: the title of the other's. */
  linkAsked(other: { network: string }): string;
  /** To the account where the code is from. */
  confirmLink(question: { other: LinkedAccount }): string;
  /** To both. `own`: where this is read; `prefer`: words that `prefer` takes, or none when one network has all. */
  linked(now: { own: string; others: readonly LinkedAccount[]; prefer: readonly string[] }): string;
  notLinked(why: NotLinked): string;
  unlinked(): string;
  /** To the other account. */
  unlinkedBy(other: LinkedAccount): string;
  /** To those of several that stay linked with each other. */
  unlinkedFrom(other: LinkedAccount): string;
  nothingLinked(): string;
  /** None of theirs is on this network. */
  noAccountOn(what: { network: string }): string;
  /** Several are on this network: `commands` say which, ready to be sent. */
  whichAccount(list: { commands: readonly string[] }): string;
  /** `prefer`: titles in the person's order; none: where they last wrote from. */
  me(now: { own: string; others: readonly LinkedAccount[]; prefer: readonly string[] }): string;
  preferred(order: { networks: readonly string[] }): string;
  /** One of those that somebody prefers said STOP. */
  takesNoTexts(account: LinkedAccount): string;
}

/** In English. */
export const linksEnglish: LinkTexts = {
  linkCode: ({ code, minutes, doors }) =>
    `From the other account, send ${code.slice(0, 4)} ${code.slice(4)} within ${minutes} minutes:\n` +
    doors.map((door) => linkWay(door, code)).join(" · "),
  joinLink: ({ own, other }) =>
    `Link this ${own} account with the ${other.network} account${behind(accountHint(other))}? ` +
    `Either can undo it at any time with "unlink". 1 yes · 2 no`,
  linkAsked: ({ network }) => `Asked. Please say yes on ${network} too.`,
  confirmLink: ({ other }) =>
    `${withArticle(other.network, "A")} account${longHint(other)} wants to be linked with this one. 1 yes · 2 no`,
  linked: ({ own, others, prefer }) =>
    `Linked: ${[own, ...others.map(accountName)].join(", ")}. Messages reach you where you last wrote from` +
    `${prefer.length < 2 ? "." : `; "prefer ${prefer.join(", ")}" changes that.`} "me" shows what is linked.`,
  notLinked: (why) => NOT_LINKED[why],
  unlinked: () => "Unlinked. Conversations that were only there are closed for you.",
  unlinkedBy: (other) => `Unlinked by ${accountName(other)}: this account stands alone again.`,
  unlinkedFrom: (other) => `Unlinked by ${accountName(other)}: it isn't linked with this one any more.`,
  nothingLinked: () => 'No other account is linked with this one. "link" begins it.',
  noAccountOn: ({ network }) => `No account of yours on ${network} is linked. "me" shows what is.`,
  whichAccount: ({ commands }) => `Which one? Send ${commands.map((one) => `"${one}"`).join(" or ")}.`,
  me: ({ own, others, prefer }) =>
    others.length === 0
      ? `Only this ${own} account. "link" joins another one with it.`
      : `Linked: ${[`${own} (this one)`, ...others.map(accountName)].join(", ")}. ${reachedOn(prefer)}`,
  preferred: ({ networks }) =>
    networks.length === 0 ? reachedOn([]) : `${reachedOn(networks)} "prefer last" undoes it.`,
  takesNoTexts: (account) =>
    `${accountName(account)} takes no texts since STOP was said there: START ends that.`,
};

const NOT_LINKED: Readonly<Record<NotLinked, string>> = {
  you: "Not linked. The other account is told.",
  they: "Not linked: the other account said no.",
  late: 'Not linked: one yes didn\'t come in time. "link" begins anew.',
  already: 'These two accounts are linked already. "me" shows what is linked.',
  others: 'Not linked: the account that sent the code is linked with others. Send "unlink" there first.',
  handles:
    'Not linked: the account that sent the code has handles. Send "link" there, and its code from the other one.',
  same: "That code is for your other account: send it from there.",
};

function linkWay(door: FrontDoor, code: string): string {
  switch (door.kind) {
    case "number":
      return `${door.network}: text ${code} to ${door.number}`;
    case "link":
      return `${door.network}: ${door.url}${code}`;
    case "user":
      return door.isHere
        ? `another ${door.network} account: send it to me there`
        : `${door.network}: message ${door.user} and send ${code}`;
    default:
      return assertNever(door);
  }
}

function longHint(account: LinkedAccount): string {
  if (account.kind === "unnamed") return "";
  return account.kind === "number" ? ` (number ending ${account.ending})` : ` (${accountHint(account)})`;
}

function behind(hint: string): string {
  return hint === "" ? "" : ` ${hint}`;
}

function reachedOn(networks: readonly string[]): string {
  return networks.length === 0
    ? "Messages reach you where you last wrote from."
    : `Messages reach you by your preference: ${networks.join(", ")}.`;
}
