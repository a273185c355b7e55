import type {
  AccountHost,
  Attempt,
  NetworkMessageRef,
  Operation,
  Outcome,
} from "../../../src/adapter/index.ts";
import { assertNever, type Reason } from "../../../src/model/index.ts";
import type { SmsConfig } from "../config.ts";
import type { Pool, Slot } from "../link/pool.ts";
import { readPortal, type SmsPortal } from "../portal.ts";
import { messageRef, userRef, userReference } from "../refs.ts";
import { statusName } from "../smpp/constants.ts";
import type { Answer } from "../smpp/pending.ts";
import { type Segments, segment } from "../text/segment.ts";
import { digestOf, type PartsProgress, readProgress, writeProgress } from "./progress.ts";
import { References } from "./references.ts";
import { renderText } from "./render.ts";
import { verdictOf } from "./statuses.ts";
import { submitFields } from "./submit.ts";

/** A send operation. */
type SendOperation = Extract<Operation, { kind: "send" }>;

interface Message {
  readonly operation: SendOperation;
  readonly portal: SmsPortal;
  readonly segments: Segments;
}

/** What became of one part. */
type Sent = { readonly kind: "taken"; readonly id: string } | Exclude<Outcome, { kind: "done" }>;

/** Sends texts: a place in a window first, then durable notes, then `mark`, then octets. */
export class Sender {
  readonly #config: SmsConfig;
  readonly #host: AccountHost;
  readonly #pool: Pool;
  readonly #references: References;

  constructor(config: SmsConfig, host: AccountHost, pool: Pool) {
    this.#config = config;
    this.#host = host;
    this.#pool = pool;
    this.#references = new References(host.storage, host.random);
  }

  /** Sends a text in as many parts as it takes. Parts that an earlier try brought out aren't sent again. */
  async send(operation: SendOperation, attempt: Attempt): Promise<Outcome> {
    const portal = readPortal(operation.portal);
    if (portal === undefined) return refused("internal");
    if (!this.#config.numbers.includes(portal.number)) return refused("forbidden");
    // Short codes and alphanumeric senders are one-way.
    if (!/^\+\d+$/.test(portal.to)) return refused("unreachable");
    const text = renderText(operation.content);
    if (text === undefined) return refused("unsupported");
    const acquired = await this.#pool.acquire(attempt.signal);
    switch (acquired.kind) {
      case "none":
        return retry("not-connected", "account", false);
      case "aborted":
        return retry("not-connected", "delivery", false);
      case "throttled":
        return { ...retry("throttled", "account", false), after: acquired.after };
      case "slot":
        try {
          const segments = segment(text, acquired.slot.link.config.defaultAlphabet);
          return await this.#sendBy(acquired.slot, { operation, portal, segments }, attempt);
        } finally {
          acquired.slot.release();
        }
      default:
        return assertNever(acquired);
    }
  }

  async #sendBy(slot: Slot, message: Message, attempt: Attempt): Promise<Outcome> {
    const total = message.segments.parts.length;
    if (total > this.#config.maxParts) return refused("too-long");
    if (total > 1) return this.#sendParts(slot, message, attempt);
    await attempt.mark();
    const sent = await this.#sendPart(slot, message, 0, 1, attempt.signal);
    return sent.kind === "taken" ? this.#done(message, sent.id) : sent;
  }

  async #sendParts(slot: Slot, message: Message, attempt: Attempt): Promise<Outcome> {
    const { portal, segments } = message;
    const digest = digestOf(segments);
    const resumed = readProgress(attempt.resumed, digest);
    let progress: PartsProgress = resumed ?? {
      reference: await this.#references.next(portal),
      digest,
      taken: {},
    };
    if (resumed === undefined) await attempt.progress(writeProgress(progress));
    await attempt.mark(segments.parts.length);
    for (let index = 1; index <= segments.parts.length; index += 1) {
      if (progress.taken[index] !== undefined) continue;
      if (attempt.signal.aborted) return retry("not-connected", "delivery", false);
      const sent = await this.#sendPart(slot, message, progress.reference, index, attempt.signal);
      if (sent.kind !== "taken") return sent;
      progress = { ...progress, taken: { ...progress.taken, [index]: sent.id } };
      if (index < segments.parts.length) await attempt.progress(writeProgress(progress));
    }
    return this.#done(message, progress.taken[1] ?? "");
  }

  async #sendPart(
    slot: Slot,
    message: Message,
    reference: number,
    index: number,
    signal: AbortSignal,
  ): Promise<Sent> {
    const { link, session } = slot;
    const { operation, portal, segments } = message;
    const submitted = session.submit(
      submitFields({
        link: link.config,
        portal,
        segments,
        reference,
        index,
        userReference: userReference(operation.id),
        validityMinutes: this.#config.validityMinutes,
      }),
    );
    return this.#judge(slot, message, await unlessAborted(submitted, signal));
  }

  #judge({ link }: Slot, message: Message, answer: Answer): Sent {
    if (answer.kind === "unsent") return retry("not-connected", "delivery", false);
    if (answer.kind === "unanswered") {
      // A receipt for one part says nothing of the others.
      const isEchoed = link.config.userReference && message.segments.parts.length === 1;
      return { kind: "unknown", reason: "unsure", refs: this.#unnamed(message, isEchoed) };
    }
    const { pdu } = answer;
    if (pdu.status === 0 && pdu.command === "submit_sm_resp") {
      link.throttle.taken();
      return { kind: "taken", id: pdu.messageId };
    }
    const verdict = verdictOf(pdu.status);
    const said = { link: link.config.name, code: statusName(pdu.status) };
    if (verdict.kind === "throttled") this.#host.log.debug("sms.submit.throttled", said);
    else this.#host.log.warn("sms.submit.refused", { ...said, reason: verdict.reason });
    switch (verdict.kind) {
      case "refused":
        return refused(verdict.reason);
      case "temporary":
        return retry(verdict.reason, "delivery", true);
      case "throttled":
        link.throttle.tooFast();
        return { ...retry("throttled", "delivery", false), after: link.throttle.left };
      default:
        return assertNever(verdict);
    }
  }

  /** Only part 1 asks for a receipt, so its id names the message. */
  #done(message: Message, id: string): Outcome {
    // Without an id, and without our reference echoed, the ref matches nothing; it does no harm.
    const refs = id === "" ? this.#unnamed(message, true) : [messageRef(id, message.portal.to)];
    const loss = message.operation.replyTo === undefined ? {} : { loss: ["reply"] as const };
    return { kind: "done", refs, ...loss };
  }

  /** The refs of a message whose id the SMSC didn't say: what a receipt may echo. */
  #unnamed({ operation, portal }: Message, isSent: boolean): readonly NetworkMessageRef[] {
    return isSent ? [userRef(userReference(operation.id), portal.to, this.#host.clock.now())] : [];
  }
}

/** The answer, or none as soon as the signal is aborted: what was submitted may arrive all the same. */
async function unlessAborted(answer: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  const { promise: aborted, resolve } = Promise.withResolvers<Answer>();
  const giveUp = () => resolve({ kind: "unanswered", why: "closed" });
  signal.addEventListener("abort", giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}

function refused(reason: Reason) {
  return { kind: "refused", reason, scope: "delivery" } as const;
}

function retry<Scope extends "delivery" | "account">(reason: Reason, scope: Scope, counts: boolean) {
  return { kind: "retry", reason, scope, counts } as const;
}
