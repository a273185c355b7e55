import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CanonicalId } from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";
import { keys } from "../../src/store/keys.ts";
import type { PersonHandle } from "../../src/store/people.ts";
import { PersonLinks } from "../../src/store/person-links.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import {
  type Bench,
  dyingConnection,
  MATRIX,
  MXID,
  makeConversation,
  newId,
  openBench,
  PHONE,
  type Process,
  SMS,
} from "./fixture.ts";

let bench: Bench;
let house: Process;
let ana: PersonHandle;
let guest: PersonHandle;

const BY = "errand-one" as CanonicalId; // opaque, here and below
const guards = { hasHandles: async () => false };
const linksOf = ({ store, people }: Process) => new PersonLinks(store, people);
const find = async (address: Sensitive<string> = PHONE, network = SMS) =>
  (await bench.begin().people.find(network, address))?.id;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(begin);

async function begin(): Promise<void> {
  await bench.clear();
  house = bench.begin();
  ana = await house.people.findOrCreate(MATRIX, MXID);
  guest = await house.people.findOrCreate(SMS, PHONE);
}

/** Both addresses are hers, each once, and nothing is half done. */
async function expectLinked(): Promise<void> {
  const { people } = bench.begin();
  expect(await find()).toBe(ana.id);
  expect((await people.byId(guest.id))?.id).toBe(ana.id);
  const identities = await people.identities(ana);
  expect(identities.map(({ address }) => address.expose()).sort()).toEqual(
    [PHONE, MXID].map((a) => a.expose()),
  );
  expect(await people.identities(guest)).toEqual([]);
}

/** What a process does that dies at its first, second, ... call, whether or not Redis still does that one. */
async function eachCrash(run: (dying: Process) => Promise<void>): Promise<number> {
  let crashes = 0;
  for (let at = 1; at < 24; at++) {
    for (const doneStill of [false, true]) {
      await begin();
      const dying = bench.begin(dyingConnection(bench.connection, at, doneStill));
      await run(dying).catch((error: unknown) => {
        if (!(error instanceof StoreAway)) throw error;
        crashes += 1;
      });
    }
  }
  return crashes;
}

describe("linking a guest with somebody", () => {
  test("makes them one person, for all who know either, and leaves an alias", async () => {
    expect(await linksOf(house).merge(guest.id, ana, BY, guards)).toMatchObject({ kind: "merged" });
    await expectLinked();
  });

  test("says the same when it is asked again, and that they are linked when another asks", async () => {
    await linksOf(house).merge(guest.id, ana, BY, guards);
    expect(await linksOf(house).merge(guest.id, ana, BY, guards)).toMatchObject({ kind: "merged" });
    const other = "errand-two" as CanonicalId;
    expect(await linksOf(house).merge(guest.id, ana, other, guards)).toEqual({ kind: "already" });
  });

  test("takes their seats along, sealed by the other's key and under a new version", async () => {
    const before = await makeConversation(house);
    const third = await house.people.findOrCreate(SMS, sensitive("+351900000001"));
    await linksOf(house).merge(guest.id, third, BY, guards);
    for (const process of [house, bench.begin()]) {
      const after = await process.conversations.load(before.id);
      expect(after?.seats.map(({ person }) => person)).toEqual([ana.id, third.id]);
      expect(after?.legs).toEqual(before.legs);
      expect(after?.version).toBe(before.version + 1);
    }
    expect(await house.people.seats(third)).toMatchObject([{ conversation: before.id }]);
    // The guest's own key isn't needed for it any more.
    await bench.connection.command("DEL", keys.person(guest.id));
    expect(await bench.begin().conversations.load(before.id)).toMatchObject({ version: before.version + 1 });
  });

  test("is refused for who has another identity, or a handle, and changes nothing", async () => {
    const third = await house.people.findOrCreate(SMS, sensitive("+351900000001"));
    await linksOf(house).merge(third.id, guest, BY, guards);
    expect(await linksOf(house).merge(guest.id, ana, BY, guards)).toEqual({ kind: "no-guest" });
    await begin();
    const handles = { hasHandles: async () => true };
    expect(await linksOf(house).merge(guest.id, ana, BY, handles)).toEqual({ kind: "has-handles" });
    expect(await find()).toBe(guest.id);
    expect(await house.people.identities(ana)).toHaveLength(1);
    expect(await linksOf(house).merge(guest.id, ana, BY, guards)).toMatchObject({ kind: "merged" });
  });

  test("unites the blocks before anything is decided", async () => {
    let owner: unknown;
    const uniteBlocks = async (): Promise<void> => {
      owner = await find();
    };
    await linksOf(house).merge(guest.id, ana, BY, { ...guards, uniteBlocks });
    expect(owner).toBe(guest.id);
  });

  test("of two who want the same guest at the same moment, one gets them", async () => {
    for (let round = 0; round < 20; round++) {
      await begin();
      const third = await house.people.findOrCreate(SMS, sensitive("+351900000001"));
      const replies = await Promise.all([
        linksOf(bench.begin()).merge(guest.id, ana, newId(), guards),
        linksOf(bench.begin()).merge(guest.id, third, newId(), guards),
      ]);
      expect(replies.filter(({ kind }) => kind === "merged")).toHaveLength(1);
      const { people } = bench.begin();
      const owned = [...(await people.identities(ana)), ...(await people.identities(third))];
      expect(owned).toHaveLength(3);
    }
  });

  test("in a circle, at the same moment, leaves no address without its person", async () => {
    for (let round = 0; round < 20; round++) {
      await begin();
      const third = await house.people.findOrCreate(SMS, sensitive("+351900000001"));
      const circle = [ana, guest, third] as const;
      await Promise.all(
        circle.map((one, i) =>
          linksOf(bench.begin()).merge(one.id, circle[(i + 1) % 3] ?? ana, newId(), guards),
        ),
      );
      const { people } = bench.begin();
      const owners = await Promise.all([find(MXID, MATRIX), find(), find(sensitive("+351900000001"))]);
      for (const owner of owners) {
        const person = owner && (await people.byId(owner));
        expect(person?.id).toBe(owner); // who owns an address isn't an alias
      }
      const counted = await Promise.all(
        [...new Set(owners)].map(async (owner) => {
          const person = owner && (await people.byId(owner));
          return person ? (await people.identities(person)).length : 0;
        }),
      );
      expect(counted.reduce((sum, each) => sum + each, 0)).toBe(3);
    }
  });

  test("after a crash at any call, and again after it, makes them one person", async () => {
    const crashes = await eachCrash(async (dying) => {
      const before = await makeConversation(house, { mxid: sensitive("@leo:example.org") });
      await dying.people.byId(ana.id).catch(() => undefined);
      const reply = await linksOf(dying)
        .merge(guest.id, ana, BY, guards)
        .catch(() => undefined);
      await dying.conversations.load(before.id).catch(() => undefined);
      expect(await linksOf(house).merge(guest.id, ana, BY, guards)).toMatchObject({ kind: "merged" });
      await expectLinked();
      const after = await bench.begin().conversations.load(before.id);
      expect(after?.seats.map(({ person }) => person)).toContain(ana.id);
      if (reply === undefined) throw new StoreAway("killed");
    });
    expect(crashes).toBeGreaterThan(15);
  });
});

