import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { applyChanges, type Change } from "../../src/model/conversation.ts";
import type { CanonicalId, DeliveryId } from "../../src/model/ids.ts";
import { HOUR } from "../../src/model/time.ts";
import type { Commit, CommitReply } from "../../src/store/commits.ts";
import { keys } from "../../src/store/keys.ts";
import type { Settlement, SettleReply } from "../../src/store/legs.ts";
import type { Fence, Fences } from "../../src/store/meta.ts";
import { fields, texts } from "../../src/store/reply.ts";
import {
  type Bench,
  makeConversation,
  newId,
  openBench,
  type Process,
  planned,
  runOut,
  runs,
} from "./fixture.ts";
import { Model, type ModelLeg, type Record } from "./legs.model.ts";
import { type Of, type Step, step } from "./legs.steps.ts";

let bench: Bench;
let house: Process;
let fences: Fences;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());

const view = ({ leg: { id, account } }: ModelLeg, fence: Fence, { conversation }: Model) => ({
  id,
  account,
  conversation: conversation.id,
  fence,
});

async function play(model: Model, each: Step): Promise<void> {
  switch (each.do) {
    case "commit":
      return commit(model, each);
    case "mark":
      return mark(model, each);
    case "settle":
      return settle(model, each);
    case "retry":
      return retry(model, each);
    case "revive":
      return revive(model, each);
    case "claim":
      return claim(model, each);
    case "renew":
      return renew(model, each);
    case "expire": {
      const on = model.leg(each.leg);
      await runOut(bench.connection, keys.legsDue(on.leg.account), on.leg.id);
      on.leased = false;
    }
  }
}

function laneFenceFor(model: Model, lane: Of<"commit">["lane"]): Fence | undefined {
  if (lane === "none") return undefined;
  if (lane === "older") return model.staleFence;
  return lane === "same" && model.laneFence !== undefined ? model.laneFence : fences.next();
}

async function commit(model: Model, each: Of<"commit">): Promise<void> {
  const { conversation } = model;
  const laneFence = laneFenceFor(model, each.lane);
  const fence = fences.next();
  const change: Change[] =
    each.change === "gate"
      ? [{ kind: "gate" }]
      : each.change === "record"
        ? [{ kind: "record", record: { ...conversation.record, told: [`edit:${newId<string>()}`] } }]
        : [];
  const asked: Commit = {
    conversation: each.stale ? { ...conversation, version: conversation.version - 1 } : conversation,
    canonical: model.canonical(each.event),
    acceptedAt: bench.clock.now(),
    ...(laneFence === undefined ? {} : { lane: { chat: model.chat, fence: laneFence } }),
    changes: change,
    deliveries: each.legs.map((index) => planned(model.leg(index).leg.id, bench.clock.now())),
  };
  const replies: CommitReply[] = [];
  const wishes = each.legs.map(() => each.wish);
  await house.commits.commit(asked, wishes, fence, (reply) => replies.push(reply));
  expect(replies).toEqual([expectCommit(model, each, asked, laneFence, fence)]);
}

function expectCommit(
  model: Model,
  each: Of<"commit">,
  asked: Commit,
  laneFence: Fence | undefined,
  fence: Fence,
): CommitReply {
  if (model.committed.has(asked.canonical)) return { kind: "known" };
  if (each.stale) return { kind: "stale" };
  if (laneFence !== undefined && laneFence < (model.laneFence ?? "")) return { kind: "fenced" };
  if (laneFence !== undefined) model.laneFence = laneFence;
  model.committed.add(asked.canonical);
  model.conversation = applyChanges(model.conversation, asked.changes);
  const claimed = asked.deliveries.map((delivery, i) => {
    const on = model.leg(each.legs[i] ?? 0);
    const alone = on.queue.length === 0;
    const ours = alone && each.wish !== "leave";
    const marked = ours && each.wish === "mark";
    model.all.push(delivery.id);
    on.queue.push({
      id: delivery.id,
      leg: on,
      state: marked ? "s" : "q",
      attempts: marked ? 1 : 0,
      gate: model.conversation.gate,
    });
    if (alone) on.leased = ours;
    if (ours) {
      on.fence = fence;
      model.heldBy(each.worker).set(on, fence);
    }
    return ours;
  });
  return { kind: "committed", claimed };
}

