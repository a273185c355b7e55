// A house on one kind of Redis, in a process of its own, so that its memory is its own: `node place-main.ts <kind>`, where kind is
// `embedded` (a unix socket), `external` (TCP) or `cluster` (three masters).

import { startCluster } from "../../test/support/cluster-redis.ts";
import { freePort } from "../../test/support/free-port.ts";
import { startPlainRedis, type TestRedis } from "../../test/support/plain-redis.ts";
import { rssMb } from "../support/processes.ts";
import { openHouse } from "./house.ts";
import { openPath } from "./path.ts";

/** What one round found. RSS in MB, at the end of the round, under load a moment before. */
export interface PlaceRound {
  readonly rate: number;
  readonly rss: { readonly node: number; readonly redis: readonly number[] };
  /** CPU of this process in ms a message. */
  readonly cpuMs: number;
}

const FSYNC = { fsync: "always" } as const;

async function start(
  kind: string,
): Promise<Pick<TestRedis, "target"> & { readonly pids: readonly number[] }> {
  if (kind === "cluster") {
    const { target, nodes } = await startCluster(FSYNC);
    return { target, pids: nodes.map(({ redis }) => redis.pid ?? 0) };
  }
  const port = await freePort();
  const isTcp = kind === "external";
  const redis = await startPlainRedis({
    ...FSYNC,
    ...(isTcp ? { more: ["--port", `${port}`, "--bind", "127.0.0.1"] } : {}),
  });
  const target = isTcp ? ({ kind: "tcp", host: "127.0.0.1", port } as const) : redis.target;
  return { target, pids: [redis.pid ?? 0] };
}

const { target, pids } = await start(process.argv[2] ?? "embedded");
const house = await openHouse({ target });
const path = await openPath(house);

async function measure(ms: number): Promise<PlaceRound> {
  const before = process.cpuUsage();
  const began = performance.now();
  const rate = await path.measure(ms);
  const { user, system } = process.cpuUsage(before);
  const messages = (rate * (performance.now() - began)) / 1_000;
  const redis = pids.map((pid) => rssMb(pid));
  return { rate, rss: { node: rssMb(process.pid), redis }, cpuMs: (user + system) / 1_000 / messages };
}

process.on("message", ({ ms }: { readonly ms: number }) => {
  measure(ms).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
// The servers end with it.
process.on("disconnect", () => process.exit(0));
process.send?.({});
