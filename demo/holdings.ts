import { join } from "node:path";
import type { Milliseconds } from "../src/model/time.ts";
import { createClock } from "../src/observe/clock.ts";
import type { Logger } from "../src/observe/log.ts";
import { type Connection, openConnection } from "../src/store/redis/connection.ts";
import { openSocketPath } from "../src/store/redis/socket-path.ts";
import { text, texts } from "../src/store/reply.ts";
import { FAMILIES, type Family } from "./families.ts";
import { NotSeen, until } from "./watch.ts";

/** What Redis holds of one family. */
export interface Holding {
  readonly family: Family;
  readonly keys: number;
  readonly bytes: number;
  /** The shortest and the longest time that these keys have left; undefined where none has a TTL. */
  readonly ttl?: readonly [Milliseconds, Milliseconds];
  /** How many have no TTL. */
  readonly untimed: number;
}

export type Holdings = readonly Holding[];

const SILENT: Logger = { debug: skip, info: skip, warn: skip, error: skip };
function skip(): void {}

/**
 * Looks into the daemon's Redis through its own socket.
 * @throws NotSeen for a key that no family explains, and when Redis can't be reached.
 */
export async function holdings(state: string): Promise<Holdings> {
  const socket = openSocketPath(join(state, "redis"), "redis.sock"); // where store/redis/embedded.ts puts it
  const redis = openConnection({ kind: "socket", path: socket.path }, { log: SILENT, clock: createClock() });
  try {
    await until("an answer of the daemon's Redis", () => (redis.up ? true : undefined));
    return await look(redis);
  } finally {
    await redis.close();
    socket.close();
  }
}

async function look(redis: Connection): Promise<Holdings> {
  const names = texts(await redis.command("KEYS", "*")); // a handful: this is a demo's Redis
  const found = await Promise.all(names.map((name) => measure(redis, name)));
  const unknown = names.filter((name) => !FAMILIES.some((family) => family.has(name)));
  if (unknown.length > 0) throw new NotSeen(`Redis holds ${unknown.length} keys that no family explains`);
  return FAMILIES.map((family) =>
    holdingOf(
      family,
      found.filter(({ name }) => family.has(name)),
    ),
  );
}

interface Measured {
  readonly name: string;
  readonly bytes: number;
  /** Below 0: none. */
  readonly ttl: number;
}

async function measure(redis: Connection, name: string): Promise<Measured> {
  const [bytes, ttl] = await Promise.all([
    redis.command("MEMORY", "USAGE", name, "SAMPLES", 0),
    redis.command("PTTL", name),
  ]);
  return { name, bytes: Number(text(bytes) ?? 0), ttl: Number(text(ttl) ?? -1) };
}

function holdingOf(family: Family, found: readonly Measured[]): Holding {
  const timed = found.map(({ ttl }) => ttl).filter((ttl) => ttl >= 0);
  return {
    family,
    keys: found.length,
    bytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
    untimed: found.length - timed.length,
    ...(timed.length === 0 ? {} : { ttl: [Math.min(...timed), Math.max(...timed)] as const }),
  };
}

/** How many keys there are of one kind. */
export function countOf(holdings: Holdings, kind: Family["kind"]): number {
  return holdings.filter(({ family }) => family.kind === kind).reduce((sum, { keys }) => sum + keys, 0);
}
