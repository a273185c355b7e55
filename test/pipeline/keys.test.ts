// Hours go by on the skipping clock; the keys of the next period are made on the way, as the sweeper does each minute.

import { afterEach, describe, expect, test } from "vitest";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { keys } from "../../src/store/keys.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  openWorld,
  PHONES,
  portalOf,
  ROOMS,
  read,
  ready,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

let world: World;
let clock: SkippingClock;
const opened = async (): Promise<TestHouse> => {
  clock = skippingClock();
  world = await openWorld({ clock });
  const house = await world.open();
  await ready(world);
  return house;
};
afterEach(() => world.close());

const pass = async (house: TestHouse, span: number): Promise<void> => {
  for (let left = span; left > 0; left -= 30 * MINUTE) {
    clock.skip(Math.min(left, 30 * MINUTE));
    await house.keyring.prepare();
  }
};
/** Gives the sweeper its minutes until nothing is left to destroy, or it won't. */
const sweptKeys = async (house: TestHouse): Promise<void> => {
  const end = Date.now() + 8_000; // by the real clock: a busy machine needs some of it
  while (Date.now() < end && house.keyring.expired(clock.now()).length > 0) {
    clock.skip(MINUTE);
    await aWhile(30);
  }
};
const away = { kind: "disconnected", reason: "not-connected" } as const;
const hourly = (house: TestHouse) =>
  house.keyring
    .expired(Number.MAX_SAFE_INTEGER)
    .filter(({ descriptor }) => descriptor.purpose === "epoch" && descriptor.class === "24h");

describe("the keys of an hour", () => {
  test("open a payload while they are there, and nobody can after they are destroyed", async () => {
    const house = await opened();
    house.account.phones.host.report(away);
    await house.say("rooms", "secret canary text");
    const [leg] =
      (
        await house.house.conversations.load((await house.house.conversations.pairs())[0] ?? ("" as never))
      )?.legs.filter(({ account }) => account === PHONES) ?? [];
    const [id] = (await house.house.legs.read(leg?.id ?? ("" as never), 0, 1)).map((each) => each.id);
    const sealed = await house.connection.command("HGET", keys.delivery(id ?? ("" as never)), "p");
    expect(Buffer.isBuffer(sealed)).toBe(true);
    const open = () => house.house.store.vault.open("delivery", id ?? "", sealed as Buffer).toString();
    expect(open()).toContain("secret canary text");
    expect((sealed as Buffer).toString("latin1")).not.toContain("canary");
    await pass(house, 26 * HOUR);
    await until(() => read(world, "rooms").some((text) => text.includes("given up")));
    await sweptKeys(house);
    expect(open).toThrow();
  });

  test("go only after whose message has expired was told", async () => {
    const house = await opened();
    house.account.phones.host.report(away);
    await house.say("rooms", "one");
    await until(() => house.pipeline.lanes.size === 0);
    await pass(house, 26 * HOUR);
    // In order: told first.
    await until(() => read(world, "rooms").some((text) => text.includes("given up")));
    expect(await house.house.legs.backlog(PHONES)).toBe(0);
  });

  test("go also after a daemon was down for longer than they live: it tells whose message expired first", async () => {
    const house = await opened();
    house.account.phones.host.report(away);
    await house.say("rooms", "one");
    await until(() => house.pipeline.lanes.size === 0);
    await house.stop();
    await pass(house, 26 * HOUR);
    const second = await world.open();
    await until(() => read(world, "rooms").some((text) => text.includes("given up")));
    await sweptKeys(second);
    expect(second.keyring.expired(clock.now())).toEqual([]);
  });

  test("go also under traffic that never ends", async () => {
    const house = await opened();
    const busy = { more: true };
    const talk = (async () => {
      while (busy.more) {
        await Promise.all(Array.from({ length: 8 }, (_, i) => house.say("rooms", `${i}`)));
      }
    })();
    const before = hourly(house).map(({ id }) => id);
    await pass(house, 26 * HOUR);
    await sweptKeys(house);
    busy.more = false;
    await talk;
    const left = hourly(house).filter(({ id }) => before.includes(id));
    expect(left).toEqual([]);
  });

  test("are made by whoever needs them first after the machine slept: what is late is told at once", async () => {
    const house = await opened();
    house.account.phones.host.report(away);
    await house.say("rooms", "one");
    await until(() => house.pipeline.lanes.size === 0);
    clock.skip(6 * HOUR); // the sweeper's jobs all wake up now, and none of the hour's keys is there
    await until(() => read(world, "rooms").some((text) => text.includes("Not delivered")));
  });

  test("stay while the wall clock jumped", async () => {
    const house = await opened();
    const { now } = clock;
    const before = hourly(house).length;
    (clock as { now: () => number }).now = () => now() + 48 * HOUR; // the wall clock alone
    await house.keyring.prepare();
    clock.skip(3 * MINUTE);
    await aWhile(100);
    expect(hourly(house).length).toBeGreaterThanOrEqual(before);
    expect(portalOf(world, "rooms")).toContain("canary");
    expect(ROOMS).toBe("rooms");
  });
});
