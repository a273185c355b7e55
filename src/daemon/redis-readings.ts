import { type Milliseconds, SECOND } from "../model/time.ts";
import type { Sample } from "../observe/metrics/table.ts";
import type { Heartbeat } from "./heartbeat.ts";

/** What Redis says of its memory and its files. Absent: it doesn't tell. */
interface RedisReadings {
  /** Of a cluster that of the fullest master. */
  readonly used?: number;
  /** 0: no limit. */
  readonly limit?: number;
  readonly samples: readonly Sample[];
}

/** Asks Redis; undefined when it is away or silent. Takes two seconds at most. */
export async function readRedis(heartbeat: Heartbeat): Promise<RedisReadings | undefined> {
  const replies = await heartbeat.answers("INFO");
  if (replies === undefined) return undefined;
  const servers = replies.map(linesOf);
  const numbers = (name: string): readonly number[] =>
    servers.flatMap((info) => {
      const found = info.get(name);
      return found !== undefined && /^\d+$/.test(found) ? [Number(found)] : [];
    });
  const sum = (name: string) => atOnce(numbers(name), (all) => all.reduce((a, b) => a + b));
  const least = (name: string) => atOnce(numbers(name), (all) => Math.min(...all));
  const isOk = (name: string): number | undefined => {
    const found = servers.flatMap((info) => info.get(name) ?? []);
    return atOnce(found, (all) => Number(all.every((status) => status === "ok")));
  };
  const found: readonly (readonly [Sample["metric"], number | undefined])[] = [
    ["footbridge_redis_memory_used_bytes", sum("used_memory")],
    ["footbridge_redis_memory_max_bytes", least("maxmemory") === 0 ? 0 : sum("maxmemory")],
    ["footbridge_redis_file_bytes", sum("aof_current_size")],
    ["footbridge_redis_write_ok", isOk("aof_last_write_status")],
    ["footbridge_redis_rewrite_ok", isOk("aof_last_bgrewrite_status")],
    ["footbridge_redis_fsync_delayed_total", sum("aof_delayed_fsync")],
    ["footbridge_redis_last_save_timestamp_seconds", least("rdb_last_save_time")],
  ];
  const { used, limit } = fullest(servers);
  return {
    ...(used === undefined ? {} : { used }),
    ...(limit === undefined ? {} : { limit }),
    samples: found.flatMap(([metric, value]) => (value === undefined ? [] : [{ metric, labels: {}, value }])),
  };
}

/** `name:value`, line by line. */
function linesOf(reply: unknown): ReadonlyMap<string, string> {
  const lines = String(reply ?? "").split("\r\n");
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)] as const),
  );
}

/** Of several servers one number; undefined where none of them tells. */
function atOnce<T>(all: readonly T[], join: (all: readonly T[]) => number): number | undefined {
  return all.length === 0 ? undefined : join(all);
}

/** The memory of the server that is nearest to its limit. */
function fullest(servers: readonly ReadonlyMap<string, string>[]): {
  readonly used: number | undefined;
  readonly limit: number | undefined;
} {
  const part = ({ used = 0, limit = 0 }: Partial<ReturnType<typeof fullest>>): number =>
    limit > 0 ? used / limit : 0;
  const all = servers.map((info) => {
    const [used, limit] = ["used_memory", "maxmemory"].map((name) => info.get(name));
    return {
      used: used === undefined ? undefined : Number(used),
      limit: limit === undefined ? undefined : Number(limit),
    };
  });
  return all.toSorted((a, b) => part(b) - part(a))[0] ?? { used: undefined, limit: undefined };
}

/** A span as metrics have it. */
export function seconds(span: Milliseconds): number {
  return Math.max(0, span) / SECOND;
}
