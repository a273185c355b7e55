import { join } from "node:path";

/** `sun_path` has 108 octets with its end mark on Linux, 104 on macOS. */
const LONGEST: Readonly<Partial<Record<NodeJS.Platform, number>>> = { darwin: 103 };
const LONGEST_ELSEWHERE = 107;

const NAME = "control.sock";

/** The control socket couldn't be opened, or isn't answered. The message is one sentence with its remedy. */
export class ControlSocketError extends Error {
  override readonly name = "ControlSocketError";
  /** `unreachable`: no daemon answers. `in-use`: one does already. */
  readonly why: "too-long" | "in-use" | "not-a-socket" | "unreachable" | "forbidden" | "failed";

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
