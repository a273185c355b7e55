import { statfs } from "node:fs/promises";
import type { AccountState } from "../adapter/account.ts";
import type { AccountId } from "../model/ids.ts";
import type { MetricName, Sample } from "../observe/metrics/table.ts";
import type { Workplace } from "../pipeline/leg.ts";
import type { KeyDescriptor } from "../privacy/key-store.ts";
import { expiryOf } from "../privacy/periods.ts";
import { StoreAway } from "../store/redis/errors.ts";
import type { Health } from "./health.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { readRedis, seconds } from "./redis-readings.ts";
import type { Reported } from "./reported.ts";

/** What metrics are read from. */
export interface Readable {
  readonly reported: Reported;
  readonly health: Health;
  readonly heartbeat: Heartbeat;
  /** The state folder. */
  readonly state: string;
  /** When each certificate of the config ends, by its key there. */
  readonly certificates: ReadonlyMap<string, number>;
  /** The alerts of the operator's chat, and whether each is on. */
  readonly alerts: () => ReadonlyMap<string, boolean>;
}

/** Every state an account can be in. */
const STATES: Readonly<Record<AccountState["kind"], true>> = {
  connecting: true,
  connected: true,
  degraded: true,
  disconnected: true,
  misconfigured: true,
  "needs-pairing": true,
  "logged-out": true,
  replaced: true,
  restricted: true,
  stopped: true,
};
const PURPOSES: Readonly<Record<KeyDescriptor["purpose"], true>> = {
  bucket: true,
  epoch: true,
  lookup: true,
  account: true,
};

/**
 * What is so at this moment, for a scrape. What only Redis knows is left out while it doesn't answer; the rest is there all the
 * same. Takes four seconds at most.
 */
export async function readGauges(readable: Readable): Promise<readonly Sample[]> {
  const { reported, health, heartbeat, alerts, certificates, state } = readable;
  const ready = await health.ready();
  const redis = await readRedis(heartbeat);
  const stored = redis === undefined ? undefined : await heartbeat.within(readStored(reported));
  return [
    ...[...reported.workplaces].flatMap(([id, place]) => accountSamples(reported, id, place)),
    ...(stored ?? []),
    ...laneSamples(reported),
    one("footbridge_ready", Number(ready.ok)),
    one("footbridge_live", Number(health.live().ok)),
    one("footbridge_redis_up", Number(redis !== undefined)),
    ...(redis?.samples ?? []),
    one("footbridge_redis_calls_total", reported.house.store.connection.stats.calls),
    one("footbridge_redis_batches_total", reported.house.store.connection.stats.batches),
    ...(await diskSamples(state)),
    ...keySamples(reported),
    ...[...certificates].map(([certificate, ends]) =>
      one("footbridge_certificate_expiry_timestamp_seconds", seconds(ends), { certificate }),
    ),
    ...[...alerts()].map(([alert, isOn]) => one("footbridge_alert_active", Number(isOn), { alert })),
    one("footbridge_build_info", 1, {
      version: reported.version,
      node: process.versions.node,
      redis: reported.redis,
    }),
  ];
}

function one(metric: MetricName, value: number, labels: Sample["labels"] = {}): Sample {
  return { metric, labels, value };
}

/** What of an account is known in memory. */
function accountSamples(
  { house, pipeline }: Reported,
  account: AccountId,
  { gate }: Workplace,
): readonly Sample[] {
  const oldest = pipeline.legs.oldest(account);
  const links = "links" in gate.state ? (gate.state.links ?? []) : [];
  const connected = links.filter((link) => link.connected).length;
  return [
    one("footbridge_queue_oldest_seconds", oldest === undefined ? 0 : seconds(house.clock.now() - oldest), {
      account,
    }),
    one("footbridge_deliveries_in_flight", gate.inFlight, { account }),
    ...Object.keys(STATES).map((state) =>
      one("footbridge_account_state", Number(state === gate.state.kind), { account, state }),
    ),
    ...(links.length === 0
      ? []
      : [
          one("footbridge_account_links", connected, { account, connected: "true" }),
          one("footbridge_account_links", links.length - connected, { account, connected: "false" }),
        ]),
  ];
}

/** What only Redis knows; nothing when it goes meanwhile. */
async function readStored({ house, buried, workplaces }: Reported): Promise<readonly Sample[]> {
  try {
    const queues = await Promise.all(
      [...workplaces.keys()].map(async (account) =>
        one("footbridge_queue_deliveries", await house.legs.backlog(account), { account }),
      ),
    );
    const parked = one("footbridge_parked_deliveries", await house.legs.countKept("parked"));
    return [...queues, parked, one("footbridge_buried_items", await buried.count())];
  } catch (error) {
    if (error instanceof StoreAway) return [];
    throw error;
  }
}

function laneSamples({ house, pipeline }: Reported): readonly Sample[] {
  const { oldest, size } = pipeline.lanes;
  return [
    one("footbridge_lanes_waiting", size),
    one("footbridge_lanes_oldest_seconds", oldest === undefined ? 0 : seconds(house.clock.now() - oldest)),
  ];
}

async function diskSamples(folder: string): Promise<readonly Sample[]> {
  const disk = await readDisk(folder);
  if (disk === undefined) return [];
  return [one("footbridge_disk_free_bytes", disk.free), one("footbridge_disk_size_bytes", disk.size)];
}

/** The disk that a folder is on, in octets; undefined when it can't be asked. */
export async function readDisk(
  folder: string,
): Promise<{ readonly free: number; readonly size: number } | undefined> {
  try {
    const { bavail, blocks, bsize } = await statfs(folder);
    return { free: bavail * bsize, size: blocks * bsize };
  } catch {
    return undefined;
  }
}

function keySamples({ house, clockGuard }: Reported): readonly Sample[] {
  const { keyring } = house.store.vault;
  const kept = Map.groupBy(keyring.kept(), ({ descriptor }) => descriptor.purpose);
  const { count, span } = overdueKeys(house);
  return [
    one("footbridge_clock_held", Number(!clockGuard.mayDestroy())),
    // The table's own keys.
    ...(Object.keys(PURPOSES) as KeyDescriptor["purpose"][]).map((purpose) =>
      one("footbridge_keys", kept.get(purpose)?.length ?? 0, { purpose }),
    ),
    one("footbridge_keys_overdue", count),
    one("footbridge_keys_overdue_seconds", seconds(span)),
  ];
}

/** Keys whose time is over and that aren't destroyed: how many, and for how long the oldest of them, in ms. */
export function overdueKeys({ clock, store }: Reported["house"]): {
  readonly count: number;
  readonly span: number;
} {
  const now = clock.now();
  const overdue = store.vault.keyring.expired(now);
  const since = overdue.map(({ descriptor }) => expiryOf(descriptor) ?? now);
  return { count: overdue.length, span: since.length === 0 ? 0 : now - Math.min(...since) };
}
