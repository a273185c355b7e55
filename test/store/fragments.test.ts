import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Fragment, FragmentGroup, FragmentStore } from "../../src/adapter/storage.ts";
import type { ChatKey } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { canonicalOf } from "../../src/store/arrivals.ts";
import { fragmentStore, WHOLE_WAITS } from "../../src/store/fragments.ts";
import { keys } from "../../src/store/keys.ts";
import { acceptOne } from "./accept.ts";
import { type Bench, dyingConnection, openBench, PHONES, runs, textEvent } from "./fixture.ts";

const TTL = HOUR;

let bench: Bench;
let fragments: FragmentStore;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await bench.keyring.prepare();
  fragments = fragmentStore(bench.begin().store, PHONES);
});

interface Arrival {
  readonly message: string;
  readonly index: number;
  readonly total: number;
  readonly session?: string;
  readonly order: number;
  readonly repeats?: readonly { readonly session: string; readonly after: number }[];
}

function part({ message, index, total, session = "s1", order, repeats = [] }: Arrival): Fragment {
  return {
    identity: {
      kind: "fingerprint",
      fingerprint: sensitive(`${message} ${index}/${total}`),
      session,
      order,
      repeats,
    },
    group: sensitive(`group of ${message}`),
    index,
    total,
    payload: sensitive(Buffer.from(`${message}.${index}`)),
    at: bench.clock.now(),
  };
}

const shown = (group: FragmentGroup): string[] =>
  group.parts.map(({ payload }) => Buffer.from(payload.expose()).toString());

