import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import type { Finding } from "../../adapter/check.ts";
import { type Clock, MINUTE, type Milliseconds, SECOND } from "../../model/time.ts";
import type { Connection, RedisServer } from "./contract.ts";
import type { RedisProblem, RedisRisk } from "./errors.ts";
import { inspectRedis, placeOf, printable, readConfig, readInfo } from "./external.ts";
import { allowed } from "./reply-errors.ts";
import { slotsOnTheirWay } from "./scan.ts";

/** A Redis that is looked at. */
export interface CheckedRedis {
  readonly connection: Connection;
  readonly kind: "embedded" | "external";
  /** What the config accepts. */
  readonly allow: readonly RedisRisk[];
  readonly clock: Clock;
  /** The folders that keys lie in: Redis' own is no place for them. */
  readonly keyFolders: readonly string[];
}

/** From these parts of its memory on intake will soon be closed, or is. */
export const NEARLY_FULL = 0.8;
const FULL = 0.95;
/** What two clocks that are kept by NTP never differ by; and what makes TTLs wrong by more than people expect. */
const DIFFERS: Milliseconds = 2 * SECOND;
const WRONG: Milliseconds = 5 * MINUTE;

/** Whether a Redis is a safe place now: its settings, its memory, its files, its clock; of a cluster those of each master. @throws StoreAway */
export async function checkRedis(redis: CheckedRedis): Promise<readonly Finding[]> {
  const { servers } = redis.connection;
  const [problems, ...checked] = await Promise.all([
    inspectRedis(redis.connection),
    ...servers.map((server) => checkServer(server, redis)),
  ]);
  const versions = new Set(checked.map(({ version }) => printable(version ?? "unknown")));
  const what = servers.length === 1 ? redis.kind : `a cluster with ${servers.length} masters`;
  const versionsFound = `version ${[...versions].toSorted().join(" and ")}`;
  return [
    ...settings(redis, problems, `${what}, ${versionsFound}`),
    ...(await slots(servers)),
    ...checked.flatMap(({ findings }) => findings),
  ];
}

async function checkServer(
  server: RedisServer,
  redis: CheckedRedis,
): Promise<{ readonly version: string | undefined; readonly findings: readonly Finding[] }> {
  const [info, config] = await Promise.all([readInfo(server), readConfig(server)]);
  const findings = [
    ...memory(Number(info.get("used_memory")), Number(info.get("maxmemory"))),
    ...files(info),
    ...place(redis, config),
    ...replicas(Number(info.get("connected_slaves") ?? 0), config.get("min-replicas-to-write")),
    await clock(server, redis.clock),
  ];
  const placed = findings.map((finding) => ({ ...finding, found: finding.found + placeOf(server) }));
  return { version: info.get("redis_version"), findings: placed };
}

/** The calls to a slot wait for as long as it is half moved; whoever moved it may have broken off. */
async function slots(servers: readonly RedisServer[]): Promise<readonly Finding[]> {
  const all = await Promise.all(servers.map((server) => allowed(slotsOnTheirWay(server))));
  const moving = [...new Set(all.flatMap((each) => each ?? []))].toSorted((a, b) => a - b);
  if (moving.length === 0) return [];
  const found = `${moving.length === 1 ? `slot ${moving[0]} is` : `${moving.length} slots from ${moving[0]} on are`} half moved`;
  const remedy = "wait if somebody moves slots now; if not, run redis-cli --cluster fix HOST:PORT";
  return [{ check: "redis slots", status: "warning", found, remedy }];
}

/** Replicas get writes after they were answered: one that takes over may lack the last of them. */
function replicas(count: number, required: string | undefined): readonly Finding[] {
  if (count === 0 || (required !== undefined && required !== "0")) return [];
  return [
    {
      check: "redis replicas",
      status: "warning",
      found: "a replica that takes over can lack what was answered last",
      remedy: "set min-replicas-to-write 1, and see docs/redis.md for what that can't do",
    },
  ];
}

