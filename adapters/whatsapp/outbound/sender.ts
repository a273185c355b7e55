import type { AccountHost, Attempt, Degradation, Operation, Outcome } from "../../../src/adapter/index.ts";
import { type Milliseconds, sensitive } from "../../../src/model/index.ts";
import type { proto } from "../baileys.ts";
import type { FreshGroups } from "../groups/fresh.ts";
import type { Groups } from "../groups/groups.ts";
import type { Words } from "../inbound/heard.ts";
import type { Own } from "../inbound/stanza.ts";
import type { PeopleNotes } from "../notes.ts";
import { jidOf } from "../people.ts";
import { chatNameOf, readPortal, type WhatsAppPortal } from "../portal.ts";
import { messageRef, readRef, stanzaId } from "../refs.ts";
import { type Answer, awaitAnswer, type Line } from "./answer.ts";
import { LONGEST_TEXT, textMessage, wordsIn, wordsOf } from "./content.ts";
import { notConnected, outcomeOfError, refused, restricted, retry } from "./outcomes.ts";
import type { Pacing } from "./pacing.ts";
import type { Restriction } from "./restriction.ts";
import { ofGroup, ofTwo, type Room } from "./room.ts";
import type { Sent } from "./sent.ts";

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
  readonly groups: Pick<Groups, "ready">;
  readonly fresh: FreshGroups;
  /** How long the server's answer to a message may take. */
  readonly answerWithin: Milliseconds;
}

/** A text that is ready to go. */
interface Letter {
  readonly id: string;
  readonly room: Room;
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
    if (portal === undefined) return refused("internal", "delivery");
    if (jidOf(portal.to) === undefined) return refused("unreachable", "delivery");
    if (portal.number !== this.#parts.own().number) return refused("forbidden", "delivery");
    const words = wordsOf(operation.content);
    if (words === undefined) return refused("unsupported", "delivery");
    if (words.length > LONGEST_TEXT) return refused("too-long", "delivery");
    const wait = await this.#waitForTurn(portal, attempt.signal);
    if (wait !== undefined) return wait;
    const room = await this.#room(portal, attempt);
    if ("kind" in room) return room;
    const letter = await this.#letter(operation, room, words);
    const line = this.#parts.line();
    if (line === undefined) return notConnected();
    await attempt.mark();
    if (attempt.signal.aborted) return retry("not-connected", "delivery", false);
    return this.#judge(letter, await this.#ask(line, letter, attempt.signal));
  }

  async #waitForTurn(portal: WhatsAppPortal, signal: AbortSignal): Promise<Outcome | undefined> {
    const { restriction, pacing, line } = this.#parts;
    if (restriction.left > 0) return restricted(restriction.left);
    if (line() === undefined) return notConnected();
    if (signal.aborted) return retry("not-connected", "delivery", false);
    try {
      const turn = await pacing.turn(chatNameOf(portal), signal);
      if (turn.kind === "later") return { ...retry("throttled", turn.scope, false), after: turn.after };
    } catch {
      return retry("not-connected", "delivery", false);
    }
    // Another one may have been refused while this one waited.
    return restriction.left > 0 ? restricted(restriction.left) : undefined;
  }

  async #room(portal: WhatsAppPortal, attempt: Attempt): Promise<Room | Outcome> {
    const { own, notes, groups } = this.#parts;
    const { group, to } = portal;
    if (group === undefined) return ofTwo(portal, own(), await notes.timerOf(sensitive(to)));
    const info = await groups.ready({ ...portal, group }, attempt);
    return "kind" in info ? info : ofGroup(info, own());
  }

  /** The message, kept durably; at a second try it is the one of the first. */
  async #letter(operation: SendOperation, room: Room, words: string): Promise<Letter> {
    const { sent, host } = this.#parts;
    const id = stanzaId(operation.id);
    const quote = await this.#quote(operation, room);
    const loss = operation.replyTo !== undefined && quote === undefined ? (["reply"] as const) : [];
    const before = await sent.find(id);
    if (before !== undefined) return { id, room, message: before, loss };
    const message = textMessage(words, {
      ...(quote === undefined ? {} : { quote }),
      ...(room.timer === undefined ? {} : { timer: room.timer }),
      secret: host.random.bytes(32),
    });
    await sent.keep(id, message);
    return { id, room, message, loss };
  }

  async #quote({ replyTo }: SendOperation, room: Room) {
    const name = replyTo === undefined ? undefined : readRef(replyTo);
    if (replyTo === undefined || name === undefined || name.with !== room.name) return undefined;
    const { words, sent } = this.#parts;
    if (name.author === "them") return { id: name.id, author: room.them, words: words.of(replyTo) ?? "" };
    return { id: name.id, author: room.us, words: wordsIn(await sent.find(name.id)) };
  }

  async #ask(line: Line, { id, room, message }: Letter, signal: AbortSignal): Promise<Answer> {
    const { host, answerWithin, fresh } = this.#parts;
    using _ = room.info && fresh.use(room.info);
    // Listened for before it is sent: the answer may be here before the call returns.
    using answer = awaitAnswer(line, id, host.clock, answerWithin, signal);
    try {
      await Promise.race([line.socket.relayMessage(room.jid, message, { messageId: id }), answer.given]);
      return await answer.given;
    } catch (error) {
      return isUnsent(error) ? "unsent" : "none";
    }
  }

  async #judge(letter: Letter, answer: Answer): Promise<Outcome> {
    const { restriction, host } = this.#parts;
    const refs = [messageRef({ with: letter.room.name, author: "us", id: letter.id })];
    if (answer === "unsent") return retry("network-error", "delivery", true);
    if (answer === "none") return { kind: "unknown", reason: "unsure", refs };
    // Any other stanza under this id is a receipt of theirs: it has arrived, and only its ack was lost.
    const error = answer.tag === "ack" ? answer.attrs.error : undefined;
    if (error === undefined) {
      restriction.taken();
      return letter.loss.length === 0 ? { kind: "done", refs } : { kind: "done", refs, loss: letter.loss };
    }
    host.log.warn("whatsapp.send.refused", { code: /^\d{3}$/.test(error) ? error : "other" });
    return outcomeOfError(error, restriction, "delivery");
  }
}

/** Baileys' own word that nothing could be encrypted; in all other cases something may have gone out. */
function isUnsent(error: unknown): boolean {
  return error instanceof Error && error.message === "All encryptions failed";
}
