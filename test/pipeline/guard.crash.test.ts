import { afterEach, expect, test } from "vitest";
import { skippingClock } from "../support/skipping-clock.ts";
import { openWorld, type TestHouse, type World } from "../support/test-house.ts";
import { ask, ONE_NUMBER, phoneDesk, roomDesk, saidAt, UNHURRIED } from "./linking.ts";
import { dieWhile } from "./mortal.ts";

let world: World;
afterEach(() => world.close());

/**
 * How many calls of Redis apart the deaths are, and how many there are: all before what is said is on its way, since a text
 * that may have gone out isn't repeated.
 */
const [APART, DEATHS] = [3, 9];
const SELLER = roomDesk("@ana.canary:example.org");
const NUMBER = "call +351 910 000 001";
const QUESTION = "Your text gives a phone number away to bike. 1 send · 2 don't · 3 always";
const SENT =
  "Sent to \"bike\". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.";

/** Ends a process as if it had died. */
async function stop(house: TestHouse): Promise<void> {
  house.pipeline.legs.abort();
  await house.stop();
}

test("a first text that gives a number away is asked about and sent once, wherever the daemon is killed", async () => {
  world = await openWorld({
    ...{ clock: skippingClock(), pairs: 0, limits: UNHURRIED, presence: ONE_NUMBER },
    phones: { optOutWords: true },
  });
  let house = await world.open();
  const made = await ask(world, house, SELLER, "handle new bike");
  const code = /([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2})/.exec(made)?.[1] ?? "";
  for (let i = 0; i < DEATHS; i++) {
    const buyer = phoneDesk(`+3519120000${String(i).padStart(2, "0")}`);
    const before = saidAt(world, SELLER).length;
    await stop(house);
    const at = 1 + i * APART;
    house = await dieWhile(world, buyer, `${code} ${NUMBER}`, at, () => saidAt(world, buyer).length === 1);
    expect(saidAt(world, buyer)).toEqual([QUESTION]);
    await ask(world, house, SELLER, "handles");
    expect(saidAt(world, SELLER)).toHaveLength(before + 1);
    await stop(house);
    const isDone = (): boolean =>
      saidAt(world, buyer).length > 1 && saidAt(world, SELLER).length > before + 1;
    house = await dieWhile(world, buyer, "1", at, isDone);
    expect(saidAt(world, buyer)).toEqual([QUESTION, SENT]);
    await ask(world, house, SELLER, "handles");
    const [request, ...more] = saidAt(world, SELLER).slice(before + 1);
    expect(request).toContain(`"${NUMBER}"`);
    expect(more).toHaveLength(1);
  }
}, 120_000);
