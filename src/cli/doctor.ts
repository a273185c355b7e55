import type { Finding } from "../adapter/check.ts";
import { type Config, ConfigError, loadConfig, loadStateFolder } from "../config/index.ts";
import { controlClient } from "../http/control-client.ts";
import { ControlSocketError } from "../http/control-socket.ts";
import { createClock } from "../observe/clock.ts";
import { checkDisk, checkStateFolder } from "./doctor-folder.ts";
import { checkKeys } from "./doctor-keys.ts";
import { checkRedisFromHere } from "./doctor-redis.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io, KnownAdapter } from "./io.ts";
import { errorName } from "./sentence.ts";

/** How long an adapter may take to look at its network, in ms. */
const NETWORK_PATIENCE_MS = 30_000;
const OLDEST_NODE = 24;
/** What the system says of another user's files. */
const FORBIDDEN: ReadonlySet<unknown> = new Set(["EACCES", "EPERM"]);

/** `footbridge doctor` */
export async function doctor(options: { config: string; json?: boolean }, io: Io): Promise<ExitCode> {
  const checks = await examineAll(options.config, io);
  const problems = checks.filter(({ status }) => status === "problem").length;
  const warnings = checks.filter(({ status }) => status === "warning").length;
  if (options.json === true) io.out(JSON.stringify({ checks, problems, warnings }));
  else for (const line of doctorText(checks)) io.out(line);
  return problems === 0 ? EXIT.ok : EXIT.problem;
}

/** The findings as people read them: one line each, with what to do, and how many there are of each. */
function doctorText(checks: readonly Finding[]): string[] {
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

function many(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}

/** In the order in which they matter: what a later check needs stands before it. */
async function examineAll(path: string, io: Io): Promise<readonly Finding[]> {
  const { adapters, unusable } = await adaptersFor(path, io);
  const { config, findings } =
    unusable.length > 0 ? { config: undefined, findings: unusable } : readConfig(path, adapters, io);
  const state = config?.state ?? stateFolderOf(path);
  const found: Finding[] = [node(process.versions.node), ...findings];
  if (state === undefined) return found;
  const daemon = await askDaemon(state);
  const { running } = daemon;
  found.push(...(await carefully("state folder", () => checkStateFolder(state, running))));
  if (config !== undefined) found.push(...(await carefully("keys", () => checkKeys(config, createClock()))));
  found.push(...(await carefully("disk", () => checkDisk(state))), ...daemon.findings);
  if (config === undefined) return found;
  if (!running) found.push(...(await carefully("redis", () => checkRedisFromHere(config))));
  return [...found, ...(await askNetworks(config, adapters, running))];
}

/** The adapters; without those of packages nothing can be said of the config but what keeps them from being loaded. */
async function adaptersFor(
  path: string,
  io: Io,
): Promise<{ readonly adapters: readonly KnownAdapter[]; readonly unusable: readonly Finding[] }> {
  const { loadAdapters } = await io.loadDaemon();
  try {
    return { adapters: await loadAdapters(path), unusable: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { adapters: [], unusable: configProblems(error) };
  }
}

function node(version: string): Finding {
  const check = "node";
  if (Number.parseInt(version, 10) >= OLDEST_NODE)
    return { check, status: "ok", found: `version ${version}` };
  const remedy = `install Node ${OLDEST_NODE} or newer`;
  return { check, status: "problem", found: `version ${version}`, remedy };
}

function readConfig(
  path: string,
  adapters: readonly KnownAdapter[],
  io: Io,
): { readonly config?: Config; readonly findings: readonly Finding[] } {
  const check = "config";
  const findings: Finding[] = [];
  const warn = (line: string): void => {
    const end = line.lastIndexOf("; "); // what to do stands behind it
    const [found, remedy] = end < 0 ? [line, "look at it"] : [line.slice(0, end), line.slice(end + 2)];
    findings.push({ check, status: "warning", found, remedy });
  };
  try {
    const config = loadConfig(path, { adapters, env: io.env, warn });
    const { accounts, pairs } = config;
    const found = `valid, ${many(accounts.length, "account")}, ${many(pairs.length, "pair")}`;
    return { config, findings: [{ check, status: "ok", found }, ...findings] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { findings: [...configProblems(error), ...findings] };
  }
}

function configProblems({ file, problems }: ConfigError): readonly Finding[] {
  return problems.map(({ line, column, key, found, expected, hint }) => {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
    return {
      check: "config",
      status: "problem",
      found: `${place}: ${key === "" ? "" : `${key}: `}found ${found}`,
      remedy: `expected ${expected}${hint === undefined ? "" : ` (${hint})`}`,
    };
  });
}

/** A config that is wrong elsewhere may name its state folder all the same. */
function stateFolderOf(path: string): string | undefined {
  try {
    return loadStateFolder(path);
  } catch (error) {
    if (error instanceof ConfigError) return undefined; // said before
    throw error;
  }
}

async function askDaemon(
  state: string,
): Promise<{ readonly running: boolean; readonly findings: readonly Finding[] }> {
  const check = "daemon";
  try {
    return { running: true, findings: (await controlClient(state).doctor()).findings };
  } catch (error) {
    if (!(error instanceof ControlSocketError)) throw error;
    if (error.why !== "unreachable") {
      const running = error.why !== "too-long"; // none can run there
      const found = "it can't be asked";
      return { running, findings: [{ check, status: "problem", found, remedy: error.message }] };
    }
    const remedy = 'start it with "footbridge run"; what only a running one knows wasn\'t checked';
    return { running: false, findings: [{ check, status: "warning", found: "none is running", remedy }] };
  }
}

/** What the adapters find from here, all at once. */
async function askNetworks(
  { accounts }: Config,
  adapters: readonly KnownAdapter[],
  running: boolean,
): Promise<readonly Finding[]> {
  const signal = AbortSignal.timeout(NETWORK_PATIENCE_MS);
  const findings = await Promise.all(
    accounts.map(async ({ account, network, config }) => {
      const adapter = adapters.find((one) => one.network === network);
      const found = await carefully("network", async () => {
        return (await adapter?.check?.(config, { clock: createClock(), running, signal })) ?? [];
      });
      return found.map((finding) => ({ ...finding, check: `account ${account}: ${finding.check}` }));
    }),
  );
  return findings.flat();
}

/** A check that fails is a finding by itself: the others go on. */
async function carefully(check: string, run: () => Promise<readonly Finding[]>): Promise<readonly Finding[]> {
  try {
    return await run();
  } catch (error) {
    const found = `this can't be checked (${errorName(error)})`;
    const isForbidden = error instanceof Error && "code" in error && FORBIDDEN.has(error.code);
    const remedy = isForbidden ? "run this as the daemon's user" : "please report it, if it isn't the disk";
    return [{ check, status: "problem", found, remedy }];
  }
}
