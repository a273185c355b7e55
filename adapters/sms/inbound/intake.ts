import {
  type AccountHost,
  type Fragment,
  type FragmentGroup,
  type InboundEvent,
  IntakeRefused,
} from "../../../src/adapter/index.ts";
import { type Milliseconds, SECOND, sensitive, type Timestamp } from "../../../src/model/index.ts";
import type { LinkConfig } from "../config.ts";
import { chatOf } from "../portal.ts";
import { STATUS } from "../smpp/constants.ts";
import type { Arrival } from "../smpp/session.ts";
import { Generations } from "./generations.ts";
import { joinParts } from "./parts.ts";
import type { MessageReader, Reading } from "./reader.ts";
import type { Repeatable, SessionBook } from "./sessions.ts";

/** How often groups of parts whose time is over are looked for, at most; more often where parts wait shortly. */
const DUE_EVERY: Milliseconds = 15 * SECOND;
/** The most arrivals in one durable write. */
const BATCH = 500;

/** The session that an arrival came by. */
export interface Source {
  readonly link: LinkConfig;
  /** Its durable name. */
  readonly session: string;
  answer(arrival: Arrival, status: number): void;
}

interface Item {
  readonly arrival: Arrival;
  readonly source: Source;
}

/** An item, what it is, and the event that it adds to the batch. */
interface Read extends Item {
  readonly reading: Reading;
  event?: InboundEvent;
  /** The group that this part completed. */
  completed?: string;
  refused?: boolean;
}

/**
 * The way in: what arrived since the last durable write goes into the next one, in the order of arrival, and is answered
 * only after it. One write at a time: while it runs the next batch grows, and no order can turn around.
 */
export class Intake {
  readonly #host: AccountHost;
  readonly #reader: MessageReader;
  readonly #book: SessionBook;
  readonly #partsWait: Milliseconds;
  readonly #generations: Generations;
  #queue: Item[] = [];
  #open = true;
  #dueSoon = true;
  /** The batch at work, or a turn that looks for groups that are due. */
  #turn: Promise<void> = Promise.resolve();
  #scheduled = false;
  #refusals = 0;
  #quietUntil: Milliseconds = 0;

  constructor(host: AccountHost, reader: MessageReader, book: SessionBook, partsWait: Milliseconds) {
    this.#host = host;
    this.#reader = reader;
    this.#book = book;
    this.#partsWait = partsWait;
    this.#generations = new Generations(partsWait);
  }

  /** Takes an arrival; it is answered when it is durable, or told to come again. */
  offer(arrival: Arrival, source: Source): void {
    if (!this.#open) {
      source.answer(arrival, STATUS.receiverTemporary);
      return;
    }
    this.#queue.push({ arrival, source });
    this.#schedule();
  }

  /** Takes nothing more. Resolves when the write that was under way is over and answered. */
  async close(): Promise<void> {
    this.#open = false;
    const waiting = this.#queue;
    this.#queue = [];
    for (const { arrival, source } of waiting) source.answer(arrival, STATUS.receiverTemporary);
    await this.#turn;
  }

  /** Delivers what is due of unfinished messages, until the signal. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#host;
    const every = Math.min(DUE_EVERY, this.#partsWait / 10);
    let last = clock.monotonic();
    while (!signal.aborted && this.#open) {
      if (this.#dueSoon || clock.monotonic() - last >= every) {
        this.#dueSoon = false;
        last = clock.monotonic();
        this.#turn = this.#turn.then(() => this.#deliverDue());
        await this.#turn;
      }
      await clock.sleep(SECOND, signal).catch(() => undefined);
    }
  }

  /** One turn of the event loop later, so that what came together goes together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#turn = this.#turn.then(async () => {
        this.#scheduled = false;
        await this.#take(this.#queue.splice(0, BATCH));
        if (this.#queue.length > 0) this.#schedule();
      });
    });
  }

  async #take(items: readonly Item[]): Promise<void> {
    if (items.length === 0) return;
    const repeats = this.#book.repeats();
    const now = this.#host.clock.now();
    const batch = items.flatMap((item) => this.#read(item, repeats, now) ?? []);
    await Promise.all(batch.map((one) => this.#store(one)));
    refuseBehind(batch);
    const accepted = await this.#accept(batch.flatMap(({ event }) => (event === undefined ? [] : [event])));
    if (accepted) await this.#drop(batch.flatMap(({ completed }) => completed ?? []));
    for (const one of batch) {
      const isRefused = one.refused === true || (one.event !== undefined && !accepted);
      one.source.answer(one.arrival, isRefused ? STATUS.receiverTemporary : STATUS.ok);
    }
  }

  /** The reader never throws for what a message holds; should it, only that message is told to come again. */
  #read(item: Item, repeats: readonly Repeatable[], now: Timestamp): Read | undefined {
    const { link, session } = item.source;
    try {
      return { ...item, reading: this.#reader.read(item.arrival, { link, session, repeats, now }) };
    } catch (error) {
      this.#refusedBy(error);
      item.source.answer(item.arrival, STATUS.receiverTemporary);
      return undefined;
    }
  }

