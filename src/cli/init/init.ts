import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, resolve } from "node:path";
import { type Config, loadConfig } from "../../config/index.ts";
import type { Milliseconds } from "../../model/time.ts";
import { createClock } from "../../observe/clock.ts";
import { createRandom } from "../../observe/random.ts";
import { CommandFailed, EXIT, type ExitCode } from "../exit.ts";
import type { Io, KnownAdapter } from "../io.ts";
import { differsText, registrationPathOf, writeRegistration } from "../register.ts";
import { wantedRegistration } from "../registration.ts";
import { answerTo, type Tools } from "./answers.ts";
import { isComposed } from "./compose.ts";
import type { Flags } from "./dialogue.ts";
import { type Found, findHomeserver, type Places, usualPlaces } from "./find.ts";
import { firstLight } from "./first-light.ts";
import { guardFolder } from "./guard.ts";
import { operatorIsThere } from "./operator-there.ts";
import { finishWriting } from "./staging.ts";
import { synapseWords } from "./synapse-words.ts";
import { waitUntilReached } from "./wait.ts";
import { makeConfig, unused } from "./write.ts";

/** How `footbridge init` was called. */
export interface InitOptions {
  readonly config: string;
  readonly flags: Flags;
  /** Nothing is asked. */
  readonly yes: boolean;
  /** What is there may be replaced. */
  readonly force: boolean;
  /** False: it ends when the files are written. */
  readonly wait: boolean;
  /** How long it waits for the homeserver at most; undefined: for as long as it takes. */
  readonly waitFor: Milliseconds | undefined;
  /** The bridge goes on running in this terminal. */
  readonly run: boolean;
}

/**
 * `footbridge init`: asks, writes, waits until the homeserver reaches the bridge, and has it write to its operator. What is there
 * already is taken as it is, so that a run that was ended goes on where it stopped.
 */
export async function init(options: InitOptions, io: Io, places: Places = usualPlaces()): Promise<ExitCode> {
  const configPath = resolve(options.config);
  const daemon = await io.loadDaemon();
  const warning = await guardFolder(dirname(configPath));
  if (warning !== undefined) io.err(`warning: ${warning}`);
  for (const file of await finishWriting(dirname(configPath), basename(configPath)))
    io.out(`written  ${file} (by a run that was ended)`);
  const found = await findHomeserver(places);
  const isThere = existsSync(configPath);
  const adapters = await daemon.loadAdapters(isThere ? configPath : undefined);
  let composed = false;
  if (isThere && !options.force) sayWhatIsThere(configPath, options.flags, io);
  else {
    const tools = toolsOf(found, places.compose, dirname(configPath), adapters);
    const given = await makeConfig({ ...options, configPath, tools, io, adapters, random: createRandom() });
    composed = answerTo(given, "compose") === "yes";
  }
  const config = loadConfig(configPath, { adapters, env: io.env });
  const registration = registrationPathOf(configPath);
  if (isThere && !options.force) {
    await register(configPath, registration, adapters, io);
    composed = isComposed(dirname(configPath), config.state);
  }
  const words = synapseWords({ registration, file: found.file, uid: process.getuid?.(), composed });
  const tellSynapse = (): void => {
    for (const line of ["", ...words]) io.out(line);
  };
  if (!options.wait || composed) {
    tellSynapse();
    return EXIT.ok;
  }
  if (!(await isReached(config, adapters, options, io, tellSynapse))) return EXIT.problem;
  if ((await operatorIsThere(config, adapters)) === false) {
    io.err(
      'footbridge: the homeserver has no user by the Matrix id under "operator": correct it in the config, or make that user, then run "footbridge init" again',
    );
    return EXIT.problem;
  }
  io.out("");
  return await firstLight({
    config,
    io,
    yes: options.yes,
    run: options.run,
    clock: createClock(),
    ...daemon,
  });
}

function sayWhatIsThere(configPath: string, flags: Flags, io: Io): void {
  io.out(`there    ${configPath}: nothing is asked`);
  const names = unused(flags);
  if (names.length === 0) return;
  io.err(`warning: ${names.join(", ")} changed nothing: edit the config, or add --force to write it anew`);
}

function toolsOf(
  found: Found,
  compose: string | undefined,
  folder: string,
  adapters: readonly KnownAdapter[],
): Tools {
  return {
    found,
    compose,
    canonical: (network, text) => adapters.find((adapter) => adapter.network === network)?.canonical(text),
    folder,
    hostname: hostname(),
  };
}

/** The registration as a config wants it that was there. */
async function register(
  configPath: string,
  path: string,
  adapters: readonly KnownAdapter[],
  io: Io,
): Promise<void> {
  const random = createRandom();
  const wanted = await wantedRegistration({ configPath, registrationPath: path, io, adapters, random });
  const { kind, keys } = await writeRegistration(path, wanted, false);
  if (kind === "differs") throw new CommandFailed(EXIT.problem, differsText(path, keys));
  io.out(`${kind === "there" ? "there   " : "written "} ${path}`);
}

async function isReached(
  config: Config,
  adapters: readonly KnownAdapter[],
  { waitFor: most }: InitOptions,
  io: Io,
  tellSynapse: () => void,
): Promise<boolean> {
  const [account, check] = config.accounts.flatMap((each) => {
    const adapter = adapters.find(({ network }) => network === each.network);
    return adapter?.registration === undefined || adapter.check === undefined
      ? []
      : [[each, adapter.check] as const];
  })[0] ?? [undefined, undefined];
  if (account === undefined) return true;
  const onMissing = (): void => {
    tellSynapse();
    io.out("");
    io.out('Waiting for the homeserver. Ctrl-C ends that; "footbridge init" goes on from here.');
  };
  if (await waitUntilReached({ config, account, check, io, onMissing, clock: createClock(), most }))
    return true;
  io.err(
    'footbridge: the homeserver doesn\'t reach the bridge yet: mend what is said above, then run "footbridge init" again',
  );
  return false;
}
