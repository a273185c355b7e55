import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Contact, contactOf, guestReads, guestSays, ownerReads } from "../support/contacts.ts";
import { openWorld, read, ready, type TestHouse, until, type World } from "../support/test-house.ts";

let world: World;
let house: TestHouse;
let bike: Contact;

beforeEach(async () => {
  world = await openWorld();
  house = await world.open();
  bike = await contactOf(house);
});
afterEach(() => world.close());

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);

async function named(contact: Contact, wanted: string): Promise<string> {
  const before = guestReads(world, contact).length;
  await guestSays(house, contact, `/name ${wanted}`);
  await until(() => guestReads(world, contact).length > before);
  await idle();
  return guestReads(world, contact).at(-1) ?? "";
}

describe("/name", () => {
  test("is said to both sides, and the ghost is renamed before it is announced", async () => {
    expect(await named(bike, "Ana")).toBe("You are Ana in this conversation now.");
    expect(ownerReads(world, bike)).toEqual(["Amber Fox is called Ana from now on."]);
    const updates = world.rooms.performed.flatMap(({ operation }) =>
      operation.kind === "updatePortal" ? [operation.profile.name] : [],
    );
    expect(updates).toEqual(["Ana"]);
    expect(world.rooms.kinds.indexOf("updatePortal")).toBeLessThan(world.rooms.kinds.lastIndexOf("send"));
  });

  test("refuses a name that looks like another one that the other side sees", async () => {
    await contactOf(house, { guest: "+351930000002", name: "Ana", label: "lamp" });
    expect(await named(bike, "Аna")).toMatch(/looks too much like another name/); // a Cyrillic А
    expect(await named(bike, "Anton")).toMatch(/^You are Anton/);
  });

  test("refuses what reaches somebody, what sounds like the bridge, and what is no name", async () => {
    expect(await named(bike, "+351 912 345 678")).toMatch(/name/);
    expect(await named(bike, "Footbridge")).toMatch(/could be taken for the bridge/);
    expect(ownerReads(world, bike)).toEqual([]);
  });

  test("changes one's own name again", async () => {
    await named(bike, "Ana");
    expect(await named(bike, "Anna")).toBe("You are Anna in this conversation now.");
    expect(ownerReads(world, bike).at(-1)).toBe("Ana is called Anna from now on.");
  });

  test("isn't for names that the operator gave", async () => {
    await ready(world);
    await house.say("rooms", "/name Bea");
    await until(() => read(world, "rooms").length === 1);
    expect(read(world, "rooms")).toEqual(["Not changed: who runs this bridge chose the names here."]);
  });
});
