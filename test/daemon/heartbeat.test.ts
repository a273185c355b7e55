// What the log says of a Redis that keeps its connection and answers nothing.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Heartbeat } from "../../src/daemon/heartbeat.ts";
import { SECOND } from "../../src/model/time.ts";
import type { LogFields } from "../../src/observe/log.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { connectTo, silent, startTestRedis, type TestRedis, whenUp } from "../support/redis.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { until } from "../support/test-house.ts";

describe("the heartbeat", () => {
  let redis: TestRedis;
  let connection: Connection;
  let clock: SkippingClock;
  let heartbeat: Heartbeat;
  let lines: [level: string, event: string, fields: LogFields | undefined][];

  beforeEach(async () => {
    redis = await startTestRedis();
    connection = await connectTo(redis.target);
    clock = skippingClock();
    lines = [];
    const log = {
      ...silent,
      info: (event: string, fields?: LogFields) => void lines.push(["info", event, fields]),
      warn: (event: string, fields?: LogFields) => void lines.push(["warn", event, fields]),
    };
    heartbeat = new Heartbeat(connection, clock, log);
  });
  afterEach(async () => {
    if (redis.pid !== undefined) process.kill(redis.pid, "SIGCONT");
    await connection.close();
    await redis.stop();
  });
  const signal = (name: "SIGSTOP" | "SIGCONT") => process.kill(redis.pid ?? Number.NaN, name);
  /** Two seconds without an answer, which take no time. */
  const beat = async (ask: () => Promise<unknown> = () => heartbeat.answers("PING")): Promise<void> => {
    const answer = ask();
    clock.skip(2 * SECOND);
    await answer;
  };

  test("says once that Redis is silent and once that it answers again, each time that it freezes", async () => {
    for (let round = 1; round <= 2; round++) {
      await heartbeat.answers("PING");
      expect(lines).toHaveLength(2 * (round - 1));
      signal("SIGSTOP");
      for (let beats = 0; beats < 3; beats++) await beat();
      expect(lines.slice(2 * (round - 1))).toEqual([["warn", "store.connection.silent", { ms: 2_000 }]]);
      signal("SIGCONT");
      await heartbeat.answers("PING");
      await heartbeat.answers("PING");
      expect(lines.slice(2 * round - 1)).toEqual([
        ["info", "store.connection.answers", { ms: expect.any(Number) }],
      ]);
      // Since it was first asked in vain.
      expect(Math.round(Number(lines.at(-1)?.[2]?.ms) / SECOND)).toBe(6);
    }
  });

  test("says nothing of a Redis that is gone: the connection says that", async () => {
    await redis.kill();
    await until(() => !connection.up);
    await heartbeat.answers("PING");
    await redis.restart();
    await whenUp(connection);
    await heartbeat.answers("PING");
    expect(lines).toEqual([]);
  });

  test("says that Redis answers again also when it had to be killed, frozen as it was", async () => {
    signal("SIGSTOP");
    await beat();
    await redis.kill();
    await until(() => !connection.up);
    await heartbeat.answers("PING");
    await redis.restart();
    await whenUp(connection);
    await heartbeat.answers("PING");
    expect(lines.map(([, event]) => event)).toEqual(["store.connection.silent", "store.connection.answers"]);
  });

  test("says nothing of one key that has to be waited for: a cluster may be moving it", async () => {
    signal("SIGSTOP");
    await beat(() => heartbeat.answer("GET", "nothing"));
    expect(lines).toEqual([]);
  });
});
