import type { AccountState } from "../adapter/account.ts";
import type { Finding } from "../adapter/check.ts";
import { checkMachine } from "../cli/doctor-machine.ts";
import { formatDuration } from "../config/index.ts";
import { assertNever } from "../model/assert-never.ts";
import type { AccountId } from "../model/ids.ts";
import type { Reason } from "../model/reason.ts";
import { MINUTE, type Milliseconds, SECOND } from "../model/time.ts";
import { readMachine } from "../observe/machine.ts";
import type { Workplace } from "../pipeline/leg.ts";
import { checkRedis } from "../store/redis/checkup.ts";
import { poolFinding } from "./doctor-pool.ts";
import type { Reported } from "./reported.ts";

/** What the daemon finds of itself, its Redis, its clock and its accounts. @throws StoreAway when Redis goes meanwhile */
export async function examine(reported: Reported): Promise<readonly Finding[]> {
  const { workplaces } = reported;
  return [
    daemon(reported),
    ...checkMachine(readMachine(), true),
    ...(await redis(reported)),
    ...clock(reported),
    ...[...workplaces].flatMap(([id, place]) => account(reported, id, place)),
    ...(await pools(reported)),
    ...(await buried(reported)),
  ];
}

function daemon({ version, startedAt, house, pipeline }: Reported): Finding {
  const check = "daemon";
  const found = `version ${version}, up ${spanOf(house.clock.now() - startedAt)}`;
  if (pipeline.isOpen) return { check, status: "ok", found };
  const remedy = "wait until it has started or stopped; if it does neither, look into its log";
  return { check, status: "warning", found: `${found}, takes nothing in now`, remedy };
}

async function redis({ redis, allow, house, state }: Reported): Promise<readonly Finding[]> {
  const { connection } = house.store;
  if (connection.up)
    return checkRedis({ connection, kind: redis, allow, clock: house.clock, keyFolders: [state] });
  const remedy =
    redis === "embedded"
      ? "it is started again by itself; if it stays away, look into the daemon's log"
      : "see that it runs and can be reached at redis.url";
  return [{ check: "redis", status: "problem", found: `the ${redis} Redis is away`, remedy }];
}

function clock({ clockGuard }: Reported): readonly Finding[] {
  if (clockGuard.mayDestroy()) return [];
  const found = "this machine's clock jumped, so that no key is destroyed until it was steady for an hour";
  const remedy = "let NTP keep it; after a machine slept there is nothing to do";
  return [{ check: "clock", status: "warning", found, remedy }];
}

function account({ house, pipeline }: Reported, id: AccountId, { gate }: Workplace): readonly Finding[] {
  const { state } = gate;
  const oldest = pipeline.legs.oldest(id);
  const waits =
    oldest === undefined ? "" : `, the oldest text has waited for ${spanOf(house.clock.now() - oldest)}`;
  const since = spanOf(house.clock.now() - gate.since);
  return [accountFinding(`account ${id}`, state, since, waits), ...links(id, state)];
}

function accountFinding(check: string, state: AccountState, since: string, waits: string): Finding {
  switch (state.kind) {
    case "connected":
      return { check, status: "ok", found: `connected${waits}` };
    case "connecting":
      return {
        check,
        status: "warning",
        found: `connecting for ${since}${waits}`,
        remedy: "wait; if it stays so, look into the daemon's log",
      };
    case "degraded":
      return {
        check,
        status: state.remedy === undefined ? "warning" : "problem",
        found: `works in part for ${since} (${state.reason})${waits}`,
        remedy: state.remedy ?? remedyOf(state),
      };
    case "disconnected":
      return {
        check,
        status: "problem",
        found: `disconnected for ${since} (${state.reason})${waits}`,
        remedy: remedyOf(state),
      };
    case "misconfigured":
      return {
        check,
        status: "problem",
        found: `needs you (${state.reason})${waits}`,
        remedy: state.remedy,
      };
    case "needs-pairing":
    case "logged-out":
    case "replaced":
    case "restricted": {
      const words = `${state.kind.replace("-", " ")} for ${since}${waits}`;
      return { check, status: "problem", found: words, remedy: state.remedy };
    }
    case "stopped":
      return {
        check,
        status: "problem",
        found: `stopped${waits}`,
        remedy: "look into the daemon's log, and restart it",
      };
    default:
      return assertNever(state);
  }
}

function links(id: AccountId, state: AccountState): readonly Finding[] {
  const all = "links" in state ? (state.links ?? []) : [];
  return all.map(({ name, connected, reason }): Finding => {
    const check = `account ${id}: link ${name}`;
    if (connected) return { check, status: "ok", found: "connected" };
    const status = state.kind === "degraded" ? "warning" : "problem";
    const why = reason === undefined ? "" : ` (${reason})`;
    return { check, status, found: `away${why}`, remedy: remedyFor(reason) };
  });
}

/** What an operator can do where the account has no better word. */
const REMEDIES: Readonly<Partial<Record<Reason, string>>> = {
  "not-connected": "see that its server runs and can be reached from here; it is tried again by itself",
  "network-error": "see that its server runs and can be reached from here; it is tried again by itself",
  timeout: "see whether its server has too much to do, or something between drops what is sent",
  unauthorised: "check the account's credentials in the config",
  forbidden: "see that its network allows this account what it does",
  throttled: "wait; if it stays so, ask its operator for a higher rate",
  malformed: "see that the config names the right server: what answers there isn't one",
};

/** Of an account with several connections each of them says more. */
function remedyOf({ reason, links }: Extract<AccountState, { kind: "degraded" | "disconnected" }>): string {
  return links === undefined || links.length === 0 ? remedyFor(reason) : "see what its links say";
}

function remedyFor(reason: Reason | undefined): string {
  return (reason === undefined ? undefined : REMEDIES[reason]) ?? "look into the daemon's log";
}

/** Whether phones that have several conversations still get a number of their own for each. */
async function pools({ house, pipeline }: Reported): Promise<readonly Finding[]> {
  if (!house.store.connection.up) return [];
  const { pools } = pipeline.office;
  return Promise.all([...pools].map(async ([id, pool]) => poolFinding(id, await pool.usage())));
}

async function buried({ house, buried }: Reported): Promise<readonly Finding[]> {
  if (!house.store.connection.up) return [];
  const { length } = await buried.list();
  if (length === 0) return [];
  const remedy = '"footbridge buried" lists them, and tries them again or drops them';
  return [{ check: "buried", status: "warning", found: `${length} couldn't be delivered or read`, remedy }];
}

/** In whole minutes, or seconds below one. */
function spanOf(ms: Milliseconds): string {
  const unit = ms < MINUTE ? SECOND : MINUTE;
  return formatDuration(Math.floor(Math.max(0, ms) / unit) * unit);
}
