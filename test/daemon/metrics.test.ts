// What a scrape says: of the house with a real Redis, under traffic and faults.

import { afterEach, expect, test } from "vitest";
import { Health } from "../../src/daemon/health.ts";
import { Heartbeat } from "../../src/daemon/heartbeat.ts";
import { Metrics } from "../../src/daemon/metrics.ts";
import { overdueKeys } from "../../src/daemon/readings.ts";
import { LIMIT_NAMES } from "../../src/model/limits.ts";
import { REASONS } from "../../src/model/reason.ts";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { LABELS, METRIC_NAMES, metricRow } from "../../src/observe/metrics/table.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { declaredIn, readScrape, type ScrapedSample } from "../support/prometheus-text.ts";
import { silent } from "../support/redis.ts";
import { answers, isText } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  openWorld,
  PHONES,
  ROOMS,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

let world: World;
let house: TestHouse;
let clock: SkippingClock;
let metrics: Metrics;
afterEach(() => world.close());

async function open(): Promise<void> {
  clock = skippingClock();
  world = await openWorld({ clock });
  house = await world.open();
  await ready(world);
  await until(() => house.pipeline.legs.size === 0 && house.pipeline.lanes.size === 0);
  const workplaces = new Map([
    [ROOMS, { account: house.account.rooms, gate: house.gate.rooms }],
    [PHONES, { account: house.account.phones, gate: house.gate.phones }],
  ]);
  const clockGuard = createClockGuard(clock);
  const heartbeat = new Heartbeat(house.connection, clock, silent);
  const health = new Health(clock);
  health.built({ redis: "embedded", heartbeat, pipeline: house.pipeline, workplaces, schema: "1" });
  health.started();
  const { buried, pipeline } = house;
  metrics = new Metrics(clock);
  metrics.source = {
    reported: {
      ...{
        version: "1.2.3",
        startedAt: clock.now(),
        redis: "embedded",
        allow: [],
        state: world.redis.folder,
      },
      ...{ house: house.house, pipeline, buried, workplaces, clockGuard },
    },
    ...{ health, heartbeat, state: world.redis.folder },
    certificates: new Map([["redis.tls.cert", 2_000_000_000_000]]),
    alerts: () => new Map([["buried", false]]),
  };
}

async function scrape(): Promise<readonly ScrapedSample[]> {
  return readScrape((await metrics.answer()).text);
}
const value = (samples: readonly ScrapedSample[], name: string, labels: ScrapedSample["labels"] = {}) =>
  samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, is]) => sample.labels[key] === is),
  )?.value;

test("a scrape has every metric of the table with its type, and none beside but the process' own", async () => {
  await open();
  const { text, type } = await metrics.answer();
  expect(type).toMatch(/^text\/plain; version=0\.0\.4/);
  const declared = declaredIn(text);
  for (const name of METRIC_NAMES) expect([name, declared.get(name)]).toEqual([name, metricRow(name).type]);
  const others = [...declared.keys()].filter((name) => !METRIC_NAMES.some((one) => one === name));
  expect(others.filter((name) => !/^(?:process|nodejs)_/.test(name))).toEqual([]);
});

test("the first scrape says nothing impossible of the event loop's lag", async () => {
  await open();
  const lags = (await scrape()).filter(({ name }) => name.startsWith("nodejs_eventloop_lag_"));
  expect(lags.length).toBeGreaterThan(3);
  expect(lags.filter(({ value }) => !(value < 60))).toEqual([]);
});

test("a message counts where it comes in and where it goes out, with how long each took", async () => {
  await open();
  const before = await scrape();
  await house.say("rooms", "text canary");
  await until(() => read(world, "phones").length === 1 && house.pipeline.legs.size === 0);
  await house.say("rooms", "again", { id: "the same" });
  await house.say("rooms", "again", { id: "the same" });
  await until(() => read(world, "phones").length === 2 && house.pipeline.legs.size === 0);
  const after = await scrape();
  const rose = (name: string, labels: ScrapedSample["labels"]) =>
    (value(after, name, labels) ?? 0) - (value(before, name, labels) ?? 0);
  const rooms = { account: "rooms", network: "matrix" };
  const phones = { account: "phones", network: "sms" };
  expect(rose("footbridge_events_accepted_total", rooms)).toBe(2);
  expect(rose("footbridge_events_duplicate_total", rooms)).toBe(1);
  expect(rose("footbridge_accept_seconds_count", rooms)).toBe(3);
  expect(rose("footbridge_deliveries_done_total", phones)).toBe(2);
  expect(rose("footbridge_relay_seconds_count", phones)).toBe(2);
  expect(rose("footbridge_perform_seconds_count", phones)).toBe(2);
  expect(rose("footbridge_perform_seconds_bucket", { ...phones, le: "+Inf" })).toBe(2);
  expect(value(after, "footbridge_ready")).toBe(1);
  expect(value(after, "footbridge_redis_up")).toBe(1);
  expect(value(after, "footbridge_build_info", { version: "1.2.3" })).toBe(1);
});

