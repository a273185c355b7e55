import { getHeapStatistics } from "node:v8";
import { type Clock, type Milliseconds, SECOND } from "../model/time.ts";

const LOOK_EVERY: Milliseconds = SECOND / 2;
/** A pause of people who write to each other isn't rest; and collecting stops everything for 0.1 s. */
const REST: Milliseconds = SECOND;
const AT_MOST_EVERY: Milliseconds = 60 * SECOND;
/** Less isn't worth it. */
const WORTH_OCTETS = 12 * 1024 * 1024;

/** What collecting needs from its surroundings. */
interface Surroundings {
  readonly clock: Clock;
  /** Whether nothing is under way. */
  readonly isQuiet: () => boolean;
  /** Gives back what isn't used. */
  readonly collect: () => Promise<void>;
  /** Octets that the heap takes now. */
  readonly heapOctets?: () => number;
}

/**
 * Gives memory back when there is nothing to do: V8 collects only as it allocates, so that a daemon at rest would keep for ever what
 * loading its modules, or a busy hour, left behind (20 MB of 155 after the start).
 */
export class IdleMemory {
  readonly #around: Surroundings;
  /** Octets after the last time. */
  #kept = 0;
  #quietSince: Milliseconds;
  #collectedAt: Milliseconds = Number.NEGATIVE_INFINITY;

  constructor(around: Surroundings) {
    this.#around = around;
    this.#quietSince = around.clock.monotonic();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await this.#around.clock.sleep(LOOK_EVERY, signal).catch(() => undefined);
    }
  }

  /** Collects if it is time. */
  async look(): Promise<void> {
    const { clock, isQuiet, collect, heapOctets = heapOctetsNow } = this.#around;
    const now = clock.monotonic();
    if (!isQuiet()) this.#quietSince = now;
    if (now - this.#quietSince < REST || now - this.#collectedAt < AT_MOST_EVERY) return;
    if (heapOctets() - this.#kept < WORTH_OCTETS) return;
    await collect();
    this.#kept = heapOctets();
    this.#collectedAt = clock.monotonic();
  }
}

/** The collector that `--expose-gc` gives (bin/start.cjs); absent where the daemon runs in somebody else's process. */
export function collector(): (() => Promise<void>) | undefined {
  const { gc } = globalThis;
  if (gc === undefined) return undefined;
  return async () => {
    await gc({ type: "major", execution: "async", flavor: "last-resort" });
  };
}

function heapOctetsNow(): number {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory;
}
