import type { AccountReport, ControlHandlers, StatusReport } from "../http/control-api.ts";
import type { AccountId, NetworkName } from "../model/ids.ts";
import type { Workplace } from "../pipeline/leg.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { auditKeys } from "./audit.ts";
import { examine } from "./doctor.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Reported } from "./reported.ts";

/** The answers of the control socket, but for what isn't told of the house. */
export function controlHandlers(reported: Reported, heartbeat: Heartbeat): Omit<ControlHandlers, "greet"> {
  const networkOf = (account: AccountId): NetworkName | "" =>
    reported.workplaces.get(account)?.account.capabilities.network ?? "";
  const placeOf = (name: string): Workplace | undefined =>
    [...reported.workplaces].find(([id]) => id === name)?.[1];
  return {
    status: () => statusOf(reported, heartbeat),
    buried: async () =>
      (await reported.buried.list()).map((item) => ({ ...item, network: networkOf(item.account) })),
    retry: async (id) => ((await reported.buried.retry(id)) ? "retried" : "unknown"),
    drop: async (id) => ((await reported.buried.drop(id)) ? "dropped" : "unknown"),
    doctor: () => examine(reported),
    audit: () => auditKeys(reported.house.store.connection, reported.house.clock),
    pair: (name, by, signal) => {
      const place = placeOf(name);
      if (place === undefined) return "unknown";
      return place.account.pair?.(by, signal) ?? "unsupported";
    },
    unpair: async (name) => {
      const place = placeOf(name);
      if (place === undefined) return "unknown";
      return (await place.account.unpair?.()) ?? "unsupported";
    },
  };
}

/** Tells of what Redis knows only while it answers: takes four seconds at most. */
async function statusOf(reported: Reported, heartbeat: Heartbeat): Promise<StatusReport> {
  const { house, pipeline, workplaces } = reported;
  const now = house.clock.now();
  const infos = await heartbeat.answers("INFO");
  const stored = infos === undefined ? undefined : await heartbeat.within(readStored(reported));
  return {
    version: reported.version,
    pid: process.pid,
    startedAt: reported.startedAt,
    uptimeMs: now - reported.startedAt,
    ready: pipeline.isOpen,
    redis: redisReport(reported, infos),
    accounts: [...workplaces].map(([id, place]) =>
      accountReport(reported, id, place, stored?.queued.get(id) ?? null),
    ),
    lanes: { waiting: pipeline.lanes.size },
    deliveries: {
      queued: stored === undefined ? null : [...stored.queued.values()].reduce((sum, each) => sum + each, 0),
      parked: stored?.parked ?? null,
      buried: stored?.buried ?? null,
    },
    clock: { held: !reported.clockGuard.mayDestroy() },
  };
}

interface Stored {
  readonly queued: ReadonlyMap<AccountId, number>;
  readonly parked: number;
  readonly buried: number;
}

/** Undefined when Redis goes meanwhile. */
async function readStored({ house, buried, workplaces }: Reported): Promise<Stored | undefined> {
  const backlogs = [...workplaces.keys()].map(async (id) => [id, await house.legs.backlog(id)] as const);
  try {
    const [queued, parked, buriedItems] = await Promise.all([
      Promise.all(backlogs),
      house.legs.countKept("parked"),
      buried.count(),
    ]);
    return { queued: new Map(queued), parked, buried: buriedItems };
  } catch (error) {
    if (error instanceof StoreAway) return undefined;
    throw error;
  }
}

function accountReport(
  { house, pipeline }: Reported,
  id: AccountId,
  { account, gate }: Workplace,
  queued: number | null,
): AccountReport {
  const oldest = pipeline.legs.oldest(id);
  const { state } = gate;
  return {
    account: id,
    network: account.capabilities.network,
    state: state.kind,
    ...("reason" in state ? { reason: state.reason } : {}),
    ...("remedy" in state && state.remedy !== undefined ? { remedy: state.remedy } : {}),
    ...("links" in state && state.links !== undefined
      ? { links: state.links.map((link) => ({ ...link })) }
      : {}),
    queued,
    oldestMs: oldest === undefined ? null : Math.max(0, house.clock.now() - oldest),
    inFlight: gate.inFlight,
  };
}

/** @param infos what its servers say of themselves; undefined when one of them doesn't answer */
function redisReport(
  { redis, house }: Reported,
  infos: readonly unknown[] | undefined,
): StatusReport["redis"] {
  const said = (infos ?? []).map((info) => String(info ?? ""));
  const versions = said.flatMap((info) => /^redis_version:(.+?)\r?$/m.exec(info)?.[1] ?? []);
  const used = said.map((info) => /^used_memory:(\d+)/m.exec(info)?.[1]);
  const isKnown = used.length > 0 && used.every((each) => each !== undefined);
  return {
    kind: redis,
    up: infos !== undefined,
    silent: infos === undefined && house.store.connection.up,
    // The oldest, where a cluster has several.
    version: versions.toSorted()[0] ?? null,
    usedBytes: isKnown ? used.reduce((sum, each) => sum + Number(each), 0) : null,
  };
}
