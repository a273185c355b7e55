import {
  type Clock,
  HOUR,
  MINUTE,
  type Milliseconds,
  type Random,
  sensitive,
  type Timestamp,
} from "../../../src/model/index.ts";
import type { HiddenStore } from "../names.ts";

const NAME = sensitive("restricted until");
const SHORTEST: Milliseconds = HOUR;
const LONGEST: Milliseconds = 24 * HOUR;
/** How much later than WhatsApp says we begin again, at most. */
const LATER: Milliseconds = 10 * MINUTE;

/**
 * Keeps an account that WhatsApp has restricted (463, or a time lock) from writing: each try makes it worse. The pause is durable, so
 * that a restart doesn't try again, and doubles from one hour to a day while WhatsApp goes on refusing.
 */
export class Restriction {
  readonly #store: HiddenStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #began: (until: Timestamp) => void;
  #until: Timestamp = 0;
  #pause: Milliseconds = 0;

  /** @param began called when a pause begins or lasts longer: it is told then. */
  constructor(store: HiddenStore, clock: Clock, random: Random, began: (until: Timestamp) => void) {
    this.#store = store;
    this.#clock = clock;
    this.#random = random;
    this.#began = began;
  }

  /** Goes on with a pause that an earlier process began. */
  async load(): Promise<void> {
    const until = Number((await this.#store.get(NAME))?.expose() ?? 0);
    if (until > this.#clock.now()) this.#begin(until);
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

  /** WhatsApp has locked it, until then where that is said; or no longer. */
  async locked(lock: { readonly active: boolean; readonly until: Timestamp | undefined }): Promise<void> {
    if (!lock.active) {
      if (this.#until > 0) await this.#keep(0);
      return;
    }
    const until = lock.until ?? this.#clock.now() + SHORTEST;
    await this.#keep(until + LATER * this.#random.fraction());
  }

  /** A message was taken: the next refusal begins with a short pause. */
  taken(): void {
    this.#pause = 0;
  }

  async #keep(until: Timestamp): Promise<void> {
    this.#begin(until);
    // It counts in memory all the same, where the store is away.
    await this.#store.set(NAME, sensitive(String(Math.round(until)))).catch(() => undefined);
  }

  #begin(until: Timestamp): void {
    this.#until = until;
    if (this.left > 0) this.#began(until);
  }
}
