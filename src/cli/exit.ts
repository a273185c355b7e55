/** What the process says when it ends. */
export const EXIT = {
  ok: 0,
  /** It ran, and something is wrong. */
  problem: 1,
  /** The command line or the config file is wrong: nothing was done. */
  usage: 2,
  /** No daemon answers. */
  unreachable: 3,
  /** A bug of ours. */
  bug: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a code and a sentence for the operator. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly code: ExitCode;

  constructor(code: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Somebody ended the conversation on the terminal: Ctrl-C, or Ctrl-D. */
export class Interrupted extends CommandFailed {
  constructor() {
    super(EXIT.problem, "stopped, and nothing more was done");
  }
}
