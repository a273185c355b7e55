/** What the server can be made to do wrong, for one account. */
export type Fault =
  /** A message of theirs arrives, and they never hear that it did. */
  | { readonly kind: "drop-ack" }
  /** A message of theirs is lost on the way: nobody gets it, no ack comes. */
  | { readonly kind: "lose-message" }
  /** A message of theirs is refused by an ack with this error. 463: restricted, or no token; 479: malformed. */
  | { readonly kind: "refuse-message"; readonly code: number }
  /** Their login is refused: 401 logged out, 403 banned, 405 outdated, 503 and others come and go. */
  | { readonly kind: "refuse-login"; readonly reason: number }
  /** Their login is refused with 405 while their client says that it is older than this revision (the last of three). Lasts. */
  | { readonly kind: "outdated"; readonly revision: number }
  /** The account is restricted: it can't write to those whose token it doesn't have (463). Lasts. */
  | { readonly kind: "restricted" }
  /** A stanza comes to them twice. */
  | { readonly kind: "duplicate" }
  /** So many messages to them are held, and then come in the opposite order. */
  | { readonly kind: "reverse"; readonly count: number }
  /** A message to them can't be opened, as after a loss of sessions: they ask for it again. */
  | { readonly kind: "garble" }
  /** A message comes to them without its content, as a view-once message does (`view_once`). */
  | { readonly kind: "unavailable"; readonly type: string }
  /** What they ask to be changed about groups is refused: 429 for too many, 463 for a restricted account, 500. */
  | { readonly kind: "refuse-group"; readonly code: number }
  /** What they ask to be changed about groups is done, and they never hear that it was. */
  | { readonly kind: "drop-group-answer" }
  /** When they ask for keys, the answer takes so long (ms). Lasts. */
  | { readonly kind: "slow-keys"; readonly ms: number };

/** Those that last until they are taken back; the others are spent. */
const LASTING: ReadonlySet<Fault["kind"]> = new Set(["restricted", "slow-keys", "outdated"]);

/** What is to go wrong yet, by account. */
export class Faults {
  readonly #pending = new Map<string, { readonly fault: Fault; left: number }[]>();

  /** From now on it happens to the account with this number, so many times. */
  put(number: string, fault: Fault, times = LASTING.has(fault.kind) ? Number.POSITIVE_INFINITY : 1): void {
    this.#pending.set(number, [...(this.#pending.get(number) ?? []), { fault, left: times }]);
  }

  /** Takes back all that is to come, for one account or for all. */
  heal(number?: string): void {
    if (number === undefined) this.#pending.clear();
    else this.#pending.delete(number);
  }

  /** The next fault of one of these kinds, which is spent by that. */
  take<K extends Fault["kind"]>(number: string, ...kinds: K[]): Extract<Fault, { kind: K }> | undefined {
    const pending = this.#pending.get(number) ?? [];
    const next = pending.find(({ fault, left }) => left > 0 && kinds.some((kind) => kind === fault.kind));
    if (next === undefined) return undefined;
    next.left -= 1;
    return next.fault as Extract<Fault, { kind: K }>; // its kind was looked at above
  }
}
