import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ReceiptStatus } from "../../src/adapter/event.ts";
import type { Conversation } from "../../src/model/conversation.ts";
import type { CanonicalId, DeliveryId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR, SECOND } from "../../src/model/time.ts";
import type { AcceptedEvent } from "../../src/store/accepted-event.ts";
import { canonicalBytes, keys } from "../../src/store/keys.ts";
import type { HeldLeg, Settlement } from "../../src/store/legs.ts";
import {
  type Found,
  findByRef,
  legField,
  MAP_LIFETIME,
  sliceEnd,
  sliceOf,
  statusField,
} from "../../src/store/message-map.ts";
import type { Fences } from "../../src/store/meta.ts";
import {
  type Bench,
  legsOf,
  makeConversation,
  newId,
  nothing,
  openBench,
  PHONE,
  PHONES,
  type Process,
  planned,
  ROOMS,
  runs,
} from "./fixture.ts";

const PHONE_LEG = 1;

let bench: Bench;
let house: Process;
let fences: Fences;
let conversation: Conversation;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await bench.keyring.prepare();
  fences = await bench.fences();
  house = bench.begin();
  conversation = await makeConversation(house);
});

interface Message {
  readonly canonical: CanonicalId;
  readonly slice: number;
}

/** A message that went to the phone, known by `refs` there. */
async function sendToPhone(
  refs: readonly string[],
  settlement: Settlement = { kind: "done", refs, legIndex: PHONE_LEG },
): Promise<Message & { readonly delivery: DeliveryId }> {
  const [, phone] = legsOf(conversation);
  const acceptedAt = bench.clock.now();
  const canonical = newId<CanonicalId>();
  const delivery = planned(phone.id, acceptedAt);
  const fence = fences.next();
  const commit = { conversation, canonical, acceptedAt, changes: [], deliveries: [delivery] };
  await house.commits.commit(commit, ["mark"], fence, nothing);
  const held: HeldLeg = { id: phone.id, account: PHONES, conversation: conversation.id, fence };
  const payload = { canonical, slice: sliceOf(acceptedAt) };
  await house.legs.settle(held, { id: delivery.id, payload }, settlement, undefined, nothing);
  return { canonical, slice: payload.slice, delivery: delivery.id };
}

const find = (ref: string, account = PHONES): Promise<Found | undefined> =>
  findByRef(house.store, account, ref, bench.clock.now());

describe("the message map", () => {
  test("finds a message by every one of its native ids, and by no other", async () => {
    const refs = ["1:abc", "1:abd", "1:abe"];
    const { canonical, slice } = await sendToPhone(refs);
    for (const ref of refs) expect(await find(ref)).toEqual({ place: { canonical, slice }, leg: PHONE_LEG });
    expect(await find("1:abf")).toBeUndefined();
    expect(await find("")).toBeUndefined();
  });

  test("keeps the ids of two accounts apart", async () => {
    await sendToPhone(["1"]);
    expect(await find("1", ROOMS)).toBeUndefined();
  });

  test("finds any ids in any number", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 10 }), async (refs) => {
        const { canonical } = await sendToPhone(refs);
        for (const ref of refs) expect((await find(ref))?.place.canonical).toBe(canonical);
      }),
      runs(25),
    );
  });

  test("finds what is some days old, in the month before too, and nothing older than 30 days", async () => {
    const { canonical } = await sendToPhone(["old"]);
    for (let day = 0; day < 32; day++) {
      const found = await find("old");
      if (day <= 30) expect(found?.place.canonical).toBe(canonical);
      else expect(found).toBeUndefined();
      bench.clock.advance(DAY);
      await bench.keyring.prepare();
    }
    bench.clock.jump(-32 * DAY);
  });

  test("gives its buckets an end, at most 31 days after the message", async () => {
    const { canonical, slice } = await sendToPhone(["ref"]);
    const map = keys.map(slice, canonicalBytes(canonical));
    const ref = house.store.vault.keyring.mapRef(
      PHONES,
      "ref",
      house.store.vault.keyring.mapGeneration(slice * DAY),
    );
    for (const key of [map, keys.refs(slice, ref)]) {
      const end = Number(await bench.connection.command("PEXPIRETIME", key));
      expect(end).toBe(sliceEnd(slice));
      expect(end - bench.clock.now()).toBeLessThanOrEqual(MAP_LIFETIME + DAY);
    }
  });

  test("never makes a bucket's end later or earlier when more goes into it", async () => {
    for (let i = 0; i < 60; i++) await sendToPhone([`${i}`, `${i}+`]);
    const names = await bench.connection.command("KEYS", "{c0}:[mr]:*");
    const ends = await Promise.all(
      (Array.isArray(names) ? names : []).map((key) => bench.connection.command("PEXPIRETIME", String(key))),
    );
    expect(ends.length).toBeGreaterThan(60);
    expect(new Set(ends)).toEqual(new Set([sliceEnd(sliceOf(bench.clock.now()))]));
  });

  test("knows what a message that may have arrived would be called", async () => {
    const until = bench.clock.now() + HOUR;
    const refs = ["maybe"];
    const parked = await sendToPhone(refs, {
      kind: "park",
      until,
      reason: "unsure",
      refs,
      legIndex: PHONE_LEG,
    });
    expect((await find("maybe"))?.place.canonical).toBe(parked.canonical);
    expect(await house.legs.byId(parked.delivery)).toMatchObject({ state: "uncertain" });
  });

  test("knows nothing of what was dropped", async () => {
    const { canonical, slice } = await sendToPhone([], { kind: "drop" });
    const map = keys.map(slice, canonicalBytes(canonical));
    expect(await bench.connection.command("HEXISTS", map, legField(canonical, PHONE_LEG))).toBe(0);
  });
});

