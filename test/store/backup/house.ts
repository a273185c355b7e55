// All repositories that a backup has something of, on a real Redis with keys of its own: one to be backed up, one to restore into.

import { newHandleCode } from "../../../src/consent/handle-code.ts";
import type { Conversation, ConversationRecord } from "../../../src/model/conversation.ts";
import {
  accountId,
  type ConversationId,
  type LegId,
  type PersonId,
  type SeatId,
} from "../../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../../src/model/sensitive.ts";
import { createRandom } from "../../../src/observe/random.ts";
import { openKeyring } from "../../../src/privacy/keyring.ts";
import { type BackupStart, endedSince } from "../../../src/store/backup/ended.ts";
import { exportState } from "../../../src/store/backup/export.ts";
import { type BackupRecord, recordLine, recordsOf } from "../../../src/store/backup/record.ts";
import { restoreState } from "../../../src/store/backup/restore.ts";
import type { Restored } from "../../../src/store/backup/restoring.ts";
import { settleSeats } from "../../../src/store/backup/settle-seats.ts";
import { Blocks } from "../../../src/store/blocks.ts";
import { Conversations } from "../../../src/store/conversations.ts";
import type { DatedEntry } from "../../../src/store/file-journal.ts";
import { Handles } from "../../../src/store/handles.ts";
import type { JournalEntry } from "../../../src/store/journal.ts";
import { keys } from "../../../src/store/keys.ts";
import { claimSchema, SCHEMA_VERSION } from "../../../src/store/meta.ts";
import { NumberPairs } from "../../../src/store/number-pairs.ts";
import { OptOuts, scopesOf } from "../../../src/store/opt-outs.ts";
import { People, type PersonHandle } from "../../../src/store/people.ts";
import { PersonLinks } from "../../../src/store/person-links.ts";
import { PeopleSettings } from "../../../src/store/person-settings.ts";
import type { Connection } from "../../../src/store/redis/connection.ts";
import { type Store, storeScripts } from "../../../src/store/store.ts";
import { Timers } from "../../../src/store/timers.ts";
import { Vault } from "../../../src/store/vault.ts";
import { type FakeClock, fakeClock } from "../../support/fake-clock.ts";
import { MemoryKeyStore } from "../../support/memory-key-store.ts";
import { connectTo, silent, startTestRedis, type TestRedis } from "../../support/redis.ts";
import { MATRIX, newId, SMS } from "../fixture.ts";

export const ROOMS = accountId("rooms");
export const PHONES = accountId("phones");
const random = createRandom();

/** A state with all that reads and writes it. */
export interface StateHouse {
  readonly store: Store;
  readonly clock: FakeClock;
  readonly journal: DatedEntry[];
  readonly people: People;
  readonly settings: PeopleSettings;
  readonly links: PersonLinks;
  readonly handles: Handles;
  readonly blocks: Blocks;
  readonly optOuts: OptOuts;
  readonly conversations: Conversations;
  readonly numberPairs: NumberPairs;
  readonly timers: Timers;
}

/** Two servers: what is in the first is restored into the second. */
export interface StateBench {
  readonly from: TestRedis;
  readonly connection: Connection;
  readonly target: Connection;
  /** An empty state, with keys of its own. */
  begin(): Promise<StateHouse>;
  stop(): Promise<void>;
}

export async function openStateBench(): Promise<StateBench> {
  const scripts = Object.values(storeScripts());
  const [from, to] = await Promise.all([startTestRedis(), startTestRedis()]);
  const connection = await connectTo(from.target, scripts);
  const target = await connectTo(to.target, scripts);
  return {
    from,
    connection,
    target,
    begin: async () => {
      await connection.command("FLUSHALL");
      const clock = fakeClock(Date.now());
      await claimSchema({ connection });
      return houseOn(connection, new MemoryKeyStore(random, clock), clock);
    },
    stop: async () => {
      await Promise.all([connection.close(), target.close()]);
      await Promise.all([from.stop(), to.stop()]);
    },
  };
}

