import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/** Makes a folder's entries durable: without it a file that was synced can be missing after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Writes a file that mustn't exist yet, 0600, durable in itself; its folder's entry isn't yet. */
export async function writeNew(path: string, content: Buffer): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await writeAll(file, content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes the whole of `content` from the start of the file. */
export async function writeAll(file: FileHandle, content: Buffer): Promise<void> {
  let done = 0;
  while (done < content.length) {
    done += (await file.write(content, done, content.length - done, done)).bytesWritten;
  }
}

/** The errno of a failed file operation. */
export function errno(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
