/** A span of time in milliseconds. */
export type Milliseconds = number;
/** A moment: milliseconds since 1970-01-01 UTC. */
export type Timestamp = number;

export const SECOND: Milliseconds = 1_000;
export const MINUTE: Milliseconds = 60 * SECOND;
export const HOUR: Milliseconds = 60 * MINUTE;
export const DAY: Milliseconds = 24 * HOUR;

/** Time as it is passed in: the wall clock, which may jump, and a monotonic one, which may not. */
export interface Clock {
  /** Wall-clock time. */
  now(): Timestamp;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): Milliseconds;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep(ms: Milliseconds, signal?: AbortSignal): Promise<void>;
}

/** Randomness as it is passed in. */
export interface Random {
  /** Cryptographically strong random octets. */
  bytes(length: number): Buffer;
  /** A number in [0, 1), for jitter. */
  fraction(): number;
}
