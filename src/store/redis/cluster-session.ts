import type { Clock, Milliseconds } from "../../model/time.ts";
import type { LogFields, Logger } from "../../observe/log.ts";
import { type ClusterMap, nameOf, readClusterMap } from "./cluster-map.ts";
import type { Connection, RedisServer } from "./contract.ts";
import { StoreAway, StoreRefused } from "./errors.ts";
import type { Endpoint } from "./redirection.ts";
import type { Reply } from "./resp.ts";
import { Room } from "./room.ts";
import type { Script } from "./scripts.ts";
import { SingleConnection } from "./single.ts";
import { SlotTraffic } from "./slot-traffic.ts";
import type { SlotWaits } from "./slot-waits.ts";
import type { ClusterTarget, TcpTarget } from "./target.ts";

interface SessionOptions {
  readonly clock: Clock;
  readonly scripts: Iterable<Script>;
  /** Gives up connecting. */
  readonly signal: AbortSignal;
  /** Why a node can't be used: a class and a code. */
  readonly onBroken: (fields: LogFields) => void;
  readonly onHeld: (slot: number) => void;
  readonly waits: SlotWaits;
  /** It is over: said before what was under way is rejected. */
  readonly onEnd: (code: string | undefined) => void;
}

/** How long one attempt to reach the cluster may take. */
const CONNECT: Milliseconds = 5_000;

/**
 * Asks one node which masters there are, and connects to all of them.
 * @throws StoreAway when a slot is nobody's, or a master can't be reached
 */
export async function openSession(target: ClusterTarget, options: SessionOptions): Promise<ClusterSession> {
  const log = whatBreaks(options.onBroken);
  const map = await discover(target, log, options);
  if (!map.complete) throw new StoreAway("CLUSTERDOWN");
  const nodes = map.masters.map(
    (master) => new SingleConnection(targetOf(target, master), { ...options, log }),
  );
  try {
    await inTime(Promise.all(nodes.map(whenUp)), options);
    if (!nodes.every((node) => node.up)) throw new StoreAway();
  } catch (error) {
    await Promise.all(nodes.map((node) => node.close()));
    throw error;
  }
  return new ClusterSession(target, map, nodes, options);
}

/** A connection to every master, until the first of them breaks. */
export class ClusterSession {
  /** Resolves when what was under way is answered or given up, and every connection is closed. */
  readonly ended: Promise<void>;
  readonly servers: readonly RedisServer[];
  readonly room: Room;
  readonly #target: ClusterTarget;
  readonly #map: ClusterMap;
  readonly #nodes: readonly SingleConnection[];
  readonly #traffic: SlotTraffic;
  readonly #onEnd: (code: string | undefined) => void;
  readonly #over = new AbortController();
  #finish: () => void = () => undefined;

