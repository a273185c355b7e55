// Persons who share a bucket's key, one of whom is forgotten.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CanonicalId, ConversationId, PersonId } from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";
import { MINUTE } from "../../src/model/time.ts";
import { createRandom } from "../../src/observe/random.ts";
import { UnknownKey } from "../../src/privacy/errors.ts";
import { openPersonKey } from "../../src/privacy/person-keys.ts";
import { BucketRenewal } from "../../src/store/bucket-renewal.ts";
import { Conversations } from "../../src/store/conversations.ts";
import { Forgetting } from "../../src/store/forgetting.ts";
import { keys } from "../../src/store/keys.ts";
import { People, type PersonHandle } from "../../src/store/people.ts";
import { PersonLinks } from "../../src/store/person-links.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { fields } from "../../src/store/reply.ts";
import { Vault } from "../../src/store/vault.ts";
import { type Bench, dyingConnection, MATRIX, makeConversation, openBench, SMS } from "./fixture.ts";
import { handlesOf, makeHandle } from "./handles.fixture.ts";

let bench: Bench;

/** A process for which all persons are drawn into one bucket. */
function begin(connection: Connection = bench.connection) {
  const random = { ...createRandom(), fraction: () => 0.25 };
  const process = bench.begin(connection);
  const store = { ...process.store, vault: new Vault(bench.keyring, random, bench.clock) };
  const people = new People(store);
  const conversations = new Conversations(store, people);
  const own = { ...process, store, people, conversations };
  const handles = handlesOf(own);
  return {
    ...own,
    handles,
    links: new PersonLinks(store, people),
    forgetting: new Forgetting(store, people, handles),
    renewal: new BucketRenewal({ store, people, conversations, handles }),
  };
}

type House = ReturnType<typeof begin>;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  await renewed(begin()); // nobody is there: what a test before left retired goes
});

const user = (name: string): Sensitive<string> => sensitive(`@${name}.canary:example.org`);
const phone = (index: number): Sensitive<string> => sensitive(`+35191234560${index}`);

/** What a copy of Redis' files has of a person. */
async function copied(person: PersonId): Promise<ReadonlyMap<string, Buffer>> {
  return fields(await bench.connection.command("HGETALL", keys.person(person)));
}

function opens(person: PersonId, copy: ReadonlyMap<string, Buffer>): boolean {
  try {
    openPersonKey(bench.keyring, person, copy.get("k") ?? Buffer.alloc(0));
    return true;
  } catch (error) {
    if (error instanceof UnknownKey) return false;
    throw error;
  }
}

/** As the minutes go by. Gives how many keys were destroyed. */
async function renewed(house: House): Promise<number> {
  let destroyed = 0;
  for (let minute = 0; minute < 5; minute++) {
    destroyed += await house.renewal.run();
    bench.clock.advance(MINUTE);
  }
  return destroyed;
}

/** All that the renewal of a forgotten person's bucket must leave as it is, and the person. */
async function populate(house: House) {
  const gone = await house.people.findOrCreate(SMS, phone(0));
  const talks = [
    await makeConversation(house, { mxid: user("ana"), phone: phone(1) }),
    await makeConversation(house, { mxid: user("ana"), phone: phone(2) }),
    await makeConversation(house, { mxid: user("leo"), phone: phone(3) }),
  ];
  const ana = await house.people.findOrCreate(MATRIX, user("ana"));
  const bike = await makeHandle(house.handles, ana, "bike");
  // A guest who became a part of Leo and whose conversation nobody has loaded since.
  const leo = await house.people.findOrCreate(MATRIX, user("leo"));
  const guest = await house.people.findOrCreate(SMS, phone(3));
  const merged = await house.links.merge(guest.id, leo, "errand-merge" as CanonicalId, {
    hasHandles: async () => false,
  });
  expect(merged.kind).toBe("merged");
  return { gone, ana, leo, guest, bike, ids: talks.map(({ id }) => id) };
}

async function forget(house: House, person: PersonHandle): Promise<void> {
  await house.forgetting.begin(person);
  await house.forgetting.retireKeys(person);
  await house.forgetting.end(person);
}

/** In a process that begins now, and has nothing in memory. */
async function expectAllThere(
  { ana, leo, guest, bike }: Awaited<ReturnType<typeof populate>>,
  ids: readonly ConversationId[],
): Promise<void> {
  const { people, conversations, handles } = begin();
  expect((await people.byId(ana.id))?.id).toBe(ana.id);
  expect((await people.byId(guest.id))?.id).toBe(leo.id);
  expect((await handles.find(bike.code))?.owner).toBe(ana.id);
  for (const id of ids) expect((await conversations.load(id))?.seats).toHaveLength(2);
  const sat = await people.seats(ana);
  expect(sat.map(({ conversation }) => conversation).sort()).toEqual(ids.slice(0, 2).sort());
}