  /** Finds an item's event; a part is made durable first, and has one only when it is the last. */
  async #store(one: Read): Promise<void> {
    const { reading } = one;
    if (reading.kind === "event") one.event = reading.event;
    if (reading.kind === "nothing" && reading.why === "no-id") {
      this.#host.log.warn("sms.receipt.unmatched", { link: one.source.link.name });
    }
    if (reading.kind !== "part") return;
    const { group, fingerprint } = reading;
    const { index } = reading.fragment;
    const number = this.#generations.place(group, index, fingerprint, this.#host.clock.monotonic());
    try {
      const result = await this.#host.fragments.add(generation(reading.fragment, number), this.#partsWait);
      if (result.kind !== "complete") return;
      this.#generations.finish(group, number);
      one.completed = result.group.id;
      const event = joined(result.group);
      if (event !== undefined) one.event = event;
    } catch (error) {
      this.#refusedBy(error);
      one.refused = true;
    }
  }

  /** One durable write. False: nothing of it is stored, the SMSC shall send it again. */
  async #accept(events: readonly InboundEvent[]): Promise<boolean> {
    if (events.length === 0) return true;
    try {
      await this.#host.acceptAll(events);
      return true;
    } catch (error) {
      this.#refusedBy(error);
      // A group that is complete stays so: it is found among those that are due.
      this.#dueSoon = true;
      return false;
    }
  }

  async #drop(groups: readonly string[]): Promise<void> {
    try {
      await Promise.all(groups.map((id) => this.#host.fragments.drop(id)));
    } catch (error) {
      // Its event is stored; accepting it once more is a duplicate.
      this.#refusedBy(error);
      this.#dueSoon = true;
    }
  }

  async #deliverDue(): Promise<void> {
    if (!this.#open) return;
    try {
      const groups = await this.#host.fragments.due();
      if (groups.length === 0) return;
      const events = groups.flatMap((group) => joined(group) ?? []);
      if (await this.#accept(events)) await this.#drop(groups.map(({ id }) => id));
    } catch (error) {
      this.#refusedBy(error);
    }
  }

  /** Said at most once a second, with how often: an SMSC may come again at once, for as long as the store is away. */
  #refusedBy(error: unknown): void {
    this.#refusals += 1;
    const now = this.#host.clock.monotonic();
    if (now < this.#quietUntil) return;
    this.#quietUntil = now + SECOND;
    const count = this.#refusals;
    this.#refusals = 0;
    const { log } = this.#host;
    if (error instanceof IntakeRefused) log.warn("sms.intake.refused", { reason: error.why, count });
    else log.error("sms.intake.failed", { error: error instanceof Error ? error.name : "unknown", count });
  }
}

/** What came behind a part that couldn't be stored isn't taken either: it would overtake that part's message. */
function refuseBehind(batch: readonly Read[]): void {
  const first = batch.findIndex(({ refused }) => refused);
  if (first < 0) return;
  for (const one of batch.slice(first)) {
    one.refused = true;
    delete one.event;
    delete one.completed;
  }
}

function generation(fragment: Fragment, number: number): Fragment {
  if (number === 0) return fragment;
  return { ...fragment, group: fragment.group.map((group) => `${group}#${number}`) };
}

/** The event of a group, whole or with gaps. */
function joined(group: FragmentGroup): InboundEvent | undefined {
  const message = joinParts(group);
  if (message === undefined) return undefined;
  return {
    identity: { kind: "id", id: sensitive(group.id) },
    chat: chatOf(message),
    from: sensitive(message.to),
    at: group.at,
    timing: message.isWhole ? "live" : "caughtUp",
    body: { kind: "message", content: message.content },
  };
}
