import { afterEach, describe, expect, test } from "vitest";
import type { AccountState } from "../../src/adapter/account.ts";
import type { Finding } from "../../src/adapter/check.ts";
import { examine } from "../../src/daemon/doctor.ts";
import type { Reported } from "../../src/daemon/reported.ts";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { answers } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { openWorld, PHONES, ROOMS, ready, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
let clock: SkippingClock;
let house: TestHouse;
let reported: Reported;
afterEach(() => world.close());

async function opened(): Promise<void> {
  clock = skippingClock();
  world = await openWorld({ clock, redis: { fsync: "always" }, delivery: { attempts: 1 } });
  house = await world.open();
  await ready(world);
  const { account, buried, gate, pipeline } = house;
  reported = {
    ...{ version: "0.1.0", startedAt: clock.now(), redis: "embedded", state: "/nowhere", allow: [] },
    ...{ house: house.house, pipeline, buried },
    clockGuard: createClockGuard(clock),
    workplaces: new Map([
      [ROOMS, { account: account.rooms, gate: gate.rooms }],
      [PHONES, { account: account.phones, gate: gate.phones }],
    ]),
  };
}

const about = async (check: string): Promise<readonly Finding[]> =>
  (await examine(reported)).filter((finding) => finding.check.startsWith(check));

describe("what a daemon finds of itself", () => {
  test("is that all is well when it is", async () => {
    await opened();
    expect((await examine(reported)).map(({ check, status }) => `${status} ${check}`)).toEqual([
      "ok daemon",
      "ok open files",
      "ok memory",
      "ok redis",
      "ok redis memory",
      "ok clock",
      "ok account rooms",
      "ok account phones",
    ]);
    clock.skip(90 * MINUTE);
    expect(await about("daemon")).toEqual([
      { check: "daemon", status: "ok", found: "version 0.1.0, up 1h30m" },
    ]);
  });

  test.each<[AccountState, Finding["status"], string, string?]>([
    [
      { kind: "connecting" },
      "warning",
      "connecting for 2m",
      "wait; if it stays so, look into the daemon's log",
    ],
    [{ kind: "degraded", reason: "timeout" }, "warning", "works in part for 2m (timeout)"],
    [
      { kind: "degraded", reason: "unauthorised", remedy: "mend the way back" },
      "problem",
      "works in part for 2m (unauthorised)",
      "mend the way back",
    ],
    [{ kind: "disconnected", reason: "not-connected" }, "problem", "disconnected for 2m (not-connected)"],
    [
      { kind: "misconfigured", reason: "unauthorised", remedy: "check its password" },
      "problem",
      "needs you (unauthorised)",
      "check its password",
    ],
    ...(["needs-pairing", "logged-out", "replaced", "restricted"] as const).map(
      (kind): [AccountState, Finding["status"], string, string] => [
        { kind, remedy: "do this" },
        "problem",
        `${kind.replace("-", " ")} for 2m`,
        "do this",
      ],
    ),
    [{ kind: "stopped" }, "problem", "stopped"],
  ])("is of an account %j: %s", async (state, status, found, remedy) => {
    await opened();
    house.account.phones.host.report(state);
    clock.skip(2 * MINUTE + 100);
    const [finding] = await about("account phones");
    expect(finding).toMatchObject({ status, found });
    const said = finding !== undefined && "remedy" in finding ? finding.remedy : "";
    if (remedy === undefined) expect(said.length).toBeGreaterThan(10);
    else expect(said).toBe(remedy);
  });

  test("has a line for each link of an account", async () => {
    await opened();
    house.account.phones.host.report({
      kind: "degraded",
      reason: "unauthorised",
      links: [
        { name: "near", connected: true },
        { name: "far", connected: false, reason: "unauthorised" },
      ],
    });
    expect(await about("account phones")).toEqual([
      expect.objectContaining({ status: "warning", remedy: "see what its links say" }),
      { check: "account phones: link near", status: "ok", found: "connected" },
      {
        check: "account phones: link far",
        status: "warning",
        found: "away (unauthorised)",
        remedy: "check the account's credentials in the config",
      },
    ]);
  });

  test("says how long texts have waited for an account that is away", async () => {
    await opened();
    house.account.phones.host.report({ kind: "disconnected", reason: "network-error" });
    await house.say("rooms", "waits");
    await until(async () => (await house.house.legs.backlog(PHONES)) === 1);
    clock.skip(3 * HOUR + 100);
    const [finding] = await about("account phones");
    expect(finding?.found).toMatch(/, the oldest text has waited for 3h$/);
  });

  test("warns of what is buried", async () => {
    await opened();
    world.phones.next(answers({ kind: "retry", reason: "rejected", scope: "delivery", counts: true }));
    await house.say("rooms", "fails");
    await until(async () => (await house.buried.list()).length === 1);
    expect(await about("buried")).toMatchObject([
      { status: "warning", found: "1 couldn't be delivered or read" },
    ]);
  });

  test("warns while a jump of the clock keeps keys from being destroyed", async () => {
    await opened();
    const { now } = clock;
    (clock as { now: () => number }).now = () => now() + 48 * HOUR; // the wall clock alone
    const findings = await about("clock");
    expect(findings).toHaveLength(2);
    expect(findings.at(-1)).toMatchObject({
      status: "warning",
      found: expect.stringContaining("clock jumped"),
    });
  });

  test("is said although Redis is away", async () => {
    await opened();
    await world.redis.kill();
    await until(() => !house.connection.up);
    const findings = await examine(reported);
    expect(findings).toContainEqual({
      check: "redis",
      status: "problem",
      found: "the embedded Redis is away",
      remedy: "it is started again by itself; if it stays away, look into the daemon's log",
    });
    expect(findings.map(({ check }) => check)).toContain("account rooms");
  });

  test("warns while it takes nothing in", async () => {
    await opened();
    house.pipeline.close();
    expect(await about("daemon")).toMatchObject([{ status: "warning" }]);
  });
});