export async function houseOn(
  connection: Connection,
  keyStore: MemoryKeyStore,
  clock: FakeClock,
): Promise<StateHouse> {
  const keyring = await openKeyring({ store: keyStore, clock, random, log: silent });
  const journal: DatedEntry[] = [];
  const store: Store = {
    connection,
    scripts: storeScripts(),
    vault: new Vault(keyring, random, clock),
    journal: {
      note: async (entry: JournalEntry) => {
        journal.push({ at: clock.now(), ...entry });
      },
    },
  };
  return houseWith(store, clock, journal);
}

/** The repositories over a store. */
export function houseWith(store: Store, clock: FakeClock, journal: DatedEntry[]): StateHouse {
  const people = new People(store);
  return {
    ...{ store, clock, journal, people },
    settings: new PeopleSettings(store),
    links: new PersonLinks(store, people),
    handles: new Handles(store, people, newHandleCode),
    blocks: new Blocks(store),
    optOuts: new OptOuts(store, SMS),
    conversations: new Conversations(store, people),
    numberPairs: new NumberPairs(store, SMS),
    timers: new Timers(store),
  };
}

/** The records of a backup of a state, as they come out of a file. */
export async function recordsIn({ store }: StateHouse): Promise<readonly BackupRecord[]> {
  const lines: Buffer[] = [];
  await settleSeats(store);
  for await (const record of exportState(store)) lines.push(recordLine(record));
  const records: BackupRecord[] = [];
  async function* octets(): AsyncGenerator<Buffer> {
    // In pieces that end anywhere.
    const all = Buffer.concat(lines);
    for (let at = 0; at < all.length; at += 997) yield all.subarray(at, at + 997);
  }
  for await (const record of recordsOf(octets())) records.push(record);
  return records;
}

export async function* each<T>(all: readonly T[]): AsyncGenerator<T> {
  yield* all;
}

/** Restores records into the second server, by a journal; `start`: where the backup begins in it. */
export async function restoreInto(
  connection: Connection,
  records: readonly BackupRecord[],
  clock: FakeClock,
  journal: readonly DatedEntry[] = [],
  start: BackupStart = { created: clock.now() },
): Promise<{ readonly house: StateHouse; readonly restored: Restored }> {
  await connection.command("FLUSHALL");
  const keyStore = new MemoryKeyStore(random, clock);
  const restored = await restoreState(
    {
      ...{ connection, scripts: storeScripts(), keyStore, clock, random, log: silent },
      ...{ mark: "test", schema: SCHEMA_VERSION, ended: endedSince(journal, start) },
      networkOf: (account) => (account === ROOMS ? MATRIX : SMS),
    },
    each(records),
  );
  return { house: await houseOn(connection, keyStore, clock), restored };
}

/** Somebody in a room and somebody on a phone who talk. */
export async function converse(
  { conversations, numberPairs, people, store, timers }: StateHouse,
  room: Sensitive<string>,
  phone: Sensitive<string>,
  number: Sensitive<string>,
  origin: ConversationRecord["origin"] = "contact",
): Promise<Conversation> {
  const [first, second] = [await people.findOrCreate(MATRIX, room), await people.findOrCreate(SMS, phone)];
  const id = newId<ConversationId>();
  const [here, there] = [newId<SeatId>(), newId<SeatId>()];
  const [inRoom, onPhone] = [newId<LegId>(), newId<LegId>()];
  const { keyring } = store.vault;
  const shared = { open: true, told: ["edit:x"], questions: {} };
  const conversation: Conversation = {
    ...{ id, version: 1, gate: 3 },
    record:
      origin === "contact"
        ? {
            ...{ ...shared, origin, handle: newId(), label: "bike", owner: here, desk: newId() },
            ...{ kept: {}, requestUntil: 0, answer: "accept" as const },
          }
        : { ...shared, origin: "pair" },
    seats: [
      { id: here, person: first.id, name: "Ana", state: "accepted" },
      { id: there, person: second.id, name: "Amber Fox", state: "accepted", muted: true },
    ],
    legs: [
      {
        ...{ id: inRoom, seat: here, account: ROOMS, to: room, alias: "abcdefghijklmnopqrstuvwxyz" },
        ...{ portal: sensitive(`!${id}:canary.example`), chat: keyring.chat(ROOMS, id), away: false },
      },
      {
        ...{
          id: onPhone,
          seat: there,
          account: PHONES,
          to: phone,
          number,
          alias: "bcdefghijklmnopqrstuvwxyza",
        },
        ...{ chat: keyring.chat(PHONES, `${number.expose()} ${phone.expose()}`), away: false, gate: 1 },
      },
    ],
  };
  await numberPairs.claim(phone, number, { conversation: id, leg: onPhone });
  await conversations.create(conversation);
  await timers.set({ kind: "idle", conversation: id, at: store.vault.clock.now() + 1_000_000 });
  return conversation;
}

