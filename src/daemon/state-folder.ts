import { chmod, mkdir, stat } from "node:fs/promises";
import { describeError } from "../observe/errors.ts";
import type { Logger } from "../observe/log.ts";

/** The state folder can't be used. */
export class StateFolderUnusable extends Error {
  override readonly name = "StateFolderUnusable";
}

/**
 * Makes the state folder, or closes one that others can look into: what lies in it replaces keys and sockets.
 * @throws StateFolderUnusable when it can't be made, isn't a folder, or isn't ours.
 */
export async function openStateFolder(path: string, log: Logger): Promise<void> {
  const unusable = (found: string, cause?: unknown): StateFolderUnusable =>
    new StateFolderUnusable(
      `the state folder ${path} ${found}: give "state" in the config a folder that this user may make or owns`,
      { cause },
    );
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(`can't be made (${describeError(error).code ?? "an error"})`, error);
  }
  const { mode, uid } = await stat(path);
  if (process.getuid !== undefined && uid !== process.getuid()) throw unusable("belongs to another user");
  if ((mode & 0o077) === 0) return;
  await chmod(path, 0o700);
  log.warn("state.folder.closed");
}
