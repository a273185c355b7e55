import { hash } from "node:crypto";
import type { AccountStorage } from "../../../src/adapter/index.ts";
import {
  type Clock,
  MINUTE,
  type Milliseconds,
  sensitive,
  type Timestamp,
} from "../../../src/model/index.ts";
import { proto } from "../baileys.ts";
import { KEPT } from "../capabilities.ts";
import type { HiddenStore } from "../names.ts";

/** The messages are shared out over so many records by their id, so that none of them grows and no list of ids is needed. */
const RECORDS = 4_096;
/** How many records are looked through at a time for what is too old; all of them within nine hours. */
const SWEPT = 8;
const SWEEP_EVERY: Milliseconds = MINUTE;

/** A message that was sent: `[id, when, its octets in base64, sealed for a week]`. */
type Entry = readonly [id: string, at: Timestamp, sealed: string];

/** Where they are kept. */
type SentStore = HiddenStore & Pick<AccountStorage, "sealForWeek" | "openOfWeek">;

/**
 * What was sent, by id, for devices that couldn't open it and ask again; durable, and forgotten after a week: by then its key is
 * about to go, too, so that no old copy of the store tells it.
 */
export class Sent {
  readonly #store: SentStore;
  readonly #clock: Clock;
  /** The last work on each record that is worked on. */
  readonly #busy = new Map<number, Promise<unknown>>();
  #swept = 0;

  constructor(store: SentStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Durable when it resolves; call it before the message goes out. */
  async keep(id: string, message: proto.IMessage): Promise<void> {
    const octets = sensitive(Buffer.from(proto.Message.encode(message).finish()).toString("base64"));
    const sealed = this.#store.sealForWeek(id, octets);
    await this.#change(recordOf(id), (entries) => [
      ...entries.filter(([known]) => known !== id),
      [id, this.#clock.now(), sealed],
    ]);
  }

  /** The message; undefined, never an empty one, where it isn't known: an empty answer would be the last one. */
  async find(id: string): Promise<proto.IMessage | undefined> {
    const entry = this.#fresh(await this.#read(recordOf(id))).find(([known]) => known === id);
    const octets = entry && this.#store.openOfWeek(id, entry[2]);
    return octets && proto.Message.decode(Buffer.from(octets.expose(), "base64"));
  }

  /** Takes away what is too old, a few records at a time, until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#clock.sleep(SWEEP_EVERY, signal).catch(() => undefined);
      // A store that is away: later.
      if (!signal.aborted) await this.sweep().catch(() => undefined);
    }
  }

  /** Looks through the next records. */
  async sweep(records = SWEPT): Promise<void> {
    for (let done = 0; done < records; done += 1) {
      const record = this.#swept;
      this.#swept = (record + 1) % RECORDS;
      const entries = await this.#read(record);
      if (this.#fresh(entries).length < entries.length) await this.#change(record, (all) => all);
    }
  }

  #fresh(entries: readonly Entry[]): readonly Entry[] {
    return entries.filter(([, at]) => at > this.#clock.now() - KEPT);
  }

  async #change(record: number, change: (entries: readonly Entry[]) => readonly Entry[]): Promise<void> {
    const before = this.#busy.get(record) ?? Promise.resolve();
    const work = before
      .catch(() => undefined)
      .then(async () => {
        const entries = this.#fresh(change(await this.#read(record)));
        if (entries.length === 0) await this.#store.delete(nameOf(record));
        else await this.#store.set(nameOf(record), sensitive(JSON.stringify(entries)));
      });
    this.#busy.set(record, work);
    try {
      await work;
    } finally {
      if (this.#busy.get(record) === work) this.#busy.delete(record);
    }
  }

  async #read(record: number): Promise<readonly Entry[]> {
    const stored = await this.#store.get(nameOf(record));
    // Of our own making, sealed.
    return stored === undefined ? [] : (JSON.parse(stored.expose()) as Entry[]);
  }
}

function nameOf(record: number) {
  return sensitive(`sent ${record}`);
}

function recordOf(id: string): number {
  return hash("sha256", id, "buffer").readUInt16BE(0) % RECORDS;
}
