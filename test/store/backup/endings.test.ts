// What people ended after a backup stays so when it is restored: by the journal that the repositories themselves wrote.

import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Conversation, DeskRecord } from "../../../src/model/conversation.ts";
import type { CanonicalId, ConversationId, LegId, SeatId } from "../../../src/model/ids.ts";
import { sensitive } from "../../../src/model/sensitive.ts";
import { DAY, MINUTE, SECOND } from "../../../src/model/time.ts";
import type { BackupStart } from "../../../src/store/backup/ended.ts";
import type { BackupRecord } from "../../../src/store/backup/record.ts";
import { Forgetting } from "../../../src/store/forgetting.ts";
import { keys } from "../../../src/store/keys.ts";
import { COOL_DOWN } from "../../../src/store/number-pairs.ts";
import { scopesOf } from "../../../src/store/opt-outs.ts";
import { MATRIX, newId, SMS } from "../fixture.ts";
import { makeHandle } from "../handles.fixture.ts";
import {
  converse,
  openStateBench,
  ROOMS,
  recordsIn,
  restoreInto,
  type StateBench,
  type StateHouse,
} from "./house.ts";

let bench: StateBench;
let house: StateHouse;
let records: readonly BackupRecord[];
let start: BackupStart;
beforeAll(async () => {
  bench = await openStateBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  house = await bench.begin();
});

const ANA = sensitive("@ana.canary:example.org");
const LEO = sensitive("+351910000001");
const MIA = sensitive("+351910000002");
const NUMBER = sensitive("+15550100111");
const OTHER_NUMBER = sensitive("+15550100112");

/** A backup of what is there now; time goes on a little. */
async function backUp(): Promise<void> {
  const mark = newId();
  await house.store.journal.note({ kind: "backup", mark });
  start = { created: house.clock.now(), mark };
  records = await recordsIn(house);
  house.clock.advance(SECOND);
}

async function restore() {
  return restoreInto(bench.target, records, house.clock, house.journal, start);
}

/** The bridge's own chat with Ana, in which a conversation is led and a request is open. */
async function deskOf(led: Conversation): Promise<ConversationId> {
  const person = await house.people.findOrCreate(MATRIX, ANA);
  const id = newId<ConversationId>();
  const seat = newId<SeatId>();
  const record: DeskRecord = {
    ...{ open: true, origin: "desk", told: [], questions: {}, lastRequest: 1 },
    requests: [{ number: 1, conversation: led.id, name: "Fox", label: "bike", asked: newId<CanonicalId>() }],
    threads: [{ conversation: led.id, leg: newId<LegId>(), name: "Fox", at: 0 }],
  };
  await house.conversations.create({
    ...{ id, version: 1, gate: 0, record },
    seats: [{ id: seat, person: person.id, name: "Ana", state: "accepted" }],
    legs: [
      {
        ...{
          id: newId<LegId>(),
          seat,
          account: ROOMS,
          to: ANA,
          alias: "abcdefghijklmnopqrstuvwxyz",
          away: false,
        },
        chat: house.store.vault.keyring.chat(ROOMS, id),
      },
    ],
  });
  return id;
}

async function end({ id, legs }: Conversation): Promise<void> {
  await house.conversations.drop(
    id,
    legs.flatMap(({ chat }) => chat ?? []),
  );
}

