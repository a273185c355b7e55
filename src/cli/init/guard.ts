import type { Stats } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errno } from "../../privacy/files.ts";
import { CommandFailed, EXIT } from "../exit.ts";

// A set-up is often root's, in a folder where others may have put something first. What they put there is never followed, and
// nothing of theirs is taken for ours.

const GROUP_WRITES = 0o020;
const ALL_WRITE = 0o002;
const STICKY = 0o1000;
/** The rights of all but the owner. */
const OTHERS = 0o077;

/** What another file takes the place of is left under its name with this behind it. */
export const OLD = ".old";

/** What is there, links not followed; undefined: nothing. */
export async function look(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Whether it is of the user who runs this; always where users have no meaning. */
export function isMine({ uid }: Pick<Stats, "uid">): boolean {
  return process.getuid === undefined || uid === process.getuid();
}

/** Of this user, or of root, who could change it anyway. */
function isTrusted(there: Pick<Stats, "uid">): boolean {
  return there.uid === 0 || isMine(there);
}

/** Whether only this user can have put something into a folder, and into none but a real one. */
export function isPrivateFolder(there: Stats): boolean {
  return (
    there.isDirectory() && isMine(there) && (process.getuid === undefined || (there.mode & OTHERS) === 0)
  );
}

/**
 * Refuses a folder in which everybody can put files in the place of ours; nothing is said of one that isn't there.
 * @returns a warning, where a group can
 * @throws CommandFailed
 */
export async function guardFolder(folder: string): Promise<string | undefined> {
  const there = await stat(folder).catch(() => undefined);
  if (there === undefined || process.getuid === undefined) return undefined;
  if ((there.mode & STICKY) !== 0 && isTrusted(there)) return undefined; // what is ours stays ours there
  if ((there.mode & ALL_WRITE) !== 0)
    throw refused(
      `every user of this machine can write to ${folder}: run chmod go-w ${folder}, then this again`,
    );
  return (there.mode & GROUP_WRITES) === 0
    ? undefined
    : `the group of ${folder} can write there, and so replace keys and tokens: if anybody else is in it, run chmod g-w ${folder}`;
}

/**
 * Whether a file with a secret is there that can be kept.
 * @throws CommandFailed when something is there that can't be: another user's, no file, or a link that leads nowhere
 */
export async function isKept(path: string): Promise<boolean> {
  const there = await look(path);
  if (there === undefined) return false;
  const file = there.isSymbolicLink() ? await stat(path).catch(() => undefined) : there;
  if (file === undefined)
    throw refused(`${path} is a link that leads nowhere: remove it, or put the file there`);
  if (!file.isFile()) throw refused(`${path} is no file: move it away`);
  if (!isTrusted(there) || !isTrusted(file))
    throw refused(
      `${path} belongs to another user, who knows what is in it: remove it, or run this as that user`,
    );
  return true;
}

/**
 * Refuses places into which a file can't be moved safely: behind a link, in a folder of another user, where a folder stands.
 * @throws CommandFailed before anything was touched
 */
export async function guardPlaces(
  folder: string,
  files: readonly { readonly path: string; readonly precious?: boolean }[],
): Promise<void> {
  for (const { path, precious } of files) {
    const target = join(folder, path);
    if (dirname(target) !== folder) await guardParent(dirname(target));
    if (precious === true) await isKept(target);
    for (const place of [target, `${target}${OLD}`])
      if ((await look(place))?.isDirectory() === true) throw refused(`${place} is a folder: move it away`);
  }
}

async function guardParent(parent: string): Promise<void> {
  const there = await look(parent);
  if (there === undefined) return;
  if (!there.isDirectory()) throw refused(`${parent} is no folder: move it away`);
  if (!isTrusted(there))
    throw refused(`${parent} belongs to another user: move it away, or run this as that user`);
  await guardFolder(parent);
}

/** Nothing was written, and why. */
export function refused(why: string): CommandFailed {
  return new CommandFailed(EXIT.problem, `nothing was written: ${why}`);
}
