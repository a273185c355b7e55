import { afterEach, expect, test } from "vitest";
import type { Account, AccountState } from "../../src/adapter/account.ts";
import type { PairBy, PairingStep } from "../../src/adapter/pairing.ts";
import { controlHandlers } from "../../src/daemon/status.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { openWorld, PHONES, ROOMS, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

test("the status has what each account said of itself: its state, the reason, its links, and what to do", async () => {
  world = await openWorld();
  const { account, buried, gate, house, pipeline } = await world.open();
  const handlers = controlHandlers({
    ...{
      version: "0",
      startedAt: 0,
      redis: "embedded",
      state: "/nowhere",
      allow: [],
      house,
      pipeline,
      buried,
    },
    clockGuard: createClockGuard(house.clock),
    workplaces: new Map([
      [ROOMS, { account: account.rooms, gate: gate.rooms }],
      [PHONES, { account: account.phones, gate: gate.phones }],
    ]),
  });
  const shown = async (state: AccountState) => {
    account.phones.host.report(state);
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

test("an account is linked by what it says itself; one that isn't there, or knows no linking, is said", async () => {
  world = await openWorld();
  const { account, buried, gate, house, pipeline } = await world.open();
  const signal = new AbortController().signal;
  const asked: unknown[] = [];
  const linking: Account = Object.assign(account.phones, {
    async *pair(by: PairBy, ended: AbortSignal): AsyncGenerator<PairingStep> {
      asked.push([by.kind, ended]);
      yield { kind: "paired" };
    },
  });
  const handlers = controlHandlers({
    ...{
      version: "0",
      startedAt: 0,
      redis: "embedded",
      state: "/nowhere",
      allow: [],
      house,
      pipeline,
      buried,
    },
    clockGuard: createClockGuard(house.clock),
    workplaces: new Map([
      [ROOMS, { account: account.rooms, gate: gate.rooms }],
      [PHONES, { account: linking, gate: gate.phones }],
    ]),
  });
  const steps = handlers.pair("phones", { kind: "qr" }, signal);
  if (typeof steps === "string") throw new Error(`found ${steps}, expected steps`);
  for await (const step of steps) expect(step).toEqual({ kind: "paired" });
  expect(asked).toEqual([["qr", signal]]);
  expect(handlers.pair("rooms", { kind: "qr" }, signal)).toBe("unsupported");
  expect(handlers.pair("nobody", { kind: "qr" }, signal)).toBe("unknown");
});
