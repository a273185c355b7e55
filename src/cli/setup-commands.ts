import { type Command, Option } from "commander";
import { parseDuration } from "../config/duration.ts";
import { MINUTE } from "../model/time.ts";
import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";
import { KEYS } from "./init/answers.ts";
import type { Flags } from "./init/dialogue.ts";
import { QUESTIONS } from "./init/questions.ts";
import type { Io } from "./io.ts";

/** How long --yes waits for the homeserver, unless it is said. */
const SCRIPT_WAITS = 10 * MINUTE;

/** Adds `init` and `register`. `config` makes their option for the config file. */
export function addSetup(
  program: Command,
  io: Io,
  done: (code: ExitCode) => void,
  config: () => Option,
): void {
  addInit(program, io, done, config());
  addRegister(program, io, done, config());
}

interface InitFlags {
  readonly config: string;
  readonly yes?: boolean;
  readonly force?: boolean;
  readonly wait: boolean;
  readonly waitFor?: string;
  readonly run?: boolean;
}

function addInit(program: Command, io: Io, done: (code: ExitCode) => void, config: Option): void {
  const command = program
    .command("init")
    .description("Set the bridge up beside a homeserver, by questions on the terminal")
    .addOption(config);
  for (const key of KEYS) command.addOption(new Option(QUESTIONS[key].flag, QUESTIONS[key].help));
  command
    .option("-y, --yes", "ask nothing: what isn't given is as init finds it")
    .option("--force", "write anew what is there; it stays beside it as NAME.old")
    .option("--no-wait", "end when the files are written")
    .option("--wait-for <duration>", "wait for the homeserver no longer (10m with --yes)")
    .option("--run", "leave the bridge running in this terminal")
    .addHelpText(
      "after",
      `
It writes the config, the registration for the homeserver, the key file and the tokens
(all mode 600), says what to do in Synapse, waits until the homeserver reaches the
bridge, and has that write to you. Run it again to go on where it was ended: what is
there stays as it is. Secrets are never shown. Exits with 0 when you were written to (or
with --no-wait, when all is written), with 1 when something is missing yet, with 2 when
an answer is missing or wrong.

Examples:
  footbridge init
  footbridge init --yes --homeserver http://127.0.0.1:8008 \\
    --server-name example.org --operator @admin:example.org`,
    )
    .action(async (options: InitFlags & Readonly<Record<string, unknown>>) => {
      const { init } = await import("./init/init.ts");
      const { yes = false, force = false, run = false, wait } = options;
      const waitFor = patience(options.waitFor, yes);
      done(
        await init({ config: options.config, flags: flagsOf(options), yes, force, run, wait, waitFor }, io),
      );
    });
}

/** What was answered by options; one without its value means yes. */
function flagsOf(options: Readonly<Record<string, unknown>>): Flags {
  const given = KEYS.flatMap((key) => {
    const value = options[new Option(QUESTIONS[key].flag).attributeName()];
    if (value === undefined) return [];
    return [[key, value === true ? "yes" : String(value)] as const];
  });
  return Object.fromEntries(given);
}

function patience(text: string | undefined, yes: boolean): number | undefined {
  if (text === undefined) return yes ? SCRIPT_WAITS : undefined;
  const span = parseDuration(text);
  if (span !== undefined) return span;
  throw new CommandFailed(EXIT.usage, "--wait-for: a duration is expected, such as 10m or 30s");
}

function addRegister(program: Command, io: Io, done: (code: ExitCode) => void, config: Option): void {
  program
    .command("register")
    .description("Write the registration file for the homeserver, from the config")
    .argument("[account]", "the account's name in the config, where several are on Matrix")
    .addOption(config)
    .option("-o, --output <file>", "where to (registration.yaml beside the config)")
    .option("--force", "replace one that says something else")
    .addHelpText(
      "after",
      `
For those who write their own config. Files that the config names for the two tokens
and that aren't there are written, too: with the tokens of a registration that is
there, else with new ones. Both are mode 600, and no token is shown. Exits with 0 when
the file says what the config wants, with 1 when another one is there, with 2 when the
config is wrong.

Examples:
  footbridge register
  footbridge register --config /etc/footbridge/config.yaml --force`,
    )
    .action(
      async (account: string | undefined, options: { config: string; output?: string; force?: boolean }) => {
        const { register } = await import("./register.ts");
        done(await register(account, options, io));
      },
    );
}
