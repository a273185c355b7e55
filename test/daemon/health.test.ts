// What the daemon says of its health: the house with a real Redis, and the daemon as it is.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadConfig } from "../../src/config/index.ts";
import { Health, REDIS_SILENT, SLOT_HELD, STALLED } from "../../src/daemon/health.ts";
import { Heartbeat } from "../../src/daemon/heartbeat.ts";
import { adapters, type Daemon, startDaemon } from "../../src/daemon.ts";
import type { HealthReport } from "../../src/http/health.ts";
import { askHealth } from "../../src/http/health-client.ts";
import { SECOND } from "../../src/model/time.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { freePort } from "../peers/synapse/index.ts";
import { LoopbackNetwork } from "../support/loopback-network.ts";
import { silent, startTestRedis, type TestRedis } from "../support/redis.ts";
import { answers, heldUntil, isText } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  end,
  openWorld,
  PHONES,
  ROOMS,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

const failing = ({ checks }: HealthReport): readonly string[] =>
  checks.flatMap(({ check, ok }) => (ok ? [] : [check]));

describe("a house", () => {
  let world: World;
  let house: TestHouse;
  let clock: SkippingClock;
  let beat: AbortController;
  afterEach(async () => {
    beat.abort();
    if (world.redis.pid !== undefined) process.kill(world.redis.pid, "SIGCONT");
    await world.close();
  });

  async function open(redis: "embedded" | "external" = "embedded"): Promise<Health> {
    clock = skippingClock();
    beat = new AbortController();
    world = await openWorld({ clock });
    house = await world.open();
    await ready(world);
    await until(() => house.pipeline.legs.size === 0 && house.pipeline.lanes.size === 0);
    const heartbeat = new Heartbeat(house.connection, clock, silent);
    void heartbeat.run(beat.signal);
    const health = new Health(clock);
    const workplaces = new Map([
      [ROOMS, { gate: house.gate.rooms }],
      [PHONES, { gate: house.gate.phones }],
    ]);
    health.built({ redis, heartbeat, pipeline: house.pipeline, workplaces, schema: "1" });
    health.started();
    return health;
  }
  const freeze = () => process.kill(world.redis.pid ?? 0, "SIGSTOP");
  /** Its answer while Redis says nothing: the two seconds that it is waited for take no time. */
  const readyWhileFrozen = (health: Health): Promise<HealthReport> => {
    const answer = health.ready();
    clock.skip(2 * SECOND);
    return answer;
  };
  /** The heart beats with the times that the clock was put forward to. */
  const beats = () => new Promise((resolve) => setTimeout(resolve, 50));

  test("that is well is live and ready, though an account is away; and it says nobody's name", async () => {
    const health = await open();
    house.account.phones.host.report({ kind: "disconnected", reason: "timeout" });
    const report = await health.ready();
    expect([failing(health.live()), failing(report)]).toEqual([[], []]);
    expect(report.accounts).toEqual({ all: 2, working: 1 });
    expect(JSON.stringify(report)).not.toMatch(/phones|rooms|@|\d{3}/);
  });

  test("isn't ready while Redis is frozen, and stays live; it is again when that is over", async () => {
    const health = await open();
    freeze();
    expect(failing(await readyWhileFrozen(health))).toEqual(["redis"]);
    expect(failing(health.live())).toEqual([]);
    process.kill(world.redis.pid ?? 0, "SIGCONT");
    await until(async () => (await health.ready()).ok);
  });

  test("isn't ready while Redis is gone, and is again when it is back", async () => {
    const health = await open();
    await world.redis.kill();
    await until(async () => !(await health.ready()).ok);
    expect(failing(await health.ready())).toEqual(["redis", "pipeline"]);
    expect(failing(health.live())).toEqual([]);
    await world.redis.restart();
    await until(async () => (await health.ready()).ok);
  });

  test("isn't live when its own Redis was silent for long: a restart brings another one", async () => {
    const health = await open();
    freeze();
    await readyWhileFrozen(health);
    clock.skip(REDIS_SILENT - SECOND);
    expect(failing(health.live())).toEqual([]);
    clock.skip(2 * SECOND);
    expect(failing(health.live())).toEqual(["redis"]);
  });

  test("stays live however long somebody else's Redis is silent: a restart wouldn't help", async () => {
    const health = await open("external");
    freeze();
    await readyWhileFrozen(health);
    house.account.rooms.host.acceptAll([]).catch(() => undefined);
    for (let i = 0; i < 5; i++) {
      clock.skip(STALLED);
      await beats();
    }
    expect(failing(health.live())).toEqual([]);
    expect(failing(await readyWhileFrozen(health))).toEqual(["redis"]);
  });

  test("isn't live when a call to a network hangs although Redis answers, and is when it ends", async () => {
    const health = await open();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.phones.next(heldUntil(promise));
    await house.say("rooms", "hello");
    await until(() => house.pipeline.legs.oldestStep !== undefined);
    clock.skip(STALLED - SECOND);
    expect(failing(health.live())).toEqual([]);
    clock.skip(2 * SECOND);
    expect(failing(health.live())).toEqual(["legs"]);
    resolve();
    await until(() => health.live().ok);
    expect(read(world, "phones")).toHaveLength(1);
  });

  test("isn't live when nothing comes of deciding although Redis answers", async () => {
    const health = await open();
    Object.assign(house.house.commits, { commit: () => new Promise(() => undefined) }); // the fault
    await house.say("rooms", "hello");
    await until(() => house.pipeline.lanes.oldestStep !== undefined);
    clock.skip(STALLED + SECOND);
    expect(failing(health.live())).toEqual(["lanes"]);
  });

  test("isn't live when what is due by time hangs although Redis answers", async () => {
    const health = await open();
    Object.assign(house.house.lanes, { claim: () => new Promise(() => undefined) }); // the fault
    await until(() => house.pipeline.sweeper.oldestStep !== undefined);
    clock.skip(STALLED + SECOND);
    expect(failing(health.live())).toEqual(["sweeper"]);
  });

  test("stays live while a network is away for hours: a restart wouldn't help", async () => {
    const health = await open();
    const away = answers({ kind: "retry", reason: "timeout", scope: "account", counts: false });
    world.phones.next(away, isText, 1_000);
    await house.say("rooms", "hello");
    house.account.phones.host.report({ kind: "disconnected", reason: "timeout" });
    for (let i = 0; i < 8; i++) {
      clock.skip(STALLED);
      await beats();
    }
    await until(() => health.live().ok); // what was at work as the time was skipped has ended
    expect(house.gate.phones.waiting).toBe(1);
  });

  test("isn't live when it stays closed although Redis answers", async () => {
    const health = await open();
    const shut = { isOpen: false, lanes: house.pipeline.lanes, legs: house.pipeline.legs };
    const heartbeat = new Heartbeat(house.connection, clock, silent);
    health.built({
      ...{ redis: "embedded", heartbeat, schema: "1", workplaces: new Map() },
      pipeline: { ...shut, sweeper: house.pipeline.sweeper },
    });
    health.started();
    clock.skip(STALLED + SECOND);
    expect(failing(health.live())).toEqual(["pipeline"]);
  });

  test("isn't ready when Redis is full, or its state was written by another version", async () => {
    const health = await open();
    await house.connection.command("CONFIG", "SET", "maxmemory", 1);
    expect(failing(await health.ready())).toEqual(["room"]);
    await house.connection.command("CONFIG", "SET", "maxmemory", 0);
    await house.connection.command("HSET", "{meta}", "schema", 99);
    expect(failing(await health.ready())).toEqual(["schema"]);
  });

  test("isn't ready while calls wait for a slot of a cluster for more than a moment", async () => {
    const health = await open("external");
    Object.assign(house.connection, { held: SLOT_HELD - 1 });
    expect(failing(await health.ready())).toEqual([]);
    Object.assign(house.connection, { held: SLOT_HELD });
    expect(failing(await health.ready())).toEqual(["slots"]);
    expect(failing(health.live())).toEqual([]);
  });

  test("isn't ready when it stops", async () => {
    const health = await open();
    health.stopping();
    house.pipeline.close();
    expect(failing(await health.ready())).toEqual(["stop", "pipeline"]);
    expect(health.live().ok).toBe(true);
    await end(house);
  });
});

