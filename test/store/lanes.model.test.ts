import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CanonicalId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR } from "../../src/model/time.ts";
import type { Arrival } from "../../src/store/arrivals.ts";
import { keys } from "../../src/store/keys.ts";
import type { LaneName, Taken } from "../../src/store/lanes.ts";
import type { Fences } from "../../src/store/meta.ts";
import { fields, texts } from "../../src/store/reply.ts";
import { type Bench, newId, openBench, PHONES, type Process, runOut, runs, textEvent } from "./fixture.ts";
import { Model } from "./lanes.model.ts";
import { type Said, type Step, step } from "./lanes.steps.ts";

let bench: Bench;
let house: Process;
let fences: Fences;

beforeAll(async () => {
  bench = await openBench();
  house = bench.begin();
});
afterAll(() => bench.stop());

async function play(model: Model, step: Step): Promise<void> {
  switch (step.do) {
    case "accept":
      return accept(model, step);
    case "period":
      bench.clock.advance(7 * DAY);
      model.period += 1;
      return bench.keyring.prepare();
    case "claim":
      return claim(model, step);
    case "expire": {
      const { name } = model.at(step.lane);
      await runOut(bench.connection, keys.lanesDue(PHONES), name.chat);
      model.at(step.lane).leased = false;
      return;
    }
    case "pop":
      return pop(model, step);
    case "renew":
      return renew(model, step.worker);
    case "bury":
      return bury(model, step);
    case "unbury":
      return unbury(model, step);
  }
}

/** A batch goes in with one call, and is what its events would be one after the other. */
async function accept(model: Model, { worker, batch }: Extract<Step, { do: "accept" }>): Promise<void> {
  const fence = fences.next();
  const expected: Taken[] = [];
  for (const said of batch) {
    const { arrival, known } = said.by === "id" ? byId(model, said) : byFingerprint(model, said);
    const { canonical } = arrival.event;
    const reply = known ? "duplicate" : model.accept(model.at(said.lane), worker, canonical, fence);
    expected.push({ arrival, reply });
  }
  const arrivals = expected.map(({ arrival }) => arrival);
  const calls: (readonly Taken[])[] = [];
  const replies = await house.lanes.accept(PHONES, arrivals, fence, (taken) => calls.push(taken));
  expect(calls).toEqual([expected]);
  expect(replies).toEqual(expected.map(({ reply }) => reply));
}

/** An event, and whether it is known already: then the model knows it once more. */
interface Offered {
  readonly arrival: Extract<Arrival, { kind: "event" }>;
  readonly known: boolean;
}

function byId(model: Model, said: Extract<Said, { by: "id" }>): Offered {
  const { chat } = model.at(said.lane).name;
  const lookups = house.store.vault.keyring.event(PHONES, `${chat} ${said.id}`);
  const event = textEvent(`${said.id}`, bench.clock.now());
  const key = said.lane * 100 + said.id;
  const before = model.ids.get(key);
  // It is remembered through the period after its own.
  const known = before !== undefined && model.period - before <= 1;
  if (!known) model.ids.set(key, model.period);
  return { arrival: { kind: "event", chat, event, by: { kind: "id", lookups } }, known };
}

function byFingerprint(model: Model, said: Extract<Said, { by: "fingerprint" }>): Offered {
  const { chat } = model.at(said.lane).name;
  const session = `s${said.session}`;
  const last = model.orders.get(said.session) ?? 0;
  const order = said.again && last > 0 ? last : last + 1;
  model.orders.set(said.session, order);
  const repeats = said.repeats.map(([of, after]) => ({ session: `s${of}`, after }));
  const fingerprint = sensitive(`text ${said.text}`);
  const identity = { kind: "fingerprint", fingerprint, session, order, repeats } as const;
  const under = (period: number): string => `${chat}-${said.text}-${period}`;
  const lookups = [under(model.period), under(model.period - 1)].slice(0, model.period === 0 ? 1 : 2);
  const event = textEvent(`${said.text}`, bench.clock.now());
  return {
    arrival: { kind: "event", chat, event, by: { kind: "fingerprint", lookups, identity } },
    known: remember(model.arrivals(said.lane, said.text), `${session}:${order}`, repeats),
  };
}

/** Remembers an arrival, in the place of one that it repeats. Says whether it is known already. */
function remember(
  lists: readonly [last: string[], current: string[]],
  arrival: string,
  repeats: readonly { readonly session: string; readonly after: number }[],
): boolean {
  if (lists.some((list) => list.includes(arrival))) return true;
  const [, current] = lists;
  for (const list of lists) {
    const repeated = list.findIndex((each) => {
      const [session = "", of = ""] = each.split(":");
      return repeats.some((repeat) => repeat.session === session && Number(of) > repeat.after);
    });
    if (repeated < 0) continue;
    list.splice(repeated, 1);
    current.push(arrival);
    return true;
  }
  current.push(arrival);
  return false;
}

