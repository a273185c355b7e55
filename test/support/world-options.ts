import type { DeliveryConfig, SmsRules } from "../../src/config/index.ts";
import type { Capabilities } from "../../src/model/capabilities.ts";
import type { LimitSettings } from "../../src/model/limits.ts";
import type { Clock } from "../../src/model/time.ts";
import type { Logger, RootLogger } from "../../src/observe/log.ts";
import type { TestRedis, TestRedisOptions } from "./redis.ts";
import type { Presence } from "./scripted-account.ts";

/** A network on which a pair has a side. */
export type Side = "rooms" | "phones";
/** With the one that is only there when it is wanted. */
export type AnySide = Side | "chats";

/** How a test wants the world. */
export interface WorldOptions {
  readonly clock?: Clock;
  readonly delivery?: Partial<DeliveryConfig>;
  readonly limits?: Partial<LimitSettings>;
  readonly sms?: SmsRules;
  readonly redis?: TestRedisOptions;
  /** Another Redis than the usual one. */
  readonly startRedis?: () => Promise<TestRedis>;
  /** How many pairs talk; 1 when it is left out. */
  readonly pairs?: number;
  readonly rooms?: Partial<Capabilities>;
  readonly phones?: Partial<Capabilities>;
  /** Whether the networks recognise ids: by default as `repeatSafe` says. */
  readonly roomsDedupe?: boolean;
  readonly log?: RootLogger | Logger;
  /** How strangers reach each side. */
  readonly presence?: Partial<Record<AnySide, Presence>>;
  /** Who runs the bridge: their address among the rooms. */
  readonly operator?: string;
  /** What people end is noted in a file, as for a restore: each line waits for the disk. */
  readonly journal?: boolean;
}
