import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { StorageUnreadable } from "../../src/adapter/errors.ts";
import type { ChatKey } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY } from "../../src/model/time.ts";
import { ACCOUNT_LEASE, AccountLease } from "../../src/store/account-lease.ts";
import { AccountMark } from "../../src/store/account-mark.ts";
import { accountStorage, StoredCursor } from "../../src/store/account-storage.ts";
import { keys } from "../../src/store/keys.ts";
import type { AcceptReply } from "../../src/store/lanes.ts";
import { MemoryMark } from "../support/memory-storage.ts";
import { acceptOne } from "./accept.ts";
import { type Bench, newId, openBench, PHONES, type Process, ROOMS, textEvent } from "./fixture.ts";

let bench: Bench;
let house: Process;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await bench.keyring.prepare();
  house = bench.begin();
});

describe("an account's storage", () => {
  test("gives back what was stored, to a later process too, and nothing once it is deleted", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    expect(await storage.get("session")).toBeUndefined();
    await storage.set("session", sensitive("secret token"));
    const later = await accountStorage(bench.begin().store, ROOMS, new MemoryMark());
    expect((await later.get("session"))?.expose()).toBe("secret token");
    await later.delete("session");
    expect(await storage.get("session")).toBeUndefined();
  });

  test("is an account's own, and can't be moved to another account or name", async () => {
    const rooms = await accountStorage(house.store, ROOMS, new MemoryMark());
    const phones = await accountStorage(house.store, PHONES, new MemoryMark());
    await rooms.set("session", sensitive("secret token"));
    expect(await phones.get("session")).toBeUndefined();
    const sealed = await bench.connection.command("HGET", keys.accountStorage(ROOMS), "session");
    if (!Buffer.isBuffer(sealed)) throw new Error("it is stored");
    await bench.connection.command("HSET", keys.accountStorage(PHONES), "session", sealed);
    await bench.connection.command("HSET", keys.accountStorage(ROOMS), "other", sealed);
    await expect(phones.get("session")).rejects.toThrow(StorageUnreadable);
    await expect(rooms.get("other")).rejects.toThrow();
  });

  test("what is sealed for a week is opened under its own name, and never again once the key of its day is gone", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    const sealed = storage.sealForWeek("message", sensitive("meet me at six"));
    expect(Buffer.from(sealed, "base64").toString("latin1")).not.toContain("meet me");
    const later = await accountStorage(bench.begin().store, ROOMS, new MemoryMark());
    expect(later.openOfWeek("message", sealed)?.expose()).toBe("meet me at six");
    expect(later.openOfWeek("other", sealed)).toBeUndefined();
    expect((await accountStorage(house.store, PHONES, new MemoryMark())).openOfWeek("message", sealed)).toBe(
      undefined,
    );
    bench.clock.advance(7 * DAY);
    expect(later.openOfWeek("message", sealed)?.expose()).toBe("meet me at six"); // the day that it was sealed on counts whole
    bench.clock.advance(DAY);
    await bench.keyring.destroyExpired(bench.clock.now());
    expect(later.openOfWeek("message", sealed)).toBeUndefined();
  });

  test("can't be read any more after the account was logged out", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    await storage.set("session", sensitive("secret token"));
    await bench.keyring.dropAccountKey(ROOMS);
    await expect((await accountStorage(house.store, ROOMS, new MemoryMark())).get("session")).rejects.toThrow(
      StorageUnreadable,
    );
  });
});

describe("several things of an account's storage", () => {
  test("are written, deleted and read together", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    await storage.setAll(
      new Map([
        ["one", sensitive("1")],
        ["two", sensitive("2")],
      ]),
    );
    await storage.setAll(
      new Map([
        ["one", undefined],
        ["three", sensitive("3")],
      ]),
    );
    const found = await storage.getAll(["one", "two", "three"]);
    expect([...found].map(([name, value]) => [name, value.expose()])).toEqual([
      ["two", "2"],
      ["three", "3"],
    ]);
    expect(await storage.getAll([])).toEqual(new Map());
  });

  test("are more than one call of Lua's can take", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    const names = Array.from({ length: 6_000 }, (_, index) => `n${index}`);
    await storage.setAll(new Map(names.map((name) => [name, sensitive(name)])));
    expect((await storage.getAll(names)).size).toBe(6_000);
  });

  test("are found by a name that nobody can read in Redis", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    const [name, same] = [sensitive("session +15550100"), sensitive("session +15550100")];
    await storage.setAll(new Map([[name, sensitive("secret")]]));
    expect((await storage.getAll([same])).get(same)?.expose()).toBe("secret");
    const fields = await bench.connection.command("HKEYS", keys.accountStorage(ROOMS));
    expect(String(fields)).toMatch(/^#[A-Za-z0-9_-]{16}$/);
    await storage.delete(same);
    expect(await storage.get(name)).toBeUndefined();
  });

  test("are all forgotten at a log-out, but for the mark", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    await storage.set("one", sensitive("1"));
    storage.mark.raise(7);
    await storage.clear();
    expect(await storage.get("one")).toBeUndefined();
    expect(await storage.mark.read()).toBe(7);
  });

  test("forgets all but what is to be kept", async () => {
    const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
    for (const name of ["one", "two", sensitive("three"), sensitive("four")])
      await storage.set(name, sensitive("1"));
    await storage.clear(["two", sensitive("four"), "five"]);
    const left = ["one", "two", sensitive("three"), sensitive("four")].map((name) => storage.get(name));
    expect((await Promise.all(left)).map((value) => value?.expose())).toEqual([
      undefined,
      "1",
      undefined,
      "1",
    ]);
  });
});

