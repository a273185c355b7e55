import { afterEach, expect, test } from "vitest";
import { DAY } from "../../src/model/time.ts";
import { skippingClock } from "../support/skipping-clock.ts";
import { end, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, ONE_NUMBER, phoneDesk, roomDesk, saidAt, UNHURRIED } from "./linking.ts";
import { dieWhile } from "./mortal.ts";

let world: World;
afterEach(() => world.close());

/** So many deaths, a call of Redis apart: the last ones come after all of it. */
const DEATHS = 30;
const SELLER = phoneDesk("+351912000001");
const BUYER = roomDesk("@ana.canary:example.org");

test("who is unblocked is in the chat again, and that is said, wherever the daemon is killed", async () => {
  world = await openWorld({
    ...{ clock: skippingClock(), pairs: 0, limits: UNHURRIED, presence: ONE_NUMBER },
    phones: { repeatSafe: DAY },
  });
  let house: TestHouse = await world.open();
  const made = await ask(world, house, SELLER, "handle new bike");
  const code = /([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2})/.exec(made)?.[1] ?? "";
  await ask(world, house, BUYER, `${code} still there?`);
  await until(() => saidAt(world, SELLER).length > 1);
  const name = /from ([^(]+) \(/.exec(saidAt(world, SELLER).at(-1) ?? "")?.[1] ?? "";
  await ask(world, house, SELLER, "1");
  for (let at = 1; at <= DEATHS; at += 1) {
    await ask(world, house, SELLER, `/block ${name}`);
    await until(() => saidAt(world, SELLER).at(-1)?.startsWith("Blocked") === true);
    await end(house);
    const before = saidAt(world, SELLER).length;
    house = await dieWhile(
      world,
      SELLER,
      `/unblock ${name}`,
      at,
      () => saidAt(world, SELLER).length > before,
    );
    expect(saidAt(world, SELLER).slice(before)).toEqual([`Unblocked: ${name} can reach you again.`]);
    expect(await ask(world, house, SELLER, "/list")).toContain(`Open here: 1 ${name} · bike`);
  }
}, 60_000);
