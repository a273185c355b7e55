import { type Milliseconds, SECOND } from "../model/time.ts";
import type { Sample } from "../observe/metrics/table.ts";
import type { Heartbeat } from "./heartbeat.ts";

/** What Redis says of its memory and its files. Absent: it doesn't tell. */
interface RedisReadings {
  readonly used?: number;
  /** 0: no limit. */
  readonly limit?: number;
  readonly samples: readonly Sample[];
}

/** Asks Redis; undefined when it is away or silent. Takes two seconds at most. */
export async function readRedis(heartbeat: Heartbeat): Promise<RedisReadings | undefined> {
  const answer = await heartbeat.answer("INFO");
  if (answer === undefined) return undefined;
  const info = new Map(
    String(answer.reply ?? "")
      .split("\r\n")
      .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)]),
  );
  const number = (name: string): number | undefined => {
    const found = info.get(name);
    return found !== undefined && /^\d+$/.test(found) ? Number(found) : undefined;
  };
  const isOk = (name: string): number | undefined => {
    const found = info.get(name);
    return found === undefined ? undefined : Number(found === "ok");
  };
  const [used, limit] = [number("used_memory"), number("maxmemory")];
  const found: readonly (readonly [Sample["metric"], number | undefined])[] = [
    ["footbridge_redis_memory_used_bytes", used],
    ["footbridge_redis_memory_max_bytes", limit],
    ["footbridge_redis_file_bytes", number("aof_current_size")],
    ["footbridge_redis_write_ok", isOk("aof_last_write_status")],
    ["footbridge_redis_rewrite_ok", isOk("aof_last_bgrewrite_status")],
    ["footbridge_redis_fsync_delayed_total", number("aof_delayed_fsync")],
    ["footbridge_redis_last_save_timestamp_seconds", number("rdb_last_save_time")],
  ];
  return {
    ...(used === undefined ? {} : { used }),
    ...(limit === undefined ? {} : { limit }),
    samples: found.flatMap(([metric, value]) => (value === undefined ? [] : [{ metric, labels: {}, value }])),
  };
}

/** A span as metrics have it. */
export function seconds(span: Milliseconds): number {
  return Math.max(0, span) / SECOND;
}
