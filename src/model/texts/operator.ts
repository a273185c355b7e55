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
  accountTrouble(what: { account: OwnAccount; trouble: AccountTrouble }): string;
  /** After something was said of it. */
  accountWorks(what: { account: OwnAccount }): string;
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
  accountTrouble: ({ account, trouble }) => `${accountText(account)} ${troubleText(trouble)}.`,
  accountWorks: ({ account }) => `${accountText(account)} works again.`,
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
