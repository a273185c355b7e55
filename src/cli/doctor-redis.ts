import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";
import type { Finding } from "../adapter/check.ts";
import type { Config, RedisConfig } from "../config/index.ts";
import { createClock } from "../observe/clock.ts";
import type { Logger } from "../observe/log.ts";
import { checkRedis } from "../store/redis/checkup.ts";
import { openConnection } from "../store/redis/connection.ts";
import { versionProblem } from "../store/redis/external.ts";
import { childEnvironment, findProgram, SERVERS } from "../store/redis/programs.ts";
import { externalTarget } from "../store/redis/target.ts";

const CHECK = "redis";
/** How long an external Redis may take to let us in, in ms; likewise a program to say its version. */
const PATIENCE_MS = 3_000;

/** What can be said of Redis while no daemon runs: of the embedded one's program, or of the external server itself. */
export function checkRedisFromHere(
  { redis, state }: Config,
  kek: string | undefined,
): Promise<readonly Finding[]> {
  const keyFolders = kek === undefined ? [state] : [state, dirname(kek)];
  return redis.kind === "embedded" ? checkProgram() : checkExternal(redis, keyFolders);
}

async function checkProgram(): Promise<readonly Finding[]> {
  const program = SERVERS.map((name) => findProgram(name)).find((path) => path !== undefined);
  if (program === undefined) {
    const remedy = "install redis-server (Debian: apt-get install redis-server), or set redis.url";
    return [{ check: CHECK, status: "problem", found: `no ${SERVERS.join(" or ")} is installed`, remedy }];
  }
  const name = basename(program);
  const version = await versionOf(program);
  const [problem] = versionProblem(version);
  if (problem !== undefined) {
    const found = `${name} has ${problem.found}, expected ${problem.expected}`;
    return [{ check: CHECK, status: "problem", found, remedy: "update it, or set redis.url" }];
  }
  return [{ check: CHECK, status: "ok", found: `${name} ${version} is there, the daemon starts it` }];
}

/** `Redis server v=7.0.15 sha=...` */
async function versionOf(program: string): Promise<string | undefined> {
  const run = promisify(execFile)(program, ["--version"], { env: childEnvironment(), timeout: PATIENCE_MS });
  const said = await run.catch(() => ({ stdout: "" }));
  return /\bv=(\d{1,4}\.\d{1,4}\.\d{1,4})\b/.exec(said.stdout)?.[1];
}

async function checkExternal(
  redis: Extract<RedisConfig, { kind: "external" }>,
  keyFolders: readonly string[],
): Promise<readonly Finding[]> {
  const { allow } = redis;
  const clock = createClock();
  let code: string | undefined;
  const log = listener((why) => {
    code = why;
  });
  const connection = openConnection(externalTarget(redis), { clock, log });
  try {
    const up = new Promise<boolean>((resolve) => connection.onUp(() => resolve(true)));
    if (!(await Promise.race([up, clock.sleep(PATIENCE_MS).then(() => false)]))) {
      const shown = code === undefined ? "" : ` (${code})`;
      const found = `the external Redis can't be used from here${shown}`;
      return [{ check: CHECK, status: "problem", found, remedy: remedyFor(code) }];
    }
    return await checkRedis({ connection, kind: "external", allow, clock, keyFolders });
  } finally {
    await connection.close();
  }
}

/** Why the connection can't be had is said in the log alone: an errno, or the first word of Redis' answer. */
function listener(hear: (code: string) => void): Logger {
  const quiet = (): void => undefined;
  const warn: Logger["warn"] = (event, fields) => {
    if (event === "store.connection.broken" && typeof fields?.code === "string") hear(fields.code);
  };
  return { debug: quiet, info: quiet, warn, error: quiet };
}

function remedyFor(code: string | undefined): string {
  switch (code) {
    case undefined:
      return "see that it runs, can be reached at redis.url (redis.cluster), and takes redis.username and redis.password";
    case "WRONGPASS":
      return "it is there, and doesn't take redis.username and redis.password: correct them";
    case "NOAUTH":
      return "it is there, and wants a password: give it as redis.password";
    case "NOPERM":
      return "it is there, and its user may do too little: docs/redis.md says what has to be allowed";
    default:
      return "see that it runs, and can be reached at redis.url (redis.cluster)";
  }
}