describe("an account's mark", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fb-mark-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test("only grows, and is there for a later process", async () => {
    const mark = new AccountMark(folder, ROOMS);
    expect(await mark.read()).toBe(0);
    for (const number of [1, 2, 12_345, 7]) mark.raise(number);
    await expect.poll(() => new AccountMark(folder, ROOMS).read()).toBe(12_345);
    expect(await new AccountMark(folder, PHONES).read()).toBe(0);
    expect(await readFile(join(folder, "marks", ROOMS), "latin1")).toBe("0000000000012345\n");
  });

  test("that isn't a number is an error, not none", async () => {
    await writeFile(join(folder, "marks", ROOMS), "what");
    await expect(new AccountMark(folder, ROOMS).read()).rejects.toThrow("found no number");
  });
});

describe("a cursor", () => {
  const chat = newId<ChatKey>();
  const accept = async (id: string, hasCursor = true): Promise<AcceptReply> => {
    const lookups = house.store.vault.keyring.event(ROOMS, id);
    const fence = (await bench.fences()).next();
    const event = textEvent(id, bench.clock.now());
    return acceptOne(
      house,
      { account: ROOMS, chat },
      event,
      hasCursor
        ? { kind: "id", lookups, since: house.store.vault.keyring.sinceCursor(ROOMS, id) }
        : { kind: "id", lookups },
      fence,
    );
  };
  const cursor = async (): Promise<StoredCursor> =>
    new StoredCursor(house.store, ROOMS, await accountStorage(house.store, ROOMS, new MemoryMark()));
  const forgetBuckets = async (): Promise<void> => {
    const names = await bench.connection.command("KEYS", "*:d:*");
    for (const name of Array.isArray(names) ? names : []) await bench.connection.command("DEL", String(name));
  };

  test("is loaded as it was saved last", async () => {
    const first = await cursor();
    expect(await first.load()).toBeUndefined();
    await first.save(sensitive("s1"));
    await first.save(sensitive("s2"));
    expect((await (await cursor()).load())?.expose()).toBe("s2");
  });

  test("is used from its first load or save on", async () => {
    const [loaded, saved] = [await cursor(), await cursor()];
    expect(loaded.used).toBe(false);
    await loaded.load();
    await saved.save(sensitive("s1"));
    expect([loaded.used, saved.used]).toEqual([true, true]);
  });

  test("that isn't saved keeps the ids accepted since, although their bucket is gone", async () => {
    expect(await accept("one")).toBe("claimed");
    await forgetBuckets();
    expect(await accept("one")).toBe("duplicate");
    await (await cursor()).save(sensitive("s1"));
    await forgetBuckets();
    expect(await accept("one")).toBe("queued");
  });

  test("that isn't saved keeps the ids accepted since, for as long as it takes", async () => {
    expect(await accept("one")).toBe("claimed");
    for (let week = 1; week <= 4; week++) {
      bench.clock.advance(7 * DAY);
      await bench.keyring.prepare();
      await bench.keyring.destroyExpired(bench.clock.now());
      expect([week, await accept("one")]).toEqual([week, "duplicate"]);
    }
  });

  test("of an account that has none keeps nothing", async () => {
    await accept("one", false);
    expect(await bench.connection.command("EXISTS", keys.sinceCursor(ROOMS))).toBe(0);
  });
});

describe("an account's lease", () => {
  test("is one process's at a time, until it is given up or runs out", async () => {
    const [first, second] = ["one", "two"].map((owner) => new AccountLease(house.store, PHONES, owner));
    expect([await first?.hold(), await second?.hold(), await first?.hold()]).toEqual([true, false, true]);
    await second?.release(); // not theirs to give up
    expect(await second?.hold()).toBe(false);
    await first?.release();
    expect(await second?.hold()).toBe(true);
    const left = Number(await bench.connection.command("PTTL", keys.accountLease(PHONES)));
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(ACCOUNT_LEASE);
    await bench.connection.command("PEXPIRE", keys.accountLease(PHONES), 0);
    expect(await first?.hold()).toBe(true);
  });

  test("is taken over by force from an owner that is known to be gone", async () => {
    await new AccountLease(house.store, PHONES, "gone").hold();
    const successor = new AccountLease(house.store, PHONES, "successor");
    expect([await successor.hold(), await successor.hold(true), await successor.hold()]).toEqual([
      false,
      true,
      true,
    ]);
  });
});
