// A Redis Cluster of a test's own: masters on loopback ports, each with a share of the slots, and the embedded server's settings.

import { systemClock } from "../../src/observe/clock.ts";
import { SingleConnection } from "../../src/store/redis/single.ts";
import { SLOTS } from "../../src/store/redis/slots.ts";
import type { ClusterTarget, TcpTarget } from "../../src/store/redis/target.ts";
import { text, texts } from "../../src/store/reply.ts";
import { freePort } from "./free-port.ts";
import { startPlainRedis, type TestRedis, type TestRedisOptions } from "./plain-redis.ts";
import { silentLog } from "./silent-log.ts";

/** One master. */
export interface ClusterNode {
  readonly redis: TestRedis;
  readonly port: number;
  /** The cluster's own name for it. */
  readonly id: string;
  /** Asks it alone, by its socket. */
  ask(name: string, ...args: (string | number)[]): Promise<Reply>;
}

type Reply = Awaited<ReturnType<SingleConnection["command"]>>;

export interface TestCluster extends Pick<TestRedis, "stop"> {
  readonly target: ClusterTarget;
  readonly nodes: readonly ClusterNode[];
  /** Whose a slot is. */
  ownerOf(slot: number): Promise<ClusterNode>;
  /** Begins to move a slot: what it takes to finish, in steps. */
  beginMove(slot: number, to: ClusterNode): Promise<SlotMove>;
  /** Resolves when all nodes serve all slots. */
  whole(): Promise<void>;
}

/** A slot on its way. */
interface SlotMove {
  /** Takes some of its keys over. False when none was left. */
  takeKeys(count: number): Promise<boolean>;
  /** It is the other node's from now on. */
  finish(): Promise<void>;
}

interface ClusterOptions extends TestRedisOptions {
  /** How many masters have slots; 3 when it is left out. */
  readonly size?: number;
  /** How many have none. */
  readonly slotless?: number;
  /** More of each node's command line. */
  readonly moreOf?: (port: number) => readonly string[];
  /** How nodes are reached, but for host and port. */
  readonly way?: Partial<TcpTarget>;
}

const HOST = "127.0.0.1";
const NODE_TIMEOUT = 1_000;
const MIGRATE_TIMEOUT = 5_000;

export async function startCluster(options: ClusterOptions = {}): Promise<TestCluster> {
  const { size = 3, slotless = 0, moreOf, way = {}, ...plain } = options;
  const started = await Promise.all(Array.from({ length: size + slotless }, () => startNode(plain, moreOf)));
  await join(started, size);
  const nodes = await Promise.all(
    started.map(async (node) => ({ ...node, id: text(await node.ask("CLUSTER", "MYID")) ?? "" })),
  );
  const cluster: TestCluster = {
    target: {
      kind: "cluster",
      nodes: nodes.map(({ port }) => ({ ...way, kind: "tcp", host: HOST, port })),
    },
    nodes,
    ownerOf: (slot) => ownerOf(nodes, slot),
    beginMove: (slot, to) => beginMove(nodes, slot, to),
    whole: () => whole(nodes),
    stop: async () => {
      await Promise.all(started.map((node) => node.stop()));
    },
  };
  await cluster.whole();
  return cluster;
}

type StartedNode = Omit<ClusterNode, "id"> & { readonly busPort: number; stop(): Promise<void> };

async function startNode(
  options: TestRedisOptions,
  moreOf: ClusterOptions["moreOf"] = (port) => ["--port", `${port}`],
): Promise<StartedNode> {
  const port = await freePort();
  const busPort = await freePort();
  const cluster = {
    bind: HOST,
    "cluster-enabled": "yes",
    "cluster-port": busPort,
    "cluster-config-file": "nodes.conf",
    "cluster-node-timeout": NODE_TIMEOUT,
  };
  const more = [
    ...Object.entries(cluster).flatMap(([name, value]) => [`--${name}`, `${value}`]),
    ...moreOf(port),
    ...(options.more ?? []),
  ];
  const redis = await startPlainRedis({ ...options, more });
  const connection = new SingleConnection(
    { kind: "socket", path: redis.socket },
    { log: silentLog, clock: systemClock },
  );
  return {
    redis,
    port,
    busPort,
    ask: async (name, ...args) => {
      while (!connection.up) await systemClock.sleep(5); // it was killed, and is started again
      return connection.command(name, ...args);
    },
    stop: async () => {
      await connection.close();
      await redis.stop();
    },
  };
}

/** Gives each its slots, and makes them known to each other. */
async function join(nodes: readonly StartedNode[], size: number): Promise<void> {
  const first = nodes[0] as StartedNode; // there is one
  for (const [i, node] of nodes.entries()) {
    const start = (part: number): number => Math.floor((part * SLOTS) / size);
    if (i < size) await node.ask("CLUSTER", "ADDSLOTSRANGE", start(i), start(i + 1) - 1);
    await node.ask("CLUSTER", "SET-CONFIG-EPOCH", i + 1);
    if (i > 0) await node.ask("CLUSTER", "MEET", HOST, first.port, first.busPort);
  }
}

async function whole(nodes: readonly Pick<ClusterNode, "ask">[]): Promise<void> {
  for (const node of nodes) {
    for (;;) {
      const info = text(await node.ask("CLUSTER", "INFO")) ?? "";
      const known = Number(/cluster_known_nodes:(\d+)/.exec(info)?.[1]);
      if (info.includes("cluster_state:ok") && known === nodes.length) break;
      await systemClock.sleep(20);
    }
  }
}

async function ownerOf(nodes: readonly ClusterNode[], slot: number): Promise<ClusterNode> {
  const ranges = (await nodes[0]?.ask("CLUSTER", "SLOTS")) ?? [];
  for (const range of Array.isArray(ranges) ? ranges : []) {
    const [first, last, master] = range as [number, number, [Buffer, number, Buffer]];
    const node = nodes.find(({ id }) => id === text(master[2]));
    if (first <= slot && slot <= last && node !== undefined) return node;
  }
  throw new Error("a slot has no owner");
}

async function beginMove(nodes: readonly ClusterNode[], slot: number, to: ClusterNode): Promise<SlotMove> {
  const from = await ownerOf(nodes, slot);
  await to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.id);
  await from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id);
  return {
    takeKeys: async (count) => {
      const keys = texts(await from.ask("CLUSTER", "GETKEYSINSLOT", slot, count));
      if (keys.length === 0) return false;
      await from.ask("MIGRATE", HOST, to.port, "", 0, MIGRATE_TIMEOUT, "KEYS", ...keys);
      return true;
    },
    finish: async () => {
      for (const node of [to, from, ...nodes]) await node.ask("CLUSTER", "SETSLOT", slot, "NODE", to.id);
    },
  };
}
