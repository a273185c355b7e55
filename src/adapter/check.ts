import type { Clock } from "../model/time.ts";

/**
 * What a check found, for `footbridge doctor`: one line for the operator. No secret, address or number is in it, nor what a
 * network said in its own words.
 */
export type Finding =
  | { readonly check: string; readonly status: "ok"; readonly found: string }
  | {
      readonly check: string;
      /** `warning`: it works, and may not for long, or not as well as it could. */
      readonly status: "warning" | "problem";
      readonly found: string;
      /** What to do about it, in one sentence. */
      readonly remedy: string;
    };

/** What a check of an account's config may use. */
export interface CheckSurroundings {
  readonly clock: Clock;
  /** A daemon works with this config now, and has the ports that are in it. */
  readonly running: boolean;
  /** The config file's folder: what belongs to an account often lies beside it. */
  readonly folder: string;
  /** The config of the network's own server, where the operator named it or a copy. */
  readonly serverConfig?: string;
  /** Aborted when it takes too long. */
  readonly signal: AbortSignal;
}