/** What the repositories say of people, phones and conversations: all that a reader of the state could tell. */
export async function readState(
  house: StateHouse,
  asked: {
    readonly rooms: readonly Sensitive<string>[];
    readonly phones: readonly Sensitive<string>[];
    readonly numbers: readonly Sensitive<string>[];
    readonly conversations: readonly ConversationId[];
    readonly chats: readonly Parameters<Conversations["byChat"]>[0][];
    readonly codes: readonly Parameters<Handles["find"]>[0][];
  },
): Promise<unknown> {
  const everybody = [
    ...asked.rooms.map((address) => ({ network: MATRIX, address })),
    ...asked.phones.map((address) => ({ network: SMS, address })),
  ];
  const persons: unknown[] = [];
  for (const one of everybody) {
    const person = await house.people.find(one.network, one.address);
    persons.push(person && (await personOf(house, person, everybody)));
  }
  const phones: unknown[] = [];
  for (const phone of asked.phones)
    for (const number of asked.numbers)
      phones.push([
        await house.optOuts.isOut(phone, scopesOf(number)),
        await house.numberPairs.on(phone, number),
      ]);
  const conversations: unknown[] = [];
  for (const id of asked.conversations) {
    const found = await house.conversations.load(id);
    conversations.push(found && shown(found));
  }
  const chats: unknown[] = [];
  for (const chat of asked.chats) chats.push(await house.conversations.byChat(chat));
  const codes: unknown[] = [];
  for (const code of asked.codes) codes.push(await house.handles.find(code));
  return {
    ...{ persons, phones, conversations, chats, codes },
    pairs: [...(await house.conversations.pairs())].sort(),
    timers: await house.timers.due(Number.MAX_SAFE_INTEGER, 10_000),
  };
}

async function personOf(
  { blocks, handles, people, settings }: StateHouse,
  person: PersonHandle,
  everybody: readonly { network: typeof SMS; address: Sensitive<string> }[],
): Promise<unknown> {
  const blocked: unknown[] = [];
  for (const kind of ["block", "mute"] as const)
    for (const other of everybody) blocked.push(await blocks.of(person, kind, [other]));
  const seats = [...(await people.seats(person))].sort((a, b) => (a.seat < b.seat ? -1 : 1));
  return {
    ...{ id: person.id, since: await people.since(person), seats, blocked },
    identities: (await people.identities(person)).map((each) => ({
      ...each,
      address: each.address.expose(),
    })),
    settings: await settings.of(person),
    handles: await handles.list(person),
  };
}

function shown(conversation: Conversation): unknown {
  const legs = conversation.legs.map(({ to, number, portal, ...leg }) => {
    return { ...leg, to: to.expose(), number: number?.expose(), portal: portal?.expose() };
  });
  return { ...conversation, legs };
}

/** The persons in Redis. */
export async function personsIn({ store }: StateHouse): Promise<number> {
  const names = await store.connection.command("KEYS", keys.person("*" as PersonId)); // a pattern
  return Array.isArray(names) ? names.length : 0;
}
