import type { AccountHost, Address, InboundEvent } from "../../../src/adapter/index.ts";
import { assertNever, type Sensitive, sensitive } from "../../../src/model/index.ts";
import type { BinaryNode, proto } from "../baileys.ts";
import type { PeopleNotes } from "../notes.ts";
import type { People, Person } from "../people.ts";
import { chatOf } from "../portal.ts";
import { type Author, messageRef } from "../refs.ts";
import type { Inbox } from "../signal/stanzas.ts";
import { readCall } from "./calls.ts";
import { expiryOf, type Reading, readMessage } from "./content.ts";
import type { Words } from "./heard.ts";
import { readReceipt } from "./receipts.ts";
import { type Envelope, isOwn, type Own, readEnvelope } from "./stanza.ts";

/** What the inbox works with. */
interface InboxParts {
  readonly host: Pick<AccountHost, "acceptAll" | "clock" | "log">;
  readonly own: () => Own;
  readonly people: People;
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
    await this.#inTurn(() => this.#take(stanza, (person) => this.#read(message, person)));
  }

  /** A message that comes without its content, as one that may be viewed once: only that it came can be said. */
  async takeUnreadable(stanza: BinaryNode): Promise<void> {
    await this.#inTurn(() =>
      this.#take(stanza, async () => ({ kind: "message", content: { kind: "unbridgeable", what: "other" } })),
    );
  }

  /** A receipt. It is lost when the house can't take it now: nobody brings it again. */
  async takeReceipt(stanza: BinaryNode): Promise<void> {
    const { host, people, own } = this.#parts;
    const receipt = readReceipt(stanza, own(), host.clock.now());
    if (receipt === undefined || this.#isClosed) return;
    const person = await people.of(receipt.jid);
    if (person === undefined) return;
    const targets = receipt.ids.map((id) => messageRef({ with: person.address.expose(), author: "us", id }));
    const { status, at } = receipt;
    const told = [status, ...receipt.ids].join(" ");
    await host.acceptAll([
      {
        ...this.#from(person, told),
        at,
        timing: stanza.attrs.offline === undefined ? "live" : "caughtUp",
        body: { kind: "status", targets, status },
      },
    ]);
  }

  /** Somebody rings, or rang. Said once a day: the house takes it for the same. */
  async takeCall(stanza: BinaryNode): Promise<void> {
    const { host, people, own } = this.#parts;
    const call = readCall(stanza, host.clock.now());
    if (call === undefined || this.#isClosed || isOwn(call.jid, own())) return;
    const person = await people.of(call.jid, call.otherJid);
    if (person === undefined) return;
    const { at, isOver } = call;
    const day = new Date(at).toISOString().slice(0, 10);
    const body = { kind: "message", content: { kind: "unbridgeable", what: "call" } } as const;
    const timing = isOver ? "caughtUp" : "live";
    await host.acceptAll([{ ...this.#from(person, `call on ${day}`), at, timing, body }]);
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

  async #take(stanza: BinaryNode, read: (person: Person) => Promise<Reading>): Promise<void> {
    const { host, own, people } = this.#parts;
    try {
      if (this.#isClosed) throw new Error("the intake was stopped: this message comes again");
      const envelope = readEnvelope(stanza, own(), host.clock.now());
      if (envelope?.kind !== "person") return this.#leave(envelope?.kind ?? "malformed");
      const person = await people.of(envelope.jid, envelope.otherJid);
      if (person === undefined) return this.#leave("nobody");
      const written = this.#written(await read(person), person, envelope);
      if (written === undefined) return;
      const { at, timing, id } = envelope;
      await host.acceptAll([{ ...this.#from(person, id), at, timing, ...written }]);
    } catch (error) {
      host.log.warn("whatsapp.message.refused", { error: error instanceof Error ? error.name : "unknown" });
      throw error;
    }
  }

  /** Written on another device of ours, to a group, a status, a channel: not bridged. */
  #leave(kind: string): void {
    this.#parts.host.log.debug("whatsapp.message.left", { kind });
  }

  async #read(message: proto.IMessage, { address }: Person): Promise<Reading> {
    const reading = readMessage(message);
    const timer = reading.kind === "timer" ? reading.seconds : expiryOf(message);
    if (timer !== undefined) await this.#parts.notes.setTimer(address, timer);
    return reading;
  }

  /** The event's body and its own ref. */
  #written(reading: Reading, person: Person, { id }: Envelope): Written | undefined {
    const named = (author: Author, name: string) =>
      messageRef({ with: person.address.expose(), author, id: name });
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

  #from(
    { address, also }: Person,
    id: string,
  ): Pick<InboundEvent, "identity" | "chat" | "from" | "alsoFrom"> {
    const number = this.#parts.own().number;
    return {
      // (chat, id, fromMe, participant) of which the last two are the same for all that is taken
      identity: { kind: "id", id: identityOf(address, id) },
      chat: chatOf({ number, to: address.expose() }),
      from: address,
      ...(also === undefined ? {} : { alsoFrom: [also] }),
    };
  }
}

function identityOf(person: Sensitive<Address>, id: string): Sensitive<string> {
  return sensitive(JSON.stringify([person.expose(), id]));
}
