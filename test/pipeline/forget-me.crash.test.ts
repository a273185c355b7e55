import { afterEach, expect, test } from "vitest";
import { networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { UnknownKey } from "../../src/privacy/errors.ts";
import { openPersonKey } from "../../src/privacy/person-keys.ts";
import { keys } from "../../src/store/keys.ts";
import { fields, texts } from "../../src/store/reply.ts";
import { skippingClock } from "../support/skipping-clock.ts";
import { openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, meet, roomDesk, saidAt, UNHURRIED } from "./linking.ts";
import { dieWhile } from "./mortal.ts";

let world: World;
afterEach(() => world.close());

/** How many calls of Redis apart the deaths are, and how many there are. */
const [APART, DEATHS] = [7, 14];
const ENDED = "This conversation has ended.";
const SELLER = roomDesk("@ana.canary:example.org");

const named = async ({ connection }: TestHouse, pattern: string): Promise<readonly string[]> =>
  texts(await connection.command("KEYS", pattern));

test("a daemon that is killed at any step of forgetting somebody finishes it: each side is told once, and nothing is left", async () => {
  const clock = skippingClock();
  world = await openWorld({ clock, pairs: 0, limits: UNHURRIED });
  let house = await world.open();
  for (let i = 0; i < DEATHS; i++) {
    const { portal } = await meet(house, SELLER.from, `+3519120000${String(i).padStart(2, "0")}`);
    await ask(world, house, SELLER, "handle new bike");
    await ask(world, house, SELLER, "forget me");
    const seller = await house.house.people.find(networkName("matrix"), sensitive(SELLER.from));
    if (seller === undefined) throw new Error("the seller is there");
    const copy = fields(await house.connection.command("HGETALL", keys.person(seller.id)));
    const told = saidAt(world, SELLER).length;
    house.pipeline.legs.abort();
    await house.stop();
    const isDone = (): boolean =>
      saidAt(world, SELLER).length > told && world.phones.texts(portal).includes(ENDED);
    house = await dieWhile(world, SELLER, "1", 1 + i * APART, isDone);
    const { keyring, connection } = house;
    await until(async () => {
      clock.skip(500);
      const due = texts(await connection.command("ZRANGE", keys.timers, 0, -1));
      return !due.some((timer) => timer.startsWith("forget:"));
    }, 10_000);
    clock.skip(120_000); // what was about to be written when the key was retired is written
    await until(async () => {
      await house.house.renewal.run();
      return keyring.retired().length === 0;
    });
    expect(saidAt(world, SELLER).slice(told)).toEqual([
      "You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.",
    ]);
    expect(world.phones.texts(portal)).toEqual([ENDED]);
    // The guests of all rounds, and nothing else.
    expect(await named(house, "{p:*}:r")).toHaveLength(i + 1);
    expect(await named(house, "{c0}:c:*")).toEqual([]);
    expect(await named(house, "{h:*")).toEqual([]);
    const wrapped = copy.get("k") ?? Buffer.alloc(0);
    expect(() => openPersonKey(keyring, seller.id, wrapped)).toThrow(UnknownKey);
  }
}, 120_000);
