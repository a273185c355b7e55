import type { AccountHost, Attempt, Degradation, Operation, Outcome } from "../../../src/adapter/index.ts";
import { assertNever, type Milliseconds, type Reason, sensitive } from "../../../src/model/index.ts";
import type { proto } from "../baileys.ts";
import type { Words } from "../inbound/heard.ts";
import type { Own } from "../inbound/stanza.ts";
import type { PeopleNotes } from "../notes.ts";
import { isLid, jidOf } from "../people.ts";
import { readPortal, type WhatsAppPortal } from "../portal.ts";
import { messageRef, readRef, stanzaId } from "../refs.ts";
import { type Answer, awaitAnswer, type Line } from "./answer.ts";
import { LONGEST_TEXT, textMessage, wordsIn, wordsOf } from "./content.ts";
import type { Pacing } from "./pacing.ts";
import type { Restriction } from "./restriction.ts";
import type { Sent } from "./sent.ts";
import { verdictOf } from "./verdicts.ts";

type SendOperation = Extract<Operation, { kind: "send" }>;

/** What the sender works with. */
interface SenderParts {
  readonly host: Pick<AccountHost, "clock" | "random" | "log">;
  readonly own: () => Own;
  /** The connection that stands now. */
  readonly line: () => Line | undefined;
  readonly notes: PeopleNotes;
  readonly words: Words;
  readonly sent: Sent;
  readonly pacing: Pacing;
  readonly restriction: Restriction;
  /** How long the server's answer to a message may take. */
  readonly answerWithin: Milliseconds;
}

/** A text that is ready to go. */
interface Letter {
  readonly id: string;
  readonly jid: string;
  readonly portal: WhatsAppPortal;
  readonly message: proto.IMessage;
  readonly loss: readonly Degradation[];
}

/** Sends texts: its turn first, then a durable copy, then `mark`, then the stanza, then the server's word. */
export class Sender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Sends a text under an id that is the delivery's, so that a repeat is taken once. */
  async send(operation: SendOperation, attempt: Attempt): Promise<Outcome> {
    const portal = readPortal(operation.portal);
    if (portal === undefined) return refused("internal");
    const jid = jidOf(portal.to);
    if (jid === undefined) return refused("unreachable");
    if (portal.number !== this.#parts.own().number) return refused("forbidden");
    const words = wordsOf(operation.content);
    if (words === undefined) return refused("unsupported");
    if (words.length > LONGEST_TEXT) return refused("too-long");
    const wait = await this.#waitForTurn(portal, attempt.signal);
    if (wait !== undefined) return wait;
    const letter = await this.#letter(operation, portal, jid, words);
    const line = this.#parts.line();
    if (line === undefined) return notConnected();
    await attempt.mark();
    if (attempt.signal.aborted) return retry("not-connected", "delivery", false);
    return this.#judge(letter, await this.#ask(line, letter, attempt.signal));
  }

  async #waitForTurn({ to }: WhatsAppPortal, signal: AbortSignal): Promise<Outcome | undefined> {
    const { restriction, pacing, line } = this.#parts;
    if (restriction.left > 0) return restricted(restriction.left);
    if (line() === undefined) return notConnected();
    if (signal.aborted) return retry("not-connected", "delivery", false);
    try {
      const turn = await pacing.turn(to, signal);
      if (turn.kind === "later") return { ...retry("throttled", turn.scope, false), after: turn.after };
    } catch {
      return retry("not-connected", "delivery", false);
    }
    // Another one may have been refused while this one waited.
    return restriction.left > 0 ? restricted(restriction.left) : undefined;
  }

  /** The message, kept durably; at a second try it is the one of the first. */
  async #letter(
    operation: SendOperation,
    portal: WhatsAppPortal,
    jid: string,
    words: string,
  ): Promise<Letter> {
    const { sent, notes, host } = this.#parts;
    const id = stanzaId(operation.id);
    const quote = await this.#quote(operation, portal, jid);
    const loss = operation.replyTo !== undefined && quote === undefined ? (["reply"] as const) : [];
    const before = await sent.find(id);
    if (before !== undefined) return { id, jid, portal, message: before, loss };
    const timer = await notes.timerOf(sensitive(portal.to));
    const message = textMessage(words, {
      ...(quote === undefined ? {} : { quote }),
      ...(timer === undefined ? {} : { timer }),
      secret: host.random.bytes(32),
    });
    await sent.keep(id, message);
    return { id, jid, portal, message, loss };
  }

  async #quote({ replyTo }: SendOperation, { to }: WhatsAppPortal, jid: string) {
    const name = replyTo === undefined ? undefined : readRef(replyTo);
    if (replyTo === undefined || name === undefined || name.with !== to) return undefined;
    const { words, sent } = this.#parts;
    if (name.author === "them") return { id: name.id, author: jid, words: words.of(replyTo) ?? "" };
    return { id: name.id, author: this.#ownJid(to), words: wordsIn(await sent.find(name.id)) };
  }

  /** We, in the form in which the chat names people. */
  #ownJid(to: string): string {
    const { number, phone = number, lid } = this.#parts.own();
    return (isLid(to) ? lid : undefined) ?? `${phone.slice(1)}@s.whatsapp.net`;
  }

  async #ask(line: Line, { id, jid, message }: Letter, signal: AbortSignal): Promise<Answer> {
    const { host, answerWithin } = this.#parts;
    // Listened for before it is sent: the answer may be here before the call returns.
    using answer = awaitAnswer(line, id, host.clock, answerWithin, signal);
    try {
      await Promise.race([line.socket.relayMessage(jid, message, { messageId: id }), answer.given]);
      return await answer.given;
    } catch (error) {
      return isUnsent(error) ? "unsent" : "none";
    }
  }

  async #judge(letter: Letter, answer: Answer): Promise<Outcome> {
    const { restriction, host } = this.#parts;
    const refs = [messageRef({ with: letter.portal.to, author: "us", id: letter.id })];
    if (answer === "unsent") return retry("network-error", "delivery", true);
    if (answer === "none") return { kind: "unknown", reason: "unsure", refs };
    // Any other stanza under this id is a receipt of theirs: it has arrived, and only its ack was lost.
    const error = answer.tag === "ack" ? answer.attrs.error : undefined;
    if (error === undefined) {
      restriction.taken();
      return letter.loss.length === 0 ? { kind: "done", refs } : { kind: "done", refs, loss: letter.loss };
    }
    host.log.warn("whatsapp.send.refused", { code: /^\d{3}$/.test(error) ? error : "other" });
    const verdict = verdictOf(error);
    switch (verdict.kind) {
      case "restricted":
        await restriction.refused();
        return restricted(restriction.left);
      case "throttled":
        return { ...retry("throttled", "account", false), after: verdict.after };
      case "temporary":
        return retry(verdict.reason, "delivery", true);
      case "refused":
        return refused(verdict.reason);
      default:
        return assertNever(verdict);
    }
  }
}

/** Baileys' own word that nothing could be encrypted; in all other cases something may have gone out. */
function isUnsent(error: unknown): boolean {
  return error instanceof Error && error.message === "All encryptions failed";
}

function refused(reason: Reason) {
  return { kind: "refused", reason, scope: "delivery" } as const;
}

function retry<Scope extends "delivery" | "portal" | "account">(
  reason: Reason,
  scope: Scope,
  counts: boolean,
) {
  return { kind: "retry", reason, scope, counts } as const;
}

function notConnected() {
  return retry("not-connected", "account", false);
}

function restricted(left: Milliseconds) {
  return { ...retry("forbidden", "account", false), after: left };
}
