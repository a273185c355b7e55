import { Command, CommanderError, Option } from "commander";
import { footbridgeVersion } from "../config/version.ts";
import { addBackup, addRestore } from "./backup-program.ts";
import { EXIT, type ExitCode } from "./exit.ts";
import { addHelp } from "./help.ts";
import type { Io } from "./io.ts";
import { otherWord } from "./other-words.ts";
import { errorSentence } from "./sentence.ts";
import { addSetup } from "./setup-commands.ts";

interface Reporting {
  readonly config: string;
  readonly json?: boolean;
}

/**
 * Reads the command line and does what it says. Each command's code is loaded when it is called.
 * @returns the process's exit code.
 */
export async function runCommand(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = describeProgram(io, (result) => {
    code = result;
  });
  const meant = otherWord(args[0]);
  if (meant !== undefined) {
    io.err(meant);
    return EXIT.usage;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.code === "commander.unknownOption" && standsBefore(args, program)) io.err(BEHIND);
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    const failure = errorSentence(error);
    io.err(failure.text);
    if (args.includes("--json")) io.out(JSON.stringify({ error: failure.text }));
    return failure.code;
  }
}

const BEHIND = "(options stand behind their command: footbridge status --config FILE)";

/** Whether an option stands before the command that it may belong to. */
function standsBefore([first = "", ...rest]: readonly string[], { commands }: Command): boolean {
  return first.startsWith("-") && commands.some((command) => rest.includes(command.name()));
}

/** The command line as commander knows it; `done` gets each exit code. */
export function describeProgram(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command("footbridge")
    .description("A private bridge between messaging networks: nobody sees anybody's phone number.")
    .helpCommand(false)
    .helpOption("-h, --help", "show this help")
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.out(text.trimEnd()),
      writeErr: (text) => io.err(text.trimEnd()),
    })
    .version(footbridgeVersion(), "-v, --version", "show the version");
  addSetup(program, io, done, () => configOption(io));
  addRun(program, io, done);
  addStatus(program, io, done);
  addHealth(program, io, done);
  addBuried(program, io, done);
  addAudit(program, io, done);
  addDoctor(program, io, done);
  addBackup(program, io, done, reporting);
  addRestore(program, io, done, reporting);
  addWhatsApp(program, io, done);
  addHelp(program);
  program.addHelpText("after", EXAMPLES);
  return program;
}

const EXAMPLES = `
Examples:
  footbridge init
  footbridge run --config /etc/footbridge/config.yaml
  footbridge status
  footbridge buried retry 4kq7x2m

"footbridge help COMMAND" says more of each command; its options stand behind it. The
config file is ./config.yaml, or what FOOTBRIDGE_CONFIG or --config names;
config.example.yaml explains each of its keys.

Exit codes: 0 all is well, 1 something is wrong, 2 the command line or the config
is wrong, 3 no daemon answers.`;

function configOption(io: Io): Option {
  const preset = io.env.FOOTBRIDGE_CONFIG;
  return new Option("-c, --config <file>", "the config file (or set FOOTBRIDGE_CONFIG)").default(
    preset === undefined || preset === "" ? "./config.yaml" : preset,
  );
}

function reporting(command: Command, io: Io): Command {
  return command.addOption(configOption(io)).option("--json", "print one JSON object on one line");
}

function addRun(program: Command, io: Io, done: (code: ExitCode) => void): void {
  program
    .command("run")
    .description("Run the bridge until it is told to stop")
    .addOption(configOption(io))
    .addHelpText(
      "after",
      `
It logs to stdout, one JSON object a line. SIGTERM or Ctrl-C stops it: intake ends,
what is under way is finished within "drain" (10 s), and it exits with 0. A second
one ends it at once; nothing that was accepted is lost by that. It exits with 2 when
the config is wrong, and with 1 when it can't start or has to stop by itself.

Example:
  footbridge run --config /etc/footbridge/config.yaml`,
    )
    .action(async (options: { config: string }) => {
      const { run } = await import("./run.ts");
      done(await run(options.config, io));
    });
}

