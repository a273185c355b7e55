import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConversationId, IdentityId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { keys } from "../../src/store/keys.ts";
import { PeopleSettings } from "../../src/store/person-settings.ts";
import { type Bench, MATRIX, MXID, newId, openBench, PHONE, SMS } from "./fixture.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(() => bench.clear());

const opened = async () => {
  const { people, store } = bench.begin();
  return { person: await people.findOrCreate(MATRIX, MXID), settings: new PeopleSettings(store) };
};

describe("a person's settings", () => {
  test("are nothing at first, and each what was set last", async () => {
    const { person, settings } = await opened();
    expect(await settings.of(person)).toEqual({});
    const home = newId<ConversationId>();
    const last = newId<IdentityId>();
    await Promise.all([
      settings.set(person, "home", home),
      settings.set(person, "prefer", [SMS, MATRIX]),
      settings.set(person, "last", last),
      settings.set(person, "unguarded", true),
    ]);
    expect(await settings.of(person)).toEqual({ home, prefer: [SMS, MATRIX], last, unguarded: true });
    await settings.set(person, "prefer", undefined);
    expect(await settings.of(person)).toEqual({ home, last, unguarded: true });
  });

  test("are theirs alone, and can't be put in another's place", async () => {
    const { person, settings } = await opened();
    const other = await bench.begin().people.findOrCreate(SMS, PHONE);
    await settings.set(person, "unguarded", true);
    expect(await settings.of(other)).toEqual({});
    const sealed = await bench.connection.command("HGET", keys.person(person.id), "s:unguarded");
    if (!Buffer.isBuffer(sealed)) throw new Error("it was just set");
    await bench.connection.command("HSET", keys.person(other.id), "s:unguarded", sealed);
    await expect(settings.of(other)).rejects.toThrow();
    expect(sealed.toString("latin1")).not.toContain(sensitive("true").expose());
  });
});
