import { createSecretKey, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  accountId,
  type ConversationId,
  networkName,
  type PersonId,
  type SeatId,
} from "../../src/model/ids.ts";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { createRandom } from "../../src/observe/random.ts";
import { KeyNotReady, Tampered, UnknownKey } from "../../src/privacy/errors.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import type { KeyStore, TtlClass } from "../../src/privacy/key-store.ts";
import { type Keyring, openKeyring } from "../../src/privacy/keyring.ts";
import {
  createConversationKey,
  createPersonKey,
  openConversationKey,
  openPersonKey,
  wrapConversationKey,
} from "../../src/privacy/person-keys.ts";
import { open, seal } from "../../src/privacy/sealer.ts";
import { type FakeClock, fakeClock } from "../support/fake-clock.ts";
import { silent } from "../support/redis.ts";

const random = createRandom();
const kek = createSecretKey(randomBytes(32));
const sms = networkName("sms");
const matrix = networkName("matrix");
const account = accountId("main");
const other = accountId("other");

let folder: string;
let clock: FakeClock;
let store: KeyStore;
let ring: Keyring;

async function openRing(): Promise<void> {
  store = await openFileKeyStore({ folder, kek, clock, log: silent });
  ring = await openKeyring({ store, clock, random, log: silent });
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footbridge-ring-"));
  clock = fakeClock(Date.UTC(2026, 4, 14, 10, 30)); // a Thursday: event periods begin on Thursdays
  await openRing();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const resolve = (id: Buffer) => ring.resolve(id);

describe("epoch keys", () => {
  test("are there for now and the next period, and not for later", () => {
    for (const [ttl, period] of [
      ["24h", HOUR],
      ["7d", DAY],
      ["30d", DAY],
    ] as const) {
      const now = ring.epoch(ttl, clock.now());
      const next = ring.epoch(ttl, clock.now() + period);
      expect(next.id.equals(now.id)).toBe(false);
      expect(() => ring.epoch(ttl, clock.now() + 2 * period)).toThrow(KeyNotReady);
    }
  });

  test("are one for each period and class, also after a restart and when prepared twice at a time", async () => {
    await Promise.all([ring.prepare(), ring.prepare()]);
    const count = store.list().length;
    const ids = (["24h", "7d", "30d"] as TtlClass[]).map((ttl) =>
      ring.epoch(ttl, clock.now()).id.toString("hex"),
    );
    expect(new Set(ids).size).toBe(3);
    await store.close();
    await openRing();
    expect(store.list()).toHaveLength(count);
    expect(
      (["24h", "7d", "30d"] as TtlClass[]).map((ttl) => ring.epoch(ttl, clock.now()).id.toString("hex")),
    ).toEqual(ids);
  });

  test("what one sealed opens until its period and class are over, and never after that", async () => {
    for (const [ttl, lives] of [
      ["24h", HOUR + DAY],
      ["7d", 8 * DAY],
      ["30d", 31 * DAY],
    ] as const) {
      const start = Math.floor(clock.now() / (ttl === "24h" ? HOUR : DAY)) * (ttl === "24h" ? HOUR : DAY);
      const sealed = seal(ring.epoch(ttl, clock.now()), random, "delivery", "n", "text");
      await ring.destroyExpired(start + lives - 1);
      expect(open(resolve, "delivery", "n", sealed).toString()).toBe("text");
      expect(await ring.destroyExpired(start + lives)).toBeGreaterThan(0);
      expect(() => open(resolve, "delivery", "n", sealed)).toThrow(UnknownKey);
      await store.close();
      await openRing();
      expect(() => open(resolve, "delivery", "n", sealed)).toThrow(UnknownKey);
    }
  });

  test("of the last periods still open records while new ones seal", async () => {
    const sealed = seal(ring.epoch("24h", clock.now()), random, "map", "n", "text");
    for (let hour = 0; hour < 24; hour++) {
      clock.advance(HOUR);
      await ring.prepare();
      await ring.destroyExpired(clock.now());
      expect(open(resolve, "map", "n", sealed).toString()).toBe("text");
    }
    clock.advance(HOUR);
    await ring.destroyExpired(clock.now());
    expect(() => open(resolve, "map", "n", sealed)).toThrow(UnknownKey);
  });

  test("two months leave no more keys than live ones", { timeout: 60_000 }, async () => {
    for (let day = 0; day < 60; day++) {
      clock.advance(DAY);
      await ring.prepare();
      await ring.destroyExpired(clock.now());
    }
    expect(store.list().length).toBeLessThan(70);
    expect(ring.expired(clock.now())).toEqual([]);
  });
});

describe("lookups", () => {
  const address = fc.string();

  test("are 22 characters, the same for the same address, also after a restart", async () => {
    const before = [
      ring.identity(sms, "+15550100123"),
      ring.suppression(sms, "+15550100123"),
      ring.chat(account, "room"),
    ];
    for (const name of before) expect(name).toMatch(/^[A-Za-z0-9_-]{22}$/);
    await store.close();
    await openRing();
    expect([
      ring.identity(sms, "+15550100123"),
      ring.suppression(sms, "+15550100123"),
      ring.chat(account, "room"),
    ]).toEqual(before);
  });

  test("of different purposes, networks, accounts and addresses share nothing", () => {
    fc.assert(
      fc.property(address, address, (one, two) => {
        fc.pre(!Buffer.from(one).equals(Buffer.from(two)));
        const names = [
          ring.identity(sms, one),
          ring.identity(matrix, one),
          ring.identity(sms, two),
          ring.suppression(sms, one),
          ring.chat(account, one),
          ring.chat(other, one),
          ring.chat(account, two),
          ...ring.fingerprints(account, one, MINUTE),
        ];
        expect(new Set(names).size).toBe(names.length);
      }),
    );
  });

  test("parts can't be shifted into each other", () => {
    const name = (text: string) => accountId(text);
    expect(ring.chat(name("ab"), "c")).not.toBe(ring.chat(name("a"), "bc"));
    expect(ring.chat(name("a"), "1:b")).not.toBe(ring.chat(name("a1"), ":b"));
  });

  test("of events: this period's first, the last one's while it lives, 12 octets each", async () => {
    const [first, ...none] = ring.event(account, "$event");
    expect(none).toEqual([]);
    expect(first?.value).toHaveLength(12);
    clock.advance(7 * DAY);
    await ring.prepare();
    const [current, last, ...more] = ring.event(account, "$event");
    expect(more).toEqual([]);
    expect(current?.generation).toBe((first?.generation ?? 0) + 1);
    expect(current?.value.equals(first?.value ?? Buffer.alloc(0))).toBe(false);
    expect(last).toEqual(first);
    clock.advance(7 * DAY);
    await ring.prepare();
    expect(await ring.destroyExpired(clock.now())).toBeGreaterThan(0);
    expect(ring.event(account, "$event").map((one) => one.generation)).toEqual([
      (first?.generation ?? 0) + 2,
      (first?.generation ?? 0) + 1,
    ]);
  });

  test("of events go on over the change of the period, even when prepare comes late", () => {
    clock.advance(7 * DAY);
    expect(ring.event(account, "$event")).toHaveLength(2);
  });

  test("of what has no id: under the last period's pepper as well while something may be remembered under it", async () => {
    clock.advance(7 * DAY - (clock.now() % (7 * DAY)) - 1);
    await ring.prepare();
    const before = ring.fingerprints(account, "text", 10 * MINUTE);
    expect(before).toHaveLength(1);
    clock.advance(10 * MINUTE);
    await ring.prepare();
    const [current, ...last] = ring.fingerprints(account, "text", 10 * MINUTE);
    expect(last).toEqual(before);
    expect(current).not.toBe(before[0]);
    clock.advance(1);
    expect(ring.fingerprints(account, "text", 10 * MINUTE)).toEqual([current]);
  });

  test("of the map: 10 octets, by month, until the month is dropped", async () => {
    const generation = ring.mapGeneration(clock.now());
    const ref = ring.mapRef(account, "$event", generation);
    expect(ref).toHaveLength(10);
    expect(ring.mapGenerations()).toEqual([generation]);
    clock.advance(31 * DAY);
    await ring.prepare();
    expect(ring.mapGenerations()).toEqual([generation + 1, generation]);
    expect(ring.mapRef(account, "$event", generation).equals(ref)).toBe(true);
    expect(ring.mapRef(account, "$event", generation + 1).equals(ref)).toBe(false);
    await ring.dropMapGeneration(generation);
    expect(ring.mapGenerations()).toEqual([generation + 1]);
    expect(() => ring.mapRef(account, "$event", generation)).toThrow(KeyNotReady);
  });

  test("of identities and opt-outs outlive everything", async () => {
    const before = [ring.identity(sms, "a"), ring.suppression(sms, "a")];
    await ring.destroyExpired(clock.now() + 1_000 * DAY);
    expect([ring.identity(sms, "a"), ring.suppression(sms, "a")]).toEqual(before);
  });
});

describe("keys of persons and conversations", () => {
  const person = "person-one" as PersonId; // an opaque id, any text will do
  const conversation = "conversation" as ConversationId; // the same
  const seat = "seat" as SeatId; // the same

  test("a person's key opens after a restart, under its person only", async () => {
    const { wrapped, key } = await createPersonKey(ring, random, person);
    await store.close();
    await openRing();
    const opened = openPersonKey(ring, person, wrapped);
    expect(opened.id.equals(key.id)).toBe(true);
    expect(opened.key.export().equals(key.key.export())).toBe(true);
    expect(() => openPersonKey(ring, "person-two" as PersonId, wrapped)).toThrow(Tampered); // an opaque id
  });

  test("a destroyed bucket key takes its persons' keys with it", async () => {
    const { wrapped } = await createPersonKey(ring, random, person);
    const bucket = store.list().find((key) => key.descriptor.purpose === "bucket");
    if (bucket === undefined) throw new Error("a bucket key was made");
    await store.destroy(bucket.id);
    await store.close();
    await openRing();
    expect(() => openPersonKey(ring, person, wrapped)).toThrow(UnknownKey);
  });

  test("persons are spread over the buckets, and two who ask for one bucket get one key", async () => {
    const keys = await Promise.all([ring.bucketKey(7), ring.bucketKey(7), ring.bucketKey(8)]);
    expect(keys[0]).toBe(keys[1]);
    expect(keys[2]).not.toBe(keys[0]);
    await expect(ring.bucketKey(1_024)).rejects.toThrow(RangeError);
    await expect(ring.bucketKey(-1)).rejects.toThrow(RangeError);
  });

  test("a conversation's key opens for its seat, with the right person's key only", async () => {
    const [one, two] = await Promise.all([
      createPersonKey(ring, random, person),
      createPersonKey(ring, random, "person-two" as PersonId), // an opaque id
    ]);
    const key = createConversationKey(random);
    const wrapped = wrapConversationKey(one.key, random, conversation, seat, key);
    const opened = openConversationKey(one.key, conversation, seat, wrapped);
    expect(opened.key.export().equals(key.key.export())).toBe(true);
    const sealed = seal(key, random, "conversation", "n", "text");
    expect(open(() => opened, "conversation", "n", sealed).toString()).toBe("text");
    expect(() => openConversationKey(two.key, conversation, seat, wrapped)).toThrow(UnknownKey);
    expect(() => openConversationKey(one.key, conversation, "seat2" as SeatId, wrapped)).toThrow(Tampered); // an opaque id
    const shifted = [`${conversation}s` as ConversationId, "eat" as SeatId] as const; // opaque ids
    expect(() => openConversationKey(one.key, ...shifted, wrapped)).toThrow(Tampered);
  });

  test("an account's key is the same until it is dropped, then another", async () => {
    const first = await ring.accountKey(account);
    const sealed = seal(first, random, "account", "n", "session");
    expect(await ring.accountKey(account)).toBe(first);
    await ring.dropAccountKey(account);
    expect(() => open(resolve, "account", "n", sealed)).toThrow(UnknownKey);
    expect((await ring.accountKey(account)).id.equals(first.id)).toBe(false);
  });
});
