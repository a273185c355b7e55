import { ClusterConnection } from "./cluster.ts";
import type { Connection, ConnectionOptions } from "./contract.ts";
import { SingleConnection } from "./single.ts";
import type { RedisTarget } from "./target.ts";

export type { Connection } from "./contract.ts";
export type { Reply } from "./resp.ts";

/** Connects, now and for ever; `onUp` tells when. */
export function openConnection(target: RedisTarget, options: ConnectionOptions): Connection {
  return target.kind === "cluster"
    ? new ClusterConnection(target, options)
    : new SingleConnection(target, options);
}
