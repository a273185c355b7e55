import { afterEach, expect, test, vi } from "vitest";
import type { Fence } from "../../src/store/meta.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { heldUntil } from "../support/scripted-account.ts";
import { openWorld, PHONES, ROOMS, read, ready, until, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

/** A fence from before all of this boot's. */
const OLD = "0".repeat(16) as Fence; // as Fences.next() writes it

test("a leg whose old lease is said to be lost late is still ours, and what it sends goes on", async () => {
  world = await openWorld();
  const house = await world.open();
  await ready(world);
  let go: () => void = () => undefined;
  world.rooms.next(
    heldUntil(
      new Promise<void>((resolve) => {
        go = resolve;
      }),
    ),
  );
  await house.say("phones", "slow");
  await until(() => house.pipeline.legs.held(ROOMS).length === 1);
  const [leg] = house.pipeline.legs.held(ROOMS);
  if (leg === undefined) throw new Error("there is no leg");
  house.pipeline.legs.lost(leg.id, OLD);
  expect(house.pipeline.legs.held(ROOMS)).toEqual([leg]);
  go();
  await until(() => read(world, "rooms").includes("slow"));
});

test("a lane whose old lease is said to be lost late is still ours; under its own fence it is not", async () => {
  world = await openWorld();
  const { house, pipeline } = await world.open();
  const chat = house.store.vault.keyring.chat(PHONES, "a chat of nobody");
  const fence = house.fences.next();
  pipeline.lanes.claimed({ account: PHONES, chat }, fence, 1);
  pipeline.lanes.lost(chat, OLD);
  expect(pipeline.lanes.held().map((lane) => lane.fence)).toEqual([fence]);
  pipeline.lanes.lost(chat, fence);
  expect(pipeline.lanes.held()).toEqual([]);
});

test("what was committed is taken off its lane once, also when Redis says late that it is", async () => {
  world = await openWorld();
  let popped = 0;
  const house = await world.open((connection) =>
    latePops(connection, (count) => {
      popped += count;
    }),
  );
  await ready(world);
  popped = 0;
  for (let i = 0; i < 20; i++) await house.say("phones", `text ${i}`);
  await until(() => read(world, "rooms").length === 20);
  await until(() => house.pipeline.lanes.size === 0);
  expect(popped).toBe(20);
});

test("a lane that is claimed anew while heads are taken off under its old fence is ours, and so is what comes then", async () => {
  world = await openWorld();
  const house = await world.open();
  await ready(world);
  const { fences, lanes } = house.house;
  const claim = async (): Promise<void> => {
    const fence = fences.next();
    for (const { chat, attempts } of await lanes.claim(PHONES, fence, 16, true))
      house.pipeline.lanes.claimed({ account: PHONES, chat }, fence, attempts);
  };
  const popping = vi.spyOn(lanes, "pop");
  popping.mockImplementationOnce((account, heads, onReply) => {
    popping.mockRestore();
    // As the sweeper does it after a sleep of the machine: Redis does it first, and its answer is heard first.
    const claimed = claim();
    let answer: readonly number[] = [];
    const popped = lanes.pop(account, heads, (left) => {
      answer = left;
    });
    return Promise.all([claimed, popped]).then(() => onReply(answer));
  });
  await house.say("phones", "one");
  await until(() => house.pipeline.lanes.size === 0);
  await house.say("phones", "two");
  await until(() => read(world, "rooms").length === 2);
});

/** Redis' answers to `lane_pop` come 50 ms late; `count` is told how many heads each asked for. */
function latePops(connection: Connection, count: (heads: number) => void): Connection {
  const call: Connection["call"] = async (script, keys, args) => {
    const reply = await connection.call(script, keys, args);
    if (script.name !== "lane_pop") return reply;
    for (let at = 3; at < args.length; at += 3) count(Number(args[at]));
    await new Promise((resolve) => setTimeout(resolve, 50));
    return reply;
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === "call") return call;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
