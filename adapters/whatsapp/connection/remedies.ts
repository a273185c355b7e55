import type { AccountState } from "../../../src/adapter/index.ts";
import type { Closed } from "./closed.ts";

/** An ending after which nothing is tried before the operator says so. */
type Standstill = Exclude<Closed["kind"], "again" | "restart" | "untrusted" | "other-number">;

const pairing = (account: string): string => `"footbridge whatsapp pair ${account}"`;

/** An account that was never linked, or not again. */
export function needsPairing(account: string): AccountState {
  return { kind: "needs-pairing", remedy: `link it with its phone: ${pairing(account)}` };
}

/** An account whose number was changed in the config after it was linked. */
export function otherNumber(account: string): AccountState {
  return {
    kind: "misconfigured",
    reason: "forbidden",
    remedy: `the account is linked with a phone that has another number than the config says: put that number back, or log the bridge out on that phone and link the account anew with ${pairing(account)}`,
  };
}

/** Where an account stands that can't go on by itself, and what the operator does about it. */
export function standstill(kind: Standstill, account: string): AccountState & { readonly remedy: string } {
  switch (kind) {
    case "logged-out":
      return {
        kind,
        remedy: `its phone, or WhatsApp, has taken it off the linked devices: look at WhatsApp on the phone, then link it again with ${pairing(account)}`,
      };
    case "replaced":
      return {
        kind,
        remedy: `another program works as this linked device: end it, then let this one come back with ${pairing(account)}; if you know of none, log the device out on the phone and link it again`,
      };
    case "restricted":
      return {
        kind,
        remedy: `WhatsApp has barred the account: see what it says on the phone; ${pairing(account)} tries again once it is lifted`,
      };
    case "outdated":
      return {
        kind: "misconfigured",
        reason: "unsupported",
        remedy:
          "WhatsApp has left this version of WhatsApp Web behind: update Footbridge, or give a newer version in the config (docs/operating.md), and restart it",
      };
    case "mismatch":
      return {
        kind: "misconfigured",
        reason: "unsupported",
        remedy: `the phone isn't ready for linked devices: update WhatsApp on it, then ${pairing(account)}`,
      };
  }
}

/** Who answers isn't WhatsApp. It is tried again, more rarely: whatever stands between may go. */
export const UNTRUSTED = {
  kind: "misconfigured",
  reason: "forbidden",
  remedy:
    "what answers can't prove to be WhatsApp: see that no proxy or filter stands between; it is tried again by itself",
} as const satisfies AccountState;

/** WhatsApp lets the account write to nobody, or to nobody new, for a time. It still reads. */
export const LOCKED = {
  kind: "restricted",
  remedy:
    "WhatsApp lets the account write to nobody new for a time: see what it says on the phone; nothing is sent before that is over, since trying makes it worse",
} as const satisfies AccountState;
