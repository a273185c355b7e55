import { type AccountHost, IntakeRefused } from "../../src/adapter/index.ts";
import { Backoff } from "./backoff.ts";
import type { NetworkEvent } from "./protocol.ts";
import { translate } from "./translate.ts";

/** The most events in one durable write. */
const BATCH = 256;

/** The connection that an event came by. */
export interface Source {
  /** Aborted when the connection is over: what is unacknowledged then comes again by the next one. */
  readonly over: AbortSignal;
  acknowledge(ids: readonly string[]): void;
}

interface Item {
  readonly event: NetworkEvent;
  readonly source: Source;
}

/**
 * The way in. What arrived while a durable write was under way goes into the next one: one write at a time, so that no order
 * can turn around, and an acknowledgement only after the write that holds its event.
 */
export class Intake {
  readonly #host: AccountHost;
  readonly #closed = new AbortController();
  #queue: Item[] = [];
  #work: Promise<void> | undefined;

  constructor(host: AccountHost) {
    this.#host = host;
  }

  /** How many events wait. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes an event; it is acknowledged to its source when it is durable. After `close` it is left to come again. */
  offer(event: NetworkEvent, source: Source): void {
    if (this.#closed.signal.aborted) return;
    this.#queue.push({ event, source });
    this.#work ??= this.#takeAll().finally(() => {
      this.#work = undefined;
    });
  }

  /** Takes nothing more. Resolves when the write that was under way is over and acknowledged. */
  async close(): Promise<void> {
    this.#closed.abort();
    this.#queue = [];
    await this.#work;
  }

  async #takeAll(): Promise<void> {
    await Promise.resolve(); // so that what came in one piece goes into one write
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, BATCH).filter(({ source }) => !source.over.aborted);
      for (const [source, items] of Map.groupBy(batch, (item) => item.source)) {
        if (await this.#accept(items, source)) source.acknowledge(items.map(({ event }) => event.id));
      }
    }
  }

  /** Offers a batch until it is taken. False: it isn't, and comes again by the next connection. */
  async #accept(items: readonly Item[], { over }: Source): Promise<boolean> {
    const { clock, random, log } = this.#host;
    const events = items.map(({ event }) => translate(event, clock.now()));
    const backoff = new Backoff(clock, random);
    const ended = AbortSignal.any([over, this.#closed.signal]);
    while (!ended.aborted) {
      try {
        await this.#host.acceptAll(events);
        return true;
      } catch (error) {
        // Refused, or a bug of the house: either way nothing is stored, so nothing may be acknowledged.
        const reason = error instanceof IntakeRefused ? error.why : "failed";
        const name = error instanceof Error ? error.name : "unknown";
        if (backoff.tries === 0) log.warn("loopback.intake.refused", { reason, error: name });
        await backoff.pause(ended);
      }
    }
    return false;
  }
}
