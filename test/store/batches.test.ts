// A batch is one call: all of it is stored, or nothing.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CanonicalId, ChatKey } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { type Arrival, FINGERPRINT_LIFETIME, MOST_ARRIVALS, MOST_OCTETS } from "../../src/store/arrivals.ts";
import { keys } from "../../src/store/keys.ts";
import type { AcceptReply, Taken } from "../../src/store/lanes.ts";
import type { Fences } from "../../src/store/meta.ts";
import { StoreAway, StoreFull } from "../../src/store/redis/errors.ts";
import {
  type Bench,
  dyingConnection,
  newId,
  nothing,
  openBench,
  PHONE,
  PHONES,
  type Process,
  textEvent,
} from "./fixture.ts";

let bench: Bench;
let house: Process;
let fences: Fences;
let chat: ChatKey;

beforeAll(async () => {
  bench = await openBench();
  house = bench.begin();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  fences = await bench.fences();
  chat = newId<ChatKey>();
});
afterEach(() => bench.connection.command("CONFIG", "SET", "maxmemory", 0));

function withId(text: string, more: { id?: string; chat?: ChatKey } = {}): Arrival {
  const lookups = bench.keyring.event(PHONES, more.id ?? text);
  const event = textEvent(text, bench.clock.now());
  return { kind: "event", chat: more.chat ?? chat, event, by: { kind: "id", lookups } };
}

/** A text as an SMSC gives it, which comes as a new arrival each time. */
function withoutId(text: string, order: number, ended: readonly string[] = [], session = "s1"): Arrival {
  const repeats = ended.map((each) => ({ session: each, after: 0 }));
  const fingerprint = sensitive(text);
  const identity = { kind: "fingerprint", fingerprint, session, order, repeats } as const;
  const lookups = bench.keyring.fingerprints(PHONES, text, FINGERPRINT_LIFETIME);
  const event = textEvent(text, bench.clock.now());
  return { kind: "event", chat, event, by: { kind: "fingerprint", lookups, identity } };
}

function receipt(ref: string): Arrival {
  const now = bench.clock.now();
  const body = { kind: "status", targets: [sensitive(ref)], status: "delivered" } as const;
  return {
    kind: "receipt",
    event: { canonical: newId<CanonicalId>(), from: PHONE, at: now, acceptedAt: now, body },
  };
}

const accept = (
  batch: readonly Arrival[],
  onReply: (taken: readonly Taken[]) => void = nothing,
  by = house,
): Promise<readonly AcceptReply[]> => by.lanes.accept(PHONES, batch, fences.next(), onReply);

async function textsOf(lane = chat): Promise<string[]> {
  const found: string[] = [];
  await house.lanes.read({ account: PHONES, chat: lane }, 0, 10_000, (events) => {
    for (const event of events)
      if (!(event instanceof Error) && event.body.kind === "message" && event.body.content.kind === "text")
        found.push(event.body.content.text);
  });
  return found;
}

/** How much room Redis has from here on. */
async function leaveRoom(octets: number): Promise<void> {
  const info = String(await bench.connection.command("INFO", "memory"));
  const used = Number(/^used_memory:(\d+)/m.exec(info)?.[1]);
  await bench.connection.command("CONFIG", "SET", "maxmemory", used + octets);
}

