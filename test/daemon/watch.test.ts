// Who runs the bridge is told what is wrong with the bridge itself: with a real Redis, between two scripted networks.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Heartbeat } from "../../src/daemon/heartbeat.ts";
import type { Reported } from "../../src/daemon/reported.ts";
import { Watch } from "../../src/daemon/watch.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { silent } from "../support/redis.ts";
import { answers, heldUntil, isNotice, isText } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  end,
  openWorld,
  PHONES,
  ROOMS,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

const ADMIN = "@admin.canary:example.org";
const ONE =
  '1 item couldn\'t be delivered or read: "footbridge buried" lists what is kept, and tries it again or drops it.';
const TWO = ONE.replace("1 item", "2 items");
const NONE = "Nothing is buried any more.";

let world: World;
let clock: SkippingClock;
let house: TestHouse;
let watch: Watch;
let watched: ConstructorParameters<typeof Watch>[0];
let lines: string[];
let certificates: Map<string, number>;
/** How far the wall clock alone was put forward. */
let jump: number;

beforeEach(async () => {
  clock = skippingClock();
  lines = [];
  jump = 0;
  certificates = new Map();
  const log = createLogger({ level: "debug", destination: { write: (line) => void lines.push(line) } });
  world = await openWorld({ clock, operator: ADMIN, log, delivery: { attempts: 2 } });
  await open();
  await ready(world);
  await idle();
});
afterEach(async () => {
  await world.close();
  expect(lines.join("")).not.toContain("canary");
});

async function open(): Promise<void> {
  house = await world.open();
  const { buried, pipeline } = house;
  const workplaces = new Map([
    [ROOMS, { account: house.account.rooms, gate: house.gate.rooms }],
    [PHONES, { account: house.account.phones, gate: house.gate.phones }],
  ]);
  const clockGuard = createClockGuard({ ...clock, now: () => clock.now() + jump });
  const reported: Reported = {
    ...{ version: "0", startedAt: 0, redis: "embedded", allow: [], state: world.redis.folder },
    ...{ house: house.house, pipeline, buried, workplaces, clockGuard },
  };
  const heartbeat = new Heartbeat(house.connection, clock, silent);
  watched = { reported, heartbeat, certificates, state: world.redis.folder };
  watch = new Watch(watched, house.newsroom);
}
const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const told = () => world.rooms.texts(world.rooms.opened.get(ADMIN) ?? "none");
async function reads(...expected: readonly string[]): Promise<void> {
  await until(() => told().length >= expected.length);
  await aWhile(100);
  expect(told()).toEqual(expected);
}
/** A text to the phone fails as often as it is tried. */
async function bury(): Promise<void> {
  const before = await house.buried.count();
  world.phones.next(
    answers({ kind: "retry", reason: "timeout", scope: "delivery", counts: true }),
    isText,
    2,
  );
  await house.say("rooms", "text canary");
  await until(async () => (await house.buried.count()) > before);
  await idle();
}

describe("who runs the bridge", () => {
  test("hears nothing while all is well", async () => {
    await watch.look();
    await aWhile(100);
    expect(told()).toEqual([]);
    expect([...watch.active.values()].some(Boolean)).toBe(false);
  });

  test("is told of what is buried, once; of more of it ten minutes later; and that nothing is any more", async () => {
    await bury();
    await watch.look();
    await watch.look();
    await reads(ONE);
    expect(watch.active.get("buried")).toBe(true);
    await bury();
    await watch.look();
    await reads(ONE);
    clock.skip(11 * MINUTE);
    await reads(ONE, TWO);
    for (const { id } of await house.buried.list()) await house.buried.drop(id);
    await watch.look();
    await reads(ONE, TWO, NONE);
  });

  test("isn't told twice by a restart, and is told by the next process that it is over", async () => {
    await bury();
    await watch.look();
    await reads(ONE);
    await end(house);
    await open();
    await watch.look();
    await reads(ONE);
    for (const { id } of await house.buried.list()) await house.buried.drop(id);
    await watch.look();
    await reads(ONE, NONE);
  });

  test("is never told of their own notices, buried or late", async () => {
    await bury();
    world.rooms.next(
      answers({ kind: "retry", reason: "timeout", scope: "delivery", counts: true }),
      isNotice,
      2,
    );
    await watch.look();
    await until(async () => (await house.buried.count()) === 2);
    clock.skip(11 * MINUTE);
    await watch.look();
    await idle();
    await aWhile(100);
    expect(told()).toEqual([]);
    expect(await house.buried.count()).toBe(2);
  });

  test("is told of a queue that gets old although its account works, and that it is short again", async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    world.phones.next(heldUntil(promise));
    await house.say("rooms", "one canary");
    await until(() => house.pipeline.legs.oldestStep !== undefined);
    clock.skip(12 * MINUTE);
    await watch.look();
    await aWhile(100);
    expect(told()).toEqual([]);
    clock.skip(5 * MINUTE);
    await reads("SMS (phones) falls behind: 1 delivery waits, the oldest for 12 minutes.");
    resolve();
    await idle();
    await watch.look();
    await until(() => told().includes("The queue of phones is short again."));
  });

  test("is told of Redis' memory, the clock and a certificate, each with its end", async () => {
    await house.connection.command("CONFIG", "SET", "maxmemory", 1_100_000);
    jump = 10 * MINUTE;
    certificates.set("redis.tls.cert", clock.now() + 2 * DAY + MINUTE);
    await watch.look();
    await until(() => told().length === 3);
    expect(told()[0]).toMatch(
      /^Redis' memory is nearly full: \d+ % is used\. When it is full nothing more is taken in\.$/,
    );
    expect(told()[1]).toBe(
      "The clock jumped, so no key is destroyed until it was steady for an hour. Let NTP keep it.",
    );
    expect(told()[2]).toBe(
      "The certificate at redis.tls.cert ends in 2 days: put a new one there, and restart the bridge.",
    );
    await house.connection.command("CONFIG", "SET", "maxmemory", 0);
    certificates.set("redis.tls.cert", clock.now() + 300 * DAY);
    clock.skip(61 * MINUTE);
    await watch.look();
    await until(() => told().length === 6);
    expect(told().slice(3)).toEqual([
      "Redis has room again.",
      "The clock is steady again.",
      "The certificate at redis.tls.cert is good for longer again.",
    ]);
  });

  test("isn't told anything wrong while Redis is away, and hears of it when it is back", async () => {
    await bury();
    await world.redis.kill();
    await watch.look();
    await world.redis.restart();
    await until(() => house.pipeline.isOpen);
    await watch.look();
    await reads(ONE);
  });
});

test("without an operator the metrics have it all the same, and nobody is told", async () => {
  const alone = new Watch(watched, undefined);
  await bury();
  await alone.look();
  expect(alone.active.get("buried")).toBe(true);
  await alone.look();
  expect(alone.active.get("buried")).toBe(true);
  for (const { id } of await house.buried.list()) await house.buried.drop(id);
  await alone.look();
  expect([...alone.active.values()].some(Boolean)).toBe(false);
  expect(told()).toEqual([]);
});
