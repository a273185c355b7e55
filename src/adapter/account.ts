import type { Capabilities } from "../model/capabilities.ts";
import type { ConfiguredDoor } from "../model/front-door.ts";
import type { AccountId, NetworkName } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Clock, Milliseconds, Random } from "../model/time.ts";
import type { CheckSurroundings, Finding } from "./check.ts";
import type { Address, InboundEvent, InboundSignal, NativeChat, OutboundSignal, PortalRef } from "./event.ts";
import type { Logger } from "./logger.ts";
import type { Attempt, Operation, Outcome } from "./operation.ts";
import type { PairBy, PairingStep, Unpairing } from "./pairing.ts";
import type { Showing, Shown } from "./showing.ts";
import type { AccountStorage, Cursor, FragmentStore } from "./storage.ts";

/** Where an account stands, for `status`, metrics and the operator. */
export type AccountState =
  | { readonly kind: "connecting" }
  | { readonly kind: "connected"; readonly links?: readonly LinkState[] }
  /** Works, but not all of it: one of several SMSCs is away. `remedy` is there where the operator has to mend it. */
  | {
      readonly kind: "degraded";
      readonly reason: Reason;
      readonly links?: readonly LinkState[];
      readonly remedy?: string;
    }
  /** Doesn't work now, tries again by itself. */
  | { readonly kind: "disconnected"; readonly reason: Reason; readonly links?: readonly LinkState[] }
  /** Doesn't work and needs the operator; `remedy` is one sentence on what to do, without any address. */
  | { readonly kind: "misconfigured"; readonly reason: Reason; readonly remedy: string }
  /** Not linked yet with the phone that owns it: see `Account.pair`. It needs the operator, as those below. */
  | { readonly kind: "needs-pairing"; readonly remedy: string }
  /** Its owner or its network has ended the link. */
  | { readonly kind: "logged-out"; readonly remedy: string }
  /** Another program works as this very device now; coming back would throw that one out, and so on. */
  | { readonly kind: "replaced"; readonly remedy: string }
  /** Its network lets it do nothing, or not write, for a time or for good. Trying again makes it worse. */
  | { readonly kind: "restricted"; readonly remedy: string }
  | { readonly kind: "stopped" };

/** One connection of an account that has several. `name` is the operator's own word for it, from the config. */
export interface LinkState {
  readonly name: string;
  readonly connected: boolean;
  readonly reason?: Reason;
}

/**
 * What became of an event that was handed over. Each of them means: it is durable (or needn't be), acknowledge it.
 * `buried`: kept for the operator, since it can't be bridged as it is.
 */
export type Accepted = "accepted" | "duplicate" | "buried";

