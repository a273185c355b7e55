// A thousand requests at once, over several connections: is a number ever promised twice? Counted in what was answered, and in
// what Redis holds in the end.

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Address } from "../../src/model/address.ts";
import type { ConversationId, LegId } from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";
import { type Allocation, NumberPool, type NumberRequest } from "../../src/store/number-pool.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { connectTo } from "../support/redis.ts";
import { type Bench, newId, openBench, PHONES, type Process, SMS } from "./fixture.ts";

const CONNECTIONS = 5;
const ASKED_TIMES = 5;
const CONVERSATIONS = 10;
const PHONE_COUNT = 20;
const NUMBERS = ["+15550100100", "+15550100111", "+15550100112", "+15550100113"].map((each) =>
  sensitive(each),
);
const [DOOR = sensitive("")] = NUMBERS;

let bench: Bench;
let connections: Connection[];
let processes: Process[];

beforeAll(async () => {
  bench = await openBench();
  const connect = () => connectTo(bench.redis.target, Object.values(bench.scripts));
  connections = await Promise.all(Array.from({ length: CONNECTIONS }, connect));
  processes = connections.map((connection) => bench.begin(connection));
});
afterAll(async () => {
  for (const connection of connections) await connection.close();
  await bench.stop();
});
beforeEach(() => bench.clear());

interface Answered {
  readonly request: NumberRequest;
  readonly allocation: Allocation;
}

/** What gives numbers out; a process has its own. */
type Allocate = (request: NumberRequest) => Promise<Allocation>;

function poolOf({ store }: Process): NumberPool {
  return new NumberPool(store, { network: SMS, account: PHONES, frontDoor: DOOR, numbers: NUMBERS });
}

/** 20 phones with 10 conversations each, all asked for five times: 1,000 requests in no order. */
function thousand(): NumberRequest[] {
  const all: NumberRequest[] = [];
  for (let i = 0; i < PHONE_COUNT; i++) {
    const phone = sensitive(`+1555010${1_000 + i}`);
    for (let j = 0; j < CONVERSATIONS; j++) {
      const conversation = newId<ConversationId>();
      const texted = NUMBERS[j % (NUMBERS.length + 1)];
      for (let k = 0; k < ASKED_TIMES; k++) {
        all.push({
          phone,
          conversation,
          leg: newId<LegId>(),
          ...(texted === undefined ? {} : { texted }),
        });
      }
    }
  }
  return all
    .map((request) => ({ request, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ request }) => request);
}

function askAll(requests: readonly NumberRequest[], with_: readonly Allocate[]): Promise<Answered[]> {
  return Promise.all(
    requests.map(async (request, i) => {
      const allocate = with_[i % with_.length];
      if (allocate === undefined) throw new Error("nobody to ask");
      return { request, allocation: await allocate(request) };
    }),
  );
}

function grouped<T>(all: readonly T[], by: (each: T) => string): readonly (readonly T[])[] {
  return [...Map.groupBy(all, by).values()];
}

function distinct<T>(all: readonly T[], of: (each: T) => string): number {
  return new Set(all.map(of)).size;
}

const numberOf = ({ allocation }: Answered): string => allocation.number.expose();
const conversationOf = ({ request }: Answered): string => request.conversation;
const placeOf = (each: Answered): string => `${each.request.phone.expose()} ${numberOf(each)}`;

/** What was answered against the rules: as long as no time passes, whatever is released meanwhile. */
function violationsIn(answered: readonly Answered[]): string[] {
  const found: string[] = [];
  for (const same of grouped(answered, conversationOf)) {
    if (distinct(same, numberOf) > 1) found.push("a conversation was told two numbers");
  }
  for (const same of grouped(answered, placeOf)) {
    const alone = same.filter(({ allocation }) => !allocation.shared);
    if (distinct(alone, conversationOf) > 1) found.push("two were told that they have a number alone");
    const [{ allocation }] = same as [Answered, ...Answered[]]; // no group is empty
    if (distinct(same, conversationOf) > 1 && allocation.number.expose() !== DOOR.expose())
      found.push("a pool number went to two conversations");
  }
  return found;
}

