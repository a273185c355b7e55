import type { AccountStorage } from "../../../src/adapter/index.ts";
import { type Clock, MINUTE, type Random, sensitive, type Timestamp } from "../../../src/model/index.ts";

/** How long after a bad end an SMSC may still send again what that session left unanswered. */
const REPEATS_FOR = 10 * MINUTE;
/** How many ended sessions are kept: a link that flaps fast drops the oldest. */
const KEPT = 64;
const NAME = "sessions";

interface Entry {
  readonly session: string;
  /** Every arrival up to this order was answered, and the SMSC read the answer. */
  after: number;
  /** When it ended badly; not there while it lives, or when this process was killed. */
  ended?: Timestamp;
}

/** A session that may be repeated, as the identity of an event names it. */
export type Repeatable = { readonly session: string; readonly after: number };

/**
 * The durable memory of an account's sessions: which of them ended so that the SMSC may send something again, and after
 * which arrival. A `deliver_sm` has no id; with this, only what such a session may have left unanswered can count as a
 * repeat, and two equal texts that people really sent are both kept.
 */
export class SessionBook {
  readonly #storage: AccountStorage;
  readonly #clock: Clock;
  readonly #random: Random;
  #entries: Entry[] = [];
  #writing: Promise<void> = Promise.resolve();
  #changed = false;

  constructor(storage: AccountStorage, clock: Clock, random: Random) {
    this.#storage = storage;
    this.#clock = clock;
    this.#random = random;
  }

  /** Reads what an earlier process left: what it didn't end has ended badly. */
  async load(): Promise<void> {
    const stored = await this.#storage.get(NAME);
    const now = this.#clock.now();
    this.#entries = parse(stored?.expose()).map((entry) => ({ ...entry, ended: entry.ended ?? now }));
    this.#prune();
    await this.#save();
  }

  /** A new session, durable before anything of it is taken in. Its name is random. */
  async open(): Promise<string> {
    const session = this.#random.bytes(9).toString("base64url");
    this.#entries.push({ session, after: 0 });
    await this.#save();
    return session;
  }

  /** The SMSC is known to have read all answers up to `after`. Durable with the next `flush`. */
  confirm(session: string, after: number): void {
    const entry = this.#entries.find((one) => one.session === session);
    if (entry === undefined || entry.after >= after) return;
    entry.after = after;
    this.#changed = true;
  }

  /** A session is over. `settled`: nothing of it can come again. */
  async close(session: string, after: number, settled: boolean): Promise<void> {
    const entry = this.#entries.find((one) => one.session === session);
    if (entry === undefined) return;
    if (settled) this.#entries = this.#entries.filter((one) => one !== entry);
    else Object.assign(entry, { after: Math.max(after, entry.after), ended: this.#clock.now() });
    this.#prune();
    await this.#save();
  }

  /** The sessions whose unanswered messages may come again now. */
  repeats(): readonly Repeatable[] {
    const since = this.#clock.now() - REPEATS_FOR;
    return this.#entries.flatMap(({ session, after, ended }) =>
      ended !== undefined && ended >= since ? [{ session, after }] : [],
    );
  }

  /** Writes what moved since the last write. Call it about once a second. */
  async flush(): Promise<void> {
    // What can't be written now is with the next second: a mark that lags only widens what counts as a repeat.
    if (this.#changed) await this.#save().catch(() => undefined);
  }

  #prune(): void {
    const since = this.#clock.now() - REPEATS_FOR;
    const living = this.#entries.filter((one) => one.ended === undefined);
    const ended = this.#entries.filter((one) => one.ended !== undefined && one.ended >= since);
    this.#entries = [...ended.slice(-KEPT), ...living];
  }

  /** One write at a time, each with what is current when it begins. */
  #save(): Promise<void> {
    const write = async () => {
      this.#changed = false;
      try {
        await this.#storage.set(NAME, sensitive(JSON.stringify(this.#entries)));
      } catch (error) {
        this.#changed = true;
        throw error;
      }
    };
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }
}

function parse(text: string | undefined): Entry[] {
  if (text === undefined) return [];
  // Our own record, written by `#save` and sealed since.
  return JSON.parse(text) as Entry[];
}
