// The house as the daemon builds it, on a real Redis and real keys, between two scripted networks: `rooms`, whose portals are
// opened and which may recognise ids, and `phones`, whose portals are given by a number and a phone. `chats`, which is as
// WhatsApp is, has an account when its presence is said.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { whatsAppCapabilities } from "../../adapters/whatsapp/capabilities.ts";
import type { Accepted } from "../../src/adapter/account.ts";
import type { EventIdentity, InboundBody, InboundEvent } from "../../src/adapter/event.ts";
import type { Config, DeliveryConfig, LimitsConfig } from "../../src/config/index.ts";
import { openAccounts, type RunningAccount } from "../../src/daemon/accounts.ts";
import { buildHouse } from "../../src/daemon/build-house.ts";
import { Newsroom } from "../../src/daemon/newsroom.ts";
import type { Capabilities } from "../../src/model/capabilities.ts";
import { type AccountId, accountId, type ConversationId, networkName } from "../../src/model/ids.ts";
import { LIMITS } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { type Clock, HOUR, MINUTE } from "../../src/model/time.ts";
import { systemClock } from "../../src/observe/clock.ts";
import type { Logger, RootLogger } from "../../src/observe/log.ts";
import { createRandom } from "../../src/observe/random.ts";
import type { AccountGate } from "../../src/pipeline/account-gate.ts";
import { BuriedItems } from "../../src/pipeline/buried.ts";
import type { House } from "../../src/pipeline/house.ts";
import { OperatorChat } from "../../src/pipeline/operator-chat.ts";
import { type Pair, PairKeeper } from "../../src/pipeline/pairs.ts";
import { Pipeline } from "../../src/pipeline/pipeline.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { openFileKeyStore } from "../../src/privacy/file-key-store.ts";
import { type Keyring, openKeyring } from "../../src/privacy/keyring.ts";
import { type FileJournal, openFileJournal } from "../../src/store/file-journal.ts";
import { keys } from "../../src/store/keys.ts";
import { claimSchema } from "../../src/store/meta.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { texts } from "../../src/store/reply.ts";
import { storeScripts } from "../../src/store/store.ts";
import { Vault } from "../../src/store/vault.ts";
import { MemoryMark } from "./memory-storage.ts";
import { noJournal } from "./no-journal.ts";
import { connectTo, silent, startTestRedis, type TestRedis } from "./redis.ts";
import { ROOMY } from "./roomy-limits.ts";
import {
  givenPortal,
  type Presence,
  type ScriptedAccount,
  ScriptedNetwork,
  scriptedAdapter,
  scriptedCapabilities,
} from "./scripted-account.ts";
import { TEST_KEK } from "./test-kek.ts";
import { aWhile, until } from "./waiting.ts";
import type { AnySide, Side, WorldOptions } from "./world-options.ts";

export { aWhile, until };

export const ROOMS = accountId("rooms");
export const PHONES = accountId("phones");
const SIDES: readonly AnySide[] = ["rooms", "phones", "chats"];
const NUMBER = "+15550100111";
const MATRIX = networkName("matrix");
const SMS = networkName("sms");

/** Whoever runs the bridge is told on the rooms' network. */
const OPERATORS = { network: MATRIX, account: ROOMS } as const;

export type { AnySide, Side };

/** What outlives a process: Redis, the keys, the networks. */
export interface World {
  readonly redis: TestRedis;
  /** The keys are in its `keys`, and `journal` is what a restore must not bring back. */
  readonly folder: string;
  readonly rooms: ScriptedNetwork;
  readonly phones: ScriptedNetwork;
  readonly chats: ScriptedNetwork;
  /** The pairs of the config; a test may change them between two processes. */
  pairs: Pair[];
  /** Starts a process. `through` may change its connection. */
  open(through?: (connection: Connection) => Connection): Promise<TestHouse>;
  /** Ends everything. */
  close(): Promise<void>;
}

/** One process. */
export interface TestHouse {
  readonly house: House;
  readonly pipeline: Pipeline;
  readonly keyring: Keyring;
  readonly connection: Connection;
  /** There where somebody is the operator. */
  readonly newsroom: Newsroom | undefined;
  readonly buried: BuriedItems;
  readonly keeper: PairKeeper;
  readonly account: Readonly<Record<Side, ScriptedAccount>> & { readonly chats?: ScriptedAccount };
  readonly gate: Readonly<Record<Side, AccountGate>>;
  readonly running: readonly RunningAccount[];
  /** Where the world has one. */
  readonly journal: FileJournal | undefined;
  /** Accounts that another process took. */
  readonly lost: AccountId[];
  /** A participant writes. */
  say(side: AnySide, text: string, more?: Said): Promise<Accepted>;
  /** Ends it in order. */
  stop(): Promise<void>;
}