/** What is wrong in the end, when nothing was released. */
async function violationsLeft(answered: readonly Answered[]): Promise<string[]> {
  const found: string[] = [];
  const pairs = bench.begin().numberPairs;
  for (const ofPhone of grouped(answered, ({ request }) => request.phone.expose())) {
    const [{ request }] = ofPhone as [Answered, ...Answered[]]; // no group is empty
    const held = await Promise.all(NUMBERS.map((number) => pairs.on(request.phone, number)));
    if (held.slice(1).some(({ length }) => length > 1)) found.push("a pool number is held twice");
    if ((held[0]?.length ?? 0) > 1 && held.some(({ length }) => length === 0))
      found.push("the front door is shared although a number is free");
    const stored = held.flatMap((on, i) =>
      on.map(({ conversation, leg }) => `${conversation} ${leg} ${NUMBERS[i]?.expose()}`),
    );
    const told = new Set(
      ofPhone.map((each) => `${conversationOf(each)} ${each.allocation.leg} ${numberOf(each)}`),
    );
    if (stored.length !== told.size || stored.some((each) => !told.has(each)))
      found.push("what was told isn't what is held");
  }
  return found;
}

test("1,000 requests of 20 phones for 4 numbers, over 5 connections: 0 violations", async () => {
  const pools = processes.map(poolOf);
  const requests = thousand();
  expect(requests).toHaveLength(1_000);
  const answered = await askAll(
    requests,
    pools.map((pool) => pool.allocate.bind(pool)),
  );
  expect([...violationsIn(answered), ...(await violationsLeft(answered))]).toEqual([]);
  const places = grouped(answered, placeOf).map((same) => distinct(same, conversationOf));
  // 4 numbers and 10 conversations: three pool numbers have one each, the front door has the other seven.
  expect(places.filter((count) => count === 1)).toHaveLength(PHONE_COUNT * 3);
  expect(places.filter((count) => count === 7)).toHaveLength(PHONE_COUNT);
});

test("0 violations also while conversations end, phones are forgotten and the config claims numbers", async () => {
  const pools = processes.map(poolOf);
  const requests = thousand();
  const allocate = pools.map((pool, i): Allocate => {
    const process = processes[i];
    return async (request) => {
      const allocation = await pool.allocate(request);
      const dice = Math.random();
      if (dice < 0.3) await pool.release(request.phone, request.conversation);
      else if (dice < 0.33) await pool.forget(request.phone);
      else if (dice < 0.4) {
        const pair = { conversation: newId<ConversationId>(), leg: newId<LegId>() };
        const held = await process?.numberPairs.claim(request.phone, allocation.number, pair);
        if (held?.conversation === pair.conversation)
          throw new Error("the config got a number that is taken");
      }
      return allocation;
    };
  });
  const answered = await askAll(requests, allocate);
  // Whoever was forgotten and asks again is somebody new: such a one may well be told another number.
  const found = violationsIn(answered).filter((each) => each !== "a conversation was told two numbers");
  expect(found).toEqual([]);
});

test("the same count finds an allocation that reads and writes in two steps", async () => {
  const answered = await askAll(thousand(), processes.map(inTwoSteps));
  expect(violationsIn(answered).length).toBeGreaterThan(0);
  expect((await violationsLeft(answered)).length).toBeGreaterThan(0);
});

/** How it must not be done. */
function inTwoSteps({ numberPairs, store }: Process): Allocate {
  const entryOf = async (phone: Sensitive<Address>) => {
    for (const number of NUMBERS) if ((await numberPairs.on(phone, number)).length === 0) return number;
    return undefined;
  };
  return async ({ phone, conversation, leg }) => {
    const free = await entryOf(phone);
    const number = free ?? DOOR;
    const field = numberPairs.field(number) + (free === undefined ? `:${conversation}` : "");
    await store.connection.command("HSET", numberPairs.key(phone), field, `${conversation}:${leg}`);
    return { number, leg, shared: free === undefined, others: [] };
  };
}
