import { assertNever } from "../assert-never.ts";
import type { Reason } from "../reason.ts";

/** How an account of the bridge's own doesn't work. `remedy`: what the operator does about it, without any address. */
export type AccountTrouble =
  | {
      readonly kind: "misconfigured" | "needs-pairing" | "logged-out" | "replaced" | "restricted";
      readonly remedy: string;
    }
  | { readonly kind: "disconnected"; readonly reason: Reason }
  | { readonly kind: "degraded"; readonly reason: Reason; readonly remedy?: string };

/** An account of the bridge's own: its network, and the operator's word for it. */
interface OwnAccount {
  readonly network: string;
  readonly name: string;
}

/** What is said to who runs the bridge. */
export interface OperatorTexts {
  /** `words`: what they write here to have it linked with its phone, where that is what it needs. */
  accountTrouble(what: { account: OwnAccount; trouble: AccountTrouble; words?: string | undefined }): string;
  /** After something was said of it. */
  accountWorks(what: { account: OwnAccount }): string;
  /** That the bridge reaches them, when it was set up. */
  operatorGreeting(what: Record<never, never>): string;
  /** Under a picture that is to be scanned. */
  pairPicture(what: { network: string; seconds: number }): string;
  /** With a code that is to be typed. */
  pairCode(what: { network: string; seconds: number; code: string }): string;
  /** They didn't say which of several accounts; `words`: what they can write. */
  pairWhich(what: { words: readonly string[] }): string;
  /** What is to be scanned or typed can't be shown in this chat. */
  pairUnshown(what: { account: OwnAccount }): string;
  paired(what: { account: OwnAccount }): string;
  /** `remedy` as an adapter says it. */
  notPaired(what: { account: OwnAccount; remedy: string }): string;
}

const REASON_TEXTS: Readonly<Record<Reason, string>> = {
  "not-connected": "it can't be reached",
  unauthorised: "its network doesn't take its credentials",
  forbidden: "its network doesn't allow it",
  unreachable: "it can't be reached",
  rejected: "its network refuses it",
  gone: "what it needs isn't there any more",
  "opted-out": "its network refuses it",
  "not-served": "the config doesn't allow it",
  "too-long": "its network refuses it",
  unsupported: "its network doesn't know what is asked of it",
  throttled: "its network asks it to wait",
  timeout: "its network doesn't answer",
  "network-error": "its network has trouble",
  unsure: "its network doesn't answer",
  expired: "its network doesn't answer",
  malformed: "its network answers something that can't be read",
  internal: "something is wrong in the bridge: see its log",
};

/** In English. */
export const operatorEnglish: OperatorTexts = {
  accountTrouble: ({ account, trouble, words }) =>
    `${accountText(account)} ${troubleText(trouble)}${words === undefined ? "" : `, or write "${words}" here`}.`,
  accountWorks: ({ account }) => `${accountText(account)} works again.`,
  operatorGreeting: () =>
    'The bridge is set up and reaches you here. It tells you when something doesn\'t work. Write "help" to see what else it does.',
  pairPicture: ({ network, seconds }) =>
    `On the phone: ${network}, Settings, Linked devices, Link a device. Scan this; it is good for ${seconds} seconds.`,
  pairCode: ({ network, seconds, code }) =>
    `On the phone: ${network}, Settings, Linked devices, Link a device, Link with phone number instead. Type ${code}; it is good for ${seconds} seconds.`,
  pairWhich: ({ words }) => `Which one? Write ${words.map((each) => `"${each}"`).join(" or ")}.`,
  pairUnshown: ({ account }) =>
    `${accountText(account)} can't be linked here now: codes are shown in a chat of the two of us alone. Try again, or link it where the bridge runs.`,
  paired: ({ account }) => `${accountText(account)} is linked with its phone.`,
  notPaired: ({ account, remedy }) => `${accountText(account)} isn't linked: ${remedy}.`,
};

function accountText({ network, name }: OwnAccount): string {
  return `${network} (${name})`;
}

function troubleText(trouble: AccountTrouble): string {
  switch (trouble.kind) {
    case "misconfigured":
      return `doesn't work: ${trouble.remedy}`;
    case "needs-pairing":
      return `needs pairing: ${trouble.remedy}`;
    case "logged-out":
      return `was logged out: ${trouble.remedy}`;
    case "replaced":
      return `was replaced: ${trouble.remedy}`;
    case "restricted":
      return `is restricted: ${trouble.remedy}`;
    case "disconnected":
      return `isn't connected: ${REASON_TEXTS[trouble.reason]}. It tries again by itself`;
    case "degraded":
      return `works in part: ${trouble.remedy ?? REASON_TEXTS[trouble.reason]}`;
    default:
      return assertNever(trouble);
  }
}
