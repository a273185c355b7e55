/** One thing that is wrong in a config file. No field holds a secret or an address. */
export interface Problem {
  /** From 1; undefined when it concerns the file as a whole. */
  readonly line?: number;
  readonly column?: number;
  /** The key's path as people write it: `accounts.sms-main.links[0].host`. Empty for the whole file. */
  readonly key: string;
  readonly found: string;
  readonly expected: string;
  /** What to do about it, where that is known. */
  readonly hint?: string;
}

/** Puts a problem in one line: `config.yaml:4:3: log.level: found "loud", expected one of ...`. */
function problemLine(file: string, problem: Problem): string {
  const place = problem.line === undefined ? file : `${file}:${problem.line}:${problem.column ?? 1}`;
  const key = problem.key === "" ? "" : ` ${problem.key}:`;
  const hint = problem.hint === undefined ? "" : ` (${problem.hint})`;
  return `${place}:${key} found ${problem.found}, expected ${problem.expected}${hint}`;
}

/** A config that can't be used. The message has one line for each problem, in the order of the file, ready to print. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[], options?: ErrorOptions) {
    const sorted = problems.toSorted(
      (a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0),
    );
    super(sorted.map((problem) => problemLine(file, problem)).join("\n"), options);
    this.file = file;
    this.problems = sorted;
  }
}
