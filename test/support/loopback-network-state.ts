// What the loopback network knows: threads, their messages, and the events that its client hasn't acknowledged.

import { randomUUID } from "node:crypto";
import type { NetworkEvent, Request, What } from "../../adapters/loopback/protocol.ts";

/** A message as the person in its thread sees it. */
interface ShownMessage {
  readonly id: string;
  /** `participant` is whom the thread is named after, `bridge` the bridge itself; else a person's name. */
  readonly from: string;
  readonly text: string;
  readonly spans?: Extract<Request, { do: "send" }>["spans"];
  readonly replyTo?: string;
}

export interface Thread {
  readonly id: string;
  readonly alias: string;
  readonly to: string;
  name: string;
  /** Whether the bridge is still in it. */
  isOpen: boolean;
  readonly messages: ShownMessage[];
  /** Who types, as the bridge said last. */
  typing: boolean;
}

/** An answer without its call number. */
export type Answered = {
  readonly thread?: string;
  readonly message?: string;
  readonly error?: string;
  readonly after?: number;
};

const HOUR = 3_600_000;

export class LoopbackNetworkState {
  readonly threads = new Map<string, Thread>();
  /** In the order in which they happened. */
  readonly unacknowledged = new Map<string, NetworkEvent>();
  /** Every event that ever was, by its id. */
  readonly events = new Map<string, NetworkEvent>();
  /** Names that nobody has. */
  readonly strangers = new Set<string>();
  readonly #aliases = new Map<string, Thread>();
  /** What was answered to a send's id. */
  readonly #sent = new Map<string, { readonly answered: Answered; readonly at: number }>();

  /** Does what was asked. */
  carryOut(request: Request): Answered {
    switch (request.do) {
      case "ping":
        return {};
      case "open":
        return this.#open(request);
      case "rename":
      case "leave":
      case "send": {
        const thread = this.threads.get(request.thread);
        if (thread === undefined) return { error: "gone" };
        if (request.do === "send") return this.#send(request, thread);
        if (request.do === "rename") thread.name = request.name;
        else thread.isOpen = false;
        return {};
      }
    }
  }

  /** Something happens in a thread; it is kept until it is acknowledged. */
  happens(thread: string, from: string, what: What | object, late: boolean): NetworkEvent {
    const isText = "kind" in what && what.kind === "text" && "text" in what;
    const message = randomUUID();
    const event: NetworkEvent = {
      is: "event",
      id: randomUUID(),
      thread,
      from,
      at: Date.now(),
      late,
      ...(isText ? { message } : {}),
      what,
    };
    if (isText) this.threads.get(thread)?.messages.push({ id: message, from, text: String(what.text) });
    this.events.set(event.id, event);
    this.unacknowledged.set(event.id, event);
    return event;
  }

  #open({ alias, to, name }: Extract<Request, { do: "open" }>): Answered {
    if (this.strangers.has(to)) return { error: "no-such-user" };
    const known = this.#aliases.get(alias);
    const thread = known ?? { id: randomUUID(), alias, to, name, isOpen: true, messages: [], typing: false };
    thread.isOpen = true;
    this.#aliases.set(alias, thread);
    this.threads.set(thread.id, thread);
    return { thread: thread.id };
  }

  #send(request: Extract<Request, { do: "send" }>, thread: Thread): Answered {
    const key = `${thread.id} ${request.id}`;
    const before = this.#sent.get(key);
    if (before !== undefined && Date.now() - before.at < HOUR) return before.answered;
    if (!thread.isOpen) return { error: "gone" };
    if (request.text.length > 10_000) return { error: "too-long" };
    const { from, text, spans, replyTo } = request;
    const id = randomUUID();
    thread.messages.push({
      id,
      from,
      text,
      ...(spans === undefined ? {} : { spans }),
      ...(replyTo === undefined ? {} : { replyTo }),
    });
    const answered = { message: id };
    this.#sent.set(key, { answered, at: Date.now() });
    return answered;
  }
}
