import { describeError } from "../../observe/errors.ts";
import { StoreAway, StoreFull, StoreRefused } from "./errors.ts";
import { redirection } from "./redirection.ts";

/** Answers that say nothing of the call but that this server can't serve it now. */
const AWAY = new Set([
  "NOSCRIPT",
  "LOADING",
  "READONLY",
  "MISCONF",
  "MASTERDOWN",
  "CLUSTERDOWN",
  "UNBLOCKED",
  "NOREPLICAS",
]);
const CODE = /^[A-Z][A-Z]{2,19}(?=\s|$)/;

/** The first word of an error reply, which is a code in Redis; undefined for errors of the connection. */
export function replyCode(error: unknown): string | undefined {
  return error instanceof Error && error.name === "ReplyError"
    ? (CODE.exec(error.message)?.[0] ?? "ERR")
    : undefined;
}

/** Whether a server that answers so is better left and met again. */
export function isAway(error: Error): boolean {
  const code = replyCode(error);
  return code !== undefined && AWAY.has(code);
}

/** ioredis' error as one of ours, without its message: that can quote arguments. */
export function toStoreError(call: string, error: Error): StoreAway | StoreFull | StoreRefused {
  const code = replyCode(error);
  if (code === undefined) return new StoreAway(describeError(error).code);
  if (code === "OOM") return new StoreFull();
  if (AWAY.has(code)) return new StoreAway(code);
  const redirected = redirection(call, error.message);
  if (redirected !== undefined) return redirected;
  const line = /\buser_script:(\d{1,4})\b/.exec(error.message)?.[1];
  return new StoreRefused(call, code, line === undefined ? undefined : Number(line));
}

/** The reply, or undefined when the user may not ask: many hosted servers forbid CONFIG and others. @throws StoreAway */
export async function allowed<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof StoreRefused) return undefined;
    throw error;
  }
}
