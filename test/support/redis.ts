import { env } from "node:process";
import { systemClock } from "../../src/observe/clock.ts";
import { type Connection, openConnection } from "../../src/store/redis/connection.ts";
import type { Script } from "../../src/store/redis/scripts.ts";
import type { RedisTarget } from "../../src/store/redis/target.ts";
import { startPlainRedis, type TestRedis, type TestRedisOptions } from "./plain-redis.ts";
import { startSecureRedis } from "./secure-redis.ts";
import { silentLog } from "./silent-log.ts";

export type { TestRedis, TestRedisOptions } from "./plain-redis.ts";

/** What tests do beside the house: look at all keys, take them away, change settings. */
const OF_TESTS = ["+keys", "+flushall", "+config", "+dbsize", "+incr"];

/**
 * The Redis of a test. By hand any test runs on another one: FOOTBRIDGE_TEST_REDIS=secure is one behind TLS, for the user of
 * docs/redis.md with a few rights more.
 */
export function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  return env.FOOTBRIDGE_TEST_REDIS === "secure"
    ? startSecureRedis(options, OF_TESTS)
    : startPlainRedis(options);
}

/** A connection that is up. */
export async function connectTo(target: RedisTarget, scripts: Iterable<Script> = []): Promise<Connection> {
  const connection = openConnection(target, { log: silent, clock: systemClock, scripts });
  await whenUp(connection);
  return connection;
}

/** Resolves when a connection takes calls. */
export function whenUp(connection: Connection): Promise<void> {
  return connection.up ? Promise.resolve() : new Promise((resolve) => connection.onUp(() => resolve()));
}

/** A logger for tests that don't look at the log. */
export const silent = silentLog;
