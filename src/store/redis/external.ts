import type { Connection, RedisServer } from "./contract.ts";
import { type RedisProblem, type RedisRisk, UnsafeRedis } from "./errors.ts";
import { allowed } from "./reply-errors.ts";

/** The first version with all commands and script flags that are used. */
const OLDEST = [7, 0] as const;
const UNKNOWN = "unknown";

/**
 * Refuses an external Redis that could lose or evict what it took, unless the operator accepts it.
 * @returns the problems that were accepted, for a warning at the start.
 * @throws UnsafeRedis with the others; StoreAway when there is no connection.
 */
export async function requireSafeRedis(
  connection: Connection,
  accepted: readonly RedisRisk[],
): Promise<readonly RedisProblem[]> {
  const problems = await inspectRedis(connection);
  const allowed: readonly string[] = accepted;
  const refused = problems.filter((problem) => !allowed.includes(problem.kind));
  if (refused.length > 0) throw new UnsafeRedis(refused);
  return problems;
}

/** What is wrong with a Redis as a place to keep messages, with any of its servers; what it doesn't tell counts as wrong. */
export async function inspectRedis({ servers }: Connection): Promise<readonly RedisProblem[]> {
  const problems = await Promise.all(
    servers.map(async (server) =>
      (await inspectServer(server)).map((problem) => ({
        ...problem,
        found: problem.found + placeOf(server),
      })),
    ),
  );
  return problems.flat();
}

/** Which of a cluster's servers, as an operator finds it in CLUSTER NODES. */
export function placeOf({ slots }: RedisServer): string {
  return slots === undefined ? "" : ` (slots ${slots})`;
}

async function inspectServer(server: RedisServer): Promise<readonly RedisProblem[]> {
  const [info, config] = await Promise.all([readInfo(server), readConfig(server)]);
  const policy = config.get("maxmemory-policy") ?? info.get("maxmemory_policy");
  const appendOnly = config.get("appendonly") ?? yesOrNo(info.get("aof_enabled"));
  return [
    ...versionProblem(info.get("redis_version")),
    ...(server.slots === undefined ? clusterProblem(info.get("redis_mode")) : []),
    ...setting("eviction", "maxmemory-policy", policy, "noeviction"),
    ...setting("no-persistence", "appendonly", appendOnly, "yes"),
    ...(appendOnly === "yes" ? setting("everysec", "appendfsync", config.get("appendfsync"), "always") : []),
  ];
}

/** Whether a version of Redis or Valkey lacks what is used. */
export function versionProblem(version = UNKNOWN): readonly RedisProblem[] {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return [];
  return [
    {
      kind: "version",
      found: `version ${printable(version)}`,
      expected: `${OLDEST.join(".")} or later`,
      remedy: "update it, or let the user run INFO",
    },
  ];
}

function clusterProblem(mode: string | undefined): readonly RedisProblem[] {
  if (mode !== "cluster") return [];
  return [
    {
      kind: "cluster",
      found: "a cluster",
      expected: "a single server",
      remedy: "name its nodes under redis.cluster instead of redis.url",
    },
  ];
}

function setting(
  kind: RedisRisk,
  name: string,
  found: string | undefined,
  expected: string,
): readonly RedisProblem[] {
  if (found === expected) return [];
  return [
    {
      kind,
      found: `${name} ${printable(found ?? UNKNOWN)}`,
      expected,
      remedy: `set ${name} ${expected}${found === undefined ? " and let the user run CONFIG GET" : ""}, or accept it in the config (redis.allow: ${kind})`,
    },
  ];
}

/** A server's own word, if it is one. */
export function printable(word: string): string {
  return /^[a-z0-9.-]{1,32}$/i.test(word) ? word : "something unreadable";
}

function yesOrNo(flag: string | undefined): string | undefined {
  return flag === undefined ? undefined : flag === "1" ? "yes" : "no";
}

/** What INFO says, by its fields; nothing when the user may not ask. @throws StoreAway */
export async function readInfo(server: RedisServer): Promise<ReadonlyMap<string, string>> {
  const reply = await allowed(server.command("INFO"));
  const lines = Buffer.isBuffer(reply) ? reply.toString().split("\r\n") : [];
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(":");
      return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1)] as const] : [];
    }),
  );
}

/** Some of its settings; none when the user may not ask. @throws StoreAway */
export async function readConfig(server: RedisServer): Promise<ReadonlyMap<string, string>> {
  const reply = await allowed(
    server.command(
      "CONFIG",
      "GET",
      ...["maxmemory-policy", "appendonly", "appendfsync", "min-replicas-to-write"],
      ...["dir", "dbfilename", "appenddirname"],
    ),
  );
  const found = new Map<string, string>();
  if (!Array.isArray(reply)) return found;
  for (let index = 0; index + 1 < reply.length; index += 2)
    found.set(String(reply[index]), String(reply[index + 1]));
  return found;
}
