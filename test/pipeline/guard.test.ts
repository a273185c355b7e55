import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { MINUTE } from "../../src/model/time.ts";
import { systemClock } from "../../src/observe/clock.ts";
import { DueWork } from "../../src/pipeline/due/due-work.ts";
import { openOffice } from "../../src/pipeline/office.ts";
import {
  type Contact,
  contactOf,
  guestReads,
  guestSays,
  ownerReads,
  ownerSays,
} from "../support/contacts.ts";
import { openWorld, type TestHouse, until, type World } from "../support/test-house.ts";

const ASKED = "Your text gives a phone number away to bike. 1 send · 2 don't · 3 always";
const NUMBER = "call me on +351 912 345 678";

let world: World;
let house: TestHouse;
let bike: Contact;
let ahead = 0;

beforeEach(async () => {
  ahead = 0;
  world = await openWorld({ pairs: 0, clock: { ...systemClock, now: () => Date.now() + ahead } });
  house = await world.open();
  bike = await contactOf(house);
});
afterEach(() => world.close());

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);

const due = () => new DueWork(openOffice(house.house, house.pipeline.legs, new Map())).run();

async function said(...texts: readonly string[]): Promise<void> {
  for (const text of texts) await guestSays(house, bike, text);
  await idle();
}

describe("a text that gives a number away", () => {
  test("is held and asked about, and so is what its writer says after it; 1 sends all in order", async () => {
    await said("hi", NUMBER, "or come by");
    expect(ownerReads(world, bike)).toEqual(["hi"]);
    expect(guestReads(world, bike)).toEqual([ASKED]);
    await said("//me waits", "1");
    expect(ownerReads(world, bike)).toEqual(["hi", NUMBER, "or come by", "/me waits"]);
    await said("thanks");
    expect(ownerReads(world, bike)).toHaveLength(5);
  });

  test("is answered by the words of the menu as well", async () => {
    await said(NUMBER, "DON’T", NUMBER, "Send");
    expect(ownerReads(world, bike)).toEqual([NUMBER]);
    expect(guestReads(world, bike)).toEqual([ASKED, "Not sent.", ASKED]);
  });

  test("isn't sent after 2; what stands behind it is", async () => {
    await said(NUMBER, "or come by", "2");
    expect(ownerReads(world, bike)).toEqual(["or come by"]);
    expect(guestReads(world, bike)).toEqual([ASKED, "Not sent."]);
  });

  test("is asked about again where another one stands behind it", async () => {
    await said(NUMBER, "either", "or write to leo@example.org", "soon", "1");
    expect(ownerReads(world, bike)).toEqual([NUMBER, "either"]);
    expect(guestReads(world, bike)).toEqual([
      ASKED,
      "Your text gives an e-mail address away to bike. 1 send · 2 don't · 3 always",
    ]);
    await said("2");
    expect(ownerReads(world, bike)).toEqual([NUMBER, "either", "soon"]);
  });

  test("is sent without a question after 3, in all conversations, until the guard is on again", async () => {
    const lamp = await contactOf(house, { label: "lamp", number: "+15550100112" });
    await said(NUMBER, "3", NUMBER);
    await guestSays(house, lamp, NUMBER);
    await until(() => ownerReads(world, lamp).length === 1);
    expect(ownerReads(world, bike)).toEqual([NUMBER, NUMBER]);
    await said("/guard on", NUMBER);
    expect(guestReads(world, bike)).toEqual([
      ASKED,
      'Sent. You won\'t be asked again; "/guard on" changes that.',
      "From now on you are asked before a text gives a number or an address away.",
      ASKED,
    ]);
    expect(ownerReads(world, bike)).toHaveLength(2);
  });

  test("is held back only for its writer: the other side writes on", async () => {
    await said(NUMBER);
    await ownerSays(house, bike, "when?");
    await until(() => guestReads(world, bike).length === 2);
    expect(guestReads(world, bike)).toEqual([ASKED, "when?"]);
  });

  test("isn't sent when its writer doesn't answer in ten minutes, and they are told", async () => {
    await said(NUMBER, "hello?");
    await due();
    expect(guestReads(world, bike)).toEqual([ASKED]);
    ahead = 10 * MINUTE + 1;
    await due();
    await due();
    await idle();
    expect(guestReads(world, bike)).toEqual([
      ASKED,
      "Not sent (2 texts): the question wasn't answered in time.",
    ]);
    await said("1");
    expect(ownerReads(world, bike)).toEqual(["1"]);
  });

  test("may be the bridge's own number", async () => {
    await said(`text me at ${bike.number}`);
    expect(ownerReads(world, bike)).toHaveLength(1);
  });

  test("goes through for whoever was blocked by the other side as far as they can tell", async () => {
    await ownerSays(house, bike, "/block");
    await idle();
    await said(NUMBER, "1");
    expect(guestReads(world, bike)).toEqual([ASKED]);
    expect(ownerReads(world, bike)).toHaveLength(1);
  });
});