function addStatus(program: Command, io: Io, done: (code: ExitCode) => void): void {
  reporting(program.command("status"), io)
    .description("Show how the running bridge is: accounts, queues, Redis")
    .addHelpText(
      "after",
      `
Exits with 0 when the bridge is ready and all accounts work and need nobody, with 1
when not, with 3 when none is running.

Examples:
  footbridge status
  footbridge status --json | jq '.accounts[] | select(.state != "connected")'`,
    )
    .action(async (options: Reporting) => {
      const { status } = await import("./status.ts");
      done(await status(options, io));
    });
}

function addHealth(program: Command, io: Io, done: (code: ExitCode) => void): void {
  reporting(program.command("health"), io)
    .description("Say by the exit code whether the running bridge is ready")
    .option("--live", "whether it works at all: what fails only when a restart would help")
    .addHelpText(
      "after",
      `
For the health check of a container or a service manager: quick, and without a port of
its own. Ready: it takes messages in now. An account that is away is no reason not to
be. Exits with 0 when it is, with 1 when not, also when none is running.

Examples:
  footbridge health
  footbridge health --live`,
    )
    .action(async (options: Reporting & { live?: boolean }) => {
      const { health } = await import("./health.ts");
      done(await health(options, io));
    });
}

function addBuried(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const buried = reporting(program.command("buried"), io)
    .description("List what couldn't be delivered; try it again, or drop it")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
A delivery is buried after it failed too often, an event when it can't be read. Exits
with 0 however many there are, with 3 when no bridge is running.

Examples:
  footbridge buried
  footbridge buried --json | jq '.buried[].id'
  footbridge buried retry 4kq7x2m
  footbridge buried drop 4kq7x2m`,
    );
  addBuriedList(buried, io, done);
  addHelp(buried, true);
  addBuriedChange(buried, "retry", "Put a buried item back into its queue", io, done);
  addBuriedChange(buried, "drop", "Delete a buried item for good; its sender has been told", io, done);
}

function addBuriedList(buried: Command, io: Io, done: (code: ExitCode) => void): void {
  reporting(buried.command("list", { isDefault: true }), io)
    .description('List what is buried (also without "list")')
    .allowExcessArguments()
    .addHelpText(
      "after",
      `
Exits with 0 however many there are, with 3 when no bridge is running.

Example:
  footbridge buried list`,
    )
    .action(async (_options: Reporting, list: Command) => {
      // It gets whatever stands behind "buried" and is no command.
      const [unknown] = list.args;
      if (unknown !== undefined) buried.error(`error: unknown command '${unknown}'`);
      const { listBuried } = await import("./buried.ts");
      done(await listBuried(list.optsWithGlobals<Reporting>(), io));
    });
}

function addBuriedChange(
  buried: Command,
  name: "retry" | "drop",
  description: string,
  io: Io,
  done: (code: ExitCode) => void,
): void {
  reporting(buried.command(name), io)
    .description(description)
    .argument("<id>", 'the item\'s id, as "footbridge buried" shows it')
    .addHelpText(
      "after",
      `
Exits with 1 when nothing is buried under this id, with 3 when no bridge is running.

Example:
  footbridge buried ${name} 4kq7x2m`,
    )
    .action(async (id: string, _options: Reporting, command: Command) => {
      const { changeBuried } = await import("./buried.ts");
      // The options may stand before the command's name too, where "buried" gets them.
      done(await changeBuried(id, name, command.optsWithGlobals<Reporting>(), io));
    });
}

function addAudit(program: Command, io: Io, done: (code: ExitCode) => void): void {
  reporting(program.command("audit"), io)
    .description("List all that Redis holds: by what it is, how it is sealed, when it goes")
    .addHelpText(
      "after",
      `
The running bridge counts and measures every key, beside its work. No key's name is
shown. Exits with 1 when there are keys that it can't explain, or keys that would stay
longer than they may; with 3 when no bridge is running.

Examples:
  footbridge audit
  footbridge audit --json | jq '.families[] | select(.keys > 0)'`,
    )
    .action(async (options: Reporting) => {
      const { audit } = await import("./audit.ts");
      done(await audit(options, io));
    });
}

function addDoctor(program: Command, io: Io, done: (code: ExitCode) => void): void {
  reporting(program.command("doctor"), io)
    .description("Check everything that the bridge needs, and say what to do")
    .option("--homeserver-config <file>", "the homeserver.yaml of your Synapse, or a copy of it")
    .addHelpText(
      "after",
      `
It looks at Node, the machine, the config, the state folder and its keys, the disk,
Redis, the clocks, each account, and what the networks know of it: whether the bridge
runs or not, but with more to tell when it does. Synapse's own config says what it
costs in privacy; it is looked for in the usual places, or given. Nothing is changed.
No address, number or secret is shown. Exits with 1 when there is a problem; a warning
is none.

Examples:
  footbridge doctor
  footbridge doctor --homeserver-config /etc/matrix-synapse/homeserver.yaml
  footbridge doctor --json | jq '.checks[] | select(.status != "ok")'`,
    )
    .action(async (options: Reporting & { homeserverConfig?: string }) => {
      const { doctor } = await import("./doctor.ts");
      done(await doctor(options, io));
    });
}

function addWhatsApp(program: Command, io: Io, done: (code: ExitCode) => void): void {
  const whatsapp = reporting(program.command("whatsapp"), io)
    .description("Link a WhatsApp account with its phone, or end that")
    .helpCommand(false)
    .addHelpText(
      "after",
      `
Exits with 0 when it did what it says, with 3 when no bridge is running.

Example:
  footbridge whatsapp pair`,
    );
  addHelp(whatsapp, true);
  reporting(whatsapp.command("pair"), io)
    .description("Show the QR code, or the code to type, that links an account")
    .argument("[account]", "the account's name in the config, where several are on WhatsApp")
    .option("--code [number]", "a code to type on the phone, instead of a QR code")
    .addHelpText(
      "after",
      `
The bridge has to run: it makes the code and holds the account, in a container too. A
code is as good as a password while it is shown. Ctrl-C ends it, and nothing is left of
it. Of an account that is linked and was replaced or restricted it tries again. Exits
with 0 when the account is linked and works, with 1 when not, with 3 when no bridge is
running. With --json each step is one object on one line.

Examples:
  footbridge whatsapp pair
  footbridge whatsapp pair wa-main --code`,
    )
    .action(async (account: string | undefined, _options: Reporting, command: Command) => {
      const { pairWhatsApp } = await import("./whatsapp.ts");
      done(await pairWhatsApp(account, command.optsWithGlobals<Reporting & { code?: string | true }>(), io));
    });
  reporting(whatsapp.command("unpair"), io)
    .description("End the link of an account with its phone, and forget its keys")
    .argument("[account]", "the account's name in the config, where several are on WhatsApp")
    .option("--yes", "don't ask whether that is meant")
    .addHelpText(
      "after",
      `
WhatsApp takes the bridge off the phone's linked devices, and the account needs pairing.
Conversations stay as they are; what people are sent waits until it is linked again.
Exits with 0 when there is no link any more, with 1 when that wasn't meant or couldn't
be done, with 3 when no bridge is running.

Example:
  footbridge whatsapp unpair wa-main`,
    )
    .action(async (account: string | undefined, _options: Reporting, command: Command) => {
      const { unpairWhatsApp } = await import("./whatsapp.ts");
      done(await unpairWhatsApp(account, command.optsWithGlobals<Reporting & { yes?: boolean }>(), io));
    });
}
