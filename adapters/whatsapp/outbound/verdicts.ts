import { MINUTE, type Milliseconds, type Reason } from "../../../src/model/index.ts";

/** What an ack's `error` means for the message. */
type Verdict =
  /** The account is restricted, or lacks the other's token: no try for a while. */
  | { readonly kind: "restricted" }
  | { readonly kind: "throttled"; readonly after: Milliseconds }
  /** Later, under the same id. */
  | { readonly kind: "temporary"; readonly reason: Reason }
  | { readonly kind: "refused"; readonly reason: Reason };

const refused = (reason: Reason): Verdict => ({ kind: "refused", reason });
const temporary = (reason: Reason): Verdict => ({ kind: "temporary", reason });

/** Codes are those of HTTP's families, and of Baileys' `NACK_REASONS` and `SERVER_ERROR_CODES`. */
const VERDICTS: ReadonlyMap<string, Verdict> = new Map([
  ["400", refused("rejected")],
  ["401", refused("forbidden")],
  ["403", refused("forbidden")],
  ["404", refused("unreachable")],
  ["405", refused("unsupported")],
  ["406", refused("rejected")],
  ["410", refused("gone")],
  ["413", refused("too-long")],
  ["429", { kind: "throttled", after: MINUTE }],
  ["463", { kind: "restricted" }],
  // The list of their devices was out of date: the next try asks for it.
  ["479", temporary("rejected")],
]);

/** Codes that nobody has written down are tried again, since each try is counted. */
export function verdictOf(error: string): Verdict {
  return VERDICTS.get(error) ?? temporary("network-error");
}