describe("the parts of messages", () => {
  test("make each message whole once, in any order, mixed with others and with doubles", async () => {
    const message = fc.record({ total: fc.integer({ min: 2, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(message, { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.nat()),
        async (messages, dice) => {
          await bench.clear();
          const all = messages.flatMap(({ total }, m) =>
            Array.from({ length: total }, (_, i) => ({ message: `m${m}`, index: i + 1, total })),
          );
          const shuffled = [...all, ...all]
            .map((each) => ({ each, at: dice.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ each }) => each);
          const whole = new Map<string, string[]>();
          const seen = new Set<string>();
          for (const [order, each] of shuffled.entries()) {
            const added = await fragments.add(part({ ...each, order }), TTL);
            const name = `${each.message}.${each.index}`;
            const wasWhole = whole.has(each.message);
            if (seen.has(name)) expect(added.kind).toBe(wasWhole ? "complete" : "duplicate");
            seen.add(name);
            if (added.kind !== "complete") continue;
            if (wasWhole) expect(shown(added.group)).toEqual(whole.get(each.message));
            whole.set(each.message, shown(added.group));
          }
          const expected = messages.map(({ total }, m) => [
            `m${m}`,
            Array.from({ length: total }, (_, i) => `m${m}.${i + 1}`),
          ]);
          expect([...whole].sort()).toEqual(expected);
        },
      ),
      runs(30),
    );
  });

  test("that come again after a bad session change nothing", async () => {
    const one = { message: "m", index: 1, total: 2 };
    expect((await fragments.add(part({ ...one, order: 5 }), TTL)).kind).toBe("stored");
    const repeats = [{ session: "s1", after: 4 }];
    const again = part({ ...one, session: "s2", order: 1, repeats });
    expect((await fragments.add(again, TTL)).kind).toBe("duplicate");
    const last = part({ message: "m", index: 2, total: 2, session: "s2", order: 2, repeats });
    expect((await fragments.add(last, TTL)).kind).toBe("complete");
  });

  test("of a message with the same reference as one that is done begin a new group", async () => {
    const two = [1, 2].map((index) => ({ message: "m", index, total: 2 }));
    const ids: string[] = [];
    for (const session of ["s1", "s2"]) {
      for (const [order, each] of two.entries()) {
        const added = await fragments.add(part({ ...each, session, order }), TTL);
        if (added.kind !== "complete") continue;
        ids.push(added.group.id);
        await fragments.drop(added.group.id);
      }
    }
    expect(new Set(ids).size).toBe(2);
  });

  test("of a whole message that wasn't dropped make it whole again when they are repeated", async () => {
    const arrivals = [1, 2].map((index) => part({ message: "m", index, total: 2, order: index }));
    for (const arrival of arrivals) await fragments.add(arrival, TTL);
    const next = fragmentStore(bench.begin().store, PHONES);
    expect(await next.due()).toEqual([]);
    const repeats = [{ session: "s1", after: 1 }];
    const repeat = part({ message: "m", index: 2, total: 2, session: "s2", order: 1, repeats });
    const added = await next.add(repeat, TTL);
    expect(added.kind === "complete" && shown(added.group)).toEqual(["m.1", "m.2"]);
    expect((await next.add(repeat, TTL)).kind).toBe("complete");
    if (added.kind === "complete") await next.drop(added.group.id);
    expect((await next.add(repeat, TTL)).kind).toBe("duplicate");
  });

  test("that are whole and weren't dropped are due after a while, also for the next process, until they are dropped", async () => {
    for (const index of [1, 2])
      await fragments.add(part({ message: "m", index, total: 2, order: index }), TTL);
    bench.clock.advance(WHOLE_WAITS);
    const next = fragmentStore(bench.begin().store, PHONES);
    const [group, ...more] = await next.due();
    expect(more).toEqual([]);
    expect(group && shown(group)).toEqual(["m.1", "m.2"]);
    expect((await next.due())[0]?.id).toBe(group?.id);
    await next.drop(group?.id ?? "");
    expect(await next.due()).toEqual([]);
    expect(await bench.connection.command("KEYS", "*:g:*")).toEqual([]);
  });

  test("that aren't whole are due when their time is over, with a gap", async () => {
    for (const index of [3, 1])
      await fragments.add(part({ message: "m", index, total: 3, order: index }), TTL);
    expect(await fragments.due()).toEqual([]);
    bench.clock.advance(TTL - 1);
    expect(await fragments.due()).toEqual([]);
    bench.clock.advance(1);
    const [group] = await fragments.due();
    expect(group?.total).toBe(3);
    expect(group?.parts.map(({ index }) => index)).toEqual([1, 3]);
  });

  test("become one event, wherever their reader is killed", async () => {
    const chat = "lane-of-fragments" as ChatKey; // any name will do
    const arrivals = [2, 1, 3].map((index, order) => part({ message: "m", index, total: 3, order }));
    const accept = async (
      process: ReturnType<Bench["begin"]>,
      store: FragmentStore,
      group: FragmentGroup,
    ): Promise<void> => {
      const lookups = bench.keyring.event(PHONES, group.id);
      const by = { kind: "id", lookups } as const;
      const event = textEvent(shown(group).join(" "), group.at, canonicalOf(by));
      const fence = (await bench.fences()).next();
      await acceptOne(process, { account: PHONES, chat }, event, by, fence);
      await store.drop(group.id);
    };
    for (let at = 1; at < 16; at++) {
      await bench.clear();
      let acknowledged = 0;
      // Killed at a call, then begun again: parts that weren't acknowledged come once more.
      for (const connection of [dyingConnection(bench.connection, at, at % 2 === 0), bench.connection]) {
        const process = bench.begin(connection);
        const store = fragmentStore(process.store, PHONES);
        const life = async (): Promise<void> => {
          for (const group of await store.due()) await accept(process, store, group);
          for (const arrival of arrivals.slice(acknowledged)) {
            const added = await store.add(arrival, TTL);
            if (added.kind === "complete") await accept(process, store, added.group);
            acknowledged += 1;
          }
          for (const group of await store.due()) await accept(process, store, group);
        };
        await life().catch((error: unknown) => {
          if (connection.up) throw error;
        });
      }
      const found: string[] = [];
      await bench.begin().lanes.read({ account: PHONES, chat }, 0, 10, (events) => {
        for (const event of events) {
          if (event instanceof Error || event.body.kind !== "message" || event.body.content.kind !== "text")
            continue;
          found.push(event.body.content.text);
        }
      });
      expect(found).toEqual(["m.1 m.2 m.3"]);
    }
  });

  test("with an id of their own are kept once", async () => {
    const one = part({ message: "m", index: 1, total: 2, order: 1 });
    const identity = { kind: "id", id: sensitive("event-1") } as const;
    expect((await fragments.add({ ...one, identity }, TTL)).kind).toBe("stored");
    expect((await fragments.add({ ...one, identity }, TTL)).kind).toBe("duplicate");
  });

  test("that come again over the weekly change of the pepper are still known", async () => {
    bench.clock.advance(7 * DAY - (bench.clock.now() % (7 * DAY)) - MINUTE);
    await bench.keyring.prepare();
    const one = part({ message: "m", index: 1, total: 3, order: 1 });
    const two = part({ message: "m", index: 2, total: 3, order: 2 });
    const identity = { kind: "id", id: sensitive("event-1") } as const;
    const byId = { ...part({ message: "n", index: 1, total: 2, order: 3 }), identity };
    for (const each of [one, two, byId]) expect((await fragments.add(each, TTL)).kind).toBe("stored");
    bench.clock.advance(2 * MINUTE);
    for (const each of [one, byId]) expect((await fragments.add(each, TTL)).kind).toBe("duplicate");
    const repeats = [{ session: "s1", after: 0 }];
    const repeat = part({ message: "m", index: 2, total: 3, session: "s2", order: 1, repeats });
    expect((await fragments.add(repeat, TTL)).kind).toBe("duplicate");
    // The arrival that was repeated has given its place to the repeat, which stands under the new pepper.
    expect(await bench.connection.command("KEYS", "*:fp:*")).toHaveLength(3);
  });

  test("are forgotten as arrivals after 10 minutes", async () => {
    await fragments.add(part({ message: "m", index: 1, total: 2, order: 1 }), TTL);
    const names = await bench.connection.command("KEYS", "*:fp:*");
    const [name] = Array.isArray(names) ? names : [];
    const left = Number(await bench.connection.command("PTTL", String(name)));
    expect(left).toBeGreaterThan(9 * MINUTE);
    expect(left).toBeLessThanOrEqual(10 * MINUTE);
  });

  test("asked about again while a second like it waits take no other's place", async () => {
    const one = { message: "m", index: 1, total: 2 };
    const repeats = [{ session: "s1", after: 0 }];
    // Two alike arrived in a session that ended badly; the first one's repeat is asked about twice (its answer was lost).
    await fragments.add(part({ ...one, order: 1 }), TTL);
    await fragments.add(part({ ...one, order: 2 }), TTL);
    const repeat = part({ ...one, session: "s2", order: 1, repeats });
    await fragments.add(repeat, TTL);
    await fragments.add(repeat, TTL);
    bench.clock.advance(TTL);
    const [group] = await fragments.due();
    await fragments.drop(group?.id ?? "");
    const second = part({ ...one, session: "s2", order: 2, repeats });
    expect((await fragments.add(second, TTL)).kind).toBe("duplicate");
  });

  test("that can't be opened any more don't keep the others from being delivered", async () => {
    await fragments.add(part({ message: "old", index: 1, total: 2, order: 1 }), TTL);
    bench.clock.advance(2 * DAY);
    await bench.keyring.prepare();
    await bench.keyring.destroyExpired(bench.clock.now());
    for (const index of [1, 2])
      await fragments.add(part({ message: "new", index, total: 2, order: 1 + index }), TTL);
    bench.clock.advance(WHOLE_WAITS);
    const due = await fragments.due();
    expect(due.map(shown)).toContainEqual(["new.1", "new.2"]);
  });
});

test("the group's name in Redis says nothing of it", async () => {
  await fragments.add(part({ message: "canary", index: 1, total: 2, order: 1 }), TTL);
  const name = keys.fragments(PHONES, bench.keyring.chat(PHONES, "fragments group of canary"));
  expect(await bench.connection.command("EXISTS", name)).toBe(1);
  expect(name).not.toContain("canary");
});
