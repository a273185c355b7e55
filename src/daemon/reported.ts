import type { AccountId } from "../model/ids.ts";
import type { Timestamp } from "../model/time.ts";
import type { BuriedItems } from "../pipeline/buried.ts";
import type { House } from "../pipeline/house.ts";
import type { Workplace } from "../pipeline/leg.ts";
import type { Pipeline } from "../pipeline/pipeline.ts";
import type { ClockGuard } from "../privacy/clock-guard.ts";
import type { RedisRisk } from "../store/redis/errors.ts";

/** What the daemon reports about. */
export interface Reported {
  readonly version: string;
  readonly startedAt: Timestamp;
  readonly redis: "embedded" | "external";
  /** The state folder. */
  readonly state: string;
  readonly house: House;
  readonly pipeline: Pipeline;
  readonly buried: BuriedItems;
  readonly workplaces: ReadonlyMap<AccountId, Workplace>;
  readonly clockGuard: ClockGuard;
  /** What the config accepts of an external Redis. */
  readonly allow: readonly RedisRisk[];
}
