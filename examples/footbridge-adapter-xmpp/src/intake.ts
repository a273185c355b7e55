import type { Element } from "@xmpp/component";
import { type AccountHost, type InboundEvent, IntakeRefused } from "footbridge/adapter";
import { Backoff } from "./backoff.ts";
import { receipt, refusal } from "./compose.ts";

/** The most events in one durable write. */
const BATCH = 256;
/** More aren't held, in stanzas and in letters: who writes then is told to try again. */
const MOST_WAITING = 5_000;
const MOST_LETTERS = 16 << 20;

/** Something that came, and what its sender wants to hear. */
export interface Item {
  readonly stanza: Element;
  readonly event: InboundEvent;
  readonly receipt?: string;
}

/**
 * The way in. What arrived while a durable write was under way goes into the next one: one write at a time, so that no order can
 * turn around. A receipt goes out after the write that holds its message. The server brings nothing twice, so what came stays
 * here until it is stored, over a lost connection too; what can't be taken goes back to its sender as an error.
 */
export class Intake {
  readonly #host: AccountHost;
  /** By the connection that there is then, if there is one. */
  readonly #say: (...stanzas: readonly Element[]) => void;
  readonly #closed = new AbortController();
  #queue: Item[] = [];
  #letters = 0;
  #work: Promise<void> | undefined;

  constructor(host: AccountHost, say: (...stanzas: readonly Element[]) => void) {
    this.#host = host;
    this.#say = say;
  }

  /** Takes something in, or sends it back. */
  offer(item: Item): void {
    const letters = this.#letters + lettersOf(item);
    if (this.#closed.signal.aborted || this.#queue.length >= MOST_WAITING || letters > MOST_LETTERS) {
      this.#sendBack([item]);
      return;
    }
    this.#letters = letters;
    this.#queue.push(item);
    this.#work ??= this.#takeAll().finally(() => {
      this.#work = undefined;
    });
  }

  /** Takes nothing more, and sends back what isn't being written. Resolves when that write is over. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#sendBack(this.#queue.splice(0));
    await this.#work;
  }

  async #takeAll(): Promise<void> {
    await Promise.resolve(); // so that what came in one piece goes into one write
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH);
      this.#letters -= batch.reduce((sum, item) => sum + lettersOf(item), 0);
      if (await this.#accept(batch)) this.#say(...batch.flatMap(receiptFor));
      else this.#sendBack(batch);
    }
  }

  /** Offers a batch until it is taken. False: it isn't, since we stop. */
  async #accept(batch: readonly Item[]): Promise<boolean> {
    const { clock, random, log } = this.#host;
    const events = batch.map(({ event }) => event);
    const backoff = new Backoff(clock, random);
    while (!this.#closed.signal.aborted) {
      try {
        await this.#host.acceptAll(events);
        return true;
      } catch (error) {
        // Refused, or a bug of the house: either way nothing may be acknowledged.
        const reason = error instanceof IntakeRefused ? error.why : "failed";
        if (backoff.tries === 0) log.warn("xmpp.intake.refused", { reason });
        await backoff.pause(this.#closed.signal);
      }
    }
    return false;
  }

  /** Only messages are answered: an error never answers an error. */
  #sendBack(items: readonly Item[]): void {
    const messages = items.filter(
      ({ event, stanza }) => event.body.kind !== "status" && stanza.attrs.type !== "error",
    );
    this.#say(...messages.map(({ stanza }) => refusal(stanza, "wait", "resource-constraint")));
  }
}

function lettersOf({ stanza }: Item): number {
  return stanza.getChild("body")?.text().length ?? 0;
}

function receiptFor({ stanza, receipt: id }: Item): readonly Element[] {
  const { from, to } = stanza.attrs;
  return id === undefined || from === undefined || to === undefined
    ? []
    : [receipt({ from: to, to: from }, id)];
}
