import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { applyChanges, type Change, type Conversation } from "../../src/model/conversation.ts";
import type { CanonicalId, ChatKey, ConversationId, LegId, PersonId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { UnknownKey } from "../../src/privacy/errors.ts";
import { nameUnder, only, open } from "../../src/privacy/sealer.ts";
import type { CommitReply } from "../../src/store/commits.ts";
import { keys } from "../../src/store/keys.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { fields } from "../../src/store/reply.ts";
import {
  type Bench,
  dyingConnection,
  legsOf,
  MATRIX,
  MXID,
  makeConversation,
  newId,
  nothing,
  openBench,
  PHONE,
  type Process,
  runs,
  SMS,
} from "./fixture.ts";

let bench: Bench;
let house: Process;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
});

describe("an address", () => {
  test("belongs to one person, however many ask for it at the same moment, in however many processes", async () => {
    const processes = Array.from({ length: 4 }, () => bench.begin());
    const asked = Array.from({ length: 40 }, (_, i) => processes[i % 4]?.people.findOrCreate(SMS, PHONE));
    const people = await Promise.all(asked);
    expect(new Set(people.map((person) => person?.id)).size).toBe(1);
    const names = await bench.connection.command("KEYS", "{p:*");
    expect(Array.isArray(names) && names.length).toBe(1); // those who came second left nothing
  });

  test("belongs to one person after a crash at any step", async () => {
    for (let at = 1; at < 5; at++) {
      for (const doneStill of [false, true]) {
        await bench.clear();
        const dying = bench.begin(dyingConnection(bench.connection, at, doneStill));
        const before = await dying.people.findOrCreate(SMS, PHONE).catch(() => undefined);
        const after = await bench.begin().people.findOrCreate(SMS, PHONE);
        expect(await bench.begin().people.findOrCreate(SMS, PHONE)).toMatchObject({ id: after.id });
        if (before !== undefined) expect(after.id).toBe(before.id);
      }
    }
  });

  test("on two networks is two persons, since the same phone is never linked by itself", async () => {
    const one = await house.people.findOrCreate(SMS, PHONE);
    const two = await house.people.findOrCreate(MATRIX, PHONE);
    expect(one.id).not.toBe(two.id);
  });

  test("nobody has is nobody's, and asking changes nothing", async () => {
    expect(await house.people.find(SMS, PHONE)).toBeUndefined();
    expect(await bench.connection.command("DBSIZE")).toBe(0);
  });

  test("comes back as it was given, whatever it is", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), async (address) => {
        fc.pre(address.isWellFormed());
        const person = await bench.begin().people.findOrCreate(MATRIX, sensitive(address));
        const [identity, ...more] = await house.people.identities(person);
        expect(more).toEqual([]);
        expect(identity?.address.expose()).toBe(address);
        expect(identity?.network).toBe(MATRIX);
      }),
      runs(25),
    );
  });
});

describe("a person's records", () => {
  test("can't be read with another person's key", async () => {
    const one = await house.people.findOrCreate(SMS, PHONE);
    const two = await house.people.findOrCreate(MATRIX, MXID);
    const hash = fields(await bench.connection.command("HGETALL", keys.person(one.id)));
    const sealed = [...hash].filter(([field]) => field !== "k");
    expect(sealed.length).toBe(2);
    for (const [field, value] of sealed) {
      const [type, name] =
        field === "d" ? (["person", one.id] as const) : (["identity", field.slice(2)] as const);
      expect(open(only(one.key), type, name, value).length).toBeGreaterThan(0);
      expect(() => open(only(two.key), type, name, value)).toThrow(UnknownKey);
    }
  });

  test("can't be moved to another person", async () => {
    const one = await house.people.findOrCreate(SMS, PHONE);
    const two = await house.people.findOrCreate(MATRIX, MXID);
    const wrapped = await bench.connection.command("HGET", keys.person(one.id), "k");
    if (!Buffer.isBuffer(wrapped)) throw new Error("a person has a wrapped key");
    await bench.connection.command("HSET", keys.person(two.id), "k", wrapped);
    await expect(bench.begin().people.byId(two.id)).rejects.toThrow();
  });

  test("of a connection that breaks meanwhile are reported as that, and as nothing worse", async () => {
    const { id } = await makeConversation(house);
    for (let at = 1; at < 4; at++) {
      const broken = bench.begin(dyingConnection(bench.connection, at));
      await expect(broken.conversations.load(id)).rejects.toBeInstanceOf(StoreAway);
    }
  });
});

