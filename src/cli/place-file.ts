import { randomBytes } from "node:crypto";
import { link, mkdir, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { errno, syncFolder, writeNew } from "../privacy/files.ts";
import { CommandFailed, EXIT } from "./exit.ts";

/** What the system says of places where nothing can be written, in words. */
const CAUSES: Readonly<Record<string, string>> = {
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "nothing can be written there",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  ENOTDIR: "a part of its path is a file",
};

/**
 * Writes a file for this user alone (0600), whole or not at all, and durable.
 * @param replace what is there is replaced; else false is given and it stays as it is.
 * @throws CommandFailed when it can't be written
 */
export async function placeFile(path: string, content: string, replace = false): Promise<boolean> {
  const draft = `${path}.${randomBytes(4).toString("hex")}.draft`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeNew(draft, Buffer.from(content));
    await (replace ? rename(draft, path) : link(draft, path));
    await syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (errno(error) === "EEXIST" && !replace) return false;
    throw unwritten(path, error);
  } finally {
    await unlink(draft).catch(() => undefined); // gone already, where it took the other's place
  }
}

/** What is said of a file that can't be written. */
export function unwritten(path: string, cause: unknown): CommandFailed {
  const code = errno(cause) ?? "an error";
  const words = `${path} can't be written (${CAUSES[code] ?? code}): make room or give another place, then run this again`;
  return new CommandFailed(EXIT.problem, words, { cause });
}
