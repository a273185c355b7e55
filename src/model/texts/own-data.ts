import type { ListedHandle } from "./handles.ts";
import { accountName, type LinkedAccount, type Named, nameWithLabel } from "./words.ts";

/** A conversation as somebody's own data list it. */
export interface OwnConversation extends Named {
  /** As the others there see the reader. */
  readonly own: string;
  /** Title of the network on which the reader is in it; undefined: on none any more. */
  readonly network: string | undefined;
  /** `asks`, `asked`: a request waits, the reader's own or somebody else's. */
  readonly state: "open" | "asks" | "asked" | "blocked" | "muted" | "ended";
}

/** What is stored about somebody, as they may read it on one of their networks: so with two characters of each address. */
export interface OwnData {
  readonly since: string;
  readonly accounts: readonly { readonly account: LinkedAccount; readonly since: string }[];
  /** The networks on which texts are kept for a while after they were sent, in whole days. */
  readonly kept: readonly { readonly network: string; readonly days: number }[];
  /** Titles in their order; none: where they last wrote from. */
  readonly prefer: readonly string[];
  readonly guarded: boolean;
  readonly handles: readonly ListedHandle[];
  readonly conversations: readonly OwnConversation[];
  readonly blocked: readonly { readonly name: string; readonly since: string }[];
  readonly muted: readonly { readonly name: string; readonly since: string }[];
  /** Their accounts that want no texts. */
  readonly stopped: readonly LinkedAccount[];
}

/** What is said about what is stored about somebody. */
export interface OwnDataTexts {
  forgetQuestion(): string;
  /** The last text that they get. */
  forgotten(): string;
  /** They said no, or nothing. */
  notForgotten(): string;
  /** All of it, a line for each thing. */
  exported(data: OwnData): string;
}

/** In English. */
export const ownDataEnglish: OwnDataTexts = {
  forgetQuestion: () =>
    "Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no",
  forgotten: () =>
    "You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.",
  notForgotten: () => "Nothing was forgotten.",
  exported: (data) =>
    [
      `This is what is stored about you. Texts aren't: they go as soon as they are delivered${data.kept.map(keptText).join("")}.`,
      `You: here since ${data.since}. ${reached(data.prefer)} ${asked(data.guarded)}`,
      `Accounts: ${data.accounts.map(({ account, since }) => `${accountName(account)} (since ${since})`).join(", ")}`,
      ...section("Handles", data.handles.map(handleLine)),
      ...section("Conversations", data.conversations.map(conversationLine)),
      ...section("Blocked", data.blocked.map(dated)),
      ...section("Muted", data.muted.map(dated)),
      ...section("No texts, by STOP", data.stopped.map(accountName)),
      'Beside that, for at most 30 days: which message on one network is which on another; for at most 48 hours: how much of the limits you used. "forget me" ends what is listed above; this goes by itself.',
    ].join("\n"),
};

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [`${title}: none`] : [`${title}:`, ...lines.map((line) => `- ${line}`)];
}

function reached(prefer: readonly string[]): string {
  return prefer.length === 0
    ? "Messages reach you where you last wrote from."
    : `Messages reach you by your preference: ${prefer.join(", ")}.`;
}

function asked(guarded: boolean): string {
  return guarded
    ? "You are asked before a text gives an address away."
    : "You aren't asked before a text gives an address away.";
}

function handleLine({ label, code, until }: ListedHandle): string {
  return `"${label}": ${code}${until === undefined ? "" : ` (until ${until})`}`;
}

const STATES: Readonly<Record<OwnConversation["state"], string>> = {
  open: "open",
  asks: "your request waits",
  asked: "their request waits",
  blocked: "blocked",
  muted: "muted",
  ended: "ended",
};

function conversationLine({ network, own, state, ...with_ }: OwnConversation): string {
  const where = network === undefined ? "" : ` on ${network}`;
  return `${nameWithLabel(with_)}${where}: ${STATES[state]}; there you are "${own}"`;
}

function dated({ name, since }: { readonly name: string; readonly since: string }): string {
  return `${name} (since ${since})`;
}

/** Some networks ask again for what they couldn't deliver whole. */
function keptText({ network, days }: OwnData["kept"][number]): string {
  return `, on ${network} ${days} days later`;
}
