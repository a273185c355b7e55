// Texts that come at once in a chat of the bridge's own, each of which goes to a conversation by an errand.

import { afterEach, expect, test } from "vitest";
import { end, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, ONE_NUMBER, phoneDesk, roomDesk, saidAt, spoken, UNHURRIED } from "./linking.ts";
import { dieWhile } from "./mortal.ts";

let world: World;
afterEach(() => world.close());

/** So many deaths, a call of Redis apart: the last ones come after all of it. */
const DEATHS = 36;
const SELLER = roomDesk("@ana.canary:example.org");
const BUYER = phoneDesk("+351912000001");

test("all of them arrive once and in order, wherever the daemon is killed", async () => {
  world = await openWorld({ pairs: 0, limits: UNHURRIED, presence: ONE_NUMBER });
  let house: TestHouse = await world.open();
  const made = await ask(world, house, SELLER, "handle new bike");
  const code = /([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2})/.exec(made)?.[1] ?? "";
  await ask(world, house, BUYER, `${code} still there?`);
  await until(() => saidAt(world, SELLER).length > 1);
  await ask(world, house, SELLER, "1");
  const room = () => spoken(world.rooms.texts(world.rooms.opened.get(SELLER.from) ?? ""));
  const wanted = ["still there?"];
  await until(() => room().length === 1);
  for (let at = 1; at <= DEATHS; at += 1) {
    await end(house);
    const texts = ["one", "two", "three"].map((word) => `${word} of ${at}`);
    wanted.push(...texts);
    house = await dieWhile(world, BUYER, texts, at, () => room().length >= wanted.length);
    expect(room()).toEqual(wanted);
  }
}, 90_000);
