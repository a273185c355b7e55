import { chmod, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createRandom } from "../observe/random.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { placeFile } from "./place-file.ts";
import {
  differences,
  readRegistration,
  type WantedRegistration,
  wantedRegistration,
} from "./registration.ts";

interface Options {
  readonly config: string;
  readonly output?: string;
  readonly force?: boolean;
}

/** What became of the registration file. */
type Written = "written" | "replaced" | "there" | "differs";

/** `footbridge register [ACCOUNT]` */
export async function register(account: string | undefined, options: Options, io: Io): Promise<ExitCode> {
  const configPath = resolve(options.config);
  const path = registrationPathOf(configPath, options.output);
  const { loadAdapters } = await io.loadDaemon();
  const adapters = await loadAdapters(configPath);
  const random = createRandom();
  const named = account === undefined ? {} : { account };
  const wanted = await wantedRegistration({
    configPath,
    registrationPath: path,
    ...named,
    io,
    adapters,
    random,
  });
  const written = await writeRegistration(path, wanted, options.force === true);
  for (const line of writtenText(path, wanted, written)) io.out(line);
  if (written.kind !== "differs") return EXIT.ok;
  io.err(`footbridge: ${differsText(path, written.keys)}`);
  return EXIT.problem;
}

/** Where the registration file is, absolute: beside the config, unless it is said. */
export function registrationPathOf(configPath: string, output?: string): string {
  return output === undefined ? join(dirname(configPath), "registration.yaml") : resolve(output);
}

/**
 * Writes the secrets that are missing, then the registration: killed in between, the next run finds the secrets and goes on. A
 * file that says the same stays as it is, and one that says something else, unless it is to be replaced.
 * @throws CommandFailed when something can't be written
 */
export async function writeRegistration(
  path: string,
  wanted: WantedRegistration,
  replace: boolean,
): Promise<{ readonly kind: Written; readonly keys: readonly string[] }> {
  const there = await readRegistration(path);
  const keys = there === undefined ? [] : differences(there, wanted.text);
  if (keys.length > 0 && !replace) return { kind: "differs", keys };
  for (const { path: file, content } of wanted.missing) await placeFile(file, content);
  if (there === undefined) {
    await placeFile(path, wanted.text, replace);
    return { kind: "written", keys };
  }
  if (keys.length > 0) await placeFile(path, wanted.text, true);
  else if (((await stat(path)).mode & 0o007) !== 0) await chmod(path, 0o600);
  return { kind: keys.length > 0 ? "replaced" : "there", keys };
}

/** Without any secret: the keys alone are named. */
export function differsText(path: string, keys: readonly string[]): string {
  return `${path} is there and says something else than the config (${keys.join(", ")}): look at it, then "footbridge register --force" writes it anew`;
}

function writtenText(
  path: string,
  { missing }: WantedRegistration,
  { kind }: { readonly kind: Written },
): readonly string[] {
  if (kind === "differs") return [];
  const secrets = missing.map(({ path: file }) => `${file} was missing, and is written.`);
  if (kind === "there") return [...secrets, `${path} is there, and says what the config wants.`];
  return [
    ...secrets,
    `${path} is written (mode 600: it holds both tokens).`,
    "Give it to the homeserver, and restart that: docs/next-to-synapse.md says how.",
  ];
}
