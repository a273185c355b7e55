import type { Attempt, Operation, Outcome } from "../../src/adapter/index.ts";
import { messageOfContent } from "./content-out.ts";
import type { MatrixAnswer, MatrixHttp } from "./http.ts";
import { DEVICE, type Names } from "./names.ts";
import { verdictOfSend } from "./outcome.ts";
import { PATHS } from "./paths.ts";
import type { Missing } from "./portal.ts";
import { type MatrixPortal, portalOfRef } from "./portal-ref.ts";

/** What sending needs. */
export interface SendDeps {
  readonly names: Names;
  readonly http: MatrixHttp;
  /** Mends what keeps the ghost from sending; resolves to whether to send again. */
  readonly mend: (portal: MatrixPortal, missing: Missing) => Promise<boolean>;
}

type Send = Extract<Operation, { kind: "send" }>;

/**
 * Sends a message: one PUT on a kept-alive connection, nothing else on the way. A participant's text comes from their ghost,
 * the bridge's own notice from the bot. The txnId comes from the operation and the sender: Synapse keeps txnIds by path for
 * the whole appservice, so that another ghost's would be taken for this one's.
 */
export async function send(deps: SendDeps, operation: Send, attempt: Attempt): Promise<Outcome> {
  const portal = portalOfRef(operation.portal);
  if (portal === undefined) return { kind: "refused", reason: "internal", scope: "portal" };
  const message = messageOfContent(operation.content, operation.replyTo?.expose());
  if (message === undefined) return { kind: "refused", reason: "unsupported", scope: "delivery" };
  const isNotice = operation.content.kind === "notice";
  const user = isNotice ? deps.names.bot : portal.ghost;
  const put = (): Promise<MatrixAnswer> =>
    deps.http.request({
      method: "PUT",
      path: PATHS.send(portal.room, "m.room.message", `${operation.id}.${localpartOf(user)}`),
      query: { user_id: user, device_id: isNotice ? DEVICE : portal.device, ...writtenAt(operation) },
      body: message.body,
      signal: attempt.signal,
    });
  await attempt.mark();
  const verdict = verdictOfSend(await put());
  if (verdict.kind === "outcome") return withLoss(verdict.outcome, message.loss);
  if (attempt.signal.aborted || !(await deps.mend(portal, verdict.what))) return verdict.otherwise;
  const second = verdictOfSend(await put());
  return second.kind === "outcome" ? withLoss(second.outcome, message.loss) : second.otherwise;
}

/** What waited for an answer shows when it was written, not when it came (Application Service API, timestamp massaging). */
function writtenAt({ at, content }: Send): { readonly ts?: string } {
  return content.kind === "text" ? { ts: String(at) } : {};
}

function withLoss(outcome: Outcome, loss: Extract<Outcome, { kind: "done" }>["loss"]): Outcome {
  return outcome.kind === "done" && loss !== undefined && loss.length > 0 ? { ...outcome, loss } : outcome;
}

function localpartOf(user: string): string {
  return user.slice(1, user.indexOf(":"));
}
