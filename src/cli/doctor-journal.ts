import { access, constants, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { Finding } from "../adapter/check.ts";
import { errno } from "../privacy/files.ts";
import { JournalUnusable, readJournal } from "../store/file-journal.ts";

const CHECK = "journal";

/** Whether the file of `backup.journal` can be read, and its folder is there and can be written by this user. */
export async function checkJournal(path: string, state: string): Promise<readonly Finding[]> {
  const folder = dirname(path);
  const isOutside = folder !== state;
  const wrong = await folderProblem(folder);
  // The state folder has its own check.
  if (wrong !== undefined) return isOutside ? [{ check: CHECK, status: "problem", ...wrong }] : [];
  try {
    await readJournal(path);
  } catch (error) {
    if (!(error instanceof JournalUnusable)) throw error;
    const remedy = "name another file in backup.journal, or give this one to the daemon's user";
    return [{ check: CHECK, status: "problem", found: `${path} is none that can be read`, remedy }];
  }
  return isOutside ? [{ check: CHECK, status: "ok", found: `${folder} can be written` }] : [];
}

async function folderProblem(
  folder: string,
): Promise<{ readonly found: string; readonly remedy: string } | undefined> {
  try {
    if (!(await stat(folder)).isDirectory()) {
      return { found: `${folder} is no folder`, remedy: "give backup.journal a file in a folder" };
    }
    await access(folder, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const code = errno(error);
    if (code === "ENOENT" || code === "ENOTDIR") {
      const remedy = "make it, for the daemon's user alone (mode 700), or correct backup.journal";
      return { found: `${folder} isn't there`, remedy };
    }
    if (code !== "EACCES" && code !== "EPERM" && code !== "EROFS") throw error;
    const remedy =
      code === "EROFS"
        ? "let that disk be written, or correct backup.journal"
        : "give it to the daemon's user, or run this as that user";
    return { found: `${folder} can't be written (${code})`, remedy };
  }
}
