// Texts both ways over a cluster with three masters, while slots move, nodes are killed and come back, and the process is replaced.

import { afterAll, afterEach, describe, expect, test } from "vitest";
import { accountId, type ConversationId } from "../../src/model/ids.ts";
import { keys } from "../../src/store/keys.ts";
import { slotOf } from "../../src/store/redis/slots.ts";
import { type ClusterNode, startCluster, type TestCluster } from "../support/cluster-redis.ts";
import { endClusters, takeCluster } from "../support/redis.ts";
import {
  aWhile,
  openWorld,
  read,
  ready,
  type Side,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

const PAIRS = 4;
const NEVER_LOST = { rooms: { repeatSafe: 3_600_000 }, phones: { repeatSafe: 3_600_000 } };
/** The slots that every text goes through: of conversations, and of the lanes on both sides. */
const SLOTS = [
  slotOf(keys.conversation("any" as ConversationId)),
  slotOf(keys.lanesDue(accountId("rooms"))),
  slotOf(keys.lanesDue(accountId("phones"))),
];

let world: World;
let cluster: TestCluster;
afterEach(() => world.close());
afterAll(endClusters);

async function opened(): Promise<TestHouse> {
  const redis = await takeCluster({ fsync: "always" });
  ({ cluster } = redis);
  world = await openWorld({ ...NEVER_LOST, pairs: PAIRS, startRedis: async () => redis });
  const house = await world.open();
  await ready(world);
  return house;
}

/** All pairs talk, one text after the other; each is said until it is taken, as a network does. */
async function talk(house: () => TestHouse, count: number): Promise<void> {
  const insist = async (side: Side, text: string, pair: number): Promise<void> => {
    for (let left = 100; ; left--) {
      try {
        await house().say(side, text, { pair, id: `${side}-${pair}-${text}` });
        return;
      } catch (error) {
        if (left === 0) throw error;
        await aWhile(50);
      }
    }
  };
  const side = async (name: Side, pair: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      await insist(name, `${i}`, pair);
      await aWhile(5);
    }
  };
  const pairs = Array.from({ length: PAIRS }, (_, pair) => [side("rooms", pair), side("phones", pair)]);
  await Promise.all(pairs.flat());
}

async function expectAll(count: number): Promise<void> {
  const all = Array.from({ length: count }, (_, i) => `${i}`);
  await until(() => world.rooms.shown.length + world.phones.shown.length >= 2 * PAIRS * count, 20_000);
  await aWhile(200); // for what would come twice
  for (let pair = 0; pair < PAIRS; pair++)
    for (const side of ["rooms", "phones"] as const) expect(read(world, side, pair)).toEqual(all);
}

/** Moves a slot to the next node, a few keys at a time. */
async function move(slot: number): Promise<void> {
  const home = await cluster.ownerOf(slot);
  const to = cluster.nodes[(cluster.nodes.findIndex(({ id }) => id === home.id) + 1) % cluster.nodes.length];
  if (to === undefined) throw new Error("a cluster has nodes");
  const moving = await cluster.beginMove(slot, to);
  await aWhile(20);
  while (await moving.takeKeys(20)) await aWhile(2);
  await moving.finish();
}

describe("texts over a cluster", () => {
  test("are neither lost, doubled nor out of order while their slots move", async () => {
    const house = await opened();
    let breaks = 0;
    house.connection.onDown(() => {
      breaks += 1;
    });
    const talking = talk(() => house, 150);
    for (let round = 0; round < 2; round++) for (const slot of SLOTS) await move(slot);
    await talking;
    await expectAll(150);
    expect(breaks).toBe(0);
  }, 60_000);

  test("are neither lost, doubled nor out of order while nodes are killed and come back", async () => {
    const house = await opened();
    let breaks = 0;
    house.connection.onDown(() => {
      breaks += 1;
    });
    const talking = talk(() => house, 200);
    for (const { redis } of cluster.nodes) {
      await aWhile(100);
      await redis.restart(); // kills it
      await cluster.whole();
      await until(() => house.pipeline.isOpen, 10_000);
    }
    await talking;
    await expectAll(200);
    expect(breaks).toBeGreaterThanOrEqual(3);
  }, 60_000);

  test("go on when a master goes for good and its replica takes over", async () => {
    const redis = await startCluster({ fsync: "always", slotless: 3 });
    cluster = redis;
    const masters = redis.nodes.slice(0, 3);
    for (const [i, node] of redis.nodes.slice(3).entries())
      await node.ask("CLUSTER", "REPLICATE", masters[i]?.id ?? "");
    for (const node of redis.nodes.slice(3))
      await until(
        async () => `${await node.ask("INFO", "replication")}`.includes("master_link_status:up"),
        15_000,
      );
    const [first] = masters as [ClusterNode]; // three
    const asOne = { ...first.redis, target: redis.target, stop: () => redis.stop() };
    world = await openWorld({ ...NEVER_LOST, pairs: PAIRS, startRedis: async () => asOne });
    const house = await world.open();
    await ready(world);
    await talk(() => house, 20);
    await expectAll(20);
    const victim = await cluster.ownerOf(SLOTS[0] ?? 0);
    await victim.ask("WAIT", 1, 5_000); // a replica that lacks something would have lost it
    await victim.redis.kill();
    await until(() => house.connection.up && house.pipeline.isOpen, 30_000);
    expect(house.connection.servers).toHaveLength(3);
    await talk(() => house, 40); // the first half is known by its ids
    await expectAll(40);
  }, 90_000);

  test("are neither lost, doubled nor out of order while processes vanish and others take over", async () => {
    let house = await opened();
    const talking = talk(() => house, 100);
    for (let round = 0; round < 3; round++) {
      await aWhile(100);
      house.pipeline.close(); // lets nobody in, and answers nobody any more
      await house.connection.close();
      house = await world.open();
    }
    await talking;
    await expectAll(100);
  }, 60_000);
});