const names = async (): Promise<unknown> => bench.connection.command("KEYS", "{i*");
const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe("a batch", () => {
  test("gives each of its own its reply, in order, with the very reply of Redis", async () => {
    const other = newId<ChatKey>();
    await accept([withId("old"), withoutId("yes", 1)]);
    const batch = [
      withId("a"),
      withId("b", { chat: other }),
      withId("old"),
      receipt("ref"),
      withoutId("yes", 2, ["s1"], "s2"),
      withId("c", { chat: other }),
      withoutId("no", 3),
    ];
    const told: (readonly Taken[])[] = [];
    const expected = ["queued", "claimed", "duplicate", "waits", "duplicate", "queued", "queued"];
    expect(await accept(batch, (taken) => told.push(taken))).toEqual(expected);
    expect(told).toEqual([batch.map((arrival, i) => ({ arrival, reply: expected[i] }))]);
    expect(await textsOf()).toEqual(["old", "yes", "a", "no"]);
    expect(await textsOf(other)).toEqual(["b", "c"]);
    expect(await house.receipts.due(PHONES, bench.clock.now(), 10)).toHaveLength(1);
  });

  test("is one call", async () => {
    await bench.connection.command("PING"); // so that only what follows is counted
    const before = bench.connection.stats.calls;
    await accept([...numbers(100).map((i) => withId(`${i}`)), receipt("ref"), withoutId("yes", 1)]);
    expect(bench.connection.stats.calls - before).toBe(1);
  });

  test("of nothing is no call", async () => {
    expect(await accept([], nothing, bench.begin(dyingConnection(bench.connection, 1)))).toEqual([]);
  });

  test("holds each id, arrival and repeat once", async () => {
    await accept([withoutId("yes", 1), withoutId("yes", 2)]);
    const replies = await accept([
      withId("a"),
      withId("a again", { id: "a" }),
      withoutId("yes", 1, ["s1"], "s2"),
      withoutId("yes", 1, ["s1"], "s2"), // the same arrival, asked about again
      withoutId("yes", 2, ["s1"], "s2"),
      withoutId("yes", 3, ["s1"], "s2"), // two were left unanswered, this is a third
      withId("a", { id: "a" }),
    ]);
    const [first, ...rest] = replies;
    expect(first).toBe("queued");
    expect(rest).toEqual(["duplicate", "duplicate", "duplicate", "duplicate", "queued", "duplicate"]);
    expect(await textsOf()).toEqual(["yes", "yes", "a", "yes"]);
  });

  test("of the same text over and over is stored whole, and Redis remembers the last arrivals of it only", async () => {
    const replies = await accept(numbers(100).map((i) => withoutId("yes", i)));
    expect(replies).not.toContain("duplicate");
    const [lookup = ""] = bench.keyring.fingerprints(PHONES, "yes", FINGERPRINT_LIFETIME);
    expect(await bench.connection.command("LLEN", keys.fingerprint(PHONES, lookup))).toBe(64);
  });

  test("claims each lane that was empty with its fence", async () => {
    const lanes = numbers(20).map(() => newId<ChatKey>());
    const batch = lanes.flatMap((lane) => [
      withId(`1 ${lane}`, { chat: lane }),
      withId(lane, { chat: lane }),
    ]);
    const fence = fences.next();
    const replies = await house.lanes.accept(PHONES, batch, fence, nothing);
    expect(replies).toEqual(lanes.flatMap(() => ["claimed", "queued"]));
    expect(await house.lanes.claim(PHONES, fences.next(), 100, false)).toEqual([]); // leased
    const held = lanes.map((lane) => ({ chat: lane, fence, count: 1 }));
    const left: number[] = [];
    await house.lanes.pop(PHONES, held, (reply) => left.push(...reply));
    expect(left).toEqual(lanes.map(() => 1));
  });

  test("is stored whole when its answer is lost, and known when it comes again", async () => {
    const batch = [withId("a"), withoutId("b", 1), withId("c")];
    const dying = bench.begin(dyingConnection(bench.connection, 1, true));
    await expect(accept(batch, nothing, dying)).rejects.toBeInstanceOf(StoreAway);
    expect(await accept(batch)).toEqual(["duplicate", "duplicate", "duplicate"]);
    expect(await textsOf()).toEqual(["a", "b", "c"]);
  });
});

describe("a store that becomes full", () => {
  const pad = "x".repeat(5_000);
  const mixed = (first: number): Arrival[] =>
    numbers(60).map((i) => {
      if (i % 10 === 9) return receipt(`${i} ${pad}`);
      return i % 3 === 0 ? withId(`${i} ${pad}`) : withoutId(`${i} ${pad}`, first + i);
    });
  const stored = numbers(60).filter((i) => i % 10 !== 9);
  const order = async (): Promise<number[]> => (await textsOf()).map((text) => Number.parseInt(text, 10));

  test("within a batch leaves nothing of it, and takes it whole, in order and once, when there is room", async () => {
    await leaveRoom(150_000); // less than half of the batch
    const told: unknown[] = [];
    await expect(accept(mixed(1), (taken) => told.push(taken))).rejects.toBeInstanceOf(StoreFull);
    expect(told).toEqual([]);
    expect(await names()).toEqual([]);
    await bench.connection.command("CONFIG", "SET", "maxmemory", 0);
    expect(await accept(mixed(61))).not.toContain("duplicate");
    expect(await order()).toEqual(stored);
    expect(await house.receipts.due(PHONES, bench.clock.now(), 100)).toHaveLength(6);
  });

  test("at any moment holds all of a batch or nothing", async () => {
    const ends = new Set<string>();
    for (let room = 0; room <= 1_200_000; room += 60_000) {
      await bench.clear();
      await leaveRoom(room);
      const end = await accept(mixed(1)).then(
        () => "stored",
        (error: unknown) => (error instanceof StoreFull ? "full" : "failed"),
      );
      ends.add(end);
      await bench.connection.command("CONFIG", "SET", "maxmemory", 0);
      expect([room, end, await order()]).toEqual([room, end, end === "stored" ? stored : []]);
    }
    expect([...ends].sort()).toEqual(["full", "stored"]);
  });
});

