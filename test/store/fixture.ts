import { env } from "node:process";
import type { Conversation, Leg, Seat } from "../../src/model/conversation.ts";
import type { PlannedDelivery, Task } from "../../src/model/delivery.ts";
import {
  accountId,
  type CanonicalId,
  type ChatKey,
  type ConversationId,
  type DeliveryId,
  type LegId,
  networkName,
  type SeatId,
} from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";
import { HOUR } from "../../src/model/time.ts";
import { createRandom } from "../../src/observe/random.ts";
import { type Keyring, openKeyring } from "../../src/privacy/keyring.ts";
import type { AcceptedEvent } from "../../src/store/accepted-event.ts";
import { Commits } from "../../src/store/commits.ts";
import { Conversations } from "../../src/store/conversations.ts";
import { Lanes } from "../../src/store/lanes.ts";
import { Legs } from "../../src/store/legs.ts";
import { Fences } from "../../src/store/meta.ts";
import { NumberPairs } from "../../src/store/number-pairs.ts";
import { People } from "../../src/store/people.ts";
import { Receipts } from "../../src/store/receipts.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { type Scripts, type Store, storeScripts } from "../../src/store/store.ts";
import { Vault } from "../../src/store/vault.ts";
import { type FakeClock, fakeClock } from "../support/fake-clock.ts";
import { MemoryKeyStore } from "../support/memory-key-store.ts";
import { noJournal } from "../support/no-journal.ts";
import { connectTo, silent, startTestRedis, type TestRedis } from "../support/redis.ts";

export const SMS = networkName("sms");
export const MATRIX = networkName("matrix");
export const PHONES = accountId("phones");
export const ROOMS = accountId("rooms");

/** How many runs a property gets: few here, more by FOOTBRIDGE_FC_RUNS. */
export function runs(few: number): { readonly numRuns: number } {
  return { numRuns: Number(env.FOOTBRIDGE_FC_RUNS ?? few) };
}

const random = createRandom();

/** A random id of the house's form. */
export function newId<T extends string>(): T {
  return random.bytes(12).toString("base64url") as T; // ids are opaque: any random one will do
}

/** All repositories over one connection, as one process has them: nothing in memory is shared with another. */
export interface Process {
  readonly store: Store;
  readonly people: People;
  readonly conversations: Conversations;
  readonly lanes: Lanes;
  readonly legs: Legs;
  readonly commits: Commits;
  readonly receipts: Receipts;
  readonly numberPairs: NumberPairs;
}

/** A real Redis with keys and a clock, for one test file. The keys outlive the "processes", as files would. */
export interface Bench {
  readonly redis: TestRedis;
  readonly connection: Connection;
  readonly scripts: Scripts;
  readonly keyring: Keyring;
  readonly clock: FakeClock;
  /** A process that begins now; `connection` to make it one that dies. */
  begin(connection?: Connection): Process;
  fences(): Promise<Fences>;
  /** Empties Redis. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

export async function openBench(start = Date.now()): Promise<Bench> {
  const scripts = storeScripts();
  const redis = await startTestRedis();
  const connection = await connectTo(redis.target, Object.values(scripts));
  const clock = fakeClock(start);
  const store = new MemoryKeyStore(random, clock);
  const keyring = await openKeyring({ store, clock, random, log: silent });
  return {
    redis,
    connection,
    scripts,
    keyring,
    clock,
    begin: (over = connection) =>
      begin({ connection: over, scripts, vault: new Vault(keyring, random, clock), journal: noJournal }),
    fences: () => Fences.begin({ connection, scripts }),
    clear: async () => {
      await connection.command("FLUSHALL");
    },
    stop: async () => {
      await connection.close();
      await redis.stop();
    },
  };
}

function begin(store: Store): Process {
  const people = new People(store);
  const conversations = new Conversations(store, people);
  return {
    store,
    people,
    conversations,
    lanes: new Lanes(store),
    legs: new Legs(store),
    commits: new Commits(store, conversations),
    receipts: new Receipts(store),
    numberPairs: new NumberPairs(store, SMS),
  };
}

/**
 * A connection of a process that is killed: the calls before the `calls`th are done, it and all after it are rejected.
 * `doneStill`: Redis still does that one, but its answer never comes.
 */
export function dyingConnection(inner: Connection, calls: number, doneStill = false): Connection {
  let left = calls;
  const run = <T>(call: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left > 0) return call();
    const away = (): never => {
      throw new StoreAway("killed");
    };
    return left === 0 && doneStill ? call().then(away, away) : Promise.reject(new StoreAway("killed"));
  };
  return {
    call: (script, names, args) => run(() => inner.call(script, names, args)),
    command: (name, ...args) => run(() => inner.command(name, ...args)),
    get servers() {
      return inner.servers;
    },
    get up() {
      return left > 0;
    },
    onDown: () => undefined,
    onUp: () => undefined,
    flush: () => inner.flush(),
    close: async () => undefined,
    stats: inner.stats,
  };
}

