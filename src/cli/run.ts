import { type Config, loadConfig } from "../config/index.ts";
import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";
import type { Io, RunningDaemon } from "./io.ts";
import { whatAndWhere } from "./sentence.ts";

/** How much longer than `drain` stopping may take before the process ends anyway, in ms. */
const GRACE_MS = 5_000;
/** How long a start that was told to stop may take to get into order, in ms; nothing was taken in yet. */
const START_GRACE_MS = 2_000;
const SIGNAL_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type Signal = keyof typeof SIGNAL_CODES;

/** `footbridge run`: the daemon in the foreground, until a signal or its own end. */
export async function run(path: string, io: Io): Promise<ExitCode> {
  dieOfUnhandled(io);
  const { loadAdapters, startDaemon } = await io.loadDaemon();
  const adapters = await loadAdapters(path);
  const config = loadConfig(path, { adapters, env: io.env, warn: (line) => io.err(`warning: ${line}`) });
  const signal = firstSignal();
  const starting = startDaemon({ config, configPath: config.file });
  const daemon = await Promise.race([starting, signal]);
  if (typeof daemon === "string") {
    const stopped = starting.then(
      (started) => started.stop(daemon),
      () => undefined, // it didn't start, and isn't to run
    );
    await Promise.race([stopped, after(START_GRACE_MS)]);
    return EXIT.ok;
  }
  return await runOn(daemon, signal, config);
}

/** Lets a daemon that has started run until the signal, or its own end. */
export async function runOn(
  daemon: RunningDaemon,
  signal: Promise<string>,
  { drain }: Pick<Config, "drain">,
): Promise<ExitCode> {
  const ended = await Promise.race([signal, endOf(daemon)]);
  if (ended === "finished") return EXIT.ok;
  const stopped = await Promise.race([daemon.stop(ended).then(() => true), after(drain + GRACE_MS)]);
  if (!stopped) {
    throw new CommandFailed(
      EXIT.problem,
      "stopping took too long and was cut off; nothing that was accepted is lost, the next start goes on with it",
    );
  }
  return EXIT.ok;
}

/** Resolves when the daemon has ended by itself; rejects when it couldn't start or had to stop. */
async function endOf(daemon: RunningDaemon): Promise<"finished"> {
  await daemon.ready;
  await daemon.finished;
  return "finished";
}

/** The first signal to stop. The second one ends the process at once. SIGHUP is ignored: a terminal may close. */
export function firstSignal(): Promise<Signal> {
  process.on("SIGHUP", () => undefined);
  return new Promise((resolve) => {
    let asked = false;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      process.on(signal, () => {
        if (asked) process.exit(SIGNAL_CODES[signal]);
        asked = true;
        resolve(signal);
      });
    }
  });
}

function after(ms: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(false), ms).unref();
  });
}

/** A bug ends the process: what is durable is taken up again at the next start. Its message may hold anything. */
export function dieOfUnhandled(io: Pick<Io, "err">): void {
  const die = (error: unknown) => {
    io.err(`footbridge: an unexpected error (${whatAndWhere(error)}) ended the bridge: please report it`);
    process.exit(EXIT.bug);
  };
  process.on("unhandledRejection", die);
  process.on("uncaughtException", die);
}
