// What a backup holds of a state, and what it doesn't.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { sensitive } from "../../../src/model/sensitive.ts";
import { DAY } from "../../../src/model/time.ts";
import { FAMILIES, type FamilyName } from "../../../src/store/families.ts";
import { familyOf } from "../../../src/store/family-of.ts";
import { Forgetting } from "../../../src/store/forgetting.ts";
import { keys } from "../../../src/store/keys.ts";
import { scopesOf } from "../../../src/store/opt-outs.ts";
import { scanNames } from "../../../src/store/scan.ts";
import { MATRIX, newId, SMS } from "../fixture.ts";
import { makeHandle } from "../handles.fixture.ts";
import {
  converse,
  openStateBench,
  ROOMS,
  recordsIn,
  restoreInto,
  type StateBench,
  type StateHouse,
} from "./house.ts";

let bench: StateBench;
let house: StateHouse;
beforeAll(async () => {
  bench = await openStateBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  house = await bench.begin();
});

const ANA = sensitive("@ana.canary:example.org");
const LEO = sensitive("+351910000001");
const MIA = sensitive("+351910000002");
const NUMBER = sensitive("+15550100111");

describe("what a backup has", () => {
  test("are the families of the table and no others, whatever is in Redis", async () => {
    const { connection, vault } = house.store;
    const talk = await converse(house, ANA, LEO, NUMBER, "pair");
    await makeHandle(house.handles, await house.people.findOrCreate(MATRIX, ANA), "bike");
    await house.optOuts.set(MIA, scopesOf(NUMBER), newId());
    await connection.command("HSET", keys.numberLoads(ROOMS), "x", 3);
    // One key of each family that must not be in it, with a canary in its value.
    const id = newId<never>();
    const lookup = vault.keyring.limit("canary", "x");
    const made: Record<string, string> = {};
    for (const [family, make] of Object.entries(keys)) {
      if (FAMILIES[family as FamilyName].backup.kind !== "left-out") continue;
      const names =
        typeof make === "string"
          ? [make]
          : namesOf(make, [id, lookup, "rooms", 7, Buffer.alloc(12), "messages"]);
      const name = names.find((each) => familyOf(each) === family);
      if (name === undefined) throw new Error(`no key of ${family} can be named`);
      made[family] = name;
      await connection.command("SET", name, "canary-that-stays");
    }
    const all = await recordsIn(house);
    expect(Object.keys(made).length).toBeGreaterThan(20);
    const families = new Set(all.flatMap((record) => (record.kind === "key" ? record.family : [])));
    const inOwnWay = ["meta", "person", "conversation"];
    const kept = Object.entries(FAMILIES).flatMap(([family, { backup }]) =>
      backup.kind === "kept" ? family : [],
    );
    expect([...families, ...inOwnWay].sort()).toEqual(kept.sort());
    const canary = Buffer.from("canary-that-stays").toString("base64").slice(0, 20);
    expect(JSON.stringify(all)).not.toContain(canary);
    // And a restore makes no other keys than these and those that are made anew.
    const { house: after } = await restoreInto(bench.target, all, house.clock);
    const found = new Set<string>();
    for await (const page of scanNames(after.store.connection))
      for (const name of page) found.add(familyOf(name) ?? name);
    expect([...found].sort()).toEqual([...kept, "handle"].sort());
    expect(await after.conversations.load(talk.id)).toBeDefined();
  });

  test("are no texts that wait, no questions, and nothing that was about to be done", async () => {
    const talk = await converse(house, ANA, LEO, NUMBER);
    const loaded = await house.conversations.load(talk.id);
    if (loaded?.record.origin !== "contact") throw new Error("it is one");
    const sealed = house.store.vault.sealFor("7d", "parked", talk.id, "canary").toString("base64");
    const [seat] = loaded.seats;
    const waiting = { until: house.clock.now() + DAY, texts: [sealed] };
    const record = {
      ...loaded.record,
      kept: { one: sealed },
      held: { [seat?.id ?? ""]: waiting },
      guarded: { [seat?.id ?? ""]: waiting },
      questions: { [seat?.id ?? ""]: { kind: "guard" as const, until: waiting.until } },
    };
    const written = house.conversations.fieldsOf(loaded, [{ kind: "record", record }]).flat();
    await house.store.connection.command("HSET", keys.conversation(talk.id), ...written);
    await house.timers.set({ kind: "held", conversation: talk.id, at: waiting.until });
    const { house: after } = await restoreInto(bench.target, await recordsIn(house), house.clock);
    const back = await after.conversations.load(talk.id);
    expect(back?.record).toEqual({ ...loaded.record, kept: {}, questions: {} });
    expect((await after.timers.due(Number.MAX_SAFE_INTEGER, 10)).map(({ kind }) => kind)).toEqual(["idle"]);
  });

  test("isn't a person whose record is damaged; the others are, and it says how many are left out", async () => {
    await converse(house, ANA, LEO, NUMBER);
    const leo = await house.people.findOrCreate(SMS, LEO);
    const { connection } = house.store;
    const damage = async (field: string, value: Buffer | string) => {
      const before = await connection.command("HGET", keys.person(leo.id), field);
      await connection.command("HSET", keys.person(leo.id), field, value);
      const all = await recordsIn(house);
      if (Buffer.isBuffer(before)) await connection.command("HSET", keys.person(leo.id), field, before);
      else await connection.command("HDEL", keys.person(leo.id), field);
      return all;
    };
    const wrapped = await connection.command("HGET", keys.person(leo.id), "k");
    if (!Buffer.isBuffer(wrapped)) throw new Error("they have a key");
    const flipped = Buffer.from(wrapped);
    flipped[flipped.length - 1] = (flipped.at(-1) ?? 0) ^ 1;
    for (const all of [
      await damage("k", flipped),
      await damage("k", "x"),
      await damage("o", Buffer.alloc(60, 1)),
    ]) {
      expect(all.at(-1)).toMatchObject({ kind: "end", persons: 1, leftOut: expect.any(Number) });
      expect(all.at(-1)).not.toMatchObject({ leftOut: 0 });
      const { house: after } = await restoreInto(bench.target, all, house.clock);
      expect((await after.people.find(MATRIX, ANA)) && true).toBe(true);
      expect(await after.people.find(SMS, LEO)).toBeUndefined();
    }
    expect((await recordsIn(house)).at(-1)).toMatchObject({ persons: 2, leftOut: 0 });
  });

  test("isn't who is being forgotten at that moment", async () => {
    await converse(house, ANA, LEO, NUMBER);
    const leo = await house.people.findOrCreate(SMS, LEO);
    await new Forgetting(house.store, house.people, house.handles).begin(leo);
    const all = await recordsIn(house);
    expect(all.flatMap((record) => (record.kind === "person" ? record.id : []))).not.toContain(leo.id);
    expect(all.at(-1)).toMatchObject({ kind: "end", persons: 1, leftOut: 1 });
    const { house: after } = await restoreInto(bench.target, all, house.clock);
    expect(await after.people.find(SMS, LEO)).toBeUndefined();
    expect((await after.people.find(MATRIX, ANA)) && true).toBe(true);
  });
});

/** The names that a function of keys.ts makes of these, in all orders. */
function namesOf(make: (...args: never[]) => string, parts: readonly unknown[]): string[] {
  let calls: unknown[][] = [[]];
  for (let i = 0; i < make.length; i++) calls = calls.flatMap((call) => parts.map((part) => [...call, part]));
  return calls.flatMap((call) => {
    try {
      return [make(...(call as never[]))]; // wrong ones throw, or make nonsense
    } catch {
      return [];
    }
  });
}