/** Ends a process for good, so that it disturbs none after it. */
export async function end(house: TestHouse): Promise<void> {
  house.pipeline.legs.abort();
  await house.stop();
  await house.connection.close();
}

interface Said {
  /** Which pair's participant; 0 when it is left out. */
  readonly pair?: number;
  readonly id?: string;
  readonly identity?: EventIdentity;
  /** Somebody else in the same native thread. */
  readonly from?: string;
  /** Another address of theirs. */
  readonly alsoFrom?: string;
  readonly chat?: string;
  readonly ref?: string;
  readonly body?: InboundBody;
}

export function addressOf(side: Side, pair: number): string {
  return side === "rooms" ? `@user${pair}.canary:example.org` : `+35191${String(pair).padStart(7, "0")}`;
}

export function nameOf(side: Side, pair: number): string {
  return side === "rooms" ? `Ana ${pair}` : `Amber Fox ${pair}`;
}

export function pairOf(pair: number): Pair {
  return [
    {
      network: MATRIX,
      account: ROOMS,
      address: sensitive(addressOf("rooms", pair)),
      name: nameOf("rooms", pair),
    },
    {
      network: SMS,
      account: PHONES,
      address: sensitive(addressOf("phones", pair)),
      number: sensitive(NUMBER),
      name: nameOf("phones", pair),
    },
  ];
}

const QUICK: DeliveryConfig = {
  deadline: 20 * HOUR,
  attempts: 10,
  firstRetry: 20,
  longestRetry: 100,
  firstNotice: 5 * MINUTE,
};

