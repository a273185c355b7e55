import type { Attempt, Operation, Outcome } from "../../src/adapter/index.ts";
import { assertNever, SECOND, sensitive } from "../../src/model/index.ts";
import { canonicalUser } from "./address.ts";
import type { Answer } from "./connection.ts";
import { chatOf, portalRef, readPortal } from "./portal.ts";
import type { NetworkError, Request } from "./protocol.ts";

/** What a thread is called in which the bridge speaks by itself. */
const OWN_NAME = "Footbridge";

/** An operation as a request, or the outcome of one that needs none: it can't be done. */
function requestFor(operation: Operation): { readonly request: Request } | { readonly outcome: Outcome } {
  if (operation.kind === "openPortal") {
    const to = canonicalUser(operation.to.expose());
    if (to === undefined) return { outcome: { kind: "refused", reason: "unreachable", scope: "delivery" } };
    const name = operation.profile === "bridge" ? OWN_NAME : operation.profile.name;
    return { request: { do: "open", alias: operation.alias, to, name } };
  }
  const thread = readPortal(operation.portal)?.thread;
  if (thread === undefined) return { outcome: { kind: "refused", reason: "internal", scope: "portal" } };
  switch (operation.kind) {
    case "updatePortal":
      return { request: { do: "rename", thread, name: operation.profile.name } };
    case "closePortal":
      return { request: { do: "leave", thread } };
    case "send":
      return sendRequest(operation, thread);
    default:
      return assertNever(operation);
  }
}

type Send = Extract<Operation, { kind: "send" }>;

function sendRequest(operation: Send, thread: string): ReturnType<typeof requestFor> {
  const { id, content, replyTo } = operation;
  // What a content is free of its network, we turn into the network's own form here; what it has no form for is refused.
  if (content.kind === "unbridgeable") {
    return { outcome: { kind: "refused", reason: "unsupported", scope: "delivery" } };
  }
  const spans = content.kind === "text" ? content.spans : undefined;
  return {
    request: {
      do: "send",
      id, // the same at each try, so that the network takes it once
      thread,
      from: content.kind === "notice" ? "bridge" : "participant",
      text: content.text,
      ...(spans === undefined ? {} : { spans }),
      ...(replyTo === undefined ? {} : { replyTo: replyTo.expose() }),
    },
  };
}

/** What an answer means for its operation. */
function outcomeOf(operation: Operation, answer: Answer): Outcome {
  switch (answer.kind) {
    case "done":
      return doneOutcome(operation, answer);
    case "error":
      if (answer.error === "gone" && operation.kind === "closePortal") return { kind: "done", refs: [] };
      return outcomeOfError(answer.error, answer.after);
    case "unsent":
      return NOT_CONNECTED;
    case "unanswered":
      return { kind: "unknown", reason: answer.reason };
    default:
      return assertNever(answer);
  }
}

/** It surely didn't happen, nothing else would either, and it is nobody's fault but the connection's. */
const NOT_CONNECTED: Outcome = {
  kind: "retry",
  reason: "not-connected",
  scope: "account",
  counts: false,
};

function doneOutcome(operation: Operation, { thread, message }: Extract<Answer, { kind: "done" }>): Outcome {
  if (operation.kind === "openPortal") {
    if (thread === undefined) return { kind: "unknown", reason: "malformed" };
    return { kind: "done", refs: [], opened: { portal: portalRef({ thread }), chat: chatOf(thread) } };
  }
  if (operation.kind === "send" && message === undefined) return { kind: "unknown", reason: "malformed" };
  return { kind: "done", refs: message === undefined ? [] : [sensitive(message)] };
}

function outcomeOfError(error: NetworkError, after: number | undefined): Outcome {
  switch (error) {
    case "throttled":
      // It is the account that is too fast, and no fault of this message: no attempt is used up.
      return { kind: "retry", reason: "throttled", scope: "account", counts: false, after: after ?? SECOND };
    case "busy":
      return { kind: "retry", reason: "network-error", scope: "delivery", counts: true };
    case "refused":
      return { kind: "refused", reason: "rejected", scope: "delivery" };
    case "too-long":
      return { kind: "refused", reason: "too-long", scope: "delivery" };
    case "no-such-user":
      return { kind: "refused", reason: "unreachable", scope: "delivery" };
    case "gone":
      return { kind: "refused", reason: "gone", scope: "portal" };
    default:
      return assertNever(error);
  }
}

/** What asks the network: the connection, while there is one. */
type Caller = (request: Request, signal: AbortSignal) => Promise<Answer>;

/** Does one operation: everything that needs no network first, then `mark`, then the request. */
export async function perform(
  operation: Operation,
  attempt: Attempt,
  caller: () => Caller | undefined,
): Promise<Outcome> {
  const wanted = requestFor(operation);
  if ("outcome" in wanted) return wanted.outcome;
  if (caller() === undefined || attempt.signal.aborted) return NOT_CONNECTED;
  await attempt.mark();
  // The connection may have gone, or been made anew, while the mark became durable.
  const call = caller();
  return call === undefined
    ? NOT_CONNECTED
    : outcomeOf(operation, await call(wanted.request, attempt.signal));
}
