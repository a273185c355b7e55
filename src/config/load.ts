import { dirname, join, resolve } from "node:path";
import { type CheckContext, checkAccounts } from "./accounts.ts";
import type { ConfigurableAdapter } from "./adapters.ts";
import type { Config, RedisConfig, RedisTlsConfig } from "./config.ts";
import { type ReadFile, readFileFromDisk } from "./files.ts";
import { expectedWords, problemsOf, withoutConsequences } from "./issues.ts";
import { type KeyPath, valueAt } from "./key-path.ts";
import { limitsOf } from "./limits.ts";
import { openSource } from "./open-source.ts";
import { checkOperator } from "./operator.ts";
import { pairParts } from "./pair-parts.ts";
import { checkPairs } from "./pairs.ts";
import { ConfigError } from "./problem.ts";
import { type CheckedFile, configSchema } from "./schema.ts";
import { type Env, resolveSecrets } from "./secrets.ts";

/** What loading needs beside the path. */
interface LoadOptions {
  readonly adapters: readonly ConfigurableAdapter[];
  readonly env: Env;
  /** By default from the disk. */
  readonly readFile?: ReadFile;
  /** Gets one ready line for each thing that works and should be known. */
  readonly warn?: (line: string) => void;
  /** Gets the absolute path of each file that a secret came from, with the key of the config that names it. */
  readonly secretFile?: (key: string, path: string) => void;
}

const SEEN = ["adapters", "log", "http", "timeZone", "delivery", "limits", "drain"];

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
  for (const { key, path: from } of resolved.files) options.secretFile?.(key, from);
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
    backup: {
      key: file.backup.key,
      journal: resolve(folder, file.backup.journal ?? join(file.state, "journal")),
    },
    redis: redisOf(file.redis),
    ...(file.http === undefined ? {} : { http: file.http }),
    delivery: file.delivery,
    limits: limitsOf(file.limits),
    drain: file.drain,
    packages: file.adapters.map((entry) => entry.package),
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
