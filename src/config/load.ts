import { dirname, resolve } from "node:path";
import { type CheckContext, checkAccounts } from "./accounts.ts";
import type { ConfigurableAdapter } from "./adapters.ts";
import type { Config, RedisConfig, RedisTlsConfig } from "./config.ts";
import { describeKind } from "./describe.ts";
import { decodeUtf8, describeReadFailure, type ReadFile, readFileFromDisk } from "./files.ts";
import { expectedWords, problemsOf, withoutConsequences } from "./issues.ts";
import { type KeyPath, valueAt } from "./key-path.ts";
import { limitsOf } from "./limits.ts";
import { checkOperator } from "./operator.ts";
import { pairParts } from "./pair-parts.ts";
import { checkPairs } from "./pairs.ts";
import { ConfigError, type Problem } from "./problem.ts";
import { type CheckedFile, configSchema } from "./schema.ts";
import { type Env, resolveSecrets } from "./secrets.ts";
import { parseSource, type Source } from "./source.ts";

/** What loading needs beside the path. */
interface LoadOptions {
  readonly adapters: readonly ConfigurableAdapter[];
  readonly env: Env;
  /** By default from the disk. */
  readonly readFile?: ReadFile;
  /** Gets one ready line for each thing that works and should be known. */
  readonly warn?: (line: string) => void;
}

const MOST_OCTETS = 1_024 * 1_024;
const SEEN = ["log", "timeZone", "delivery", "limits", "drain"];

/**
 * Reads, resolves and checks a config file.
 * @throws ConfigError with all problems at once, by line; no secret and no address is in it.
 */
export function loadConfig(path: string, options: LoadOptions): Config {
  const readFile = options.readFile ?? readFileFromDisk;
  const source = openSource(path, readFile);
  const resolved = resolveSecrets(source, { file: path, env: options.env, readFile });
  for (const { place, key, text } of resolved.warnings) {
    options.warn?.(`${path}:${place.line}:${place.column}: ${key}: ${text}`);
  }
  const context: CheckContext = {
    source,
    data: resolved.data,
    failed: resolved.failed,
    adapters: options.adapters,
    problems: [...resolved.problems],
  };
  const config = check(path, context);
  if (config === undefined || context.problems.length > 0) throw new ConfigError(path, context.problems);
  return config;
}

/**
 * The state folder alone, for commands that only want to talk to a running daemon: the rest of the file isn't checked.
 * @throws ConfigError when the file can't be read or names no folder.
 */
export function loadStateFolder(path: string, readFile: ReadFile = readFileFromDisk): string {
  const { data, placeOf } = openSource(path, readFile);
  const state = valueAt(data, ["state"]);
  if (typeof state === "string" && state !== "") return resolve(dirname(path), state);
  const problem = {
    ...placeOf(["state"]),
    key: "state",
    found: describeKind(state),
    expected: "a folder's path",
  };
  throw new ConfigError(path, [problem]);
}

function openSource(path: string, readFile: ReadFile): Source {
  const fail = (problem: Pick<Problem, "found" | "expected" | "hint">): never => {
    throw new ConfigError(path, [{ key: "", ...problem }]);
  };
  let bytes: Uint8Array;
  try {
    bytes = readFile(path).bytes;
  } catch (error) {
    return fail({
      found: describeReadFailure(error),
      expected: "a config file",
      hint: "config.example.yaml is one to start from; --config FILE names another",
    });
  }
  if (bytes.length > MOST_OCTETS) return fail({ found: "more than 1 MiB", expected: "a config file" });
  const text = decodeUtf8(bytes);
  if (text === undefined)
    return fail({ found: "octets that are no UTF-8", expected: "a text file in UTF-8" });
  const source = parseSource(text);
  if (isProblems(source)) throw new ConfigError(path, source);
  const { data } = source;
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return source;
  const found = data === null || data === undefined ? "an empty file" : describeKind(data);
  return fail({ found, expected: "keys with values, as in config.example.yaml" });
}

function isProblems(source: Source | readonly Problem[]): source is readonly Problem[] {
  return Array.isArray(source);
}

function check(path: string, context: CheckContext): Config | undefined {
  const networks = context.adapters.flatMap((adapter) =>
    adapter.answersOnly ? [] : String(adapter.network),
  );
  const rooms = context.adapters.flatMap((adapter) => (adapter.rooms ? String(adapter.network) : []));
  const schema = configSchema(networks, rooms);
  const result = schema.safeParse(context.data, { error: expectedWords });
  if (!result.success) {
    const issues = withoutConsequences(result.error.issues, [], context.failed);
    // somebody may write a whole phone number where its beginning belongs
    const showable = (at: KeyPath) => SEEN.includes(String(at[0])) && at[1] !== "smsTo";
    context.problems.push(...problemsOf(issues, { ...context, root: [], schema, showable }));
  }
  // accounts and pairs are checked although something else is wrong, so that all is said at once
  const parts = result.success ? result.data.accounts : accountParts(context.data);
  const accounts = checkAccounts(parts, Object.keys(groupAt(context.data, "accounts")), context);
  const written = pairParts(context.data, networks);
  const pairContext = { ...context, failed: [...context.failed, ...written.failed] };
  // without any account there is nothing to check pairs against, and that was said
  const pairs = accounts.size === 0 ? [] : checkPairs(written.pairs, accounts, pairContext);
  const operator = accounts.size === 0 ? undefined : checkOperator(rooms, accounts, context);
  if (!result.success) return undefined;
  return {
    ...settings(path, result.data),
    accounts: [...accounts.values()].flatMap(({ checked }) => checked ?? []),
    pairs,
    operator,
  };
}

/** The accounts that say their network, of a file in which something may be wrong. */
function accountParts(data: unknown): CheckedFile["accounts"] {
  const parts = Object.entries(groupAt(data, "accounts"));
  return Object.fromEntries(
    parts.flatMap(([name, part]) => {
      const network = valueAt(part, ["network"]);
      return typeof network === "string" ? [[name, { ...groupAt({ part }, "part"), network }]] : [];
    }),
  );
}

/** A group of keys at a key of the data; an empty one where there is none. */
function groupAt(data: unknown, key: string): Readonly<Record<string, unknown>> {
  const group = valueAt(data, [key]);
  return typeof group === "object" && group !== null && !Array.isArray(group) ? { ...group } : {};
}

function settings(path: string, file: CheckedFile): Omit<Config, "accounts" | "pairs" | "operator"> {
  const folder = dirname(resolve(path));
  return {
    file: resolve(path),
    state: resolve(folder, file.state),
    log: file.log,
    timeZone: file.timeZone,
    keys: { kek: file.keys.kek },
    redis: redisOf(file.redis),
    delivery: file.delivery,
    limits: limitsOf(file.limits),
    drain: file.drain,
  };
}

function redisOf({ url, cluster, username, password, tls, allow }: CheckedFile["redis"]): RedisConfig {
  const first = url ?? cluster?.[0];
  if (first === undefined) return { kind: "embedded" };
  return {
    kind: "external",
    url: first,
    ...(cluster === undefined ? {} : { cluster }),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls === undefined ? {} : { tls: tlsOf(tls) }),
    allow,
  };
}

function tlsOf({ ca, cert, key, serverName }: NonNullable<CheckedFile["redis"]["tls"]>): RedisTlsConfig {
  return {
    ...(ca === undefined ? {} : { ca: ca.expose() }),
    ...(cert === undefined ? {} : { cert: cert.expose() }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { serverName }),
  };
}
