import { afterEach, expect, test } from "vitest";
import type { AccountState } from "../../src/adapter/account.ts";
import type { PairBy, PairingStep } from "../../src/adapter/pairing.ts";
import { Heartbeat } from "../../src/daemon/heartbeat.ts";
import type { Reported } from "../../src/daemon/reported.ts";
import { controlHandlers } from "../../src/daemon/status.ts";
import { statusReport } from "../../src/http/control-api.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { silent } from "../support/redis.ts";
import { openWorld, PHONES, ROOMS, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

/** The daemon's answers about a house. */
function answersOf({
  account,
  buried,
  gate,
  house,
  pipeline,
}: TestHouse): ReturnType<typeof controlHandlers> {
  const reported: Reported = {
    ...{ version: "0", startedAt: 0, redis: "embedded", state: "/nowhere", allow: [] },
    ...{ house, pipeline, buried },
    clockGuard: createClockGuard(house.clock),
    workplaces: new Map([
      [ROOMS, { account: account.rooms, gate: gate.rooms }],
      [PHONES, { account: account.phones, gate: gate.phones }],
    ]),
  };
  return controlHandlers(reported, new Heartbeat(house.store.connection, house.clock, silent));
}

test("the status has what each account said of itself: its state, the reason, its links, and what to do", async () => {
  world = await openWorld();
  const opened = await world.open();
  const handlers = answersOf(opened);
  const shown = async (state: AccountState) => {
    opened.account.phones.host.report(state);
    const { accounts } = await handlers.status();
    return accounts.find((one) => one.account === PHONES);
  };
  const links = [{ name: "far", connected: false, reason: "unauthorised" }] as const;
  const counts = { account: "phones", network: "sms", queued: 0, oldestMs: null, inFlight: 0 };
  const degraded = { kind: "degraded", reason: "unauthorised", links } as const;
  expect(await shown({ ...degraded, remedy: "check its password" })).toEqual({
    ...counts,
    ...{ state: "degraded", reason: "unauthorised", links, remedy: "check its password" },
  });
  expect(await shown(degraded)).toEqual({ ...counts, state: "degraded", reason: "unauthorised", links });
  expect(await shown({ kind: "misconfigured", reason: "internal", remedy: "mend it" })).toEqual({
    ...counts,
    ...{ state: "misconfigured", reason: "internal", remedy: "mend it" },
  });
  expect(await shown({ kind: "connected" })).toEqual({ ...counts, state: "connected" });
});

test.for([
  ["away", (): Promise<void> => world.redis.kill(), { up: false, silent: false }],
  [
    "silent",
    async (): Promise<void> => void process.kill(world.redis.pid ?? Number.NaN, "SIGSTOP"),
    { up: false, silent: true },
  ],
] as const)("while Redis is %s the status has what is known without it", async ([, end, redis]) => {
  world = await openWorld();
  const opened = await world.open();
  const handlers = answersOf(opened);
  const before = await handlers.status();
  expect(before.redis).toMatchObject({ up: true, silent: false, version: expect.stringMatching(/^\d/) });
  expect(before.deliveries).toEqual({ queued: expect.any(Number), parked: 0, buried: 0 });
  opened.account.phones.host.report({ kind: "connected" });
  const { pid } = world.redis;
  await end();
  if (!redis.silent) await until(() => !opened.connection.up);
  try {
    const status = statusReport.parse(await handlers.status());
    expect(status.redis).toEqual({ kind: "embedded", ...redis, version: null, usedBytes: null });
    expect(status.accounts.find(({ account }) => account === PHONES)).toMatchObject({
      ...{ state: "connected", queued: null },
    });
    expect(status.deliveries).toEqual({ queued: null, parked: null, buried: null });
    expect(status.lanes).toEqual({ waiting: 0 });
  } finally {
    if (redis.silent && pid !== undefined) process.kill(pid, "SIGCONT");
  }
});

test("an audit gives up on a Redis that says nothing, and tells nothing of one that is away", async () => {
  world = await openWorld();
  const opened = await world.open();
  const handlers = answersOf(opened);
  const found = await handlers.audit();
  expect(found.families.find(({ family }) => family === "meta")?.keys).toBe(1);
  const pid = world.redis.pid ?? Number.NaN;
  process.kill(pid, "SIGSTOP");
  try {
    await expect(handlers.audit()).rejects.toThrow("Redis is away (NO_ANSWER)");
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await world.redis.kill();
  await until(() => !opened.connection.up);
  await expect(handlers.audit()).rejects.toThrow("Redis is away");
});

test("an account is linked by what it says itself; one that isn't there, or knows no linking, is said", async () => {
  world = await openWorld();
  const opened = await world.open();
  const signal = new AbortController().signal;
  const asked: unknown[] = [];
  const linking = Object.assign(opened.account.phones, {
    async *pair(by: PairBy, ended: AbortSignal): AsyncGenerator<PairingStep> {
      asked.push([by.kind, ended]);
      yield { kind: "paired" };
    },
  });
  const handlers = answersOf({ ...opened, account: { ...opened.account, phones: linking } });
  const steps = handlers.pair("phones", { kind: "qr" }, signal);
  if (typeof steps === "string") throw new Error(`found ${steps}, expected steps`);
  for await (const step of steps) expect(step).toEqual({ kind: "paired" });
  expect(asked).toEqual([["qr", signal]]);
  expect(handlers.pair("rooms", { kind: "qr" }, signal)).toBe("unsupported");
  expect(handlers.pair("nobody", { kind: "qr" }, signal)).toBe("unknown");
});