describe("the daemon", () => {
  let folder: string;
  let config: string;
  let network: LoopbackNetwork;
  let redis: TestRedis;
  let daemon: Promise<Daemon> | undefined;
  let http: string;
  afterEach(async () => {
    if (redis.pid !== undefined) process.kill(redis.pid, "SIGCONT");
    await (await daemon?.catch(() => undefined))?.stop("test");
    await network.stop();
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), "fb-health-"));
    config = join(folder, "config.yaml");
    network = await LoopbackNetwork.start({ token: "token-canary" });
    const port = await freePort();
    redis = await startTestRedis({ fsync: "always", more: ["--port", String(port)] });
    const web = await freePort();
    http = `http://127.0.0.1:${web}`;
    const account = { network: "loopback", host: "127.0.0.1", port: network.port, token: "token-canary" };
    const file = {
      state: "./state",
      redis: { url: `redis://127.0.0.1:${port}` },
      http: { port: web },
      accounts: { here: account },
      ...more,
    };
    writeFileSync(config, stringify(file), { mode: 0o600 });
  }
  const run = () => {
    const log = createLogger({ level: "silent" });
    daemon = startDaemon({ config: loadConfig(config, { adapters, env: {} }), configPath: config, log });
    return daemon;
  };
  const get = async (path: string) => {
    const response = await fetch(`${http}${path}`);
    return { code: response.status, body: (await response.json()) as HealthReport };
  };

  test("answers while it starts: not ready, but live, over HTTP and its socket; then it is ready", async () => {
    await start();
    process.kill(redis.pid ?? 0, "SIGSTOP");
    void run();
    await until(() =>
      get("/health/ready").then(
        () => true,
        () => false,
      ),
    );
    const { code, body } = await get("/health/ready");
    expect([code, failing(body)]).toEqual([503, ["start"]]);
    expect((await get("/health/live")).code).toBe(200);
    const state = join(folder, "state");
    expect(await askHealth(state, "ready")).toMatchObject({
      verdict: "failing",
      failing: ["start: starting"],
    });
    expect(await askHealth(state, "live")).toMatchObject({ verdict: "ok" });
    process.kill(redis.pid ?? 0, "SIGCONT");
    await daemon;
    expect((await get("/health/ready")).code).toBe(200);
    expect(await askHealth(state, "ready")).toMatchObject({ verdict: "ok", failing: [] });
  });

  test("isn't ready while its Redis is frozen or gone, stays live, and is ready again by itself", async () => {
    await start();
    await run();
    const become = (code: number) => until(async () => (await get("/health/ready")).code === code, 8_000);
    process.kill(redis.pid ?? 0, "SIGSTOP");
    expect(failing((await get("/health/ready")).body)).toEqual(["redis"]);
    process.kill(redis.pid ?? 0, "SIGCONT");
    await become(200);
    await redis.kill();
    await become(503);
    expect((await get("/health/live")).code).toBe(200);
    await redis.restart();
    await become(200);
  });

  test("answers while it stops: not ready, but live; and gives no other path", async () => {
    await start();
    const running = await run();
    expect((await get("/nothing")).code).toBe(404);
    network.fail("send", { kind: "silent", done: true });
    process.kill(redis.pid ?? 0, "SIGSTOP");
    const stopped = running.stop("test");
    const { code, body } = await get("/health/ready");
    expect([code, failing(body)]).toEqual([503, expect.arrayContaining(["stop"])]);
    expect((await get("/health/live")).code).toBe(200);
    process.kill(redis.pid ?? 0, "SIGCONT");
    await stopped;
    await expect(get("/health/live")).rejects.toThrow();
    daemon = undefined;
  });

  test("says which port another program has, and ends", async () => {
    await start();
    const taken = network.port;
    writeFileSync(
      config,
      stringify({
        state: "./state",
        http: { port: taken },
        accounts: { here: { network: "loopback", host: "127.0.0.1", port: taken, token: "t" } },
      }),
      { mode: 0o600 },
    );
    await expect(run()).rejects.toThrow(
      `the HTTP server can't listen at 127.0.0.1:${taken} (EADDRINUSE): another program listens there`,
    );
    daemon = undefined;
  });
});
