import type { Config } from "../../config/index.ts";
import type { Greeting } from "../../http/control-api.ts";
import { assertNever } from "../../model/assert-never.ts";
import { type Clock, MINUTE } from "../../model/time.ts";
import { EXIT, type ExitCode, Interrupted } from "../exit.ts";
import type { DaemonModule, Io, RunningDaemon } from "../io.ts";
import { dieOfUnhandled, firstSignal, runOn } from "../run.ts";
import { askForGreeting, stillMissing } from "./greet.ts";
import { isRunning } from "./wait.ts";

/** What the end of a set-up needs. */
interface FirstLight {
  readonly config: Config;
  readonly io: Io;
  readonly yes: boolean;
  readonly run: boolean;
  readonly clock: Clock;
  readonly startDaemon: DaemonModule["startDaemon"];
}

/**
 * Has the bridge write to its operator: the one that runs, or one that is started here. That one stays, if it is wanted, until it is
 * stopped.
 */
export async function firstLight(parts: FirstLight): Promise<ExitCode> {
  const { config, io, clock } = parts;
  if (await isRunning(config.state)) {
    io.out("The bridge runs already.");
    const told = tell(await askForGreeting(config, clock, MINUTE), io);
    for (const line of await stillMissing(config, clock)) io.out(line);
    return told;
  }
  io.out("Starting the bridge.");
  dieOfUnhandled(io);
  const signal = firstSignal();
  const level = "error" as const; // its news would stand between what is said here
  const daemon = await parts.startDaemon({ config: { ...config, log: { level } }, configPath: config.file });
  let code: ExitCode;
  let stays: boolean;
  try {
    const greeted = await Promise.race([askForGreeting(config, clock, MINUTE), signal]);
    if (greeted === "SIGINT" || greeted === "SIGTERM") return await end(daemon, greeted, EXIT.problem);
    code = tell(greeted, io);
    for (const line of await stillMissing(config, clock)) io.out(line);
    stays = parts.run || (!parts.yes && (await wantsItToStay(io)));
  } catch (error) {
    await daemon.stop("init");
    throw error;
  }
  const command = `npx footbridge run --config ${config.file}`; // as in the docs: in a clone there is no other way
  if (!stays) {
    io.out(`The bridge is stopped again. To run it: ${command}`);
    return await end(daemon, "init", code);
  }
  io.out(`The bridge runs here until Ctrl-C. The next time: ${command}`);
  return await runOn(daemon, signal, config);
}

async function end(daemon: RunningDaemon, reason: string, code: ExitCode): Promise<ExitCode> {
  await daemon.stop(reason);
  return code;
}

function tell(greeted: Greeting, io: Io): ExitCode {
  switch (greeted) {
    case "sent":
      io.out("It has written to you on Matrix (the first time it invites you into a room).");
      return EXIT.ok;
    case "refused":
      io.err(
        'footbridge: the homeserver didn\'t take its message to you: is your Matrix id right, and are you still in the room with the bridge? Leave that, and run "footbridge init" again',
      );
      return EXIT.problem;
    case "late":
    case "untold":
      io.err('footbridge: its message to you isn\'t sent yet: "footbridge status" says why');
      return EXIT.problem;
    case "nobody":
      io.out('It has nobody to write to: the config names no "operator".');
      return EXIT.ok;
    default:
      return assertNever(greeted);
  }
}

/** Where nobody can be asked it doesn't, nor at Ctrl-C. */
async function wantsItToStay(io: Io): Promise<boolean> {
  try {
    const answer = await io.ask?.("Leave it running in this terminal? [Y/n] ");
    return answer !== undefined && !/^\s*no?\s*$/i.test(answer);
  } catch (error) {
    if (error instanceof Interrupted) return false;
    throw error;
  }
}