/** Two people who talk, on Matrix and on SMS. */
export const PHONE = sensitive("+351912345678");
export const NUMBER = sensitive("+15550100111");
export const MXID = sensitive("@ana.canary:example.org");

export async function makeConversation(
  process: Process,
  { mxid = MXID, phone = PHONE }: { mxid?: Sensitive<string>; phone?: Sensitive<string> } = {},
): Promise<Conversation> {
  const rooms = await process.people.findOrCreate(MATRIX, mxid);
  const phones = await process.people.findOrCreate(SMS, phone);
  const seats: Seat[] = [
    { id: newId<SeatId>(), person: rooms.id, name: "Ana Canary", state: "accepted" },
    { id: newId<SeatId>(), person: phones.id, name: "Amber Fox", state: "accepted" },
  ];
  const [first, second] = seats as [Seat, Seat]; // two, above
  const { keyring } = process.store.vault;
  const legs: Leg[] = [
    {
      id: newId<LegId>(),
      seat: first.id,
      account: ROOMS,
      to: mxid,
      alias: "abcdefghijklmnopqrstuvwxyz",
      portal: sensitive("!room.canary:example.org"),
      chat: keyring.chat(ROOMS, "!room.canary:example.org"),
      away: false,
    },
    {
      id: newId<LegId>(),
      seat: second.id,
      account: PHONES,
      to: phone,
      number: NUMBER,
      alias: "bcdefghijklmnopqrstuvwxyza",
      portal: phone.map((own) => JSON.stringify([NUMBER.expose(), own])),
      chat: keyring.chat(PHONES, `${NUMBER.expose()} ${phone.expose()}`),
      away: false,
    },
  ];
  const conversation: Conversation = {
    id: newId<ConversationId>(),
    version: 1,
    gate: 0,
    record: { open: true, origin: "pair", told: [], questions: {} },
    seats,
    legs,
  };
  await process.conversations.create(conversation);
  return conversation;
}

/** The two legs: on Matrix, on SMS. */
export function legsOf({ legs }: Conversation): readonly [Leg, Leg] {
  return legs as unknown as readonly [Leg, Leg]; // makeConversation makes two
}

export function textEvent(text: string, at: number, canonical = newId<CanonicalId>()): AcceptedEvent {
  return {
    canonical,
    from: MXID,
    at,
    acceptedAt: at,
    ref: sensitive(`$${canonical}:example.org`),
    body: { kind: "message", content: { kind: "text", text } },
  };
}

export function planned(leg: LegId, now: number, id = newId<DeliveryId>(), task?: Task): PlannedDelivery {
  return {
    id,
    leg,
    task: task ?? { kind: "send", content: { kind: "text", text: `text of ${id}` }, at: now },
    deadline: now + 20 * HOUR,
  };
}

/** Lets the lease of a lane or leg run out. */
export async function runOut(connection: Connection, due: string, name: ChatKey | LegId): Promise<void> {
  await connection.command("ZADD", due, "XX", 0, name);
}

export function nothing(): void {}
