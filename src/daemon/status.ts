import type { ControlHandlers, StatusReport } from "../http/control-api.ts";
import type { AccountId, NetworkName } from "../model/ids.ts";
import type { Workplace } from "../pipeline/leg.ts";
import { text } from "../store/reply.ts";
import { auditKeys } from "./audit.ts";
import { examine } from "./doctor.ts";
import type { Reported } from "./reported.ts";

/** The answers of the control socket, but for what isn't told of the house. */
export function controlHandlers(reported: Reported): Omit<ControlHandlers, "greet"> {
  const networkOf = (account: AccountId): NetworkName | "" =>
    reported.workplaces.get(account)?.account.capabilities.network ?? "";
  const placeOf = (name: string): Workplace | undefined =>
    [...reported.workplaces].find(([id]) => id === name)?.[1];
  return {
    status: () => statusOf(reported),
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

async function statusOf(reported: Reported): Promise<StatusReport> {
  const { house, pipeline, workplaces } = reported;
  const now = house.clock.now();
  const accounts = await Promise.all(
    [...workplaces].map(([id, place]) => accountReport(reported, id, place)),
  );
  const [parked, buriedDeliveries] = await Promise.all([
    house.legs.countKept("parked"),
    reported.buried.list(),
  ]);
  return {
    version: reported.version,
    pid: process.pid,
    startedAt: reported.startedAt,
    uptimeMs: now - reported.startedAt,
    ready: pipeline.isOpen,
    redis: await redisReport(reported),
    accounts,
    lanes: { waiting: pipeline.lanes.size },
    deliveries: {
      queued: accounts.reduce((sum, { queued }) => sum + queued, 0),
      parked,
      buried: buriedDeliveries.length,
    },
    clock: { held: !reported.clockGuard.mayDestroy() },
  };
}

async function accountReport({ house, pipeline }: Reported, id: AccountId, { account, gate }: Workplace) {
  const queued = await house.legs.backlog(id);
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

async function redisReport({ redis, house }: Reported): Promise<StatusReport["redis"]> {
  const { connection } = house.store;
  const infos = await Promise.all(
    connection.servers.map(async (server) => text(await server.command("INFO")) ?? ""),
  );
  const versions = infos.map((info) => /^redis_version:(.+?)\r?$/m.exec(info)?.[1]);
  const used = infos.map((info) => /^used_memory:(\d+)/m.exec(info)?.[1]);
  const isKnown = used.length > 0 && used.every((each) => each !== undefined);
  return {
    kind: redis,
    up: connection.up,
    // The oldest, where a cluster has several.
    version: versions.toSorted()[0] ?? null,
    usedBytes: isKnown ? used.reduce((sum, each) => sum + Number(each), 0) : null,
  };
}