const plain = (conversation: Conversation | undefined) =>
  conversation && {
    ...conversation,
    legs: conversation.legs.map(({ to, portal, number, ...leg }) => ({
      ...leg,
      to: to.expose(),
      portal: portal?.expose(),
      number: number?.expose(),
    })),
  };

describe("a conversation", () => {
  test("is read by another process as it was written", async () => {
    const made = await makeConversation(house);
    expect(plain(await bench.begin().conversations.load(made.id))).toEqual(plain(made));
  });

  test("that isn't there is undefined", async () => {
    expect(await house.conversations.load(newId<ConversationId>())).toBeUndefined();
    expect(await house.conversations.byChat(newId<ChatKey>())).toBeUndefined();
  });

  test("is after any changes what the changes made of it", async () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constant("record" as const), open: fc.boolean(), told: fc.array(fc.string()) }),
      fc.record({ kind: fc.constant("gate" as const) }),
      fc.record({
        kind: fc.constant("seat" as const),
        index: fc.nat({ max: 1 }),
        name: fc.string(),
        left: fc.boolean(),
      }),
      fc.record({
        kind: fc.constant("leg" as const),
        index: fc.nat({ max: 1 }),
        away: fc.boolean(),
        portal: fc.option(fc.string(), { nil: undefined }),
      }),
    );
    const fences = await bench.fences();
    await fc.assert(
      fc.asyncProperty(
        // One gate at most in one decision: it is raised to a number that was read before.
        fc.array(fc.uniqueArray(change, { selector: ({ kind }) => kind, maxLength: 4 }), { maxLength: 5 }),
        async (decisions) => {
          let now = await makeConversation(house);
          for (const decision of decisions) {
            const changes = decision.map((each) => changeOf(now, each));
            const replies: CommitReply[] = [];
            const commit = {
              conversation: now,
              canonical: newId<CanonicalId>(),
              acceptedAt: bench.clock.now(),
            };
            await house.commits.commit({ ...commit, changes, deliveries: [] }, [], fences.next(), (reply) =>
              replies.push(reply),
            );
            expect(replies).toEqual([{ kind: "committed", claimed: [] }]);
            now = applyChanges(now, changes);
            expect(plain(await bench.begin().conversations.load(now.id))).toEqual(plain(now));
          }
        },
      ),
      runs(15),
    );
  });

  type Drawn =
    | { readonly kind: "record"; readonly open: boolean; readonly told: readonly string[] }
    | { readonly kind: "gate" }
    | { readonly kind: "seat"; readonly index: number; readonly name: string; readonly left: boolean }
    | {
        readonly kind: "leg";
        readonly index: number;
        readonly away: boolean;
        readonly portal: string | undefined;
      };

  function changeOf(now: Conversation, drawn: Drawn): Change {
    const seat = now.seats[drawn.kind === "seat" ? drawn.index : 0];
    const leg = legsOf(now)[drawn.kind === "leg" ? drawn.index : 0];
    if (drawn.kind === "gate") return drawn;
    if (drawn.kind === "record")
      return { kind: "record", record: { ...now.record, open: drawn.open, told: drawn.told } };
    if (drawn.kind === "seat" && seat !== undefined)
      return { kind: "seat", seat: { ...seat, name: drawn.name, state: drawn.left ? "left" : "accepted" } };
    if (drawn.kind !== "leg" || leg === undefined) throw new RangeError("a seat or leg of the conversation");
    const { portal: _before, ...rest } = leg;
    const portal = drawn.portal === undefined ? {} : { portal: sensitive(drawn.portal) };
    return { kind: "leg", leg: { ...rest, away: drawn.away, ...portal } };
  }

  test("makes its native chats known to all, and forgets those that are dropped", async () => {
    const made = await makeConversation(house);
    for (const leg of made.legs) {
      const chat = leg.chat ?? newId<ChatKey>();
      expect(await bench.begin().conversations.byChat(chat)).toEqual({ conversation: made.id, leg: leg.id });
      expect(await house.conversations.dropChat(chat, "BBBBBBBBBBBBBBBB" as LegId)).toBe(false);
      expect(await house.conversations.dropChat(chat, leg.id)).toBe(true);
      expect(await house.conversations.byChat(chat)).toBeUndefined();
    }
  });

  test("that can be loaded is in the list of all, wherever its maker was killed", async () => {
    const missing: number[] = [];
    for (let at = 1; at < 20; at++) {
      await bench.clear();
      const dying = bench.begin(dyingConnection(bench.connection, at));
      await makeConversation(dying).catch(nothing);
      const names = await bench.connection.command("KEYS", "{c0}:c:*");
      const there = (Array.isArray(names) ? names : []).map((name) => String(name).slice("{c0}:c:".length));
      const listed: readonly string[] = await bench.begin().conversations.pairs();
      if (there.some((id) => !listed.includes(id))) missing.push(at);
    }
    expect(missing).toEqual([]); // what isn't listed is never closed when its pair is taken out
  });
});