async function mark(model: Model, each: Of<"mark">): Promise<void> {
  const on = model.leg(each.leg);
  const fence = model.heldBy(each.worker).get(on);
  const target = on.queue[each.place];
  if (fence === undefined || target === undefined) return;
  const reply = await house.legs.mark(view(on, fence, model), target.id);
  if (on.fence !== fence) return expect(reply).toBe(undefined);
  const may = target.gate === model.conversation.gate;
  expect(reply).toBe(each.place === 0 && may);
  if (reply !== true) return;
  if (target.state === "q") target.attempts += 1;
  target.state = "s";
  on.leased = true;
}

async function settle(model: Model, each: Of<"settle">): Promise<void> {
  const on = model.leg(each.leg);
  const fence = model.heldBy(each.worker).get(on);
  const target = on.queue[each.place];
  if (fence === undefined || target === undefined) return;
  const next = each.next === undefined ? undefined : on.queue[each.next]?.id;
  const replies: SettleReply[] = [];
  const payload = { canonical: newId<CanonicalId>(), slice: Math.floor(bench.clock.now() / (24 * HOUR)) };
  await house.legs.settle(
    view(on, fence, model),
    { id: target.id, payload },
    settlementOf(each.as),
    next,
    (reply) => replies.push(reply),
  );
  expect(replies).toEqual([expectSettle(model, on, target, each.as, fence, next)]);
}

function settlementOf(as: Of<"settle">["as"]): Settlement {
  const until = bench.clock.now() + HOUR;
  switch (as) {
    case "done":
      return { kind: "done", refs: [newId<string>()], legIndex: 0 };
    case "drop":
      return { kind: "drop" };
    case "park":
      return { kind: "park", until, reason: "unsure", refs: [], legIndex: 0 };
    case "bury":
      return { kind: "bury", until, reason: "internal" };
  }
}

function expectSettle(
  model: Model,
  on: ModelLeg,
  target: Record,
  as: Of<"settle">["as"],
  fence: Fence,
  next: DeliveryId | undefined,
): SettleReply {
  if (on.fence !== fence) return "lost";
  if (on.queue[0] !== target) return "settled";
  on.queue.shift();
  if (as === "park" || as === "bury") {
    target.state = as === "park" ? "u" : "b";
    model.kept[as === "park" ? "parked" : "buried"].push(target);
  } else model.ended.push(target.id);
  model.afterHead(on);
  const head = on.queue[0];
  if (head === undefined) return "empty";
  if (head.id !== next || head.state !== "q" || head.gate !== model.conversation.gate) return "more";
  head.state = "s";
  head.attempts += 1;
  return "marked";
}

async function retry(model: Model, each: Of<"retry">): Promise<void> {
  const on = model.leg(each.leg);
  const fence = model.heldBy(each.worker).get(on);
  const head = on.queue[0];
  if (fence === undefined || head === undefined) return;
  const reply = await house.legs.retry(view(on, fence, model), head.id, 60_000, each.takeBack);
  expect(reply).toBe(on.fence === fence);
  if (!reply) return;
  if (each.takeBack && head.state === "s") head.attempts -= 1;
  if (!each.takeBack && head.state === "q") head.attempts += 1;
  head.state = "q";
  on.leased = true; // due later
}

async function revive(model: Model, each: Of<"revive">): Promise<void> {
  const kept = model.kept[each.from];
  const found = kept[each.which % Math.max(1, kept.length)];
  if (found === undefined) return;
  const other = each.from === "parked" ? "buried" : "parked";
  const call = (from: "parked" | "buried") =>
    house.legs.revive(found.id, found.leg.leg.id, each.action, from);
  // What was decided before the gate was closed ends instead.
  const may = each.action === "drop" || found.gate === model.conversation.gate;
  expect([await call(other), await call(each.from), await call(each.from)]).toEqual([false, may, false]);
  kept.splice(kept.indexOf(found), 1);
  if (each.action === "drop" || !may) {
    model.ended.push(found.id);
    return;
  }
  found.state = "q";
  found.attempts = 0;
  found.leg.queue.push(found);
  if (found.leg.queue.length === 1) found.leg.leased = false;
}

