import type { AccountHost, InboundEvent } from "../../../src/adapter/index.ts";
import { assertNever, sensitive } from "../../../src/model/index.ts";
import type { BinaryNode, proto } from "../baileys.ts";
import type { PeopleNotes } from "../notes.ts";
import { type Author, messageRef } from "../refs.ts";
import type { Inbox } from "../signal/stanzas.ts";
import { readCall } from "./calls.ts";
import { expiryOf, type Reading, readMessage } from "./content.ts";
import type { Words } from "./heard.ts";
import { readMembership } from "./membership.ts";
import { readReceipts } from "./receipts.ts";
import type { Heard, Rooms } from "./rooms.ts";
import { type Envelope, isOwn, type Own, readEnvelope } from "./stanza.ts";

/** What the inbox works with. */
interface InboxParts {
  readonly host: Pick<AccountHost, "acceptAll" | "clock" | "log">;
  readonly own: () => Own;
  readonly rooms: Rooms;
  readonly notes: PeopleNotes;
  readonly words: Words;
}

type Written = Pick<InboundEvent, "body" | "ref">;

/** Turns what comes into events of the house, one after the other. */
export class WhatsAppInbox implements Inbox {
  readonly #parts: InboxParts;
  #isClosed = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  async take(stanza: BinaryNode, _order: number, message: proto.IMessage): Promise<void> {
    await this.#inTurn(() => this.#take(stanza, (heard) => this.#read(message, heard)));
  }

  /** A message that comes without its content, as one that may be viewed once: only that it came can be said. */
  async takeUnreadable(stanza: BinaryNode): Promise<void> {
    await this.#inTurn(() =>
      this.#take(stanza, async () => ({ kind: "message", content: { kind: "unbridgeable", what: "other" } })),
    );
  }

  async takeNotification(stanza: BinaryNode): Promise<void> {
    const membership = readMembership(stanza, this.#parts.host.clock.now());
    if (membership === undefined) return;
    const { id, group, change, members, at, timing } = membership;
    await this.#inTurn(() =>
      this.#orRefuse(async () => {
        for (const member of members) {
          const heard = await this.#parts.rooms.of({ ...member, group });
          // Its place among what came with this id: another kind of stanza has ids of its own.
          const told = [change, at, id].join(" ");
          if (heard !== undefined)
            await this.#accept(heard, told, { at, timing, body: { kind: "membership", change } });
        }
      }),
    );
  }

  /** A receipt. It is lost when the house can't take it now: nobody brings it again. */
  async takeReceipt(stanza: BinaryNode): Promise<void> {
    const { host, rooms, own } = this.#parts;
    for (const receipt of readReceipts(stanza, own(), host.clock.now())) {
      const heard = this.#isClosed ? undefined : await rooms.of(receipt);
      if (heard === undefined || this.#isClosed) continue;
      const targets = receipt.ids.map((id) => messageRef({ with: heard.name, author: "us", id }));
      const { status, at } = receipt;
      const timing = stanza.attrs.offline === undefined ? "live" : "caughtUp";
      const told = [status, ...receipt.ids].join(" ");
      await this.#accept(heard, told, { at, timing, body: { kind: "status", targets, status } });
    }
  }

  /** Somebody rings, or rang. Said once a day: the house takes it for the same. */
  async takeCall(stanza: BinaryNode): Promise<void> {
    const { host, rooms, own } = this.#parts;
    const call = readCall(stanza, host.clock.now());
    if (call === undefined || this.#isClosed || isOwn(call.jid, own())) return;
    const { at, isOver, jid, otherJid } = call;
    const heard = await rooms.of({ jid, ...(otherJid === undefined ? {} : { otherJid }) });
    if (heard === undefined) return;
    const day = new Date(at).toISOString().slice(0, 10);
    const body = { kind: "message", content: { kind: "unbridgeable", what: "call" } } as const;
    const timing = isOver ? "caughtUp" : "live";
    await this.#accept(heard, `call on ${day}`, { at, timing, body });
  }

  /** Nothing more is taken; what is being taken comes to its end first. */
  async stop(): Promise<void> {
    this.#isClosed = true;
    await this.#last.catch(() => undefined);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.catch(() => undefined).then(work);
    this.#last = turn;
    return turn;
  }

  async #take(stanza: BinaryNode, read: (heard: Heard) => Promise<Reading>): Promise<void> {
    await this.#orRefuse(async () => {
      const { host, own, rooms } = this.#parts;
      const envelope = readEnvelope(stanza, own(), host.clock.now());
      if (envelope?.kind !== "person" && envelope?.kind !== "group")
        return this.#leave(envelope?.kind ?? "malformed");
      const heard = await rooms.of(envelope);
      if (heard === undefined) return this.#leave(envelope.kind === "group" ? "group" : "nobody");
      const written = this.#written(await read(heard), heard, envelope);
      if (written === undefined) return;
      const { at, timing, id } = envelope;
      await this.#accept(heard, id, { at, timing, ...written });
    });
  }

  /** @throws what the work throws, or when nothing is taken any more: the stanza comes again. */
  async #orRefuse(work: () => Promise<void>): Promise<void> {
    try {
      if (this.#isClosed) throw new Error("the intake was stopped: this message comes again");
      await work();
    } catch (error) {
      const name = error instanceof Error ? error.name : "unknown";
      this.#parts.host.log.warn("whatsapp.message.refused", { error: name });
      throw error;
    }
  }

  /** Written on another device of ours, to a group that isn't ours, a status, a channel: not bridged. */
  #leave(kind: string): void {
    this.#parts.host.log.debug("whatsapp.message.left", { kind });
  }

  async #read(message: proto.IMessage, { person, group }: Heard): Promise<Reading> {
    const reading = readMessage(message, group);
    const timer = reading.kind === "timer" ? reading.seconds : expiryOf(message);
    // A group's own timer is looked at before each message to it.
    if (timer !== undefined && group === undefined) await this.#parts.notes.setTimer(person.address, timer);
    return reading;
  }

  /** The event's body and its own ref. */
  #written(reading: Reading, heard: Heard, { id }: Envelope): Written | undefined {
    const named = (author: Author, name: string) => messageRef({ with: heard.name, author, id: name });
    switch (reading.kind) {
      case "message": {
        const { content, quotes } = reading;
        const ref = named("them", id);
        if (content.kind === "text") this.#parts.words.heard(ref, content.text);
        if (quotes === undefined) return { ref, body: { kind: "message", content } };
        const author = isOwn(quotes.author, this.#parts.own()) ? "us" : "them";
        return { ref, body: { kind: "message", content, replyTo: named(author, quotes.id) } };
      }
      case "edit":
        return { body: { kind: "edit", target: named("them", reading.target), content: reading.content } };
      case "delete":
        return { body: { kind: "delete", targets: [named("them", reading.target)] } };
      case "reaction": {
        const target = named(reading.target.fromSender ? "them" : "us", reading.target.id);
        return { body: { kind: "reaction", target, emoji: reading.emoji } };
      }
      case "timer":
      case "nothing":
        return undefined;
      default:
        return assertNever(reading);
    }
  }

  /** Hands an event to the house. */
  async #accept(
    { person, chat, name }: Heard,
    id: string,
    event: Omit<InboundEvent, "identity" | "chat" | "from">,
  ): Promise<void> {
    const { address, also } = person;
    // (chat, id, fromMe, participant) of which the last two are the same for all that is taken
    const identity = { kind: "id", id: sensitive(JSON.stringify([name, id])) } as const;
    const from = { from: address, ...(also === undefined ? {} : { alsoFrom: [also] }) };
    await this.#parts.host.acceptAll([{ identity, chat, ...from, ...event }]);
  }
}
