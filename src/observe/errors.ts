/** An error as a log line may show it. A message, a stack or arguments can hold anything, so they never get here. */
type DescribedError = {
  /** The class, or `typeof` of what was thrown instead. */
  readonly error: string;
  /** An errno-like code (`ECONNREFUSED`, `ERR_TLS_...`), of the error or of what caused it. */
  readonly code?: string;
};

const CLASS = /^[A-Z][A-Za-z]{0,63}$/;
const CODE = /^[A-Z][A-Z0-9_]{1,47}$/;
/** More digits in a row than any real code has: then it is something else. */
const DIGITS = /\d{6}/;
const DEEPEST_CAUSE = 5;

/** What may be said in a log of anything that was thrown. Never throws itself. */
export function describeError(thrown: unknown): DescribedError {
  const error = thrown instanceof Error ? className(thrown) : thrown === null ? "null" : typeof thrown;
  const code = codeOf(thrown, DEEPEST_CAUSE);
  return code === undefined ? { error } : { error, code };
}

function className(error: Error): string {
  for (const name of [read(error, "name"), read(read(error, "constructor"), "name")]) {
    if (typeof name === "string" && CLASS.test(name)) return name;
  }
  return "Error";
}

function codeOf(thrown: unknown, depth: number): string | undefined {
  const code = read(thrown, "code");
  if (typeof code === "string" && CODE.test(code) && !DIGITS.test(code)) return code;
  return depth > 0 && thrown instanceof Error ? codeOf(read(thrown, "cause"), depth - 1) : undefined;
}

/** A property of anything; a getter that throws counts as absent. */
function read(from: unknown, name: string): unknown {
  if ((typeof from !== "object" && typeof from !== "function") || from === null) return undefined;
  try {
    return Reflect.get(from, name);
  } catch {
    return undefined;
  }
}
