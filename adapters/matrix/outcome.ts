import type { Outcome } from "../../src/adapter/index.ts";
import { type Reason, SECOND, sensitive } from "../../src/model/index.ts";
import type { MatrixAnswer } from "./http.ts";
import { textAt } from "./json.ts";

/** How long to wait after a 429 that says nothing of it. */
const DEFAULT_WAIT = SECOND;

/** What an answer to a send calls for: an outcome, or something to be mended first and then sent again. */
type SendVerdict =
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  /** The ghost isn't in the room, or isn't registered any more. */
  | { readonly kind: "mend"; readonly what: "membership" | "device"; readonly otherwise: Outcome };

/**
 * What became of a send (`PUT /send/{type}/{txnId}`). The txnId makes the request idempotent, so whatever may have arrived is
 * `unknown` and goes out again under the same id.
 */
export function verdictOfSend(answer: MatrixAnswer): SendVerdict {
  if (answer.kind === "answer" && answer.status >= 200 && answer.status < 300) {
    const event = textAt(answer.json, "event_id");
    return event === undefined
      ? outcome({ kind: "unknown", reason: "malformed" })
      : outcome({ kind: "done", refs: [sensitive(event)] });
  }
  const otherwise = outcomeOfFailure(answer);
  if (answer.kind === "answer" && answer.errcode === "M_FORBIDDEN" && answer.status === 403) {
    return { kind: "mend", what: "membership", otherwise };
  }
  if (answer.kind === "answer" && answer.errcode === "M_UNKNOWN_DEVICE") {
    return { kind: "mend", what: "device", otherwise };
  }
  return outcome(otherwise);
}

/**
 * What a request that got no 2xx means for its operation. Only an error with a Matrix code is the homeserver's own word; a
 * bare 403 or 404 comes from a proxy before it, and passes.
 */
export function outcomeOfFailure(answer: MatrixAnswer): Outcome {
  if (answer.kind === "failed") {
    if (!answer.sent) return retryAccount("not-connected");
    return { kind: "unknown", reason: answer.why === "timeout" ? "timeout" : "network-error" };
  }
  const { status, errcode } = answer;
  if (status === 429) {
    return { ...retryAccount("throttled"), after: answer.retryAfterMs ?? DEFAULT_WAIT };
  }
  if (status >= 500 || status === 408) return { kind: "unknown", reason: "network-error" };
  if (status === 413 || errcode === "M_TOO_LARGE") {
    return { kind: "refused", reason: "too-long", scope: "delivery" };
  }
  if (status < 400 || errcode === undefined || errcode === "M_UNRECOGNIZED")
    return retryAccount("network-error");
  if (status === 401) return retryAccount("unauthorised");
  if (status === 403) return { kind: "refused", reason: "forbidden", scope: "portal" };
  if (status === 404) return { kind: "refused", reason: "gone", scope: "portal" };
  return { kind: "refused", reason: "rejected", scope: "delivery" };
}

/** The reason that an answer without success comes down to, for states and logs. */
export function reasonOf(answer: MatrixAnswer): Reason {
  if (answer.kind === "failed") {
    if (answer.why === "timeout") return "timeout";
    return answer.why === "refused" ? "not-connected" : "network-error";
  }
  if (answer.status === 401) return "unauthorised";
  if (answer.status === 403) return "forbidden";
  if (answer.status === 429) return "throttled";
  return answer.status >= 200 && answer.status < 300 ? "malformed" : "network-error";
}

function retryAccount(reason: Reason): Extract<Outcome, { kind: "retry" }> {
  return { kind: "retry", reason, scope: "account", counts: false };
}

function outcome(value: Outcome): SendVerdict {
  return { kind: "outcome", outcome: value };
}
