import type { Finding } from "../../adapter/check.ts";
import { type Clock, MINUTE, type Milliseconds, SECOND } from "../../model/time.ts";
import type { Connection } from "./connection.ts";
import type { RedisProblem, RedisRisk } from "./errors.ts";
import { inspectRedis, printable, readInfo } from "./external.ts";
import { allowed } from "./reply-errors.ts";

/** A Redis that is looked at. */
export interface CheckedRedis {
  readonly connection: Connection;
  readonly kind: "embedded" | "external";
  /** What the config accepts. */
  readonly allow: readonly RedisRisk[];
  readonly clock: Clock;
}

/** From these parts of its memory on intake will soon be closed, or is. */
export const NEARLY_FULL = 0.8;
const FULL = 0.95;
/** What two clocks that are kept by NTP never differ by; and what makes TTLs wrong by more than people expect. */
const DIFFERS: Milliseconds = 2 * SECOND;
const WRONG: Milliseconds = 5 * MINUTE;

/** Whether a Redis is a safe place now: its settings, its memory, its files, its clock. @throws StoreAway */
export async function checkRedis(redis: CheckedRedis): Promise<readonly Finding[]> {
  const [problems, info] = await Promise.all([inspectRedis(redis.connection), readInfo(redis.connection)]);
  return [
    ...settings(redis, problems, info.get("redis_version")),
    ...memory(Number(info.get("used_memory")), Number(info.get("maxmemory"))),
    ...files(info),
    await clock(redis),
  ];
}

function settings(
  { kind, allow }: CheckedRedis,
  problems: readonly RedisProblem[],
  version: string | undefined,
): readonly Finding[] {
  const check = "redis";
  if (problems.length === 0) {
    const found = `${kind}, version ${printable(version ?? "unknown")}, writes are on the disk before they are answered, nothing is evicted`;
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

async function clock({ connection, clock }: CheckedRedis): Promise<Finding> {
  const check = "clock";
  const before = clock.now();
  const time = await allowed(connection.command("TIME"));
  const here = (before + clock.now()) / 2; // Redis looked at its clock somewhere between
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
