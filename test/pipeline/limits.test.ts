import { afterEach, describe, expect, test } from "vitest";
import { LIMITS } from "../../src/model/limits.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/model/time.ts";
import { texts } from "../../src/store/reply.ts";
import {
  type Contact,
  contactOf,
  guestReads,
  guestSays,
  ownerReads,
  ownerSays,
} from "../support/contacts.ts";
import { answers } from "../support/scripted-account.ts";
import { aWhile, openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";
import type { WorldOptions } from "../support/world-options.ts";
import { ask, type Desk, ONE_NUMBER, phoneDesk, roomDesk, saidAt } from "./linking.ts";

let world: World;
let house: TestHouse;
let bike: Contact;

const opened = async (options: WorldOptions = {}) => {
  world = await openWorld({ pairs: 0, ...options });
  house = await world.open();
  bike = await contactOf(house);
};
afterEach(() => world.close());

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const few = (name: "messages" | "commands", budget: number) => ({
  [name]: { ...LIMITS[name], budget, per: HOUR },
});
const SELLER_DESK = roomDesk("@door.canary:example.org");
const GUEST_DESK = phoneDesk("+351930000077");
const AT_THE_DOOR = { phones: { optOutWords: true }, presence: ONE_NUMBER };
const says = ({ side, chat, from }: Desk, text: string) => house.say(side, text, { chat, from });
const codeOf = async (desk: Desk): Promise<string> =>
  /([0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{2})/.exec(await ask(world, house, desk, "handle new bike"))?.[1] ?? "";
const TOO_MANY = /^Not done: too many commands in a short time\. Try again after /;
const TOO_FAST = /^Not sent: too much in a short time\. Try again after /;

describe("who writes too much", () => {
  test("is told once, and what they write until then isn't sent; the other side writes on", async () => {
    await opened({ limits: few("messages", 3) });
    for (const text of ["1st", "2nd", "3rd", "4th", "5th"]) await guestSays(house, bike, text);
    await ownerSays(house, bike, "slowly");
    await until(() => guestReads(world, bike).length === 2);
    await idle();
    expect(ownerReads(world, bike)).toEqual(["1st", "2nd", "3rd"]);
    expect(guestReads(world, bike).filter((text) => TOO_FAST.test(text))).toHaveLength(1);
  });

  test("can't tell by it whether they were blocked", async () => {
    await opened({ limits: few("messages", 1) });
    await ownerSays(house, bike, "/block");
    await idle();
    for (const text of ["1st", "2nd"]) await guestSays(house, bike, text);
    await until(() => guestReads(world, bike).length === 1);
    expect(guestReads(world, bike)[0]).toMatch(TOO_FAST);
  });

  test("gives too many commands: they aren't done, but STOP always is", async () => {
    await opened({ limits: few("commands", 2), phones: { optOutWords: true } });
    for (let i = 0; i < 4; i++) await guestSays(house, bike, "/blocked");
    await guestSays(house, bike, "STOP");
    await until(() => guestReads(world, bike).some((text) => /^You won't get texts/.test(text)));
    const read = guestReads(world, bike);
    expect(read.filter((text) => text === "You have blocked nobody.")).toHaveLength(2);
    expect(read).toHaveLength(4);
    expect(read.filter((text) => TOO_MANY.test(text))).toHaveLength(1);
  });

  test("counts with a code as without one, and is told once", async () => {
    await opened({ limits: few("messages", 3), ...AT_THE_DOOR });
    const code = await codeOf(SELLER_DESK);
    for (const text of ["1st", "2nd", "3rd", "4th", "5th"]) await says(GUEST_DESK, `${code} ${text}`);
    await idle();
    expect(saidAt(world, SELLER_DESK).filter((text) => text.startsWith("Request"))).toHaveLength(1);
    const read = saidAt(world, GUEST_DESK);
    expect(read.filter((text) => text === 'Kept for "bike" until they answer.')).toHaveLength(1);
    expect(read.filter((text) => TOO_FAST.test(text))).toHaveLength(1);
    expect(read).toHaveLength(3);
    await says(SELLER_DESK, "1");
    await idle();
    const texts = world.rooms.shown
      .map(({ text }) => text)
      .filter((text) => /^\d(?:st|nd|rd|th)$/.test(text));
    expect(texts).toEqual(["1st", "2nd", "3rd"]);
  });

  test("gets no more answers to a code alone, or to what is none of our words, than to commands", async () => {
    await opened({ limits: few("commands", 3), ...AT_THE_DOOR });
    const code = await codeOf(SELLER_DESK);
    for (let i = 0; i < 6; i++) await says(GUEST_DESK, code);
    await idle();
    expect(saidAt(world, GUEST_DESK).filter((text) => text.startsWith('"bike": what'))).toHaveLength(3);
    expect(saidAt(world, GUEST_DESK).at(-1)).toMatch(TOO_MANY);
    expect(saidAt(world, GUEST_DESK)).toHaveLength(4);
    for (let i = 0; i < 6; i++) await says(SELLER_DESK, "foo");
    await idle();
    const told = saidAt(world, SELLER_DESK).slice(1); // behind the handle
    expect(told.filter((text) => text.startsWith("I don't know that."))).toHaveLength(2);
    expect(told.at(-1)).toMatch(TOO_MANY);
    expect(told).toHaveLength(3);
  });

  test("pays once for a wrong code: not as a message as well, nor for a command", async () => {
    await opened({
      ...AT_THE_DOOR,
      limits: { ...few("messages", 1), ...few("commands", 1) },
    });
    for (const last of ["h", "j", "k", "m"]) await says(GUEST_DESK, `ab2c-d3ef-g${last} hi`);
    await idle();
    const wrong = "That code isn't in use. Check it, or ask for a new one.";
    expect(saidAt(world, GUEST_DESK)).toEqual([wrong, wrong, wrong, wrong]);
    await says(GUEST_DESK, `${await codeOf(SELLER_DESK)} sold?`);
    await idle();
    expect(saidAt(world, GUEST_DESK).at(-1)).toMatch(/^Sent to "bike"/);
  });

  test("isn't counted in the operator's own pairs", async () => {
    world = await openWorld({ limits: few("messages", 1) });
    house = await world.open();
    await ready(world);
    for (const text of ["1st", "2nd", "3rd"]) await house.say("phones", text);
    await until(() => read(world, "rooms").length === 3);
  });
});

describe("a text that costs money", () => {
  const phones = { optOutWords: true, paid: true } as const;

  test("waits for room, which its sender hears as of any late text, and goes out then", async () => {
    const smsPerPhone = { budget: 2, per: 2 * SECOND };
    await opened({ phones, limits: { smsPerPhone } });
    for (const text of ["1st", "2nd", "3rd"]) await ownerSays(house, bike, text);
    await until(() => guestReads(world, bike).length === 2);
    await aWhile(200);
    expect(guestReads(world, bike)).toEqual(["1st", "2nd"]);
    await until(() => guestReads(world, bike).length === 3);
    expect(guestReads(world, bike)).toEqual(["1st", "2nd", "3rd"]);
  });

  test("is counted once, however often it is tried", async () => {
    await opened({ phones, limits: { smsPerPhone: { budget: 1, per: DAY } } });
    world.phones.next(answers({ kind: "retry", reason: "throttled", scope: "delivery", counts: true }));
    await ownerSays(house, bike, "hello");
    await until(() => guestReads(world, bike).length === 1);
  });

  test("doesn't go to numbers that the operator doesn't serve, and its sender is told", async () => {
    await opened({ phones, sms: { to: ["+1"], refuse: [], costs: {} } });
    await ownerSays(house, bike, "hello");
    await until(() => ownerReads(world, bike).length === 1);
    expect(ownerReads(world, bike)).toEqual([
      "Not delivered to Amber Fox: no texts go from here to numbers like theirs.",
    ]);
    expect(guestReads(world, bike)).toEqual([]);
  });

  test("is one too many when the day's money is spent: also in a pair", async () => {
    world = await openWorld({ phones, limits: { smsSpend: { budget: 2, per: DAY } } });
    house = await world.open();
    await ready(world);
    for (const text of ["1st", "2nd"]) await house.say("rooms", text);
    await until(() => read(world, "phones").length === 1);
    await aWhile();
    expect(read(world, "phones")).toEqual(["1st"]);
  });

  test("costs nothing when its reader turns out to want none", async () => {
    await opened({ phones, limits: { smsPerPhone: { budget: 3, per: DAY } } });
    await guestSays(house, bike, "STOP");
    await until(() => guestReads(world, bike).length === 1);
    for (const text of ["1st", "2nd", "3rd"]) await ownerSays(house, bike, text);
    await until(() => ownerReads(world, bike).length === 3);
    await guestSays(house, bike, "START");
    await until(() => guestReads(world, bike).length === 2);
    await ownerSays(house, bike, "hello");
    await until(() => guestReads(world, bike).length === 3);
    expect(guestReads(world, bike)[2]).toBe("hello");
  });

  test("leaves counters and no trace of itself", async () => {
    world = await openWorld({ phones });
    house = await world.open();
    await ready(world);
    await house.say("rooms", "hello");
    await until(() => read(world, "phones").length === 1);
    await idle();
    const left = texts(await house.connection.command("KEYS", "{l:*"));
    expect(left.filter((name) => name.includes(":smsPerPhone:"))).toHaveLength(1);
    expect(left.filter((name) => name.includes(":t:"))).toEqual([]);
  });

  test("isn't counted where it costs nothing", async () => {
    await opened({ limits: { smsPerPhone: { budget: 1, per: 10 * MINUTE } } });
    for (const text of ["1st", "2nd"]) await ownerSays(house, bike, text);
    await until(() => guestReads(world, bike).length === 2);
  });
});
