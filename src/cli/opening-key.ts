import { open } from "node:fs/promises";
import { sensitive } from "../model/sensitive.ts";
import { type OpeningKey, parseOpeningKey } from "../privacy/backup-key.ts";
import { errno } from "../privacy/files.ts";
import { CommandFailed, EXIT } from "./exit.ts";
import type { Io } from "./io.ts";

const VARIABLE = "FOOTBRIDGE_BACKUP_KEY";

/**
 * The half of the backup key that opens backups: from a file that nobody else can read, or from the environment.
 * @throws CommandFailed, BackupKeyUnusable
 */
export async function readOpeningKey(path: string | undefined, io: Io): Promise<OpeningKey> {
  if (path !== undefined) return parseOpeningKey(sensitive(await contentOf(path)));
  const value = io.env[VARIABLE];
  if (value !== undefined && value !== "") return parseOpeningKey(sensitive(value));
  throw new CommandFailed(
    EXIT.usage,
    `no key opens the backup: give the file that "footbridge backup --new-key" made with --key FILE, or its content in ${VARIABLE}`,
  );
}

async function contentOf(path: string): Promise<string> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, "r");
  } catch (error) {
    throw new CommandFailed(EXIT.usage, `the key ${path} can't be read (${errno(error) ?? "an error"})`, {
      cause: error,
    });
  }
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0)
      throw new CommandFailed(
        EXIT.usage,
        `the key ${path} has mode ${(mode & 0o777).toString(8)}, so others can read it; expected 600 or 400: run chmod 600 on it`,
      );
    return await file.readFile("latin1");
  } finally {
    await file.close();
  }
}
