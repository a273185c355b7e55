// No call of the store can name keys that a cluster has on different servers: the compiler sees their kinds, each connection looks at
// their tags when it is called (so that every test of the store is one of this, too), and scripts make no names of their own.

import { readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PersonId } from "../../src/model/ids.ts";
import { FAMILIES } from "../../src/store/families.ts";
import { keys } from "../../src/store/keys.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { CrossSlot } from "../../src/store/redis/errors.ts";
import { slotOf } from "../../src/store/redis/slots.ts";
import { storeScripts } from "../../src/store/store.ts";
import { connectTo, startTestRedis, type TestRedis } from "../support/redis.ts";
import { newId, PHONES, ROOMS } from "./fixture.ts";

const FOLDER = new URL("../../src/store/scripts/", import.meta.url);

describe("keys of one call", () => {
  let redis: TestRedis;
  let connection: Connection;
  const scripts = storeScripts();
  beforeAll(async () => {
    redis = await startTestRedis();
    connection = await connectTo(redis.target, Object.values(scripts));
  });
  afterAll(async () => {
    await connection.close();
    await redis.stop();
  });

  test("of two kinds don't compile, and aren't sent", async () => {
    const both = [keys.lanesDue(PHONES), keys.legFences(PHONES)] as const;
    // @ts-expect-error lanes of an account, and legs
    await expect(connection.call(scripts.claim, both, [1, 1, "f", ""])).rejects.toThrow(CrossSlot);
    // @ts-expect-error a person's script on a conversation: one key is one slot, so that only the compiler sees it
    expect(await connection.call(scripts.person_stay, [keys.parked], ["x"])).toBe(0);
  });

  test("of one kind, but of two accounts or persons, aren't sent", async () => {
    const two = connection.call(
      scripts.claim,
      [keys.lanesDue(PHONES), keys.laneFences(ROOMS)],
      [1, 1, "f", ""],
    );
    await expect(two).rejects.toThrow(CrossSlot);
    const [one, another] = [newId<PersonId>(), newId<PersonId>()];
    const persons = connection.call(
      scripts.link_take,
      [keys.personLink(one), keys.personLink(another)],
      ["m", "t"],
    );
    await expect(persons).rejects.toThrow(CrossSlot);
  });
});

describe("a script", () => {
  test.each(readdirSync(FOLDER).filter((file) => file.endsWith(".lua")))(
    "%s touches only keys that it is given",
    (file) => {
      const source = readFileSync(new URL(file, FOLDER), "utf8");
      // Names that stand for a key: parameters and variables that come from KEYS alone.
      const given = /^(?:KEYS\[[^\]]+\]|ticket|key|list|of)$/;
      const touched = [...source.matchAll(/\bcall\('(\w+)'(?:, ([^,)]+))?/g)];
      expect(touched.length).toBeGreaterThan(0);
      for (const [, command, key] of touched) if (command !== "TIME") expect(key, command).toMatch(given);
      expect(source).not.toMatch(/KEYS\[[^\]]+\]\s*\.\.|\.\.\s*KEYS/);
      for (const [, from] of source.matchAll(/\blocal (?:ticket|key|list|of) = ([^\n]+)/g))
        expect(from).toMatch(/^KEYS\[/);
    },
  );
});

test("docs/redis.md names the slot of conversations", () => {
  const text = readFileSync(new URL("../../docs/redis.md", import.meta.url), "utf8");
  expect(text).toContain(`Its slot is ${slotOf(keys.parked)}:`);
});

test("each family's pattern has one tag, in front", () => {
  for (const { pattern } of Object.values(FAMILIES)) expect(pattern).toMatch(/^\{[^{}]+\}[^{}]*$/);
});
