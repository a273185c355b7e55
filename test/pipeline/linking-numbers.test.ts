// A linked phone that had no part in a conversation gets a number of ours for it.

import { afterEach, describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import { keys } from "../../src/store/keys.ts";
import { fields } from "../../src/store/reply.ts";
import { aWhile, openWorld, PHONES, type TestHouse, until, type World } from "../support/test-house.ts";
import {
  ask,
  type Desk,
  link,
  type Meeting,
  meet,
  ONE_NUMBER,
  phoneDesk,
  pooled,
  roomDesk,
  saidAt,
  TWO_NUMBERS,
  UNHURRIED,
} from "./linking.ts";

const seller = roomDesk("@ana.canary:example.org");
const sellersPhone = phoneDesk("+351913000009");
const [BUYER, SECOND] = ["+351912000001", "+351912000002"];
const GOES_ON = "Amber Fox · bike goes on here. What you text here goes to them.";

let world: World;
let house: TestHouse;
let meeting: Meeting;
afterEach(() => world.close());

async function begin(presence: typeof TWO_NUMBERS | typeof ONE_NUMBER = TWO_NUMBERS): Promise<void> {
  world = await openWorld({ pairs: 0, limits: UNHURRIED, presence, phones: { optOutWords: true } });
  house = await world.open();
  meeting = await meet(house, seller.from, BUYER);
  await link(world, house, seller, sellersPhone);
}
const buyerSays = (text: string, at: Meeting = meeting, from = BUYER) =>
  house.say("phones", text, { chat: at.portal, from });
const sellerSays = (text: string, { chat }: Pick<Desk, "chat">) =>
  house.say("phones", text, { chat, from: sellersPhone.from });
const number = { chat: pooled(sellersPhone.from) };
const atNumber = () => world.phones.texts(number.chat);
const atBuyer = () => world.phones.texts(meeting.portal);
const atRoom = () => world.rooms.texts(meeting.room);
/** How many conversations the pool thinks its numbers have. */
const load = async (): Promise<number> => {
  const found = fields(await house.connection.command("HGETALL", keys.numberLoads(PHONES)));
  return [...found.values()].reduce((sum, value) => sum + Number(value), 0);
};
/** How many conversations have one of our numbers for the seller's phone. */
const held = async (): Promise<number> => {
  const { numberPairs } = house.house;
  const all = await Promise.all(
    TWO_NUMBERS.phones.numbers.map((each) => numberPairs.on(sensitive(sellersPhone.from), sensitive(each))),
  );
  return all.flat().filter(({ releasedAt }) => releasedAt === undefined).length;
};

describe("a linked phone that is preferred", () => {
  test("gets a number with the next message, is told whose it is, and continues the conversation", async () => {
    await begin();
    await ask(world, house, seller, "prefer sms, matrix");
    expect(await held()).toBe(0); // only when something is to be said there
    await buyerSays("one");
    await buyerSays("two");
    await until(() => atNumber().length === 3);
    expect(atNumber()).toEqual([GOES_ON, "one", "two"]);
    await sellerSays("from the phone", number);
    await until(() => atBuyer().includes("from the phone"));
    expect(atRoom()).toEqual([]);
    expect([await held(), await load()]).toEqual([1, 1]);
  });

  test("keeps that number over changes of mind", async () => {
    await begin();
    for (const [networks, text] of [
      ["sms", "one"],
      ["matrix", "two"],
      ["sms", "three"],
    ] as const) {
      await ask(world, house, seller, `prefer ${networks}`);
      await buyerSays(text);
      await until(() => [...atNumber(), ...atRoom()].includes(text));
    }
    expect(atRoom()).toEqual(["two"]);
    expect(atNumber()).toEqual([GOES_ON, "one", "three"]);
    expect(await load()).toBe(1);
  });

  test("reads all in its chat with the bridge where there is no other number, names before texts once there are two", async () => {
    await begin(ONE_NUMBER);
    const second = await meet(house, seller.from, SECOND);
    const before = world.phones.texts(sellersPhone.chat).length;
    const read = () => world.phones.texts(sellersPhone.chat).slice(before);
    await ask(world, house, seller, "prefer sms");
    await buyerSays("one");
    await until(() => read().includes("one"));
    await sellerSays("yes", sellersPhone);
    await until(() => atBuyer().includes("yes"));
    await buyerSays("hello", second, SECOND);
    await until(() => read().length === 4);
    await buyerSays("still there?");
    await until(() => read().length === 5);
    expect(read()).toEqual([
      ...[GOES_ON, "one"],
      ...["Amber Fox · bike goes on here, too.", "Amber Fox · bike: hello"],
      "Amber Fox · bike: still there?",
    ]);
    // Two could be meant.
    expect(await ask(world, house, sellersPhone, "at six")).toBe(
      "To whom? 1 Amber Fox · bike  2 Amber Fox · bike",
    );
  });

  test("follows its person when they write from there, in their other conversations too", async () => {
    await begin();
    const second = await meet(house, seller.from, SECOND);
    await ask(world, house, seller, "prefer sms");
    await buyerSays("one");
    await until(() => atNumber().includes("one"));
    await ask(world, house, seller, "prefer last");
    await house.say("rooms", "from the room", { chat: meeting.room, from: seller.from });
    await until(() => atBuyer().includes("from the room"));
    await sellerSays("from the phone", number);
    await until(() => atBuyer().includes("from the phone"));
    await until(() => house.pipeline.lanes.size === 0); // their other conversations follow a moment later
    await buyerSays("hello", second, SECOND);
    // The pool has no second number for this phone, so it is the front door.
    await until(() => world.phones.texts(sellersPhone.chat).includes("hello"));
    expect(world.rooms.texts(second.room)).toEqual([]);
  });
});

describe("unlinking a phone that was given a number", () => {
  test("gives the number back: nothing goes there, and nothing is heard from there", async () => {
    await begin();
    await ask(world, house, seller, "prefer sms, matrix");
    await buyerSays("one");
    await until(() => atNumber().includes("one"));
    await ask(world, house, seller, "unlink sms");
    expect([await held(), await load()]).toEqual([0, 0]);
    await buyerSays("two");
    await until(() => atRoom().includes("two"));
    await sellerSays("am I still heard?", number);
    await aWhile();
    expect(atBuyer()).toEqual([]);
    expect(atNumber().slice(0, 2)).toEqual([GOES_ON, "one"]);
    expect(atNumber()).not.toContain("two");
  });

  test("leaves nothing of the conversation in its chat with the bridge", async () => {
    await begin(ONE_NUMBER);
    await ask(world, house, seller, "prefer sms, matrix");
    await buyerSays("one");
    await until(() => world.phones.texts(sellersPhone.chat).includes("one"));
    await ask(world, house, seller, "unlink sms");
    expect(await ask(world, house, sellersPhone, "/list")).toBe("No conversation is open in this chat.");
    expect([await held(), await load()]).toEqual([0, 0]);
  });

  test("at the moment in which it gets the number leaves it with none", async () => {
    await begin();
    for (let i = 0; i < 12; i++) {
      await ask(world, house, seller, "prefer sms, matrix");
      const said = saidAt(world, seller).length;
      await Promise.all([
        buyerSays(`text ${i}`),
        aWhile(i).then(() => house.say("rooms", "unlink sms", { chat: seller.chat, from: seller.from })),
      ]);
      await until(() =>
        saidAt(world, seller)
          .slice(said)
          .some((text) => text.startsWith("Unlinked")),
      );
      await until(() => [...atRoom(), ...atNumber()].includes(`text ${i}`));
      await until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
      expect(await held()).toBe(0);
      const before = atNumber().length;
      await buyerSays(`after ${i}`);
      await until(() => atRoom().includes(`after ${i}`));
      expect(atNumber().length).toBe(before);
      await link(world, house, seller, sellersPhone);
    }
  });
});
