import type { Address } from "../model/address.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Milliseconds } from "../model/time.ts";

/** How an account is to be linked with the phone that owns it. */
export type PairBy =
  /** A picture that the phone scans. */
  | { readonly kind: "qr" }
  /** A code that is typed on the phone. `number`: the phone's; the one of the config when it is left out. */
  | { readonly kind: "code"; readonly number?: Sensitive<Address> };

/**
 * What happens while an account is linked. `paired` and `refused` are the last of them. What is to be scanned or typed is as
 * good as a password while it is shown.
 */
export type PairingStep =
  /** Nothing to do but wait. */
  | { readonly kind: "connecting" }
  /** Show this as a QR code, instead of the one before. */
  | { readonly kind: "qr"; readonly qr: Sensitive<string>; readonly expiresIn: Milliseconds }
  /** Show this, to be typed on the phone, instead of the one before. */
  | { readonly kind: "code"; readonly code: Sensitive<string>; readonly expiresIn: Milliseconds }
  /** The phone has agreed; the account connects as its device. */
  | { readonly kind: "linked" }
  /** It is linked and works. */
  | { readonly kind: "paired" }
  /** It isn't linked. `remedy`: one sentence on what to do, without any address. */
  | { readonly kind: "refused"; readonly why: PairingRefusal; readonly remedy: string };

/** Why an account isn't linked, as a closed set. */
export const PAIRING_REFUSALS = [
  "busy", // somebody else is linking it now
  "other-number", // the phone, or what was asked for, has another number than the config says
  "expired", // nobody scanned or typed in time
  "rejected", // the network, or the phone, doesn't want it
  "unreachable", // the network can't be reached
  "stopping", // the account ends
] as const;

export type PairingRefusal = (typeof PAIRING_REFUSALS)[number];

/** What became of ending a link, as a closed set. */
export const UNPAIRINGS = [
  "unpaired", // its network has taken us off, and all keys are gone
  "forgotten", // all keys are gone, but its network doesn't know: the phone lists us until its owner takes us off there
  "not-paired", // there is no link
  "failed", // the account isn't running, or its keys can't be changed now: try again
] as const;

export type Unpairing = (typeof UNPAIRINGS)[number];
