import { dirname, resolve } from "node:path";
import type { Finding } from "../adapter/check.ts";
import type { Config } from "../config/index.ts";
import { createClock } from "../observe/clock.ts";
import { readMachine } from "../observe/machine.ts";
import { carefully } from "./doctor-careful.ts";
import { many, type ReadConfig, readConfig } from "./doctor-config.ts";
import { askDaemon } from "./doctor-daemon.ts";
import { checkDisk, checkStateFolder } from "./doctor-folder.ts";
import { checkJournal } from "./doctor-journal.ts";
import { checkKeys } from "./doctor-keys.ts";
import { checkMachine } from "./doctor-machine.ts";
import { checkPlaces } from "./doctor-place.ts";
import { checkRedisFromHere } from "./doctor-redis.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { DaemonModule, Io, KnownAdapter } from "./io.ts";
import { errorName } from "./sentence.ts";

/** How long an adapter may take to look at its network, in ms: less than `carefully` waits. */
const NETWORK_PATIENCE_MS = 30_000;
const OLDEST_NODE = 24;

type Findings = readonly Finding[];

/** How it is called. */
interface DoctorOptions {
  readonly config: string;
  readonly json?: boolean;
  /** The homeserver's own config, or a copy of it. */
  readonly homeserverConfig?: string;
}

/** `footbridge doctor` */
export async function doctor(options: DoctorOptions, io: Io): Promise<ExitCode> {
  const checks = await examineAll(options, io);
  const problems = checks.filter(({ status }) => status === "problem").length;
  const warnings = checks.filter(({ status }) => status === "warning").length;
  if (options.json === true) io.out(JSON.stringify({ checks, problems, warnings }));
  else for (const line of doctorText(checks)) io.out(line);
  return problems === 0 ? EXIT.ok : EXIT.problem;
}

/** The findings as people read them: one line each, with what to do, and how many there are of each. */
function doctorText(checks: Findings): string[] {
  const lines = checks.map((finding) => {
    const what = `${finding.status.padEnd("problem".length)}  ${finding.check}: ${finding.found}`;
    return finding.status === "ok" ? what : `${what}: ${finding.remedy}`;
  });
  const count = (status: Finding["status"]) => checks.filter((finding) => finding.status === status).length;
  return [
    ...lines,
    `${count("ok")} ok, ${many(count("warning"), "warning")}, ${many(count("problem"), "problem")}`,
  ];
}

/** In the order in which they matter: what a later check needs stands before it. */
async function examineAll({ config: path, homeserverConfig }: DoctorOptions, io: Io): Promise<Findings> {
  const found: Finding[] = [node(process.versions.node)];
  const loaded = await load(io);
  if ("check" in loaded) return [...found, loaded];
  let read: ReadConfig | undefined;
  let adapters: readonly KnownAdapter[] = [];
  found.push(
    ...(await carefully("config", async () => {
      read = await readConfig(path, loaded, io);
      ({ adapters } = read);
      return read.findings;
    })),
  );
  if (read?.state === undefined) return found;
  const { config, state, kek } = read;
  const daemon = await askDaemon(state);
  const { running } = daemon;
  // A running daemon says what it was given itself.
  if (!running) found.push(...(await carefully("machine", async () => checkMachine(readMachine(), false))));
  found.push(...(await carefully("state folder", () => checkStateFolder(state, running))));
  found.push(
    ...(await carefully("place of the keys", () => checkPlaces(kek === undefined ? [state] : [state, kek]))),
  );
  if (config !== undefined) {
    found.push(...(await carefully("keys", () => checkKeys(config, { clock: createClock(), running, kek }))));
    found.push(...(await carefully("journal", () => checkJournal(config.backup.journal, state))));
  }
  found.push(...(await carefully("disk", () => checkDisk(state))), ...daemon.findings);
  if (config === undefined) return found;
  if (!running) found.push(...(await carefully("redis", () => checkRedisFromHere(config, kek))));
  return [...found, ...(await askNetworks(config, adapters, { running, serverConfig: homeserverConfig }))];
}

/** Everything that a config is checked against; a finding when the program isn't whole. */
async function load(io: Io): Promise<DaemonModule | Finding> {
  try {
    return await io.loadDaemon();
  } catch (error) {
    const found = `a part of it can't be loaded (${errorName(error)})`;
    const remedy = 'install it anew ("npm ci" in a clone)';
    return { check: "program", status: "problem", found, remedy };
  }
}

function node(version: string): Finding {
  const check = "node";
  if (Number.parseInt(version, 10) >= OLDEST_NODE)
    return { check, status: "ok", found: `version ${version}` };
  const remedy = `install Node ${OLDEST_NODE} or newer`;
  return { check, status: "problem", found: `version ${version}`, remedy };
}

interface Asking {
  readonly running: boolean;
  readonly serverConfig: string | undefined;
}

/** What the adapters find from here, all at once. */
async function askNetworks(
  { file, accounts }: Config,
  adapters: readonly KnownAdapter[],
  { running, serverConfig }: Asking,
): Promise<Findings> {
  const signal = AbortSignal.timeout(NETWORK_PATIENCE_MS);
  const findings = await Promise.all(
    accounts.map(async ({ account, network, config }) => {
      const adapter = adapters.find((one) => one.network === network);
      const around = {
        ...{ clock: createClock(), running, signal, folder: dirname(file) },
        ...(serverConfig === undefined ? {} : { serverConfig: resolve(serverConfig) }),
      };
      const found = await carefully("network", async () => (await adapter?.check?.(config, around)) ?? []);
      return found.map((finding) => ({ ...finding, check: `account ${account}: ${finding.check}` }));
    }),
  );
  return findings.flat();
}
