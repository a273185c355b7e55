// Which Redis tests run on. Usually a private one on a unix socket; by hand, FOOTBRIDGE_TEST_REDIS=secure is one behind TLS, for the
// user of docs/redis.md with a few rights more, and FOOTBRIDGE_TEST_REDIS=cluster is a cluster with three masters.

import { env } from "node:process";
import type { Connection, Reply } from "../../src/store/redis/connection.ts";
import { startCluster, type TestCluster } from "./cluster-redis.ts";
import { startPlainRedis, type TestRedis, type TestRedisOptions } from "./plain-redis.ts";
import { startSecureRedis } from "./secure-redis.ts";

const CHOICE = env.FOOTBRIDGE_TEST_REDIS;
/** What tests do beside the house: look at all keys, take them away, change settings. */
const OF_TESTS = ["+keys", "+flushall", "+config", "+dbsize", "+incr"];

/** The Redis of a test. */
export function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  if (CHOICE === "secure") return startSecureRedis(options, OF_TESTS);
  if (CHOICE === "cluster") return takeCluster(options);
  return startPlainRedis(options);
}

/** Clusters that no test uses now, by their settings: it takes two seconds until one serves. They end with this process. */
const free = new Map<string, TestCluster[]>();

/** A cluster that is empty, as a test's Redis: what it does to the one server it does to all of them. */
export async function takeCluster(
  options: TestRedisOptions = {},
): Promise<TestRedis & { readonly cluster: TestCluster }> {
  const settings = JSON.stringify(options);
  const cluster = free.get(settings)?.pop() ?? (await startCluster(options));
  const [first] = cluster.nodes;
  if (first === undefined) throw new Error("a cluster has nodes");
  const kill = async (): Promise<void> => {
    await Promise.all(cluster.nodes.map(({ redis }) => redis.kill()));
  };
  return {
    cluster,
    target: cluster.target,
    folder: first.redis.folder,
    socket: first.redis.socket,
    get pid() {
      return first.redis.pid;
    },
    kill,
    restart: async () => {
      await kill();
      await Promise.all(cluster.nodes.map(({ redis }) => redis.restart()));
      await cluster.whole();
    },
    stop: async () => {
      if (first.redis.pid === undefined) return cluster.stop();
      for (const { ask } of cluster.nodes) await ask("FLUSHALL");
      free.set(settings, [...(free.get(settings) ?? []), cluster]);
    },
  };
}

/** Ends those that no test uses. */
export async function endClusters(): Promise<void> {
  const all = [...free.values()].flat();
  free.clear();
  await Promise.all(all.map((cluster) => cluster.stop()));
}

/** A connection of which tests may ask without a key, as if it were one server. */
export function asOne(connection: Connection): Connection {
  const command: Connection["command"] = async (name, ...args) => {
    if (!OF_ALL.has(name) && args[0] !== "PURGE") return connection.command(name, ...args);
    const replies = await Promise.all(connection.servers.map((server) => server.command(name, ...args)));
    return name === "KEYS" ? replies.flatMap((reply) => (Array.isArray(reply) ? reply : [])) : sum(replies);
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === "command") return command;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

const OF_ALL = new Set(["INFO", "PING", "KEYS", "FLUSHALL", "DBSIZE", "CONFIG", "SCRIPT"]);

function sum(replies: readonly Reply[]): Reply {
  if (!replies.every((reply) => typeof reply === "number")) return replies[0] ?? null;
  return replies.reduce((a, b) => a + b, 0);
}
