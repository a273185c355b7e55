import {
  type Clock,
  HOUR,
  type Milliseconds,
  type Random,
  sensitive,
  type Timestamp,
} from "../../../src/model/index.ts";
import type { HiddenStore } from "../names.ts";

const NAME = sensitive("restricted until");
const SHORTEST: Milliseconds = HOUR;
const LONGEST: Milliseconds = 24 * HOUR;

/**
 * Keeps an account that WhatsApp has restricted (463, or a time lock) from writing: each try makes it worse. The pause is durable, so
 * that a restart doesn't try again, and doubles from one hour to a day while WhatsApp goes on refusing.
 */
export class Restriction {
  readonly #store: HiddenStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #changed: () => void;
  #until: Timestamp = 0;
  #pause: Milliseconds = 0;
  #alarm = new AbortController();

  /** @param changed called when a pause begins, changes or ends. */
  constructor(store: HiddenStore, clock: Clock, random: Random, changed: () => void) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#changed = changed;
  }

  async load(): Promise<void> {
    const stored = Number((await this.#store.get(NAME))?.expose() ?? 0);
    if (stored > this.#clock.now()) this.#begin(stored);
  }

  /** How much of the pause is left; 0: the account may write. */
  get left(): Milliseconds {
    return Math.max(0, this.#until - this.#clock.now());
  }

  /** A message was refused with 463. */
  async refused(): Promise<void> {
    if (this.left > 0) return;
    this.#pause = Math.min(LONGEST, Math.max(SHORTEST, this.#pause * 2));
    await this.#keep(this.#clock.now() + this.#pause * (1 + this.#random.fraction() / 4));
  }

  /** WhatsApp says until when it is; undefined: no longer. */
  async locked(until: Timestamp | undefined): Promise<void> {
    if (until === undefined) return this.#keep(0);
    // A little later than to the second.
    await this.#keep(Math.max(until, this.#clock.now()) + (1 + this.#random.fraction()) * (HOUR / 12));
  }

  /** A message was taken: the next refusal begins with a short pause. */
  taken(): void {
    this.#pause = 0;
  }

  /** Ends the alarm. */
  stop(): void {
    this.#alarm.abort();
  }

  async #keep(until: Timestamp): Promise<void> {
    this.#begin(until);
    // Kept in memory all the same, where the store is away.
    await this.#store.set(NAME, sensitive(String(Math.round(until)))).catch(() => undefined);
  }

  #begin(until: Timestamp): void {
    this.#until = until;
    this.#alarm.abort();
    this.#alarm = new AbortController();
    this.#changed();
    const { left } = this;
    if (left > 0) void this.#clock.sleep(left, this.#alarm.signal).then(this.#changed, () => undefined);
  }
}
