import type { NetworkName } from "./ids.ts";
import type { Milliseconds } from "./time.ts";

/** `full`: as it is. `degraded`: as something else (an edit as a new text). `none`: not at all, and its sender is told. */
export type Support = "full" | "degraded" | "none";

/** What a person can send beside plain text. */
export type Feature = "formatted" | "edit" | "reaction" | "delete" | "reply";

/** How well a hop is protected: SMS < a provider's TLS < encrypted up to the bridge. */
export type EncryptionLevel = "none" | "transport" | "bridge";

/**
 * What an account can do, as data: the core branches on this and never on a network's name.
 * It is the static ceiling; one portal may have less.
 */
export interface Capabilities {
  readonly network: NetworkName;
  /** How people know it: `SMS`, `Matrix`. */
  readonly title: string;
  readonly features: Readonly<Record<Feature, Support>>;
  readonly encryption: EncryptionLevel;
  /** `opened`: a native thread must be made by `openPortal`. `given`: the portal is there by its address alone. */
  readonly portals: "opened" | "given";
  /**
   * Where portals are `given`: `openPortal` can also make a native thread for one conversation alone (a group with its person),
   * for those who want that.
   */
  readonly groups?: true;
  /**
   * For how long after its first try the network recognises an operation's id and so takes it only once, in ms.
   * 0: never. Then what may have arrived isn't sent again before its sender says so.
   */
  readonly repeatSafe: Milliseconds;
  /** For how long what was sent is kept, sealed, since the network may ask for it again, in ms; people who ask what is stored are told. */
  readonly keepsSent?: Milliseconds;
  /** How many operations may be under way at a time: a connection pool, an SMPP window. */
  readonly concurrency: number;
  /** Whether STOP, START and HELP mean there what carriers and law say of them: whoever writes one gets no message through. */
  readonly optOutWords: boolean;
  /** Each part of what goes out costs money, and addresses are phone numbers: the limits of SMS count it. */
  readonly paid?: true;
  /** Which receipts the network gives for what we send. */
  readonly receipts: { readonly delivered: boolean; readonly read: boolean };
}
