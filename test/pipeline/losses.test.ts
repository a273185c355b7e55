import { afterEach, expect, test } from "vitest";
import type { Outcome } from "../../src/adapter/operation.ts";
import { answers, takenButAnswers } from "../support/scripted-account.ts";
import { aWhile, end, nameOf, openWorld, read, ready, until, type World } from "../support/test-house.ts";
import { idle, refused } from "./outcomes.ts";

let world: World;
afterEach(() => world.close());

const unformatted: Outcome = { kind: "done", refs: [], loss: ["formatted"] };
const said = `${nameOf("phones", 0)} can't get all formatted text on SMS; they got one message as plain text.`;

test("who wrote what arrived without a part of it is told, once in a conversation, also over a restart", async () => {
  world = await openWorld({ pairs: 2 });
  const first = await world.open();
  await ready(world);
  world.phones.always(takenButAnswers(unformatted));
  await first.say("rooms", "one");
  await first.say("rooms", "two");
  await until(() => read(world, "phones").length === 2 && read(world, "rooms").length === 1);
  await idle(first);
  await end(first);
  const second = await world.open();
  await second.say("rooms", "three");
  await until(() => read(world, "phones").length === 3);
  await idle(second);
  expect(read(world, "rooms")).toEqual([said]);
  await second.say("rooms", "hello", { pair: 1 });
  await until(() => read(world, "rooms", 1).length === 1);
});

test("a notice that lost something causes no notice", async () => {
  world = await openWorld();
  const house = await world.open();
  await ready(world);
  world.rooms.always(takenButAnswers(unformatted), () => true);
  world.phones.next(answers(refused));
  await house.say("rooms", "one");
  await until(() => read(world, "rooms").length === 1);
  await idle(house);
  await aWhile(100);
  expect(read(world, "rooms")).toHaveLength(1);
  expect(read(world, "phones")).toEqual([]);
});

test("plain formatting that a network hasn't in full is lost in silence", async () => {
  world = await openWorld({
    phones: {
      features: { formatted: "degraded", edit: "none", reaction: "none", delete: "none", reply: "none" },
    },
  });
  const house = await world.open();
  await ready(world);
  world.phones.always(takenButAnswers(unformatted));
  await house.say("rooms", "one");
  await until(() => read(world, "phones").length === 1);
  await idle(house);
  await aWhile(100);
  expect(read(world, "rooms")).toEqual([]);
});
