// Migrations, with steps of the tests' own: there is no second schema yet. A step is killed at each of its calls, and begun anew.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { PersonId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { only, open, seal } from "../../src/privacy/sealer.ts";
import { foundKey, keys } from "../../src/store/keys.ts";
import {
  claimSchema,
  RESTORING,
  RestoreUnfinished,
  SCHEMA_VERSION,
  SchemaMismatch,
} from "../../src/store/meta.ts";
import { type Migrating, type MigrationStep, migrate } from "../../src/store/migrations.ts";
import type { PersonHandle } from "../../src/store/people.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { fields, text } from "../../src/store/reply.ts";
import { silent } from "../support/redis.ts";
import { type Bench, dyingConnection, MATRIX, openBench, type Process } from "./fixture.ts";

let bench: Bench;
let house: Process;
let persons: readonly PersonHandle[];
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());

const COUNT = 7;

beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
  await claimSchema(house.store);
  const addresses = Array.from({ length: COUNT }, (_, i) => sensitive(`@user${i}.canary:example.org`));
  persons = await Promise.all(addresses.map((address) => house.people.findOrCreate(MATRIX, address)));
});

/** 1 -> 2: the name of a field becomes another one, in two calls. */
const renamed: MigrationStep = {
  from: 1,
  to: 2,
  run: async ({ connection, each }) => {
    await each("person", async (name) => {
      const old = await connection.command("HGET", name, "d");
      if (!Buffer.isBuffer(old)) return; // done already
      await connection.command("HSETNX", name, "since", old);
      await connection.command("HDEL", name, "d");
    });
  },
};

/** 2 -> 3: what is sealed gets more in it; done with what tells whether it has it. */
const enriched: MigrationStep = {
  from: 2,
  to: 3,
  run: async ({ connection, each, scripts, vault }: Migrating) => {
    await each("person", async (name) => {
      const id = name.slice(3, 19) as PersonId; // as keys.ts names it
      const person = persons.find((it) => it.id === id);
      const old = await connection.command("HGET", name, "since");
      if (person === undefined || !Buffer.isBuffer(old)) return;
      const record: unknown = JSON.parse(open(only(person.key), "person", id, old).toString());
      if (Object.hasOwn(record as object, "steps")) return;
      const next = JSON.stringify({ ...(record as object), steps: 1 });
      const sealed = seal(person.key, vault.random, "person", id, next);
      await connection.call(scripts.field_swap, [foundKey("p", name)], ["since", old, sealed]);
    });
  },
};

const STEPS = [enriched, renamed]; // in whatever order they stand

function run(connection: Connection, target = 3): Promise<void> {
  const log = silent;
  return migrate({ ...house.store, connection }, { log, clock: bench.clock, steps: STEPS, target });
}

async function schema(): Promise<string | undefined> {
  return text(await bench.connection.command("HGET", keys.meta, "schema"));
}

/** Each person's record is as it is to be after both steps, however often they were begun. */
async function expectDone(): Promise<void> {
  expect(await schema()).toBe("3");
  for (const { id, key } of persons) {
    const hash = fields(await bench.connection.command("HGETALL", keys.person(id)));
    expect([...hash.keys()].filter((field) => !field.startsWith("i:")).sort()).toEqual(["k", "since"]);
    const plain: unknown = JSON.parse(
      open(only(key), "person", id, hash.get("since") ?? Buffer.alloc(0)).toString(),
    );
    expect(plain).toEqual({ createdAt: bench.clock.now(), steps: 1 });
  }
}

describe("migrations", () => {
  test("bring a state forward step by step, and do nothing the second time", async () => {
    await run(bench.connection);
    await expectDone();
    const calls = bench.connection.stats.calls;
    await run(bench.connection);
    expect(bench.connection.stats.calls - calls).toBe(1);
    await expectDone();
  });

  test("go on after a kill at any call, done or not, to the same end", async () => {
    let kills = 0;
    for (let at = 1; at < 200; at++) {
      for (const doneStill of [false, true]) {
        const connection = dyingConnection(bench.connection, at, doneStill);
        const died = await run(connection).then(
          () => false,
          (error: unknown) => {
            if (error instanceof StoreAway) return true;
            throw error;
          },
        );
        if (died) kills += 1;
        else if (!doneStill) {
          expect(kills).toBeGreaterThan(2 * COUNT);
          return;
        }
        // It may die again and again before it comes through.
        await run(dyingConnection(bench.connection, at + 1)).catch((error: unknown) => {
          if (!(error instanceof StoreAway)) throw error;
        });
        await run(bench.connection);
        await expectDone();
        await reset();
      }
    }
    throw new Error("it never came through");
  }, 60_000);

  test("raise the version only when a step is done", async () => {
    const failing: MigrationStep = { from: 1, to: 2, run: () => Promise.reject(new StoreAway("killed")) };
    const options = { log: silent, clock: bench.clock, steps: [failing], target: 2 };
    await expect(migrate(house.store, options)).rejects.toThrow(StoreAway);
    expect(await schema()).toBe("1");
  });

  test("show a step each key of a family, and say how many", async () => {
    const seen: string[] = [];
    let count = 0;
    const looking: MigrationStep = {
      from: 1,
      to: 2,
      run: async ({ each }) => {
        count = await each("person", async (name) => {
          seen.push(name);
        });
      },
    };
    await migrate(house.store, { log: silent, clock: bench.clock, steps: [looking], target: 2 });
    expect(new Set(seen)).toEqual(new Set(persons.map(({ id }) => keys.person(id))));
    expect(count).toBe(seen.length);
  });

  test("refuse a state that a newer version wrote, and one that no step leads on from", async () => {
    await bench.connection.command("HSET", keys.meta, "schema", 4);
    await expect(run(bench.connection)).rejects.toThrow(SchemaMismatch);
    await expect(run(bench.connection)).rejects.toThrow(/a newer version wrote it/);
    expect(await schema()).toBe("4");
    await bench.connection.command("HSET", keys.meta, "schema", 1);
    const options = { log: silent, clock: bench.clock, steps: [enriched], target: 3 };
    await expect(migrate(house.store, options)).rejects.toThrow(SchemaMismatch);
    expect(await schema()).toBe("1");
    await bench.connection.command("HSET", keys.meta, "schema", "of my own");
    await expect(run(bench.connection)).rejects.toThrow(SchemaMismatch);
  });

  test("claim an empty state for this version, and touch none into which a restore was cut off", async () => {
    await bench.clear();
    await migrate(house.store, { log: silent, clock: bench.clock });
    expect(await schema()).toBe(String(SCHEMA_VERSION));
    await bench.clear();
    await bench.connection.command("HSET", keys.meta, RESTORING, "x");
    await expect(migrate(house.store, { log: silent, clock: bench.clock })).rejects.toThrow(
      RestoreUnfinished,
    );
    expect(await schema()).toBeUndefined();
  });
});

/** As before the first step. */
async function reset(): Promise<void> {
  await bench.connection.command("HSET", keys.meta, "schema", 1);
  for (const { id, key } of persons) {
    const name = keys.person(id);
    const record = JSON.stringify({ createdAt: bench.clock.now() });
    await bench.connection.command("HDEL", name, "since");
    await bench.connection.command(
      "HSET",
      name,
      "d",
      seal(key, house.store.vault.random, "person", id, record),
    );
  }
}
