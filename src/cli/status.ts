import { loadStateFolder } from "../config/index.ts";
import type { AccountReport, StatusReport } from "../http/control-api.ts";
import { controlClient } from "../http/control-client.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { megabytes, span, table } from "./text.ts";

/** `footbridge status` */
export async function status(options: { config: string; json?: boolean }, io: Io): Promise<ExitCode> {
  const report = await controlClient(loadStateFolder(options.config)).status();
  if (options.json === true) io.out(JSON.stringify(report));
  else for (const line of statusText(report)) io.out(line);
  return isWell(report) ? EXIT.ok : EXIT.problem;
}

function isWell(report: StatusReport): boolean {
  return report.ready && report.redis.up && !report.clock.held && report.accounts.every(works);
}

/** Works, at least in part, and needs nobody. */
function works({ state, remedy }: AccountReport): boolean {
  return state === "connected" || (state === "degraded" && remedy === undefined);
}

/** The report as people read it. */
function statusText(report: StatusReport): string[] {
  const { redis, deliveries } = report;
  const memory = redis.usedBytes === null ? "" : `, ${megabytes(redis.usedBytes)}`;
  const version = redis.version === null ? "" : ` ${redis.version}`;
  const rows = report.accounts.map((account) => [
    account.account,
    account.network,
    stateWords(account),
    known(account.queued),
    account.oldestMs === null ? "-" : span(account.oldestMs),
    String(account.inFlight),
  ]);
  return [
    `Footbridge ${report.version}, process ${report.pid}, up ${span(report.uptimeMs)}, ${report.ready ? "ready" : "NOT READY"}`,
    `Redis: ${redis.kind}${version}, ${redis.up ? "up" : redis.silent ? "SILENT" : "AWAY"}${memory}`,
    ...table(["ACCOUNT", "NETWORK", "STATE", "QUEUED", "OLDEST", "IN FLIGHT"], rows),
    ...report.accounts.flatMap(accountNotes),
    `Waiting: ${report.lanes.waiting} to be decided, ${known(deliveries.queued)} to be delivered, ${known(deliveries.parked)} parked`,
    buriedLine(deliveries.buried),
    ...(report.clock.held ? ["The clock jumped: no key is destroyed until an hour agrees with it"] : []),
  ];
}

/** What Redis alone knows can't be said while it doesn't answer. */
function known(number: number | null): string {
  return number === null ? "?" : String(number);
}

function buriedLine(number: number | null): string {
  if (number === null || number === 0) return `Buried: ${number === null ? "?" : "none"}`;
  return `Buried: ${number} ("footbridge buried" lists them)`;
}

/** As people say it: `needs pairing`. */
function stateWords({ state, reason }: AccountReport): string {
  const words = state.replaceAll("-", " ");
  return reason === undefined ? words : `${words} (${reason})`;
}

function accountNotes(account: AccountReport): string[] {
  const links = (account.links ?? []).map((link) => {
    const reason = link.reason === undefined ? "" : ` (${link.reason})`;
    return `  ${account.account}: link ${link.name} ${link.connected ? "connected" : `away${reason}`}`;
  });
  return [...links, ...(account.remedy === undefined ? [] : [`  ${account.account}: ${account.remedy}`])];
}