export async function openWorld(options: WorldOptions = {}): Promise<World> {
  const redis = await (options.startRedis?.() ?? startTestRedis(options.redis));
  const folder = await mkdtemp(join(tmpdir(), "footbridge-keys-"));
  const capabilities = {
    rooms: scriptedCapabilities(MATRIX, "Matrix", "opened", {
      ...{ repeatSafe: 24 * HOUR, encryption: "transport" },
      ...options.rooms,
    }),
    phones: scriptedCapabilities(SMS, "SMS", "given", options.phones),
    chats: whatsAppCapabilities,
  };
  const surroundings = {
    clock: options.clock ?? systemClock,
    random: createRandom(),
    log: options.log ?? silent,
    kek: TEST_KEK,
    folder: join(folder, "keys"),
    delivery: { ...QUICK, ...options.delivery },
    limits: { settings: { ...LIMITS, ...options.limits }, sms: options.sms ?? ROOMY.sms },
    capabilities,
    presence: options.presence ?? {},
    operator: options.operator,
    journal: options.journal === true,
  };
  const open: TestHouse[] = [];
  const connections: Connection[] = [];
  const world: World = {
    redis,
    folder,
    rooms: new ScriptedNetwork(capabilities.rooms.repeatSafe > 0),
    phones: new ScriptedNetwork(capabilities.phones.repeatSafe > 0),
    chats: new ScriptedNetwork(capabilities.chats.repeatSafe > 0),
    pairs: Array.from({ length: options.pairs ?? 1 }, (_, i) => pairOf(i)),
    open: async (through) => {
      const connection = await connectTo(redis.target, Object.values(storeScripts()));
      connections.push(connection);
      const house = await openHouse(world, surroundings, through?.(connection) ?? connection);
      open.push(house);
      return house;
    },
    close: async () => {
      for (const house of open) {
        house.pipeline.close();
        house.pipeline.legs.abort();
        await Promise.race([house.stop().catch(() => undefined), wait(1_000)]);
      }
      for (const connection of connections) await connection.close();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return world;
}

interface Surroundings {
  readonly clock: Clock;
  readonly random: ReturnType<typeof createRandom>;
  readonly log: RootLogger | Logger;
  readonly kek: typeof TEST_KEK;
  readonly folder: string;
  readonly delivery: DeliveryConfig;
  readonly limits: LimitsConfig;
  readonly capabilities: Readonly<Record<AnySide, Capabilities>>;
  readonly presence: Partial<Record<AnySide, Presence>>;
  readonly operator: string | undefined;
  readonly journal: boolean;
}

async function openHouse(
  world: World,
  {
    clock,
    random,
    log,
    kek,
    folder,
    delivery,
    limits,
    presence,
    capabilities,
    operator,
    journal: isJournalKept,
  }: Surroundings,
  connection: Connection,
): Promise<TestHouse> {
  const scripts = storeScripts();
  const store = await openFileKeyStore({ folder, kek, clock, log, random });
  const keyring = await openKeyring({ store, clock, random, log });
  const vault = new Vault(keyring, random, clock);
  await claimSchema({ connection });
  const path = join(dirname(folder), "journal");
  const journal = isJournalKept ? await openFileJournal({ path, clock, random, log }) : undefined;
  const who = operator === undefined ? undefined : { ...OPERATORS, address: sensitive(operator) };
  const config = { delivery, timeZone: "UTC", limits, operator: who };
  const house = await buildHouse({
    store: { connection, scripts, vault, journal: journal ?? noJournal },
    config,
    clock,
    random,
    log,
  });
  const newsroom = who && new Newsroom(house);
  const account: Partial<Record<AnySide, ScriptedAccount>> = {};
  const sides = SIDES.filter((side) => side !== "chats" || presence.chats !== undefined);
  const accounts = await openAccounts(
    // Only the accounts of the config are looked at.
    {
      accounts: sides.map((side) => ({
        account: accountId(side),
        network: capabilities[side].network,
        config: {},
      })),
    } as unknown as Config,
    sides.map((side) =>
      scriptedAdapter(
        capabilities[side],
        world[side],
        (opened) => {
          account[side] = opened;
        },
        presence[side],
      ),
    ),
    house,
    () => new MemoryMark(),
    (id, state) => newsroom?.report(id, state),
  );
  const lost: AccountId[] = [];
  const pipeline = new Pipeline({
    house,
    workplaces: accounts.workplaces,
    clockGuard: createClockGuard(clock),
    embedded: true,
    owner: random.bytes(12).toString("base64url"),
    prepare: (legs) => new PairKeeper(house, legs, accounts.byId).reconcile(world.pairs),
    onLost: (id) => lost.push(id),
  });
  accounts.connect(pipeline);
  await pipeline.start();
  if (who !== undefined) void newsroom?.open(new OperatorChat(pipeline.office, who, pipeline));
  const running = accounts.start();
  const [rooms, phones] = [accounts.workplaces.get(ROOMS), accounts.workplaces.get(PHONES)];
  if (rooms === undefined || phones === undefined || !account.rooms || !account.phones)
    throw new Error("an account wasn't opened");
  const all = { ...account, rooms: account.rooms, phones: account.phones };
  return {
    house,
    pipeline,
    keyring,
    connection,
    buried: new BuriedItems(house, sides.map(accountId), pipeline.lanes),
    keeper: new PairKeeper(house, pipeline.legs, accounts.byId),
    account: all,
    gate: { rooms: rooms.gate, phones: phones.gate },
    running,
    journal,
    lost,
    say: async (side, text, more = {}) => {
      const [accepted] = (await all[side]?.host.acceptAll([eventOf(world, side, text, more)])) ?? [];
      if (accepted === undefined) throw new Error("an event got no answer");
      return accepted;
    },
    newsroom,
    stop: async () => {
      newsroom?.close();
      await pipeline.stop();
      for (const { abort } of running) abort.abort();
    },
  };
}

let last = 0;

/** What a participant's text is to an adapter. */
export function eventOf(world: World, side: AnySide, text: string, more: Said = {}): InboundEvent {
  const { pair = 0, ref } = more;
  last += 1;
  return {
    identity: more.identity ?? { kind: "id", id: sensitive(more.id ?? `event-canary-${last}`) },
    chat: sensitive(more.chat ?? portalOf(world, pairSide(side), pair)),
    from: sensitive(more.from ?? addressOf(pairSide(side), pair)),
    ...(more.alsoFrom === undefined ? {} : { alsoFrom: [sensitive(more.alsoFrom)] }),
    at: Date.now(),
    timing: "live",
    ...(ref === undefined ? {} : { ref: sensitive(ref) }),
    body: more.body ?? { kind: "message", content: { kind: "text", text } },
  };
}

function pairSide(side: AnySide): Side {
  if (side === "chats") throw new Error("no pair is there: the chat and its person have to be said");
  return side;
}

/** Where a participant reads. */
export function portalOf(world: World, side: Side, pair = 0): string {
  const address = addressOf(side, pair);
  if (side === "phones") return givenPortal(NUMBER, address);
  const portal = world.rooms.opened.get(address);
  if (portal === undefined) throw new Error("the room wasn't opened yet");
  return portal;
}

/** What a participant reads, oldest first. */
export function read(world: World, side: Side, pair = 0): string[] {
  return world[side].texts(portalOf(world, side, pair));
}

/** The rooms of all pairs are there. */
export async function ready(world: World): Promise<void> {
  await until(() => world.pairs.every((_, i) => world.rooms.opened.has(addressOf("rooms", i))));
}

/** All conversations in Redis, desks too. */
export async function conversationIds({ connection }: TestHouse): Promise<readonly ConversationId[]> {
  const names = texts(await connection.command("KEYS", keys.conversation("*" as ConversationId))); // a pattern
  return names.map((name) => name.slice(name.lastIndexOf(":") + 1) as ConversationId);
}