async function claim(model: Model, step: Extract<Step, { do: "claim" }>): Promise<void> {
  const fence = step.old ? model.staleFence : fences.next();
  const claimed = await house.lanes.claim(PHONES, fence, 100, step.all);
  const expected = model.lanes.filter(
    (each) => each.items.length > 0 && (step.all || !each.leased) && (each.fence ?? "") < fence,
  );
  expect(claimed.map(({ chat }) => chat).sort()).toEqual(expected.map(({ name }) => name.chat).sort());
  for (const each of expected) {
    each.fence = fence;
    each.leased = true;
    model.heldBy(step.worker).set(each, fence);
  }
}

async function pop(model: Model, step: Extract<Step, { do: "pop" }>): Promise<void> {
  const held = [...model.heldBy(step.worker)];
  if (held.length === 0) return;
  const heads = held.map(([each, fence]) => ({ chat: each.name.chat, fence, count: step.count }));
  let left: readonly number[] = [];
  await house.lanes.pop(PHONES, heads, (reply) => {
    left = reply;
  });
  const expected = held.map(([each, fence]) => {
    if (each.fence !== fence) return -1;
    model.ended.push(...model.remove(each, step.count));
    return each.items.length;
  });
  expect(left).toEqual(expected);
}

async function renew(model: Model, by: number): Promise<void> {
  const held = [...model.heldBy(by)];
  const lost = await house.lanes.renew(
    PHONES,
    held.map(([each, fence]) => ({ chat: each.name.chat, fence })),
  );
  const expected = held.filter(([each, fence]) => each.fence !== fence).map(([each]) => each.name.chat);
  expect([...lost].sort()).toEqual(expected.sort());
  for (const [each, fence] of held) if (each.fence === fence) each.leased = true;
}

async function bury(model: Model, step: Extract<Step, { do: "bury" }>): Promise<void> {
  const from = model.at(step.lane);
  const fence = model.heldBy(step.worker).get(from);
  if (fence === undefined) return;
  const id = newId<string>();
  let left = Number.NaN;
  await house.lanes.bury(from.name, fence, id, "{}", bench.clock.now() + HOUR, (said) => {
    left = said;
  });
  if (from.fence !== fence) {
    expect(left).toBe(-1);
    return;
  }
  const { leased } = from;
  const [item] = model.remove(from, 1);
  from.leased &&= leased; // burying renews no lease
  if (item !== undefined) model.buried.set(id, { lane: from, item });
  expect(left).toBe(from.items.length);
}

async function unbury(model: Model, step: Extract<Step, { do: "unbury" }>): Promise<void> {
  const ids = [...model.buried.keys()];
  const id = ids[step.which % Math.max(1, ids.length)];
  const found = id === undefined ? undefined : model.buried.get(id);
  if (id === undefined || found === undefined) return;
  const { chat } = found.lane.name;
  const call = () =>
    bench.connection.call(
      bench.scripts.unbury_event,
      [
        keys.buriedEvents(PHONES),
        keys.buriedEventsDue(PHONES),
        keys.lane(PHONES, chat),
        keys.lanesDue(PHONES),
      ],
      [id, chat, step.again ? "again" : "drop"],
    );
  expect([await call(), await call()]).toEqual([1, 0]);
  model.buried.delete(id);
  if (!step.again) {
    model.ended.push(found.item);
    return;
  }
  found.lane.items.push(found.item);
  if (found.lane.items.length === 1) found.lane.leased = false;
}

/** Redis holds exactly what the model says. */
async function compare(model: Model): Promise<void> {
  const due = texts(await bench.connection.command("ZRANGE", keys.lanesDue(PHONES), 0, -1));
  const held = fields(await bench.connection.command("HGETALL", keys.laneFences(PHONES)));
  for (const each of model.lanes) {
    const { chat } = each.name;
    expect(await itemsOf(each.name)).toEqual(each.items);
    expect(due.includes(chat)).toBe(each.items.length > 0); // nothing that waits is ever forgotten
    expect(held.get(chat)?.toString().slice(0, 16)).toBe(each.fence);
  }
  const buried = texts(await bench.connection.command("ZRANGE", keys.buriedEventsDue(PHONES), 0, -1));
  expect(buried.sort()).toEqual([...model.buried.keys()].sort());
}

async function itemsOf(name: LaneName): Promise<(CanonicalId | string)[]> {
  const items: (CanonicalId | string)[] = [];
  await house.lanes.read(name, 0, 1_000, (events) => {
    for (const event of events) items.push(event instanceof Error ? event.name : event.canonical);
  });
  return items;
}

describe("lanes under any interleaving of workers, repeats and leases that run out", () => {
  test("keep order, lose nothing, and let only the newest fence change anything", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 45 }), async (steps) => {
        await bench.clear();
        fences = await bench.fences();
        const model = new Model(house.store.vault.keyring, fences.next());
        for (const each of steps) {
          await play(model, each);
          await compare(model);
        }
        const waiting = model.lanes.flatMap(({ items }) => items);
        const kept = [...model.buried.values()].map(({ item }) => item);
        expect([...waiting, ...kept, ...model.ended].sort()).toEqual([...model.accepted].sort());
      }),
      runs(60),
    );
  });
});