  constructor(
    target: ClusterTarget,
    map: ClusterMap,
    nodes: readonly SingleConnection[],
    { clock, onHeld, waits, onEnd }: SessionOptions,
  ) {
    this.#target = target;
    this.#map = map;
    this.#nodes = nodes;
    this.#onEnd = onEnd;
    this.ended = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.servers = nodes.map((node, i) => ({
      slots: map.masters[i]?.slots ?? "",
      command: (name, ...args) => node.command(name, ...args),
    }));
    this.#traffic = new SlotTraffic({
      clock,
      onHeld,
      waits,
      move: (slot, to) => this.#move(slot, to),
      onLost: (code) => this.end(code),
    });
    this.room = new Room(this.servers);
    void this.room.watch(clock, this.#over.signal);
    for (const node of nodes) node.onDown(() => this.end(node.lastCode));
  }

  get stats(): Connection["stats"] {
    const sum = { calls: 0, batches: 0 };
    for (const { stats } of this.#nodes) {
      sum.calls += stats.calls;
      sum.batches += stats.batches;
    }
    return sum;
  }

  /** Calls without an answer. */
  get size(): number {
    return this.#traffic.size;
  }

  /** Asks the node that has a slot, wherever it goes. @throws what `ask` throws; StoreAway when the session ends before */
  run(slot: number, ask: (node: Connection) => Promise<Reply>): Promise<Reply> {
    const send = (): Promise<Reply> => {
      const node = this.#nodes[this.#map.owners[slot] ?? -1];
      return node === undefined ? Promise.reject(new StoreAway("CLUSTERDOWN")) : ask(node);
    };
    return new Promise((resolve, reject) => this.#traffic.run({ slot, send, resolve, reject }));
  }

  idle(): Promise<void> {
    return this.#traffic.idle();
  }

  flush(): void {
    for (const node of this.#nodes) node.flush();
  }

  /** The target with the masters that it has now, in case those of the config go. */
  knownBy({ nodes }: ClusterTarget): ClusterTarget {
    const names = new Set(nodes.map(nameOf));
    const others = this.#map.masters.filter((master) => !names.has(nameOf(master)));
    return { kind: "cluster", nodes: [...nodes, ...others.map((master) => targetOf(this.#target, master))] };
  }

  /** Ends all connections, as soon as each has answered what it was asked: what begins after it comes after all of it. */
  end(code: string | undefined): void {
    if (this.#over.signal.aborted) return;
    this.#over.abort();
    this.#onEnd(code);
    this.#traffic.end(code);
    void Promise.all(this.#nodes.map((node) => node.close())).then(this.#finish);
  }

  #move(slot: number, { host, port }: Endpoint): boolean {
    // Without a host it is the one that said so, which with several nodes on one host has another port.
    const asked = this.#map.masters[this.#map.owners[slot] ?? -1];
    const name = nameOf({ host: host || (asked?.host ?? ""), port });
    const place = this.#map.masters.findIndex((master) => nameOf(master) === name);
    if (place < 0) return false;
    this.#map.owners[slot] = place;
    return true;
  }
}

/** What the first node that answers says of the cluster. */
async function discover(target: ClusterTarget, log: Logger, options: SessionOptions): Promise<ClusterMap> {
  const asked = target.nodes.map((node) => ({
    node,
    connection: new SingleConnection(node, { log, clock: options.clock }),
  }));
  try {
    const ups = asked.map(({ connection }, i) => whenUp(connection).then(() => i));
    const first = asked[await inTime(Promise.race(ups), options)];
    if (first === undefined) throw new StoreAway();
    return readClusterMap(await first.connection.command("CLUSTER", "SLOTS"), first.node);
  } catch (error) {
    // Its own answer where clusters are switched off.
    if (error instanceof StoreRefused && error.code === "ERR") throw new StoreAway("NOCLUSTER");
    throw error;
  } finally {
    await Promise.all(asked.map(({ connection }) => connection.close()));
  }
}

/** The same way to another node. */
function targetOf({ nodes }: ClusterTarget, { host, port }: Endpoint): TcpTarget {
  const [first] = nodes;
  return { ...first, kind: "tcp", host, port };
}

function whenUp(connection: Connection): Promise<void> {
  return connection.up ? Promise.resolve() : new Promise((resolve) => connection.onUp(resolve));
}

async function inTime<T>(work: Promise<T>, { clock, signal }: SessionOptions): Promise<T> {
  const timer = new AbortController();
  const stopped = AbortSignal.any([timer.signal, signal]);
  const late = clock.sleep(CONNECT, stopped).then(
    () => Promise.reject(new StoreAway("ETIMEDOUT")),
    () => Promise.reject(new StoreAway()),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}

/** Of what a node's connection logs, why it broke: the rest is said of the cluster as a whole. */
function whatBreaks(onBroken: (fields: LogFields) => void): Logger {
  const quiet = (): void => undefined;
  const warn = (event: string, fields: LogFields = {}): void => {
    if (event === "store.connection.broken") onBroken(fields);
  };
  return { debug: quiet, info: quiet, warn, error: warn };
}
