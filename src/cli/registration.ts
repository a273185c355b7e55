import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { parse } from "yaml";
import { readFileFromDisk } from "../config/files.ts";
import { type AccountConfig, type Config, loadConfig } from "../config/index.ts";
import { valueAt } from "../config/key-path.ts";
import type { Random } from "../model/time.ts";
import { errno } from "../privacy/files.ts";
import { CommandFailed, EXIT } from "./exit.ts";
import type { Io, KnownAdapter } from "./io.ts";

/** 32 octets, as hex: what no header has to escape. */
const TOKEN_OCTETS = 32;

/** The registration that a config wants, and what has to be written for it. */
export interface WantedRegistration {
  readonly account: AccountConfig;
  readonly config: Config;
  /** The file's text. It holds secrets. */
  readonly text: string;
  /** Secrets that the config names by a file that isn't there, with what belongs into it. */
  readonly missing: readonly SecretFile[];
}

/** A secret of ours in a file of its own. */
interface SecretFile {
  /** Absolute. */
  readonly path: string;
  readonly content: string;
}

/** Where to look for what is wanted. */
interface Wanting {
  readonly configPath: string;
  /** The registration file, whose secrets are kept where the config names files that aren't there. */
  readonly registrationPath: string;
  /** The account's name, where several have a registration. */
  readonly account?: string;
  readonly io: Io;
  readonly adapters: readonly KnownAdapter[];
  readonly random: Random;
}

/**
 * What the registration has to be by the config.
 * @throws ConfigError, or CommandFailed when no account, or more than the one that is named, has a registration
 */
export async function wantedRegistration(wanting: Wanting): Promise<WantedRegistration> {
  const { configPath, registrationPath, io, adapters, random } = wanting;
  const there = await readRegistration(registrationPath);
  const missing = new Map<string, string>();
  for (const { path, key } of await secretFiles(configPath, adapters)) {
    if ((await readIfThere(path)) !== undefined) continue;
    const known = there?.[key];
    const secret =
      typeof known === "string" && known !== "" ? known : random.bytes(TOKEN_OCTETS).toString("hex");
    missing.set(path, `${secret}\n`);
  }
  const config = loadConfig(configPath, {
    adapters,
    env: io.env,
    warn: (line) => io.err(`warning: ${line}`),
    readFile: (path) => {
      const content = missing.get(path);
      return content === undefined ? readFileFromDisk(path) : { mode: 0o600, bytes: Buffer.from(content) };
    },
  });
  const account = registered(config, adapters, wanting.account);
  const text = adapterOf(account, adapters)?.registration?.text(account.config) ?? "";
  const files = [...missing].map(([path, content]) => ({ path, content }));
  return { account, config, text, missing: files };
}

/** What is in a registration file; undefined when there is none. @throws CommandFailed when it is no registration */
export async function readRegistration(path: string): Promise<Readonly<Record<string, unknown>> | undefined> {
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  const wrong = (): CommandFailed =>
    new CommandFailed(EXIT.usage, `${path} is no registration file: move it away, or name another one`);
  let content: unknown;
  try {
    content = parse(text, { logLevel: "error" });
  } catch {
    throw wrong(); // what the parser says may show what is in it
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) throw wrong();
  return { ...content };
}

/**
 * The keys in which a registration file isn't what is wanted; none: they say the same. Keys that aren't wanted at all stand there
 * as "other keys", since anything may be written there.
 */
export function differences(there: Readonly<Record<string, unknown>>, wanted: string): readonly string[] {
  const target: Readonly<Record<string, unknown>> = parse(wanted); // of our own making
  const keys = new Set([...Object.keys(there), ...Object.keys(target)]);
  const differing = [...keys].filter((key) => !isDeepStrictEqual(there[key], target[key]));
  return [...new Set(differing.map((key) => (Object.hasOwn(target, key) ? key : "other keys")))];
}

/** The files that the config names for secrets of registrations; of a config that can't be read, none: loading it says why. */
async function secretFiles(
  configPath: string,
  adapters: readonly KnownAdapter[],
): Promise<readonly { readonly path: string; readonly key: string }[]> {
  let data: unknown;
  try {
    data = parse((await readIfThere(configPath)) ?? "", { logLevel: "error", merge: true });
  } catch {
    return [];
  }
  const accounts = valueAt(data, ["accounts"]);
  if (typeof accounts !== "object" || accounts === null) return [];
  return Object.values(accounts).flatMap((part: unknown) => {
    const network = valueAt(part, ["network"]);
    const secrets = adapters.find((adapter) => adapter.network === network)?.registration?.secrets ?? {};
    return Object.entries(secrets).flatMap(([key, place]) => {
      const file = valueAt(part, [...place, "file"]);
      return typeof file === "string" && file !== ""
        ? [{ key, path: resolve(dirname(configPath), file) }]
        : [];
    });
  });
}

function registered({ accounts }: Config, adapters: readonly KnownAdapter[], name?: string): AccountConfig {
  const all = accounts.filter((account) => adapterOf(account, adapters)?.registration !== undefined);
  const names = all.map(({ account }) => account).join(", ");
  const fit = name === undefined ? all : all.filter(({ account }) => account === name);
  const [only] = fit;
  if (only !== undefined && fit.length === 1) return only;
  if (all.length === 0) {
    throw new CommandFailed(
      EXIT.usage,
      'no account of the config needs a registration: one with "network: matrix" does',
    );
  }
  const found = name === undefined ? "several accounts need one" : `no account ${name} needs one`;
  throw new CommandFailed(EXIT.usage, `${found}: "footbridge register NAME", with one of ${names}`);
}

function adapterOf({ network }: AccountConfig, adapters: readonly KnownAdapter[]): KnownAdapter | undefined {
  return adapters.find((adapter) => adapter.network === network);
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    const code = errno(error);
    if (code === "ENOENT") return undefined;
    throw new CommandFailed(
      EXIT.problem,
      `${path} can't be read (${code ?? "an error"}): give this user the right to`,
      {
        cause: error,
      },
    );
  }
}
