import { assertNever, type Milliseconds, type Reason } from "../../../src/model/index.ts";
import type { Restriction } from "./restriction.ts";
import { verdictOf } from "./verdicts.ts";

type Scope = "delivery" | "portal" | "account";

export function refused<S extends Scope>(reason: Reason, scope: S) {
  return { kind: "refused", reason, scope } as const;
}

export function retry<S extends Scope>(reason: Reason, scope: S, counts: boolean) {
  return { kind: "retry", reason, scope, counts } as const;
}

/** There is no connection. */
export function notConnected() {
  return retry("not-connected", "account", false);
}

/** The account may not write for a while. */
export function restricted(left: Milliseconds) {
  return { ...retry("forbidden", "account", false), after: left };
}

/**
 * What an error of the server means for an operation.
 * @param scope what else it is true of, where it isn't the whole account
 */
export async function outcomeOfError(
  error: string,
  restriction: Restriction,
  scope: Exclude<Scope, "account">,
) {
  const verdict = verdictOf(error);
  switch (verdict.kind) {
    case "restricted":
      await restriction.refused();
      return restricted(restriction.left);
    case "throttled":
      return { ...retry("throttled", "account", false), after: verdict.after };
    case "temporary":
      return retry(verdict.reason, scope, true);
    case "refused":
      return refused(verdict.reason, scope);
    default:
      return assertNever(verdict);
  }
}