test("what goes wrong is counted by its reason, and what waits is seen with its age", async () => {
  await open();
  world.phones.next(answers({ kind: "refused", reason: "rejected", scope: "delivery" }));
  world.phones.next(
    answers({ kind: "retry", reason: "timeout", scope: "delivery", counts: true }),
    isText,
    10,
  );
  await house.say("rooms", "refused");
  await house.say("rooms", "buried");
  await until(async () => (await house.buried.count()) === 1, 10_000);
  house.account.phones.host.report({ kind: "disconnected", reason: "timeout" });
  await house.say("rooms", "waits");
  await until(() => house.gate.phones.waiting === 1);
  clock.skip(10 * MINUTE);
  const samples = await scrape();
  const phones = { account: "phones" };
  expect(value(samples, "footbridge_deliveries_failed_total", { ...phones, reason: "rejected" })).toBe(1);
  expect(value(samples, "footbridge_buried_total", { ...phones, kind: "delivery" })).toBe(1);
  expect(value(samples, "footbridge_buried_items")).toBe(1);
  expect(value(samples, "footbridge_deliveries_retried_total", phones)).toBe(9);
  expect(value(samples, "footbridge_queue_deliveries", phones)).toBe(1);
  expect(value(samples, "footbridge_queue_oldest_seconds", phones)).toBeGreaterThanOrEqual(600);
  expect(value(samples, "footbridge_account_state", { ...phones, state: "disconnected" })).toBe(1);
  expect(value(samples, "footbridge_account_state", { ...phones, state: "connected" })).toBe(0);
});

test("while Redis is away a scrape still comes, and says so; what only Redis knows is absent, not 0", async () => {
  await open();
  await world.redis.kill();
  await until(() => !house.connection.up);
  const samples = await scrape();
  expect(value(samples, "footbridge_redis_up")).toBe(0);
  expect(value(samples, "footbridge_ready")).toBe(0);
  expect(value(samples, "footbridge_live")).toBe(1);
  expect(value(samples, "footbridge_redis_memory_used_bytes")).toBeUndefined();
  expect(value(samples, "footbridge_queue_deliveries", { account: "phones" })).toBeUndefined();
  expect(value(samples, "footbridge_queue_oldest_seconds", { account: "phones" })).toBe(0);
  await world.redis.restart();
  await until(async () => value(await scrape(), "footbridge_redis_up") === 1);
});

test("a key that outlives its time is seen, with for how long", async () => {
  await open();
  expect(overdueKeys(house.house)).toEqual({ count: 0, span: 0 });
  // The key of this hour may live a day longer than that.
  const now = clock.now() + 25 * HOUR;
  const { count, span } = overdueKeys({ ...house.house, clock: { ...clock, now: () => now } });
  expect(count).toBe(1);
  expect(span).toBe(now % HOUR);
  expect(value(await scrape(), "footbridge_keys_overdue")).toBe(0);
});

test("no label and no text holds anything of a person: all values come from closed sets", async () => {
  await open();
  world.phones.next(answers({ kind: "refused", reason: "opted-out", scope: "delivery" }));
  await house.say("rooms", "text canary +351930000001 @ana:example.org");
  await until(() => house.pipeline.legs.size === 0);
  const { text } = await metrics.answer();
  expect(text).not.toMatch(/canary|@[a-z]|\+\d{6}|example/);
  const closed: Readonly<Record<keyof typeof LABELS, readonly string[] | RegExp>> = {
    account: ["rooms", "phones"],
    network: ["matrix", "sms"],
    reason: REASONS,
    why: ["store-full", "store-away", "stopping"],
    kind: ["delivery", "event"],
    limit: LIMIT_NAMES,
    state: LABELS.state.slice(LABELS.state.indexOf(":") + 2).split(", "),
    connected: ["true", "false"],
    purpose: ["bucket", "epoch", "lookup", "account"],
    certificate: /^(?:redis|accounts)\.[\w.-]+$/,
    alert: /^[a-z-]+$/,
    version: /^\d+\.\d+\.\d+/,
    node: /^\d+\.\d+\.\d+$/,
    redis: ["embedded", "external"],
  };
  for (const { name, labels } of readScrape(text).filter((each) => each.name.startsWith("footbridge_"))) {
    const row = METRIC_NAMES.find(
      (one) => name.replace(/_(?:bucket|sum|count)$/, "") === one || name === one,
    );
    const { le, ...own } = labels;
    expect(Object.keys(own).toSorted()).toEqual(row && metricRow(row).labels.toSorted());
    for (const [label, is] of Object.entries(own)) {
      const set = closed[label as keyof typeof LABELS]; // a label of the row
      expect([label, is, set instanceof RegExp ? set.test(is) : set.includes(is)]).toEqual([label, is, true]);
    }
  }
});
