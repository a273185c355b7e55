import { lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** A file or folder of an image. */
interface ImageFile {
  /** As the container sees it. */
  readonly path: string;
  readonly mode: number;
  readonly uid: number;
  readonly isFile: boolean;
}

/** All files and folders under a root, but for links and what an engine mounts over. */
export function listFiles(root: string, at = "/"): ImageFile[] {
  return readdirSync(join(root, at), { withFileTypes: true }).flatMap((entry) => {
    const path = join(at, entry.name);
    if (["/proc", "/sys", "/dev"].includes(path) || !(entry.isFile() || entry.isDirectory())) return [];
    const { mode, uid } = lstatSync(join(root, path));
    const file = { path, mode: mode & 0o7777, uid, isFile: entry.isFile() };
    return [file, ...(entry.isDirectory() ? listFiles(root, path) : [])];
  });
}
