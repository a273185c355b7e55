import { systemClock } from "../../src/observe/clock.ts";
import { type Connection, openConnection } from "../../src/store/redis/connection.ts";
import type { Script } from "../../src/store/redis/scripts.ts";
import type { RedisTarget } from "../../src/store/redis/target.ts";
import { asOne } from "./any-redis.ts";
import { silentLog } from "./silent-log.ts";

export { endClusters, startTestRedis, takeCluster } from "./any-redis.ts";
export type { TestRedis, TestRedisOptions } from "./plain-redis.ts";

/** A connection that is up. */
export async function connectTo(target: RedisTarget, scripts: Iterable<Script> = []): Promise<Connection> {
  const connection = openConnection(target, { log: silent, clock: systemClock, scripts });
  await whenUp(connection);
  return target.kind === "cluster" ? asOne(connection) : connection;
}

/** Resolves when a connection takes calls. */
export function whenUp(connection: Connection): Promise<void> {
  return connection.up ? Promise.resolve() : new Promise((resolve) => connection.onUp(() => resolve()));
}

/** A logger for tests that don't look at the log. */
export const silent = silentLog;
