import { type Capabilities, HOUR, networkName } from "../../src/model/index.ts";

/** The network's name. */
export const MATRIX = networkName("matrix");

/**
 * What a Matrix account can do.
 *
 * `repeatSafe`: Synapse keeps a txnId that came with a `device_id` for 24 h in its database, over a restart too (source of
 * 1.163.2, table `event_txn_id_device_id`; the memory cache beside it is shorter and matters only without a device). An hour
 * of margin is for its clean-up job and for a clock that isn't ours.
 * @param connections how many requests may be under way at a time.
 */
export function matrixCapabilities(connections: number): Capabilities {
  return {
    network: MATRIX,
    title: "Matrix",
    features: { formatted: "full", edit: "none", reaction: "none", delete: "none", reply: "full" },
    encryption: "transport",
    portals: "opened",
    repeatSafe: 23 * HOUR,
    concurrency: connections,
    optOutWords: false,
    receipts: { delivered: false, read: true },
  };
}