async function claim(model: Model, each: Of<"claim">): Promise<void> {
  const on = model.leg(each.leg);
  const fence = each.old ? model.staleFence : fences.next();
  const claimed = await house.legs.claim(on.leg.account, fence, 100, each.all);
  const ours = on.queue.length > 0 && (each.all || !on.leased) && (on.fence ?? "") < fence;
  expect(claimed).toEqual(ours ? [on.leg.id] : []);
  if (!ours) return;
  on.fence = fence;
  on.leased = true;
  model.heldBy(each.worker).set(on, fence);
}

async function renew(model: Model, each: Of<"renew">): Promise<void> {
  const on = model.leg(each.leg);
  const fence = model.heldBy(each.worker).get(on);
  if (fence === undefined) return;
  const lost = await house.legs.renew(on.leg.account, [{ id: on.leg.id, fence }]);
  expect(lost).toEqual(on.fence === fence ? [] : [on.leg.id]);
  if (on.fence === fence) on.leased = true;
}

/** Redis holds exactly what the model says. */
async function compare(model: Model): Promise<void> {
  const { connection } = bench;
  for (const on of model.legs) {
    const { id, account } = on.leg;
    const [queue, due, held] = await Promise.all([
      connection.command("LRANGE", keys.leg(id), 0, -1),
      connection.command("ZRANGE", keys.legsDue(account), 0, -1),
      connection.command("HGETALL", keys.legFences(account)),
    ]);
    expect(texts(queue)).toEqual(on.queue.map((each) => each.id));
    expect(texts(due)).toEqual(on.queue.length > 0 ? [id] : []); // nothing that waits is ever forgotten
    expect(fields(held).get(id)?.toString().slice(0, 16)).toBe(on.fence);
    const sending = on.queue.filter(({ state }) => state === "s");
    expect(sending.length).toBeLessThanOrEqual(1);
    if (sending.length === 1) expect(on.queue[0]).toBe(sending[0]);
  }
  await compareRecords(model);
}

async function compareRecords(model: Model): Promise<void> {
  const { connection } = bench;
  const live = [...model.legs.flatMap(({ queue }) => queue), ...model.kept.parked, ...model.kept.buried];
  const found = await Promise.all(
    live.map(({ id }) => connection.command("HMGET", keys.delivery(id), "s", "a", "g")),
  );
  expect(found.map(texts)).toEqual(
    live.map(({ state, attempts, gate }) => [state, `${attempts}`, `${gate}`]),
  );
  for (const from of ["parked", "buried"] as const) {
    const ids = await house.legs.kept(from, "+inf", 1_000);
    expect([...ids].sort()).toEqual(model.kept[from].map(({ id }) => id).sort());
  }
  const gone = await Promise.all(model.ended.map((id) => connection.command("EXISTS", keys.delivery(id))));
  expect(gone.every((each) => each === 0)).toBe(true); // what was settled never comes back
}

async function begin(): Promise<Model> {
  await bench.clear();
  fences = await bench.fences();
  house = bench.begin();
  return new Model(await makeConversation(house), fences.next());
}

describe("legs under any interleaving of commits, tries and leases that run out", () => {
  test("keep order, settle each delivery once, and let only the newest fence change anything", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 45 }), async (steps) => {
        const model = await begin();
        for (const each of steps) {
          await play(model, each);
          await compare(model);
        }
        const queued = model.legs.flatMap(({ queue }) => queue);
        const kept = [...model.kept.parked, ...model.kept.buried];
        const places = [...[...queued, ...kept].map(({ id }) => id), ...model.ended];
        expect(places.sort()).toEqual([...model.all].sort());
        const loaded = await bench.begin().conversations.load(model.conversation.id);
        expect(loaded?.version).toBe(model.conversation.version);
        expect(loaded?.gate).toBe(model.conversation.gate);
      }),
      runs(60),
    );
  });
});