/** What an account gets from the house. It lives as long as the account. */
export interface AccountHost {
  readonly account: AccountId;
  /**
   * Stores a batch durably, in the order given, with one write: all of it or nothing. Acknowledge to the network after it
   * resolved, never before. It waits through a restart of Redis.
   * More than 512 events, or than 4 MiB of them, go in parts, one after the other: when one is refused, those before it are
   * stored, and of it and those behind it nothing is.
   * @throws IntakeRefused when nothing can be taken now (the store is full or away, or the daemon stops): tell the network to
   * come again later with all of it. `store-away` alone says nothing of what is stored: a call may have lost its answer.
   */
  acceptAll(batch: readonly InboundEvent[]): Promise<readonly Accepted[]>;
  /** Lossy, never durable. */
  signal(signal: InboundSignal): void;
  /** Says where the account stands; call it at each change. */
  report(state: AccountState): void;
  readonly storage: AccountStorage;
  readonly cursor: Cursor;
  readonly fragments: FragmentStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** A chat that somebody began with us. */
export interface NativeDesk {
  readonly portal: PortalRef;
  /** Our own number that they text, where the account has numbers. */
  readonly number?: Sensitive<Address>;
  /** What they write there is encrypted, and we can't read it; what we write there they can. */
  readonly encrypted?: true;
}

/** The bridge's presence on a network, at work. */
export interface Account {
  readonly capabilities: Capabilities;
  /** Where strangers reach the bridge itself on this account; absent where they can't. */
  readonly frontDoor?: ConfiguredDoor;
  /** Our own numbers, where people text numbers: each conversation gets one of them. */
  readonly numbers?: readonly Sensitive<Address>[];
  /**
   * Runs until the signal is aborted, then resolves; reconnects by itself, with backoff and jitter, and never throws for
   * what a network does. Intake begins here; `perform` may be called before it is connected and then answers `retry`.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Stops intake: nothing more is accepted, nothing is acknowledged that wasn't. Sending still works. */
  stopIntake(): Promise<void>;
  /** Does one thing. It may come again with the same id, after an outcome was lost with a crash. */
  perform(operation: Operation, attempt: Attempt): Promise<Outcome>;
  /** For portals that are `given`: the portal and chat of one of our numbers and a phone. */
  portalOf?(
    number: Sensitive<Address>,
    to: Sensitive<Address>,
  ): { readonly portal: PortalRef; readonly chat: NativeChat };
  /**
   * How to answer in a chat that somebody began with us and that is no portal of ours; undefined when it isn't private
   * between the two of us.
   * @throws TryLater when the network has to be asked and can't be now.
   */
  deskOf?(chat: NativeChat, from: Sensitive<Address>): Promise<NativeDesk | undefined>;
  /** Lossy news towards the network. */
  signal?(signal: OutboundSignal): void;
  /**
   * Shows somebody something that is to go soon, in a native thread where only they and the bridge are. It is lossy, and nothing
   * of it is kept. Undefined: it can't be shown there now, or others would see it.
   */
  show?(portal: PortalRef, showing: Showing, signal: AbortSignal): Promise<Shown | undefined>;
  /**
   * Links the account with the phone that owns it, where a network works so. Call it after `start`, and read it to its end;
   * it ends early when the signal is aborted, and then nothing is left of it. Of an account that is linked and doesn't
   * work any more (`replaced`, `restricted`) it is the operator's word to try again.
   */
  pair?(by: PairBy, signal: AbortSignal): AsyncIterable<PairingStep>;
  /** Ends the link with that phone: its network is told, and the keys are forgotten; it needs pairing then. */
  unpair?(): Promise<Unpairing>;
  /** Ends connections in an orderly way, within `deadline` ms. */
  stop(deadline: Milliseconds): Promise<void>;
}

/** The file by which a network's server learns of us: YAML with keys at the top. */
export interface Registering<C> {
  /**
   * The secrets that both sides know and nobody else gives out, so that we make them: each key of the file with the place of the
   * same secret in the account's config.
   */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  /** Its text, made of the config alone. The secrets are in it. */
  text(config: C): string;
}

/**
 * An adapter: what a network's folder exports. In a package of its own it is exported as `adapter`.
 * `config` is a zod schema of its part of the config file; `C` is what that schema gives.
 */
export interface AdapterModule<C> {
  readonly network: NetworkName;
  readonly config: ConfigSchema<C>;
  /**
   * The canonical form of an address that stands in the config (E.164 with `+`, a lower-case MXID), or undefined when it
   * is none of this network.
   */
  canonical(address: string): Address | undefined;
  /** Whether its portals are `opened`: the bridge can begin a chat there by itself, so the operator may be told things there. */
  readonly rooms?: true;
  /** Nobody is written to there who hasn't written first: the config can't pair them with others. */
  readonly answersOnly?: true;
  open(config: C, host: AccountHost): Account;
  /**
   * For `footbridge doctor`: tries what the config says, from outside of the daemon, whether one runs or not; it changes
   * nothing on the network and never throws for what a network does. Left out where an account's states say it all.
   */
  check?(config: C, surroundings: CheckSurroundings): Promise<readonly Finding[]>;
  /** For `footbridge register`: left out where the network's server isn't told of us by a file. */
  readonly registration?: Registering<C>;
}

/**
 * The part of a zod schema that is used; anything else that has it does as well. Secrets in the input are `Sensitive` where the
 * file has `{file: ...}` or `{env: ...}`, and texts where they stand by value: `secret()` takes both. Each issue has a `path` (an
 * array of keys) and a `message` that says what is expected there, never what was found.
 */
export interface ConfigSchema<C> {
  safeParse(
    input: unknown,
  ): { success: true; data: C } | { success: false; error: { issues: readonly unknown[] } };
}