describe("a bucket of which somebody is forgotten", () => {
  test("gets a new key: the others lose nothing, and no copy of Redis' files opens the forgotten one's", async () => {
    const house = begin();
    const all = await populate(house);
    const copies = new Map(
      await Promise.all([all.gone, all.ana].map(async ({ id }) => [id, await copied(id)] as const)),
    );
    await forget(house, all.gone);
    expect(await renewed(house)).toBe(1);
    await expectAllThere(all, all.ids);
    expect(bench.keyring.retired()).toEqual([]);
    for (const [id, copy] of copies) expect(opens(id, copy)).toBe(false); // of the old files nothing opens
    expect(await begin().people.find(SMS, phone(0))).toBeUndefined();
    expect((await copied(all.gone.id)).size).toBe(0);
    expect(opens(all.ana.id, await copied(all.ana.id))).toBe(true);
  });

  test("keeps its old key as long as the one who is to be forgotten is there, and for a minute after that", async () => {
    const house = begin();
    const all = await populate(house);
    await house.forgetting.begin(all.gone);
    await house.forgetting.retireKeys(all.gone);
    expect(await renewed(house)).toBe(0);
    expect((await begin().people.byId(all.gone.id))?.id).toBe(all.gone.id);
    await house.forgetting.end(all.gone);
    await house.forgetting.retireKeys(all.ana); // somebody else of the same bucket, at the same moment
    expect(await house.renewal.run()).toBe(0);
    await expectAllThere(all, all.ids);
  });

  test("keeps its old key while Redis is away, when nobody can be seen whom it still seals", async () => {
    const house = begin();
    const all = await populate(house);
    await forget(house, all.gone);
    bench.clock.advance(5 * MINUTE);
    const away: Connection = { ...bench.connection, up: false, servers: [] };
    await expect(begin(away).renewal.run()).rejects.toThrow(StoreAway);
    await expectAllThere(all, all.ids);
    expect(await renewed(begin())).toBe(1);
    await expectAllThere(all, all.ids);
  });

  test("leaves both seats readable of who was linked with whom they talked to", async () => {
    const house = begin();
    const all = await populate(house);
    await forget(house, all.gone);
    // Loaded before the renewal comes: the guest's seat becomes Leo's, beside Leo's own.
    const talks = await Promise.all(all.ids.map((id) => begin().conversations.load(id)));
    expect(talks.map((talk) => new Set(talk?.seats.map(({ person }) => person)).size)).toEqual([2, 2, 1]);
    expect(await renewed(house)).toBe(1);
    await expectAllThere(all, all.ids);
  });

  test("takes along what was sealed by the old key and written only after the new one was made", async () => {
    const house = begin();
    const all = await populate(house);
    const [first = "" as ConversationId] = all.ids;
    const name = keys.conversation(first);
    const before = fields(await bench.connection.command("HGETALL", name));
    await forget(house, all.gone);
    expect(await house.renewal.run()).toBe(0);
    // A slow writer: the pointers are again what the old key sealed.
    for (const [field, value] of before)
      if (field.startsWith("o:")) await bench.connection.command("HSET", name, field, value);
    expect(await renewed(house)).toBe(1);
    await expectAllThere(all, all.ids);
  });

  test("is renewed to the end, wherever the process is killed", async () => {
    let crashes = 0;
    for (let at = 1; at < 60; at += 3) {
      await bench.clear();
      const all = await populate(begin());
      const copy = await copied(all.gone.id);
      const dying = begin(dyingConnection(bench.connection, at, at % 2 === 0));
      const person = await begin().people.byId(all.gone.id);
      if (person === undefined) throw new Error("nobody was forgotten yet");
      await forget(dying, person)
        .then(() => renewed(dying))
        .catch((error: unknown) => {
          if (!(error instanceof StoreAway)) throw error;
          crashes += 1;
        });
      const next = begin();
      const left = await next.people.byId(all.gone.id);
      if (left !== undefined) await forget(next, left);
      await renewed(next);
      await expectAllThere(all, all.ids);
      expect(opens(all.gone.id, copy)).toBe(false);
      expect(bench.keyring.retired()).toEqual([]);
    }
    expect(crashes).toBeGreaterThan(10);
  });
});

describe("somebody who is being forgotten", () => {
  test("gets no seat, and becomes a part of nobody", async () => {
    const house = begin();
    const { gone, ana, ids } = await populate(house);
    await house.forgetting.begin(gone);
    await expect(makeConversation(house, { mxid: user("ana"), phone: phone(0) })).rejects.toThrow(
      /forgotten/,
    );
    const merged = await house.links.merge(gone.id, ana, "errand-late" as CanonicalId, {
      hasHandles: async () => false,
    });
    expect(merged.kind).toBe("no-guest");
    expect((await house.people.seats(ana)).map(({ conversation }) => conversation)).toHaveLength(3);
    expect(ids).toHaveLength(3);
  });

  test("leaves an address of the config to somebody who has nothing else of them", async () => {
    const house = begin();
    const made = await makeConversation(house, { mxid: user("ana"), phone: phone(0) });
    const [, seat] = made.seats;
    const gone = await house.people.findOrCreate(SMS, phone(0));
    if (seat === undefined) throw new Error("two sit there");
    await makeHandle(house.handles, gone, "lamp");
    await house.forgetting.begin(gone);
    await house.forgetting.retireKeys(gone);
    const heir = await house.forgetting.successor(gone, SMS, phone(0));
    expect((await house.forgetting.successor(gone, SMS, phone(0))).id).toBe(heir.id);
    await house.conversations.reseat(made.id, seat.id, heir);
    await house.forgetting.end(gone);
    await renewed(house);
    const { people, conversations, handles } = begin();
    expect((await people.find(SMS, phone(0)))?.id).toBe(heir.id);
    expect(heir.id).not.toBe(gone.id);
    expect((await conversations.load(made.id))?.seats[1]?.person).toBe(heir.id);
    expect(await handles.list(heir)).toEqual([]);
    expect((await people.identities(heir)).map(({ address }) => address.expose())).toEqual([
      phone(0).expose(),
    ]);
  });
});
