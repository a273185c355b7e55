import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sensitive } from "../../src/model/sensitive.ts";
import { Blocks } from "../../src/store/blocks.ts";
import { keys } from "../../src/store/keys.ts";
import type { PersonHandle } from "../../src/store/people.ts";
import { type Bench, MATRIX, MXID, openBench, PHONE, type Process, SMS } from "./fixture.ts";

const PHONE_OF = { network: SMS, address: PHONE };
const ROOM_OF = { network: MATRIX, address: sensitive("@fox.canary:example.org") };
const FOX = { name: "Amber Fox", at: 10 };

let bench: Bench;
let house: Process;
let blocks: Blocks;
let ana: PersonHandle;
let leo: PersonHandle;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
  blocks = new Blocks(house.store);
  ana = await house.people.findOrCreate(MATRIX, MXID);
  leo = await house.people.findOrCreate(MATRIX, sensitive("@leo.canary:example.org"));
});

describe("whom somebody has blocked", () => {
  test("is found by any of their addresses, by nobody else, and not as muted", async () => {
    await blocks.add(ana, "block", FOX, [PHONE_OF, ROOM_OF]);
    for (const one of [PHONE_OF, ROOM_OF]) expect(await blocks.has(ana, "block", [one])).toBe(true);
    expect(await blocks.has(leo, "block", [PHONE_OF])).toBe(false);
    expect(await blocks.has(ana, "mute", [PHONE_OF])).toBe(false);
    expect(await blocks.has(ana, "block", [])).toBe(false);
  });

  test("is still found when their own records are gone, and by a process that begins later", async () => {
    await blocks.add(ana, "block", FOX, [PHONE_OF]);
    const again = bench.begin();
    const found = await again.people.byId(ana.id);
    expect(found && (await new Blocks(again.store).has(found, "block", [PHONE_OF]))).toBe(true);
  });

  test("is listed once by name, the oldest first; what is there keeps its name", async () => {
    await blocks.add(ana, "block", { name: "Red Owl", at: 20 }, [{ ...PHONE_OF, network: MATRIX }]);
    await blocks.add(ana, "block", FOX, [PHONE_OF, ROOM_OF]);
    await blocks.add(ana, "block", { name: "Late Name", at: 30 }, [PHONE_OF]);
    await blocks.add(ana, "mute", { name: "Blue Hen", at: 1 }, [PHONE_OF]);
    expect(await blocks.list(ana, "block")).toEqual([FOX, { name: "Red Owl", at: 20 }]);
  });

  test("can be taken back by name or by address", async () => {
    await blocks.add(ana, "block", FOX, [PHONE_OF, ROOM_OF]);
    await blocks.add(ana, "mute", FOX, [PHONE_OF]);
    await blocks.removeNamed(ana, "block", FOX.name);
    expect(await blocks.list(ana, "block")).toEqual([]);
    await blocks.remove(ana, "mute", [PHONE_OF]);
    expect(await blocks.list(ana, "mute")).toEqual([]);
  });

  test("is also blocked by whoever they become a part of, however often it is done", async () => {
    await blocks.add(ana, "block", FOX, [PHONE_OF]);
    for (let i = 0; i < 2; i++) await blocks.unite(ana, leo);
    expect(await blocks.has(leo, "block", [PHONE_OF])).toBe(true);
    expect(await blocks.list(leo, "block")).toEqual([FOX]);
  });

  test("stays so at an address that leaves them", async () => {
    await blocks.add(ana, "block", FOX, [PHONE_OF]);
    await blocks.spread(ana, [PHONE_OF], [ROOM_OF]);
    expect(await blocks.has(ana, "block", [ROOM_OF])).toBe(true);
    await blocks.spread(leo, [PHONE_OF], [ROOM_OF]);
    expect(await blocks.has(leo, "block", [ROOM_OF])).toBe(false);
  });

  test("can't be seen by names in Redis: two who blocked the same person have other fields", async () => {
    for (const by of [ana, leo]) await blocks.add(by, "block", FOX, [PHONE_OF]);
    const fieldsOf = async ({ id }: PersonHandle) => {
      const names = await bench.connection.command("HKEYS", keys.person(id));
      return (names as readonly Buffer[]).map(String).filter((name) => name.startsWith("b:")); // replies are octets
    };
    expect(await fieldsOf(ana)).not.toEqual(await fieldsOf(leo));
  });
});
