import { join } from "node:path";

/** `sun_path` has 108 octets with its end mark on Linux, 104 on macOS. */
const LONGEST: Readonly<Partial<Record<NodeJS.Platform, number>>> = { darwin: 103 };
const LONGEST_ELSEWHERE = 107;

const NAME = "control.sock";

/** The control socket couldn't be opened, or isn't answered. The message is one sentence with its remedy. */
export class ControlSocketError extends Error {
  override readonly name = "ControlSocketError";
  /** `unreachable`: none is there. `silent`: one is, and says nothing in time. `in-use`: one answers already. */
  readonly why: "too-long" | "in-use" | "not-a-socket" | "unreachable" | "silent" | "forbidden" | "failed";

  constructor(why: ControlSocketError["why"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}

/**
 * Where the control socket of a state folder is.
 * @throws ControlSocketError when the path is longer than the system takes.
 */
export function controlSocketPath(stateFolder: string): string {
  const path = join(stateFolder, NAME);
  const longest = (LONGEST[process.platform] ?? LONGEST_ELSEWHERE) - NAME.length - 1;
  const octets = Buffer.byteLength(stateFolder);
  if (octets <= longest) return path;
  throw new ControlSocketError(
    "too-long",
    `the path of the state folder has ${octets} octets, and with its control socket the system takes at most ${longest}: give "state" in the config a shorter one`,
  );
}

/**
 * Something has the socket open, and says nothing: a daemon whose Redis is frozen, or one that is stopped or stuck itself.
 * @param patience how long it was waited for, in ms
 */
export function silentDaemon(
  socketPath: string,
  patience: number,
  options?: ErrorOptions,
): ControlSocketError {
  const found = `the daemon at ${socketPath} runs, but didn't answer within ${patience / 1_000} s`;
  const remedy = '"footbridge health" says which part of it isn\'t well, and its log says more';
  return new ControlSocketError("silent", `${found}: ${remedy}`, options);
}
