import { statSync } from "node:fs";
import type { Finding } from "../adapter/check.ts";
import { isNear } from "../adapter/near.ts";
import { type Config, ConfigError, loadConfig, loadStateFolder } from "../config/index.ts";
import type { DaemonModule, Io, KnownAdapter } from "./io.ts";

const CHECK = "config";
/** The rights of those who are neither the owner nor of the group. */
const STRANGERS = 0o007;

/** What a config file gave. */
export interface ReadConfig {
  /** Undefined when something is wrong with it. */
  readonly config: Config | undefined;
  /** A config that is wrong elsewhere may name its state folder all the same. */
  readonly state: string | undefined;
  /** The file that holds the key-encryption key, where the config names one. */
  readonly kek: string | undefined;
  /** The networks that it was checked with; none when those of its packages can't be had. */
  readonly adapters: readonly KnownAdapter[];
  readonly findings: readonly Finding[];
}

/** Reads the config as the daemon does, and says what is wrong with it. */
export async function readConfig(path: string, daemon: DaemonModule, io: Io): Promise<ReadConfig> {
  const findings: Finding[] = [];
  let kek: string | undefined;
  let adapters: readonly KnownAdapter[] = [];
  try {
    adapters = await daemon.loadAdapters(path);
    const config = loadConfig(path, {
      adapters,
      env: io.env,
      warn: (line) => findings.push(warningOf(line)),
      secretFile: (key, file) => {
        if (key === "keys.kek") kek = file;
      },
    });
    const well: Finding = { check: CHECK, status: "ok", found: sizeOf(config) };
    return {
      ...{ config, kek, adapters, state: config.state },
      findings: [well, ...findings, ...open(path), ...limits(config), ...inClear(config), clocks(config)],
    };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const state = stateFolderOf(path);
    return { config: undefined, kek, state, adapters, findings: [...problemsOf(error), ...findings] };
  }
}

function sizeOf({ accounts, pairs }: Config): string {
  return `valid, ${many(accounts.length, "account")}, ${many(pairs.length, "pair")}`;
}

/** What to do stands behind the last semicolon. */
function warningOf(line: string): Finding {
  const end = line.lastIndexOf("; ");
  const [found, remedy] = end < 0 ? [line, "look at it"] : [line.slice(0, end), line.slice(end + 2)];
  return { check: CHECK, status: "warning", found, remedy };
}

function problemsOf({ file, problems }: ConfigError): readonly Finding[] {
  return problems.map(({ line, column, key, found, expected, hint }) => {
    const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
    return {
      check: CHECK,
      status: "problem",
      found: `${place}: ${key === "" ? "" : `${key}: `}found ${found}`,
      remedy: `expected ${expected}${hint === undefined ? "" : ` (${hint})`}`,
    };
  });
}

/** People's addresses stand in it, and secrets may. */
function open(path: string): readonly Finding[] {
  const mode = statSync(path).mode & 0o777;
  if ((mode & STRANGERS) === 0) return [];
  const found = `everybody on this machine may read the file, and the addresses in it (mode ${mode.toString(8)})`;
  return [{ check: CHECK, status: "warning", found, remedy: `run chmod o= ${path}` }];
}

/** What the operator leaves open that costs money. */
function limits({ accounts, limits: { settings, sms } }: Config): readonly Finding[] {
  const check = "limits";
  if (!accounts.some(({ network }) => network === "sms")) return [];
  const findings: Finding[] = [];
  if (sms.to.length === 0) {
    const found = "texts may go to phones of any country, also where each of them is dear";
    const remedy = "name the countries that you serve in limits.smsTo";
    findings.push({ check, status: "warning", found, remedy });
  }
  const spend = settings.smsSpend.budget;
  if (spend === 0) {
    const found = "limits.smsSpend allows nothing, so that no text goes to a phone";
    findings.push({ check, status: "problem", found, remedy: "give it a budget" });
  }
  if (findings.length > 0) return findings;
  return [{ check, status: "ok", found: `texts go to ${many(sms.to.length, "beginning")} of numbers alone` }];
}

/** Its password can be read on the way, and who writes to whom; what people write is sealed. */
function inClear({ redis }: Config): readonly Finding[] {
  if (redis.kind === "embedded") return [];
  const { protocol, hostname } = new URL(redis.url.expose());
  if (protocol === "rediss:" || isNear(hostname)) return [];
  const found = "the way to it isn't encrypted: its password can be read there";
  return [{ check: "redis", status: "warning", found, remedy: "make redis.url one that begins with rediss" }];
}

function clocks({ timeZone }: Config): Finding {
  const isSystems = timeZone === new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const found = `people read times of ${timeZone}${isSystems ? ", as this machine has it" : ""}`;
  return { check: "time zone", status: "ok", found };
}

function stateFolderOf(path: string): string | undefined {
  try {
    return loadStateFolder(path);
  } catch (error) {
    if (error instanceof ConfigError) return undefined; // said before
    throw error;
  }
}

/** `2 accounts`, `1 pair` */
export function many(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? "" : "s"}`;
}
