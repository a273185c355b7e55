import { LIMITS, type LimitSettings, type Take, type Verdict } from "../../src/model/limits.ts";

/** One counter: when its bucket is full again, in ms. */
interface Counter {
  readonly fullAt: number;
  readonly pauses: number;
  readonly pausedUntil: number;
}

const NEW: Counter = { fullAt: 0, pauses: 0, pausedUntil: 0 };

/**
 * The limits by the other one of GCRA's two equal definitions, virtual scheduling: a moment instead of a level, in
 * milliseconds with fractions. Time never goes back here.
 */
export class LimitsModel {
  readonly #settings: LimitSettings;
  #counters = new Map<string, Counter>();

  constructor(settings: LimitSettings) {
    this.#settings = settings;
  }

  take(takes: readonly Take[], now: number): Verdict {
    const never = takes.find(({ limit, cost }) => cost > this.#size(limit));
    if (never !== undefined)
      return { kind: "refused", limit: never.limit, retryAfter: Number.POSITIVE_INFINITY, begins: false };
    const after = new Map(this.#counters);
    for (const take of takes) {
      const counter = after.get(nameOf(take)) ?? NEW;
      const fullAt = Math.max(counter.fullAt, now) + this.#time(take);
      const over = Math.max(fullAt - now - this.#settings[take.limit].per, 0);
      const isPaused = counter.pausedUntil > now;
      if (isPaused || over > 1e-6) return this.#refuse(take, counter, isPaused ? undefined : over, now);
      after.set(nameOf(take), { ...counter, fullAt });
    }
    this.#counters = after;
    return { kind: "allowed" };
  }

  giveBack(takes: readonly Take[]): void {
    for (const take of takes) {
      const counter = this.#counters.get(nameOf(take)) ?? NEW;
      this.#counters.set(nameOf(take), { ...counter, fullAt: counter.fullAt - this.#time(take) });
    }
  }

  /** `over`: by how much the bucket is too small; undefined in a pause. */
  #refuse({ limit, ...take }: Take, counter: Counter, over: number | undefined, now: number): Verdict {
    const { pause } = this.#settings[limit];
    const refused = { kind: "refused", limit } as const;
    if (over === undefined) return { ...refused, retryAfter: counter.pausedUntil - now, begins: false };
    if (pause === undefined) return { ...refused, retryAfter: Math.ceil(over - 1e-6), begins: false };
    const pauses = now >= counter.pausedUntil + pause.longest ? 0 : counter.pauses;
    const retryAfter = Math.min(pause.first * 2 ** pauses, pause.longest);
    const name = nameOf({ limit, ...take } as Take); // taken apart above
    this.#counters.set(name, { fullAt: 0, pauses: pauses + 1, pausedUntil: now + retryAfter });
    return { ...refused, retryAfter, begins: true };
  }

  #time({ limit, cost }: Take): number {
    return (cost * this.#settings[limit].per) / this.#size(limit);
  }

  #size(limit: Take["limit"]): number {
    const { budget } = this.#settings[limit];
    return LIMITS[limit].strict === true ? Math.floor(budget / 2) : budget;
  }
}

function nameOf({ limit, scope }: Take): string {
  const address = scope.kind === "identity" ? scope.address.expose() : "";
  return `${limit} ${JSON.stringify(scope)} ${address}`;
}