function settings(
  { kind, allow }: CheckedRedis,
  problems: readonly RedisProblem[],
  what: string,
): readonly Finding[] {
  const check = "redis";
  if (problems.length === 0) {
    const found = `${what}, writes are on the disk before they are answered, nothing is evicted`;
    return [{ check, status: "ok", found }];
  }
  return problems.map(({ kind: risk, found, expected, remedy }): Finding => {
    const isAccepted = allow.some((accepted) => accepted === risk);
    return {
      check,
      status: isAccepted ? "warning" : "problem",
      found: `found ${found}, expected ${expected}${isAccepted ? ", accepted in the config" : ""}`,
      remedy: kind === "embedded" ? "somebody changed the embedded Redis: restart the daemon" : remedy,
    };
  });
}

function memory(used: number, limit: number): readonly Finding[] {
  if (!Number.isFinite(used)) return []; // it doesn't tell, which counts as a problem of its settings
  const check = "redis memory";
  const size = `${megabytes(used)} used`;
  if (!(limit > 0)) return [{ check, status: "ok", found: `${size}, no limit` }];
  const found = `${size} of ${megabytes(limit)}`;
  if (used < NEARLY_FULL * limit) return [{ check, status: "ok", found }];
  const remedy = "give Redis more memory (maxmemory), or see in the status why so much waits";
  if (used < FULL * limit) return [{ check, status: "warning", found, remedy }];
  return [{ check, status: "problem", found: `${found}: nothing new is taken in when it is full`, remedy }];
}

function files(info: ReadonlyMap<string, string>): readonly Finding[] {
  const check = "redis files";
  const remedy = "look at the disk that Redis writes to, and into its log";
  if (info.get("aof_last_write_status") === "err") {
    return [{ check, status: "problem", found: "the last write to its file failed", remedy }];
  }
  if (info.get("aof_last_bgrewrite_status") === "err") {
    return [{ check, status: "warning", found: "the last rewrite of its file failed", remedy }];
  }
  return [];
}

/**
 * Keys in the folder that an external Redis writes to would go wherever copies of its files go. A server elsewhere may have a
 * folder of the same name: only one whose files are here counts.
 */
function place({ kind, keyFolders }: CheckedRedis, config: ReadonlyMap<string, string>): readonly Finding[] {
  const dir = config.get("dir");
  if (kind === "embedded" || dir === undefined) return [];
  const own = [config.get("dbfilename"), config.get("appenddirname")].filter((name) => name !== undefined);
  if (!own.some((name) => existsSync(join(dir, name)))) return [];
  const misplaced = keyFolders.find((folder) => folder === dir || !relative(dir, folder).startsWith(".."));
  if (misplaced === undefined) return [];
  const found = `keys lie in the folder that Redis writes to (${misplaced})`;
  const remedy =
    "stop the daemon and move them to a folder of their own: who copies Redis' files must not get the keys";
  return [{ check: "place of the keys", status: "problem", found, remedy }];
}

async function clock(server: RedisServer, ours: Clock): Promise<Finding> {
  const check = "clock";
  const before = ours.now();
  const time = await allowed(server.command("TIME"));
  const here = (before + ours.now()) / 2; // Redis looked at its clock somewhere between
  if (!Array.isArray(time)) {
    const remedy = "let the user run TIME";
    return { check, status: "problem", found: "Redis doesn't tell its time", remedy };
  }
  const there = Number(time[0]) * SECOND + Number(time[1]) / 1_000;
  const apart = Math.abs(there - here);
  if (apart <= DIFFERS) return { check, status: "ok", found: "Redis' clock and this machine's agree" };
  const found = `Redis' clock is ${Math.round(apart / SECOND)} s ${there > here ? "ahead of" : "behind"} this machine's`;
  const remedy = "let NTP keep both";
  return { check, status: apart > WRONG ? "problem" : "warning", found, remedy };
}

function megabytes(octets: number): string {
  return `${(octets / 1e6).toFixed(1)} MB`;
}