describe("what was ended after the backup", () => {
  test("a person who was forgotten doesn't come back, with all that led to them; the others do", async () => {
    const talk = await converse(house, ANA, LEO, NUMBER);
    const other = await converse(house, ANA, MIA, NUMBER);
    const leo = await house.people.findOrCreate(SMS, LEO);
    const handle = await makeHandle(house.handles, leo, "bike");
    await backUp();
    const forgetting = new Forgetting(house.store, house.people, house.handles);
    await forgetting.begin(leo);
    await forgetting.end(leo);
    const { house: after, restored } = await restore();
    expect(await after.people.find(SMS, LEO)).toBeUndefined();
    expect(await after.people.byId(leo.id)).toBeUndefined();
    expect(await after.handles.find(handle.code)).toBeUndefined();
    expect(await after.conversations.load(talk.id)).toBeUndefined();
    for (const { chat } of talk.legs)
      expect(chat && (await after.conversations.byChat(chat))).toBeUndefined();
    const ana = await after.people.find(MATRIX, ANA);
    const seats = ana === undefined ? [] : await after.people.seats(ana);
    expect(seats.map(({ conversation }) => conversation)).toEqual([other.id]);
    expect((await after.conversations.load(other.id))?.seats).toHaveLength(2);
    expect(restored.ended).toEqual({ persons: 1, conversations: 1, handles: 0 });
    // Their number is nobody's before it has cooled down.
    expect(await after.numberPairs.on(LEO, NUMBER)).toMatchObject([{ releasedAt: house.clock.now() }]);
  });

  test("a guest who had become a part of who was forgotten is gone, too", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const leo = await house.people.findOrCreate(SMS, LEO);
    await house.links.merge(leo.id, ana, newId(), { hasHandles: async () => false });
    await backUp();
    const forgetting = new Forgetting(house.store, house.people, house.handles);
    await forgetting.begin(ana);
    const { house: after } = await restore();
    expect(await after.people.find(SMS, LEO)).toBeUndefined();
    expect(await after.store.connection.command("KEYS", "{p:*")).toEqual([]);
  });

  test("a closed conversation doesn't come back, and no desk speaks of it", async () => {
    const talk = await converse(house, ANA, LEO, NUMBER);
    const desk = await deskOf(talk);
    await backUp();
    await end(talk);
    const { house: after } = await restore();
    expect(await after.conversations.load(talk.id)).toBeUndefined();
    expect((await after.conversations.load(desk))?.record).toMatchObject({ threads: [], requests: [] });
    expect(await after.timers.due(Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    const pairs = await after.numberPairs.on(LEO, NUMBER);
    expect(pairs).toMatchObject([{ conversation: talk.id, releasedAt: house.clock.now() }]);
    house.clock.advance(COOL_DOWN);
    expect(await after.numberPairs.on(LEO, NUMBER)).toEqual([]);
  });

  test("a handle that was ended stays so; another of the same owner works", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const ended = await makeHandle(house.handles, ana, "bike");
    const live = await makeHandle(house.handles, ana, "lamp");
    await backUp();
    await house.handles.revoke(ana, { id: ended.id });
    const { house: after, restored } = await restore();
    expect(await after.handles.find(ended.code)).toBeUndefined();
    expect(await after.handles.find(live.code)).toMatchObject({ label: "lamp", owner: ana.id });
    expect(restored.ended.handles).toBe(1);
  });

  test("an address that was unlinked isn't its person's, and nothing of theirs goes there", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const leo = await house.people.findOrCreate(SMS, LEO);
    await house.links.merge(leo.id, ana, newId(), { hasHandles: async () => false });
    const onlyThere = await converse(house, sensitive("@eva.canary:example.org"), LEO, NUMBER);
    const both = await converse(house, sensitive("@tom.canary:example.org"), LEO, OTHER_NUMBER);
    const [seat] = both.legs.slice(1).map((leg) => leg.seat);
    // Ana is reached in a room as well there.
    const room = {
      ...{ id: newId<LegId>(), seat: seat ?? newId<SeatId>(), account: ROOMS, to: ANA },
      ...{ alias: "cdefghijklmnopqrstuvwxyzab", away: false },
    };
    const loaded = await house.conversations.load(both.id);
    const written = loaded && house.conversations.fieldsOf(loaded, [{ kind: "leg", leg: room }]).flat();
    await house.store.connection.command("HSET", keys.conversation(both.id), ...(written ?? []));
    await backUp();
    const own = (await house.people.identities(ana)).find(({ network }) => network === SMS);
    if (own === undefined) throw new Error("they aren't linked");
    await house.links.split(ana, own, newId());
    const { house: after } = await restore();
    expect(await after.people.find(SMS, LEO)).toBeUndefined();
    expect((await after.people.find(MATRIX, ANA))?.id).toBe(ana.id);
    expect((await after.people.identities(ana)).map(({ network }) => network)).toEqual([MATRIX]);
    expect(await after.conversations.load(onlyThere.id)).toBeUndefined();
    const legs = (await after.conversations.load(both.id))?.legs ?? [];
    expect(legs.find(({ to }) => to.expose() === LEO.expose())?.over).toBe(true);
    expect(legs.find(({ id }) => id === room.id)?.over).toBeUndefined();
  });

  test("an address whose unlinking was refused, or lost to another one's, is its person's still", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const leo = await house.people.findOrCreate(SMS, LEO);
    await house.links.merge(leo.id, ana, newId(), { hasHandles: async () => false });
    await backUp();
    const own = await house.people.identities(ana);
    const splits = await Promise.all(own.map((each) => house.links.split(ana, each, newId())));
    expect(splits.filter((split) => split !== undefined)).toHaveLength(1);
    const [stayed] = await house.people.identities(ana);
    expect(stayed && (await house.links.split(ana, stayed, newId()))).toBeUndefined();
    const { house: after } = await restore();
    expect((await after.people.identities(ana)).map(({ id }) => id)).toEqual([stayed?.id]);
    const found = stayed && (await after.people.find(stayed.network, stayed.address));
    expect(found?.id).toBe(ana.id);
  });

  test("an unlinking that a crash cut off after it was decided is noted when it is repeated", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const leo = await house.people.findOrCreate(SMS, LEO);
    await house.links.merge(leo.id, ana, newId(), { hasHandles: async () => false });
    await backUp();
    const own = (await house.people.identities(ana)).find(({ network }) => network === SMS);
    const by = newId<CanonicalId>();
    if (own === undefined) throw new Error("they aren't linked");
    await house.links.split(ana, own, by);
    house.journal.splice(1); // it never got there; the mark did
    expect(await house.links.splitBy(by)).toHaveProperty("from");
    const { house: after } = await restore();
    expect(await after.people.find(SMS, LEO)).toBeUndefined();
  });

  test("blocks and STOP of after the backup hold; START counts, and who was unblocked is blocked again", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const [leo, mia] = [LEO, MIA].map((address) => ({ network: SMS, address }));
    if (leo === undefined || mia === undefined) throw new Error("two, above");
    const as = (name: string) => ({ name, at: house.clock.now() });
    await house.blocks.add(ana, "block", as("Fox"), [leo]);
    await house.optOuts.set(LEO, scopesOf(NUMBER), newId());
    await backUp();
    await house.blocks.remove(ana, "block", [leo]);
    await house.blocks.add(ana, "block", as("Owl"), [mia]);
    await house.optOuts.clear(LEO, scopesOf(NUMBER));
    await house.optOuts.set(MIA, scopesOf(NUMBER).slice(1), newId());
    const { house: after } = await restore();
    expect(await after.blocks.has(ana, "block", [leo])).toBe(true);
    expect(await after.blocks.of(ana, "block", [mia])).toMatchObject({ name: "Owl" });
    expect(await after.optOuts.isOut(LEO, scopesOf(NUMBER))).toBe(false);
    expect(await after.optOuts.isOut(MIA, scopesOf(NUMBER))).toBe(true);
    expect(await after.optOuts.isOut(MIA, scopesOf(OTHER_NUMBER))).toBe(false);
  });

  test("counts by its place in the journal: a clock that was set back since hides nothing", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const leo = await house.people.findOrCreate(SMS, LEO);
    await house.links.merge(leo.id, ana, newId(), { hasHandles: async () => false });
    await house.optOuts.set(LEO, scopesOf(NUMBER), newId());
    await backUp();
    house.clock.jump(-2 * DAY);
    const own = (await house.people.identities(ana)).find(({ network }) => network === SMS);
    if (own === undefined) throw new Error("they aren't linked");
    await house.links.split(ana, own, newId());
    await house.blocks.add(ana, "block", { name: "Owl", at: 1 }, [{ network: SMS, address: MIA }]);
    await house.optOuts.set(MIA, scopesOf(NUMBER), newId());
    await house.optOuts.clear(LEO, scopesOf(NUMBER));
    const { house: after } = await restore();
    expect((await after.people.identities(ana)).map(({ network }) => network)).toEqual([MATRIX]);
    expect(await after.blocks.has(ana, "block", [{ network: SMS, address: MIA }])).toBe(true);
    expect(await after.optOuts.isOut(MIA, scopesOf(NUMBER))).toBe(true);
    expect(await after.optOuts.isOut(LEO, scopesOf(NUMBER))).toBe(false);
  });

  test("goes by time for a backup without a mark, and a clock that was set back a little hides nothing", async () => {
    await converse(house, ANA, LEO, NUMBER);
    house.clock.advance(2 * DAY);
    await backUp();
    start = { created: start.created };
    await house.optOuts.set(LEO, scopesOf(NUMBER), newId());
    await house.optOuts.set(MIA, scopesOf(NUMBER), newId());
    const [first, ...others] = house.journal.splice(0);
    const at = (ago: number) => others.map((entry) => ({ ...entry, at: start.created - ago }));
    if (first?.kind !== "backup") throw new Error("its mark");
    const near = await restoreInto(bench.target, records, house.clock, at(5 * MINUTE), start);
    expect(await near.house.optOuts.isOut(MIA, scopesOf(NUMBER))).toBe(true);
    const far = await restoreInto(bench.target, records, house.clock, at(DAY), start);
    expect(await far.house.optOuts.isOut(MIA, scopesOf(NUMBER))).toBe(false);
  });

  test("who blocks or mutes somebody after the backup doesn't hear of them where they talked", async () => {
    const talk = await converse(house, ANA, LEO, NUMBER);
    const other = await converse(house, ANA, MIA, NUMBER);
    const desk = await deskOf(talk);
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    await backUp();
    const block = { name: "Fox", at: house.clock.now() };
    await house.blocks.add(ana, "block", block, [{ network: SMS, address: LEO }]);
    await house.blocks.add(ana, "mute", block, [{ network: SMS, address: MIA }]);
    const { house: after } = await restore();
    const seatsIn = async ({ id, seats }: Conversation) =>
      ((await after.conversations.load(id))?.seats ?? []).map(({ state, muted }, i) => [
        state,
        muted ?? seats[i]?.muted,
      ]);
    expect(await seatsIn(talk)).toEqual([
      ["blocked", undefined],
      ["accepted", true],
    ]);
    expect(await seatsIn(other)).toEqual([
      ["accepted", true],
      ["accepted", true],
    ]);
    expect((await after.conversations.load(desk))?.record).toMatchObject({ threads: [], requests: [] });
  });

  test("blocks that nobody can open are left out and counted, and keep nothing from being restored", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    await backUp();
    const leo = { network: SMS, address: LEO };
    await house.blocks.add(ana, "block", { name: "Fox", at: house.clock.now() }, [leo]);
    const real = house.journal.at(-1);
    if (real?.kind !== "blocked") throw new Error("it was noted");
    const garbage = { ...real, sealed: Buffer.from("garbage").toString("base64") };
    house.journal.splice(-1, 0, garbage, { ...real, field: "k" }, { ...real, field: "b:other" });
    const { house: after, restored } = await restore();
    expect(restored.ignored).toBe(2); // of one field the last counts
    expect(await after.blocks.list(ana, "block")).toMatchObject([{ name: "Fox" }]);
  });

  test("a block that was taken back after the backup, as it was made, isn't there", async () => {
    await converse(house, ANA, LEO, NUMBER);
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    await backUp();
    const leo = [{ network: SMS, address: LEO }];
    await house.blocks.add(ana, "block", { name: "Fox", at: house.clock.now() }, leo);
    await house.blocks.remove(ana, "block", leo);
    const { house: after } = await restore();
    expect(await after.blocks.has(ana, "block", leo)).toBe(false);
  });

  test("what was undone before the backup stays undone: unlinked and linked again is linked", async () => {
    const ana = await house.people.findOrCreate(MATRIX, ANA);
    const leo = await house.people.findOrCreate(SMS, LEO);
    const guards = { hasHandles: async () => false };
    await house.links.merge(leo.id, ana, newId(), guards);
    const [own] = (await house.people.identities(ana)).filter(({ network }) => network === SMS);
    const split = own && (await house.links.split(ana, own, newId()));
    if (split === undefined) throw new Error("it wasn't split");
    await house.links.finish(split);
    house.clock.advance(SECOND);
    await house.links.merge(split.person.id, ana, newId(), guards);
    await backUp();
    const { house: after } = await restore();
    expect((await after.people.find(SMS, LEO))?.id).toBe(ana.id);
  });

  test("a pair of the config whose person was forgotten keeps its number, so that the next start makes it anew", async () => {
    const pair = await converse(house, ANA, LEO, NUMBER, "pair");
    await backUp();
    await new Forgetting(house.store, house.people, house.handles).begin(
      await house.people.findOrCreate(SMS, LEO),
    );
    const { house: after } = await restore();
    expect(await after.conversations.load(pair.id)).toBeUndefined();
    expect(await after.numberPairs.on(LEO, NUMBER)).toEqual([]);
  });
});