test("a seat's note under its person says nothing to others", async () => {
  const made = await makeConversation(house);
  const [seat] = made.seats;
  const person = seat && (await house.people.byId(seat.person));
  const other = await house.people.findOrCreate(SMS, sensitive("+15550109999"));
  if (person === undefined || seat === undefined) throw new Error("the seat has a person");
  const hash = fields(await bench.connection.command("HGETALL", keys.person(person.id)));
  const field = `c:${nameUnder(person.key, made.id)}`;
  const note = hash.get(field) ?? Buffer.alloc(0);
  expect(JSON.parse(open(only(person.key), "seat", field, note).toString())).toEqual([made.id, seat.id]);
  expect(() => open(only(other.key), "seat", field, note)).toThrow(UnknownKey);
});

test("nothing in Redis shows that two conversations are with the same person, or who sits in one", async () => {
  const first = await makeConversation(house);
  const second = await makeConversation(house, { phone: sensitive("+15550108888") }); // the same MXID
  const person = first.seats[0]?.person ?? ("" as PersonId); // two sit there
  expect(second.seats[0]?.person).toBe(person);
  const [one, other, about] = await Promise.all(
    [keys.conversation(first.id), keys.conversation(second.id), keys.person(person)].map(valuesOf),
  );
  if (one === undefined || other === undefined || about === undefined)
    throw new Error("three were asked for");
  // As long as the id of a key.
  expect(inCommon(one, other, 8)).toEqual([]);
  expect(inCommon(one, about, 8)).toEqual([]);
  expect([...one, ...other].join("\n")).not.toContain(person);
});

/** What a hash holds, fields and values. An octet is a character. */
async function valuesOf(key: string): Promise<readonly string[]> {
  const hash = await bench.connection.command("HGETALL", key);
  return (Array.isArray(hash) ? hash : []).map((each) => (each as Buffer).toString("latin1"));
}

/** Stretches of so many characters that a value of both has. */
function inCommon(some: readonly string[], others: readonly string[], length: number): string[] {
  const all = others.join("\n");
  return some.flatMap((value) =>
    Array.from({ length: Math.max(0, value.length - length + 1) }, (_, at) => value.slice(at, at + length))
      .filter((stretch) => all.includes(stretch))
      .map((stretch) => Buffer.from(stretch, "latin1").toString("hex")),
  );
}