describe("unlinking an identity", () => {
  const phoneOf = async () => {
    const found = (await house.people.identities(ana)).find(({ network }) => network === SMS);
    if (found === undefined) throw new Error("not linked");
    return found;
  };
  const link = () => linksOf(house).merge(guest.id, ana, "link" as CanonicalId, guards);

  test("makes it a person of its own, and nothing stays with the other", async () => {
    await link();
    const links = linksOf(house);
    const split = await links.split(ana, await phoneOf(), BY);
    if (split === undefined) throw new Error("refused");
    await links.finish(split);
    expect(await find()).toBe(split.person.id);
    expect([ana.id, guest.id]).not.toContain(split.person.id);
    expect(await house.people.identities(ana)).toHaveLength(1);
    expect(await house.people.identities(split.person)).toMatchObject([{ network: SMS }]);
    expect(await linksOf(bench.begin()).splitBy(BY)).not.toHaveProperty("from");
  });

  test("is refused for the last one, and for one that isn't theirs", async () => {
    await link();
    const phone = await phoneOf();
    expect(await linksOf(house).split(guest, phone, BY)).toBeUndefined();
    const [room] = (await house.people.identities(ana)).filter(({ network }) => network === MATRIX);
    if (room === undefined) throw new Error("no room");
    const both = await Promise.all(
      [phone, room].map((each) => linksOf(bench.begin()).split(ana, each, newId())),
    );
    expect(both.filter((split) => split !== undefined)).toHaveLength(1);
    expect(await house.people.identities(ana)).toHaveLength(1);
  });

  test("can be linked again, with the same person or another", async () => {
    await link();
    const split = await linksOf(house).split(ana, await phoneOf(), BY);
    if (split === undefined) throw new Error("refused");
    await linksOf(house).finish(split);
    const again = await linksOf(house).merge(split.person.id, ana, "again" as CanonicalId, guards);
    expect(again).toMatchObject({ kind: "merged" });
    expect(await find()).toBe(ana.id);
  });

  test("isn't undone by being linked while it isn't finished", async () => {
    await link();
    await linksOf(house).split(ana, await phoneOf(), BY);
    const third = await house.people.findOrCreate(SMS, sensitive("+351900000001"));
    expect(await linksOf(house).merge(ana.id, third, newId(), guards)).toEqual({ kind: "no-guest" });
  });

  test("after a crash at any call, and again after it, makes one new person", async () => {
    const crashes = await eachCrash(async (dying) => {
      await link();
      const phone = await phoneOf();
      const work = async (process: Process) => {
        const links = linksOf(process);
        const split = (await links.splitBy(BY)) ?? (await links.split(ana, phone, BY));
        if (split !== undefined) await links.finish(split);
        return split;
      };
      const first = await work(dying).catch(() => "died" as const);
      const split = await work(house);
      expect(await find()).toBe(split?.person.id);
      expect(await house.people.identities(ana)).toHaveLength(1);
      const names = await bench.connection.command("KEYS", "{p:*");
      expect(Array.isArray(names) && names.length).toBe(3); // ana, the alias, the new one
      if (first === "died") throw new StoreAway("killed");
    });
    expect(crashes).toBeGreaterThan(15);
  });
});