describe("receipts", () => {
  const rank: Readonly<Record<ReceiptStatus, number>> = { expired: 1, failed: 2, delivered: 3, read: 4 };
  const status = fc.constantFrom<ReceiptStatus[]>("expired", "failed", "delivered", "read");

  const merged = async ({ canonical, slice }: Message): Promise<string | undefined> => {
    const map = keys.map(slice, canonicalBytes(canonical));
    const entry = await bench.connection.command("HGET", map, statusField(canonical, PHONE_LEG));
    if (!Buffer.isBuffer(entry)) return undefined;
    const [name] = JSON.parse(house.store.vault.open("status", canonical, entry.subarray(1)).toString()) as [
      string,
    ]; // written by merge
    return name;
  };

  test("only ever go forward, in whatever order and however often they come", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(status, { minLength: 1, maxLength: 8 }), async (statuses) => {
        const ref = newId<string>();
        const message = await sendToPhone([ref]);
        const found = await find(ref);
        if (found === undefined) throw new Error("the message is in the map");
        let highest = 0;
        for (const each of statuses) {
          const reply = await house.receipts.merge(found, each, bench.clock.now());
          expect(reply).toBe(rank[each] > highest ? "merged" : "old");
          highest = Math.max(highest, rank[each]);
          expect(rank[(await merged(message)) as ReceiptStatus]).toBe(highest); // checked by the rank
        }
      }),
      runs(40),
    );
  });

  test("of many at the same moment end at the highest", async () => {
    const message = await sendToPhone(["ref"]);
    const found = await find("ref");
    if (found === undefined) throw new Error("the message is in the map");
    const all = ["failed", "read", "delivered", "expired", "read"] as const;
    const replies = await Promise.all(
      all.map((each) => house.receipts.merge(found, each, bench.clock.now())),
    );
    expect(replies.filter((reply) => reply === "merged").length).toBeGreaterThan(0);
    expect(await merged(message)).toBe("read");
  });

  test("about a message that the map doesn't know change nothing", async () => {
    const place = { canonical: newId<CanonicalId>(), slice: sliceOf(bench.clock.now()) };
    expect(await house.receipts.merge({ place, leg: PHONE_LEG }, "read", 0)).toBe("unknown");
    expect(
      await bench.connection.command("EXISTS", keys.map(place.slice, canonicalBytes(place.canonical))),
    ).toBe(0);
  });

  test("of one leg say nothing about another", async () => {
    await sendToPhone(["ref"]);
    const found = await find("ref");
    if (found === undefined) throw new Error("the message is in the map");
    expect(await house.receipts.merge({ ...found, leg: 0 }, "read", 0)).toBe("unknown");
  });

  const receipt = (canonical = newId<CanonicalId>()): AcceptedEvent => ({
    canonical,
    from: PHONE,
    at: bench.clock.now(),
    acceptedAt: bench.clock.now(),
    body: { kind: "status", targets: [sensitive("ref")], status: "delivered" },
  });

  const accept = async (): Promise<CanonicalId> => {
    const event = receipt();
    await house.lanes.accept(PHONES, [{ kind: "receipt", event }], fences.next(), nothing);
    return event.canonical;
  };

  test("wait durably until their time, each by itself, and are gone when dropped", async () => {
    const first = await accept();
    const second = await accept();
    const now = bench.clock.now();
    await house.receipts.wait(PHONES, first, now + 2 * SECOND);
    const ids = async (at: number): Promise<string[]> =>
      (await bench.begin().receipts.due(PHONES, at, 10)).map(({ id }) => id);
    expect(await ids(now)).toEqual([second]);
    expect(await ids(now + 2 * SECOND)).toEqual([second, first]);
    await house.receipts.drop(PHONES, second);
    await house.receipts.wait(PHONES, second, now); // what is gone doesn't come back by waiting
    expect(await ids(now + DAY)).toEqual([first]);
    await house.receipts.drop(PHONES, first);
    expect(await bench.connection.command("EXISTS", keys.receipts(PHONES), keys.receiptsDue(PHONES))).toBe(0);
  });

  test("that can't be read are given as errors, so that they can be dropped", async () => {
    const id = await accept();
    await bench.connection.command("HSET", keys.receipts(PHONES), id, "nothing of ours");
    const lost = await accept();
    await bench.connection.command("HDEL", keys.receipts(PHONES), lost);
    const due = await house.receipts.due(PHONES, bench.clock.now(), 10);
    expect(due.map(({ event }) => event instanceof Error)).toEqual([true, true]);
  });
});