describe("more than one call takes", () => {
  // First: a connection's buffer that has grown by a larger call is room that nobody meant.
  test("is tried up to the part for which there is no room, and nothing behind it", async () => {
    const large = "x".repeat(6_000);
    const batch = numbers(2 * MOST_ARRIVALS + 3).map((i) =>
      withId(Math.floor(i / MOST_ARRIVALS) === 1 ? `${i} ${large}` : `${i}`),
    );
    await leaveRoom(900_000); // the first part takes some 200 kB, the second 3 MB, the third nearly nothing
    const told: number[] = [];
    await expect(accept(batch, (taken) => told.push(taken.length))).rejects.toBeInstanceOf(StoreFull);
    expect(told).toEqual([MOST_ARRIVALS]);
    expect(await textsOf()).toEqual(numbers(MOST_ARRIVALS).map(String));
    await bench.connection.command("CONFIG", "SET", "maxmemory", 0);
    expect((await accept(batch)).map((reply) => reply === "duplicate").lastIndexOf(true)).toBe(
      MOST_ARRIVALS - 1,
    );
    expect((await textsOf()).map((text) => Number.parseInt(text, 10))).toEqual(numbers(batch.length));
  });

  test("goes in parts, in order, each told by itself", async () => {
    const count = 2 * MOST_ARRIVALS + 3;
    const parts: number[] = [];
    const replies = await accept(
      numbers(count).map((i) => withId(`${i}`)),
      (taken) => parts.push(taken.length),
    );
    expect(parts).toEqual([MOST_ARRIVALS, MOST_ARRIVALS, 3]);
    expect(replies).toEqual(numbers(count).map((i) => (i === 0 ? "claimed" : "queued")));
    expect(await textsOf()).toEqual(numbers(count).map(String));
  });

  test("in octets goes in parts, and what is larger alone is a part", async () => {
    const large = "x".repeat(Math.floor(MOST_OCTETS * 0.4));
    const parts: number[] = [];
    const batch = [large, large, large, "y".repeat(MOST_OCTETS), "small"].map((text, i) =>
      withId(text, { id: `${i}` }),
    );
    await accept(batch, (taken) => parts.push(taken.length));
    expect(parts).toEqual([2, 1, 1, 1]);
    expect((await textsOf()).map((text) => text.length)).toEqual([
      large.length,
      large.length,
      large.length,
      MOST_OCTETS,
      5,
    ]);
  });

  test("is taken whole when one part's answer was lost and all of it is offered again", async () => {
    const batch = numbers(2 * MOST_ARRIVALS).map((i) => withId(`${i}`));
    const dying = bench.begin(dyingConnection(bench.connection, 2, true));
    await expect(accept(batch, nothing, dying)).rejects.toBeInstanceOf(StoreAway);
    await accept(batch);
    expect(await textsOf()).toEqual(numbers(batch.length).map(String));
  });
});

test("a lane's keys and those of receipts are all in the slot of their account", async () => {
  await accept([withId("a"), withoutId("b", 1), receipt("ref")]);
  const slot = keys.lanesDue(PHONES).split(":")[0];
  const found = await bench.connection.command("KEYS", "*");
  const slots = new Set((Array.isArray(found) ? found : []).map((name) => String(name).split(":")[0]));
  slots.delete(keys.meta);
  expect([...slots]).toEqual([slot]);
});
