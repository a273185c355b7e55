import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";

/** A file's octets and who may read it. */
interface FileContent {
  readonly bytes: Uint8Array;
  /** The permission bits, as in `stat`. */
  readonly mode: number;
}

/** How the loader reads files: passed in, so that a test needs no disk. Throws as `node:fs` does. */
export type ReadFile = (path: string) => FileContent;

/** Reads from the disk, at most `limit` octets. */
export const readFileFromDisk: ReadFile = (path) => {
  const handle = openSync(path, "r");
  try {
    return { mode: fstatSync(handle).mode & 0o777, bytes: readFileSync(handle) };
  } finally {
    closeSync(handle);
  }
};

const CAUSES: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  ENOTDIR: "no such file",
  EACCES: "a file that this user may not read",
  EPERM: "a file that this user may not read",
  EISDIR: "a folder",
};

/** Whether a file is there, and not for this user. */
export function isForbidden(error: unknown): boolean {
  return codeOf(error) === "EACCES" || codeOf(error) === "EPERM";
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Says in the words of a problem why a file couldn't be read. */
export function describeReadFailure(error: unknown): string {
  const code = codeOf(error);
  return CAUSES[code] ?? `a file that can't be read${/^[A-Z]+$/.test(code) ? ` (${code})` : ""}`;
}

/** Reads octets as UTF-8, without its byte order mark; undefined when they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
