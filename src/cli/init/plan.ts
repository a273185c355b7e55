import { existsSync, lstatSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { readFileFromDisk } from "../../config/files.ts";
import { type Config, loadConfig } from "../../config/index.ts";
import type { Random } from "../../model/time.ts";
import { hasKeys } from "../../privacy/file-key-store.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import type { Io, KnownAdapter } from "../io.ts";
import { readRegistration } from "../registration.ts";
import { answerTo, type Given } from "./answers.ts";
import { composeFiles } from "./compose.ts";
import { configText, SECRETS } from "./config-text.ts";
import { isKept } from "./guard.ts";
import { REGISTRATION } from "./paths.ts";
import type { PlannedFile } from "./staging.ts";

/** 32 octets each: a key, and tokens that nobody guesses. */
const OCTETS = 32;

/** What the files are made of. */
interface Planning {
  readonly given: Given;
  /** The config file to come, absolute: all else lies in its folder. */
  readonly configPath: string;
  readonly io: Pick<Io, "env" | "err">;
  readonly adapters: readonly KnownAdapter[];
  readonly random: Random;
  /** The compose.yaml to copy, where that is wanted. */
  readonly compose: string | undefined;
}

/**
 * The files to be written: those that are there and hold what is wanted are left out, secrets that are there are kept. In the order
 * in which they may appear: the config stands behind all that it names.
 * @throws CommandFailed when a key file is missing for keys that are there, or a secret that is there can't be kept
 * @throws ConfigError when the config that comes of it isn't valid
 */
export async function planFiles(planning: Planning): Promise<readonly PlannedFile[]> {
  const { given, configPath, random } = planning;
  const folder = dirname(configPath);
  const ownKek = await wantsOwnKek(folder, resolve(folder, answerTo(given, "state")));
  const registered = join(folder, REGISTRATION);
  const known =
    existsSync(registered) && (await isKept(registered)) ? await readRegistration(registered) : {};
  const token = (key: string): string => {
    const there = known?.[key];
    return typeof there === "string" && there !== "" ? there : random.bytes(OCTETS).toString("hex");
  };
  const kept = async (path: string, content: () => string): Promise<readonly PlannedFile[]> =>
    (await isKept(join(folder, path))) ? [] : [{ path, content: `${content()}\n` }];
  const secrets: readonly PlannedFile[] = [
    ...(ownKek
      ? (await kept(SECRETS.kek, () => random.bytes(OCTETS).toString("base64"))).map((file) => ({
          ...file,
          precious: true as const,
        }))
      : []),
    ...(await kept(SECRETS.asToken, () => token("as_token"))),
    ...(await kept(SECRETS.hsToken, () => token("hs_token"))),
    ...(answerTo(given, "smsPassword") === ""
      ? []
      : [{ path: SECRETS.smscPassword, content: `${answerTo(given, "smsPassword")}\n` }]),
  ];
  const config: PlannedFile = { path: basename(configPath), content: configText(given, ownKek) };
  const registration = {
    path: REGISTRATION,
    content: registrationText(loaded([...secrets, config], planning), planning.adapters),
  };
  const all = [...secrets, registration, ...composeFiles(given, folder, planning.compose), config];
  return all.filter(({ path, content }) => !holds(resolve(folder, path), content));
}

/** Those of them that would take the place of a file that is there. */
export function inTheWay(folder: string, files: readonly PlannedFile[]): readonly string[] {
  return files.map(({ path }) => path).filter((path) => isSomething(resolve(folder, path)));
}

/** Also a link that leads nowhere is something. */
function isSomething(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Whether the key file is one of ours; else the state folder has one, which its keys are wrapped by. */
async function wantsOwnKek(folder: string, state: string): Promise<boolean> {
  if (existsSync(join(folder, SECRETS.kek))) return true;
  if (existsSync(join(state, "kek"))) return false;
  if (!(await hasKeys(join(state, "keys")))) return true;
  throw new CommandFailed(
    EXIT.problem,
    `found keys in ${join(state, "keys")}, and no file with the key that wraps them: put it back as ${join(folder, SECRETS.kek)}, or give another state folder (--state)`,
  );
}

/** The config as the daemon will read it, of files that aren't there yet. */
function loaded(files: readonly PlannedFile[], { configPath, io, adapters }: Planning): Config {
  const folder = dirname(configPath);
  const planned = new Map(files.map(({ path, content }) => [resolve(folder, path), content]));
  return loadConfig(configPath, {
    adapters,
    env: io.env,
    warn: (line) => io.err(`warning: ${line}`),
    readFile: (path) => {
      const content = planned.get(path);
      return content === undefined ? readFileFromDisk(path) : { mode: 0o600, bytes: Buffer.from(content) };
    },
  });
}

function registrationText({ accounts }: Config, adapters: readonly KnownAdapter[]): string {
  const texts = accounts.flatMap(({ network, config }) => {
    const registration = adapters.find((adapter) => adapter.network === network)?.registration;
    return registration === undefined ? [] : [registration.text(config)];
  });
  return texts[0] ?? "";
}

function holds(path: string, content: string): boolean {
  try {
    return readFileSync(path, "utf8") === content;
  } catch {
    return false; // what can't be read is in the way, if it is there
  }
}
