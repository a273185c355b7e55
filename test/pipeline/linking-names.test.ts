// How an account is named to the owner of another one, where its network knows people by opaque ids.

import { afterEach, expect, test } from "vitest";
import { openWorld, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, codeAt, phoneDesk, roomDesk, saidAt, TWO_NUMBERS, UNHURRIED } from "./linking.ts";

const user = roomDesk("@ana.canary:example.org");
const OPAQUE = "123456789012345@lid";
const NUMBER = "+351912345642";

let world: World;
let house: TestHouse;
afterEach(() => world.close());

/** Somebody is known by an opaque id, and maybe by their number beside it; what both read as they are linked. */
async function linked(alsoFrom: string | undefined) {
  world = await openWorld({ pairs: 0, limits: UNHURRIED, presence: TWO_NUMBERS });
  house = await world.open();
  const phone = phoneDesk(OPAQUE);
  const code = await codeAt(world, house, user);
  const say = async (text: string) => {
    const before = saidAt(world, phone).length;
    const also = alsoFrom === undefined ? {} : { alsoFrom };
    await house.say("phones", text, { chat: phone.chat, from: OPAQUE, ...also });
    await until(() => saidAt(world, phone).length > before);
  };
  await say(code);
  await say("1");
  await until(() => saidAt(world, user).length > 1);
  await ask(world, house, user, "1");
  return { asked: saidAt(world, user)[1], me: await ask(world, house, user, "me") };
}

test("it is named by the number that its network gave beside the id", async () => {
  const { asked, me } = await linked(NUMBER);
  expect(asked).toContain("account (number ending 42) wants to be linked");
  expect(me).toContain("··42");
  expect(`${asked}${me}`).not.toContain("1234");
});

test("it is named by its network alone where that gave no number", async () => {
  const { asked, me } = await linked(undefined);
  expect(asked).toMatch(/ account wants to be linked with this one\./);
  expect(`${asked}${me}`).not.toMatch(/··|12/);
});
