import type { Feature } from "../model/capabilities.ts";
import type { Content } from "../model/content.ts";
import type { DeliveryId, LegId } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";
import type { Address, NativeChat, NetworkMessageRef, PortalRef } from "./event.ts";

/**
 * A name for a portal, random for each leg and stored before the first call, in `[a-z2-7]{26}` (base32 of 128 bits):
 * whatever the adapter makes is named after it, so that a second try finds what the first one left.
 */
export type PortalAlias = string;

/** Whom a portal shows: never anything of their own network. */
export interface Profile {
  /** The pseudonym that this viewer sees. */
  readonly name: string;
  /** What the native thread is called, where that says more than the name: `Amber Fox · bike`. */
  readonly title?: string;
}

/**
 * Something to do on a network. `id` is the same at each try, also after a crash, and is what the network gets as the
 * id of the request where it recognises one.
 */
export type Operation = { readonly id: DeliveryId } & (
  | {
      readonly kind: "openPortal";
      readonly leg: LegId;
      readonly to: Sensitive<Address>;
      readonly alias: PortalAlias;
      /**
       * Whom it shows. `bridge`: nobody but the bridge, which speaks there by itself and under its own name; never updated.
       * Opened again, a portal asks in again whoever has left it.
       */
      readonly profile: Profile | "bridge";
    }
  | { readonly kind: "updatePortal"; readonly portal: PortalRef; readonly profile: Profile }
  /** Leaves the native thread; what was said stays there. Done also when it is no longer there. */
  | { readonly kind: "closePortal"; readonly portal: PortalRef }
  | {
      readonly kind: "send";
      readonly portal: PortalRef;
      readonly content: Content;
      /** When it was written. */
      readonly at: Timestamp;
      readonly replyTo?: NetworkMessageRef;
    }
);

/** An adapter's own note of how far it got (JSON); stored sealed, handed back at the next try. */
export type Progress = Sensitive<string>;

/** One try of an operation. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** Aborted when the lease is lost or the daemon stops hard; end soon, without another request. */
  readonly signal: AbortSignal;
  /** What the last `progress` of an earlier try stored. */
  readonly resumed?: Progress;
  /**
   * Call it just before the first octet that could make the operation happen, and wait for it: durable and fenced.
   * Without it the operation counts as not begun, and may expire, be cancelled or be handed to another worker.
   * @param parts how many messages the network will bill for it; 1 when it is left out
   * @throws LeaseLost when this try is no longer the one, or it may not leave now; then send nothing.
   */
  mark(parts?: number): Promise<void>;
  /** Stores how far it got, durably. @throws LeaseLost as `mark` does. */
  progress(note: Progress): Promise<void>;
}

/**
 * A loss that the network forced on a content that arrived: its sender is told once for each kind and conversation, unless
 * that was said from the capabilities already. Formatting counts only where they promise it in full (`formatted: "full"`).
 */
export type Degradation = Feature;

/**
 * How a try ended. Expected outcomes are values; an exception from `perform` is a bug and counts as `unknown` when it was
 * marked, as `retry` when it wasn't.
 */
export type Outcome =
  /**
   * It is done. `opened` is there for `openPortal` only. `refs`: the network's ids, for receipts, replies and edits. `loss`:
   * what of the content had to be left out.
   */
  | {
      readonly kind: "done";
      readonly refs: readonly NetworkMessageRef[];
      readonly opened?: { readonly portal: PortalRef; readonly chat: NativeChat };
      readonly loss?: readonly Degradation[];
    }
  /**
   * It surely didn't happen; try again. `scope` says what else would fail the same way now: only this delivery, all of
   * this portal, or the whole account. `counts`: whether it uses up one of the delivery's attempts (an outage of the
   * account doesn't). `after`: the network's own word on when, in ms from now.
   */
  | {
      readonly kind: "retry";
      readonly reason: Reason;
      readonly scope: "delivery" | "portal" | "account";
      readonly counts: boolean;
      readonly after?: Milliseconds;
    }
  /**
   * It may have happened. With `repeatSafe` it is tried again under the same id, else its sender is asked.
   * `refs`: under which a receipt may still say that it did, where the network echoes something of ours.
   */
  | { readonly kind: "unknown"; readonly reason: Reason; readonly refs?: readonly NetworkMessageRef[] }
  /** It won't happen, ever. The sender is told. */
  | { readonly kind: "refused"; readonly reason: Reason; readonly scope: "delivery" | "portal" | "account" };
