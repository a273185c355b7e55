import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, Leg } from "../../src/model/conversation.ts";
import type { CanonicalId, DeliveryId } from "../../src/model/ids.ts";
import { HOUR } from "../../src/model/time.ts";
import type { Wish } from "../../src/store/commits.ts";
import { keys } from "../../src/store/keys.ts";
import type { HeldLeg, Settlement } from "../../src/store/legs.ts";
import { sliceOf } from "../../src/store/message-map.ts";
import type { Fences } from "../../src/store/meta.ts";
import {
  type Bench,
  legsOf,
  makeConversation,
  newId,
  nothing,
  openBench,
  type Process,
  planned,
} from "./fixture.ts";

let bench: Bench;
let house: Process;
let fences: Fences;
let conversation: Conversation;
let phone: Leg;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  fences = await bench.fences();
  house = bench.begin();
  conversation = await makeConversation(house);
  phone = legsOf(conversation)[1];
});

const held = (fence: string): HeldLeg => ({
  id: phone.id,
  account: phone.account,
  conversation: conversation.id,
  fence,
});

/** Commits one delivery to the phone; says its id and the fence of its leg when that was claimed. */
async function commit(wish: Wish): Promise<{ readonly delivery: DeliveryId; readonly fence: string }> {
  const delivery = planned(phone.id, bench.clock.now());
  const fence = fences.next();
  const canonical = newId<CanonicalId>();
  const what = {
    conversation,
    canonical,
    acceptedAt: bench.clock.now(),
    changes: [],
    deliveries: [delivery],
  };
  await house.commits.commit(what, [wish], fence, nothing);
  return { delivery: delivery.id, fence };
}

async function keep(kind: "park" | "bury"): Promise<DeliveryId> {
  const { delivery, fence } = await commit("mark");
  const until = bench.clock.now() + HOUR;
  const settlement: Settlement =
    kind === "park"
      ? { kind, until, reason: "unsure", refs: [], legIndex: 1 }
      : { kind, until, reason: "internal" };
  const payload = { canonical: newId<CanonicalId>(), slice: sliceOf(bench.clock.now()) };
  await house.legs.settle(held(fence), { id: delivery, payload }, settlement, undefined, nothing);
  return delivery;
}

describe("a leg", () => {
  test("that is let go of as empty isn't forgotten when something was committed meanwhile", async () => {
    const old = fences.next();
    expect(await house.legs.read(phone.id, 0, 10)).toEqual([]);
    await commit("leave");
    await house.legs.release(held(old));
    expect(await house.legs.claim(phone.account, fences.next(), 10, false)).toEqual([phone.id]);
  });

  test("whose delivery lost its record can go on with the next", async () => {
    const first = await commit("mark");
    const second = await commit("leave");
    await bench.connection.command("DEL", keys.delivery(first.delivery));
    expect(await house.legs.read(phone.id, 0, 10)).toMatchObject([
      { id: first.delivery, why: "gone" },
      { id: second.delivery, state: "queued" },
    ]);
    const payload = { canonical: newId<CanonicalId>(), slice: sliceOf(bench.clock.now()) };
    const replies: string[] = [];
    await house.legs.settle(
      held(first.fence),
      { id: first.delivery, payload },
      { kind: "drop" },
      second.delivery,
      (reply) => replies.push(reply),
    );
    expect(replies).toEqual(["marked"]);
  });

  test("marks the next one only before its deadline", async () => {
    const late = { ...planned(phone.id, bench.clock.now()), deadline: bench.clock.now() - 1 };
    const first = planned(phone.id, bench.clock.now());
    const fence = fences.next();
    const what = {
      conversation,
      acceptedAt: bench.clock.now(),
      changes: [],
      canonical: newId<CanonicalId>(),
    };
    await house.commits.commit({ ...what, deliveries: [first, late] }, ["mark", "leave"], fence, nothing);
    const payload = { canonical: what.canonical, slice: 0 };
    const reply = await house.legs.settle(
      held(fence),
      { id: first.id, payload },
      { kind: "drop" },
      late.id,
      nothing,
    );
    expect(reply).toBe("more");
  });

  test("keeps a note of how far a delivery got for its holder only, and gives it back", async () => {
    const delivery = planned(phone.id, bench.clock.now());
    const old = fences.next();
    const fence = fences.next();
    const what = {
      conversation,
      acceptedAt: bench.clock.now(),
      changes: [],
      canonical: newId<CanonicalId>(),
    };
    await house.commits.commit({ ...what, deliveries: [delivery] }, ["mark"], fence, nothing);
    const note = phone.to.map(() => "two of three");
    expect(await house.legs.progress(held(old), delivery.id, note)).toBe(false);
    expect(await house.legs.progress(held(fence), delivery.id, note)).toBe(true);
    const read = await house.legs.byId(delivery.id);
    expect("progress" in read && read.progress?.expose()).toBe("two of three");
  });

  test("of a conversation that isn't there takes nothing", async () => {
    await bench.connection.command("DEL", keys.conversation(conversation.id));
    const what = {
      conversation,
      acceptedAt: bench.clock.now(),
      changes: [],
      canonical: newId<CanonicalId>(),
    };
    const reply = await house.commits.commit(
      { ...what, deliveries: [planned(phone.id, bench.clock.now())] },
      ["mark"],
      fences.next(),
      nothing,
    );
    expect(reply).toEqual({ kind: "stale" });
    expect(await bench.connection.command("EXISTS", keys.leg(phone.id))).toBe(0);
  });
});

