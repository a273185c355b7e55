import type { CanonicalId } from "../../src/model/ids.ts";
import type { Keyring } from "../../src/privacy/keyring.ts";
import type { AcceptReply, LaneName } from "../../src/store/lanes.ts";
import type { Fence } from "../../src/store/meta.ts";
import { newId, PHONES } from "./fixture.ts";

export const LANES = 3;
export const WORKERS = 3;

export interface ModelLane {
  readonly name: LaneName;
  readonly items: CanonicalId[];
  fence: Fence | undefined;
  leased: boolean;
}

/** What the lanes should be, and what each worker believes it holds. */
export class Model {
  readonly lanes: readonly ModelLane[];
  /** For each worker: lane -> the fence under which it claimed it last. */
  readonly held: Map<ModelLane, Fence>[] = Array.from({ length: WORKERS }, () => new Map());
  /** Period in which an id was accepted. */
  readonly ids = new Map<number, number>();
  readonly orders = new Map<number, number>();
  /** Arrivals by fingerprint and period. */
  readonly #arrivals = new Map<string, string[]>();
  readonly buried = new Map<string, { readonly lane: ModelLane; readonly item: CanonicalId }>();
  readonly accepted: CanonicalId[] = [];
  readonly ended: CanonicalId[] = [];
  /** Older than all that come after it. */
  readonly staleFence: Fence;
  period = 0;

  constructor(keyring: Keyring, staleFence: Fence) {
    this.lanes = Array.from({ length: LANES }, (_, i) => ({
      name: { account: PHONES, chat: keyring.chat(PHONES, `lane ${i} ${newId()}`) },
      items: [],
      fence: undefined,
      leased: false,
    }));
    this.staleFence = staleFence;
  }

  at(index: number): ModelLane {
    const found = this.lanes[index];
    if (found === undefined) throw new RangeError("no such lane");
    return found;
  }

  heldBy(index: number): Map<ModelLane, Fence> {
    return this.held[index] ?? new Map();
  }

  /** Arrivals with a fingerprint that are remembered: of the last period, then of this one. */
  arrivals(lane: number, text: number): readonly [last: string[], current: string[]] {
    const of = (period: number): string[] => {
      const key = `${lane} ${text} ${period}`;
      const found = this.#arrivals.get(key) ?? [];
      this.#arrivals.set(key, found);
      return found;
    };
    return [of(this.period - 1), of(this.period)];
  }

  accept(to: ModelLane, by: number, item: CanonicalId, fence: Fence): AcceptReply {
    to.items.push(item);
    this.accepted.push(item);
    if (to.items.length > 1) return "queued";
    to.fence = fence;
    to.leased = true;
    this.heldBy(by).set(to, fence);
    return "claimed";
  }

  remove(from: ModelLane, count: number): CanonicalId[] {
    const gone = from.items.splice(0, count);
    from.leased = from.items.length > 0;
    if (from.items.length === 0) from.fence = undefined;
    return gone;
  }
}
