import { CommandFailed, EXIT, type ExitCode } from "./exit.ts";

/** Errors of ours that keep the daemon from starting, or end it: each has one sentence for the operator. */
export const OURS = [
  "AccountTaken",
  "BackupKeyUnusable",
  "BackupUnusable",
  "EmbeddedRedisFailed",
  "HttpServerError",
  "JournalUnusable",
  "KekUnusable",
  "KeyStoreUnusable",
  "PairRefused",
  "RestoreRefused",
  "RestoreUnfinished",
  "SchemaMismatch",
  "SlotsMoved",
  "StoreAway",
  "StoreFull",
  "StateFolderUnusable",
  "StoreRefused",
  "UnknownKey",
  "UnsafeRedis",
] as const;

/**
 * What to tell the operator about an error, and the exit code. Only messages of our own are shown: those of libraries may
 * hold anything.
 */
export function errorSentence(error: unknown): { readonly text: string; readonly code: ExitCode } {
  if (error instanceof CommandFailed) return { text: `footbridge: ${error.message}`, code: error.code };
  // by name, so that neither the config nor the control socket has to be loaded for --help
  if (isNamed(error, "ConfigError")) {
    const count = error.message.split("\n").length;
    const summary = `footbridge: ${count === 1 ? "one problem" : `${count} problems`} in the config: nothing was done`;
    return { text: `${error.message}\n${summary}`, code: EXIT.usage };
  }
  if (isNamed(error, "ControlSocketError")) {
    const why = "why" in error ? error.why : undefined;
    const other = why === "too-long" ? EXIT.usage : EXIT.problem; // the config names the folder
    return { text: `footbridge: ${error.message}`, code: why === "unreachable" ? EXIT.unreachable : other };
  }
  if (OURS.some((name) => isNamed(error, name))) {
    return { text: `footbridge: ${error instanceof Error ? error.message : ""}`, code: EXIT.problem };
  }
  return {
    text: `footbridge: an unexpected error (${whatAndWhere(error)}): please report it`,
    code: EXIT.bug,
  };
}

function isNamed(error: unknown, name: string): error is Error {
  return error instanceof Error && error.name === name;
}

/** As `errorName`, with the system call and the line of ours from which it came, for who mends it: nothing of it is the operator's. */
export function whatAndWhere(error: unknown): string {
  const call = error instanceof Error && "syscall" in error ? String(error.syscall) : "";
  const line = error instanceof Error ? OUR_LINE.exec(framesOf(error))?.[1] : undefined;
  const parts = [/^[a-z]{1,20}$/.test(call) ? call : [], line === undefined ? [] : `at ${line}`].flat();
  return [errorName(error), ...parts].join(", ");
}

/** A stack without the message before it, which may say anything. */
function framesOf({ stack = "", message }: Error): string {
  const at = stack.indexOf(message);
  return at < 0 ? "" : stack.slice(at + message.length);
}

/** The first frame of a stack that is in a file of ours: `src/store/meta.ts:12`. */
const OUR_LINE = /(?:^|\n) +at [^\n]*?\b((?:src|adapters)\/[\w/.-]+:\d+)/;

/** An error's class and system code, never its message. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const name = /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "Error";
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return /^[A-Z][A-Z0-9_]{1,40}$/.test(code) ? `${name}, ${code}` : name;
}