describe("a gate that is closed", () => {
  const close = async (): Promise<void> => {
    const what = {
      conversation,
      canonical: newId<CanonicalId>(),
      acceptedAt: bench.clock.now(),
      deliveries: [],
    };
    await house.commits.commit({ ...what, changes: [{ kind: "gate" }] }, [], fences.next(), nothing);
  };
  const payload = { canonical: newId<CanonicalId>(), slice: sliceOf(Date.now()) };

  test("cancels what was queued before, and lets through what is queued after", async () => {
    const before = await commit("claim");
    await close();
    conversation = { ...conversation, version: conversation.version + 1, gate: conversation.gate + 1 };
    const after = await commit("leave");
    expect(await house.legs.mark(held(before.fence), before.delivery)).toBe(false);
    const drop = { kind: "drop" } as const;
    await house.legs.settle(held(before.fence), { id: before.delivery, payload }, drop, undefined, nothing);
    expect(await house.legs.mark(held(before.fence), after.delivery)).toBe(true);
  });

  test("cancels what would be marked with the end of the one before, and lets that one end", async () => {
    const first = await commit("mark");
    const second = await commit("leave");
    await close();
    // It may have gone out already: it ends as it does, and isn't sent again.
    expect(await house.legs.mark(held(first.fence), first.delivery)).toBe(false);
    const replies: string[] = [];
    const drop = { kind: "drop" } as const;
    await house.legs.settle(
      held(first.fence),
      { id: first.delivery, payload },
      drop,
      second.delivery,
      (reply) => replies.push(reply),
    );
    expect(replies).toEqual(["more"]);
    expect(await house.legs.mark(held(first.fence), second.delivery)).toBe(false);
  });
});

describe("a kept delivery", () => {
  test("says why it is kept, without anything of it", async () => {
    const delivery = await keep("bury");
    expect(await house.legs.keptNote(delivery)).toEqual({
      leg: phone.id,
      account: phone.account,
      conversation: conversation.id,
      reason: "internal",
      since: bench.clock.now(),
    });
    expect(await house.legs.countKept("buried")).toBe(1);
    expect(await house.legs.countKept("parked")).toBe(0);
  });

  test("is over when its time is over", async () => {
    const delivery = await keep("park");
    expect(await house.legs.kept("parked", bench.clock.now(), 10)).toEqual([]);
    expect(await house.legs.kept("parked", bench.clock.now() + HOUR, 10)).toEqual([delivery]);
    await house.legs.endKept(delivery, "parked");
    expect(await bench.connection.command("EXISTS", keys.delivery(delivery), keys.parked)).toBe(0);
  });

  test("that goes again is sent, although its time ran out at the same moment", async () => {
    const delivery = await keep("park");
    const [over] = await house.legs.kept("parked", bench.clock.now() + HOUR, 10);
    expect(await house.legs.revive(delivery, phone.id, "again", "parked")).toBe(true);
    await house.legs.endKept(over ?? delivery, "parked");
    expect(await house.legs.read(phone.id, 0, 10)).toMatchObject([{ id: delivery, state: "queued" }]);
  });

  test("goes again or is dropped, once, whoever asks first", async () => {
    const delivery = await keep("park");
    const asked = (["again", "drop", "again", "drop"] as const).map((action) =>
      house.legs.revive(delivery, phone.id, action, "parked"),
    );
    expect((await Promise.all(asked)).filter(Boolean)).toEqual([true]);
  });

  test("isn't sent any more after its conversation's gate was closed", async () => {
    const delivery = await keep("bury");
    const what = { conversation, canonical: newId<CanonicalId>(), acceptedAt: bench.clock.now() };
    await house.commits.commit(
      { ...what, changes: [{ kind: "gate" }], deliveries: [] },
      [],
      fences.next(),
      nothing,
    );
    expect(await house.legs.revive(delivery, phone.id, "again", "buried")).toBe(false);
    expect(await house.legs.claim(phone.account, fences.next(), 10, true)).toEqual([]);
    expect(await bench.connection.command("EXISTS", keys.delivery(delivery), keys.buried)).toBe(0);
  });
});
