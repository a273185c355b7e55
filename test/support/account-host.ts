// The house in memory, as the contract has it, for tests of adapters alone: what it was told outlives an account as the store
// outlives the daemon. The real house is on Redis.

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Accepted,
  type AccountHost,
  type AccountState,
  type AccountStorage,
  type Cursor,
  type FragmentStore,
  type InboundEvent,
  type InboundSignal,
  IntakeRefused,
  type LogFields,
  type Logger,
} from "../../src/adapter/index.ts";
import { accountId, type Clock, type Random, type Sensitive, sensitive } from "../../src/model/index.ts";
import { until } from "./account-host-attempt.ts";
import { Memory, MemoryFragments } from "./account-host-memory.ts";
import { MemoryMark, MemoryStorage } from "./memory-storage.ts";

export * from "./account-host-attempt.ts";

/** The real clock. */
export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
};

/** The real dice. */
const random: Random = { bytes: (length) => randomBytes(length), fraction: () => Math.random() };

/** What outlives an account. */
interface Durable {
  readonly stored: Map<string, Sensitive<string>>;
  readonly mark: MemoryMark;
  readonly memory: Memory;
  readonly fragments: FragmentStore;
  cursor: string | undefined;
}

function nothingYet(): Durable {
  const memory = new Memory();
  return {
    stored: new Map(),
    mark: new MemoryMark(),
    memory,
    fragments: new MemoryFragments(memory),
    cursor: undefined,
  };
}

export class MemoryHost implements AccountHost {
  readonly account = accountId("test");
  readonly clock = clock;
  readonly random = random;
  /** What was accepted, in order, repeats left out; of this life and those before. */
  readonly events: InboundEvent[];
  readonly signals: InboundSignal[] = [];
  readonly states: AccountState[] = [];
  readonly logs: { readonly event: string; readonly fields: LogFields }[] = [];
  /** How many events each call of acceptAll brought. */
  readonly batches: number[] = [];
  /** How many repeats there were. */
  duplicates = 0;
  /** How often a cursor was saved. */
  saves = 0;
  /** Runs before events are taken: to wait, or to throw. */
  gate: () => Promise<void> = async () => undefined;
  /** Runs after events are stored and before their adapter is told so. */
  stored: () => Promise<void> = async () => undefined;
  /** While true, nothing is taken. */
  refuse = false;
  readonly storage: AccountStorage;
  readonly cursor: Cursor;
  readonly fragments: FragmentStore;
  readonly log: Logger;
  readonly #durable: Durable;
  #isFrozen = false;

  /** A new house, or one that goes on with what an earlier one was told. */
  constructor(before?: MemoryHost) {
    const durable = before === undefined ? nothingYet() : before.#durable;
    this.#durable = durable;
    this.events = [...(before?.events ?? [])];
    this.fragments = durable.fragments;
    this.storage = new MemoryStorage(durable.stored, durable.mark, () => this.#living());
    this.cursor = {
      load: async () => (durable.cursor === undefined ? undefined : sensitive(durable.cursor)),
      save: async (value) => {
        await this.#living();
        this.saves += 1;
        durable.cursor = value.expose();
      },
    };
    const log = (event: string, fields: LogFields = {}): void => void this.logs.push({ event, fields });
    this.log = { debug: log, info: log, warn: log, error: log };
  }

  /** What was stored by name. */
  get records(): ReadonlyMap<string, Sensitive<string>> {
    return this.#durable.stored;
  }

  /** What the saved cursor is. */
  get saved(): string | undefined {
    return this.#durable.cursor;
  }

  /** From now on nothing becomes durable and no call returns: the process was killed. */
  freeze(): void {
    this.#isFrozen = true;
  }

  async acceptAll(batch: readonly InboundEvent[]): Promise<readonly Accepted[]> {
    await this.#living();
    await this.gate();
    await this.#living();
    if (this.refuse) throw new IntakeRefused("store-full");
    this.batches.push(batch.length);
    const accepted = batch.map((event) => this.#accept(event));
    await this.stored();
    await this.#living();
    return accepted;
  }

  signal(signal: InboundSignal): void {
    this.signals.push(signal);
  }

  report(state: AccountState): void {
    this.states.push(state);
  }

  /** The texts that were accepted, in order: of one chat, or of all. */
  texts(chat?: string): string[] {
    return this.events
      .filter((event) => chat === undefined || event.chat.expose() === chat)
      .flatMap(({ body }) =>
        body.kind === "message" && body.content.kind === "text" ? [body.content.text] : [],
      );
  }

  /** Waits until something is so, and gives it. */
  until<T>(condition: () => T | undefined | false, ms = 5_000): Promise<T> {
    return until(condition, ms);
  }

  #accept(event: InboundEvent): Accepted {
    if (this.#durable.memory.isRepeat(event.identity)) {
      this.duplicates += 1;
      return "duplicate";
    }
    this.events.push(event);
    return event.body.kind === "malformed" ? "buried" : "accepted";
  }

  async #living(): Promise<void> {
    if (this.#isFrozen) await new Promise(() => undefined);
  }
}
