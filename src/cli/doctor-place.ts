import { execFile } from "node:child_process";
import { lstat, readdir, realpath } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { promisify } from "node:util";
import type { Finding } from "../adapter/check.ts";
import { childEnvironment } from "../store/redis/programs.ts";

const CHECK = "place of the keys";
/** How long git may take to say whether it ignores a path, in ms. */
const PATIENCE_MS = 3_000;
/** So many files of a folder are looked at for the marks of a program that copies it. */
const MOST_FILES = 5_000;

/** Programs that copy a folder elsewhere, by what they call it, and by what they leave in it. */
const SYNCED =
  /^(?:dropbox|onedrive|nextcloud|owncloud|google ?drive|icloud ?drive|mobile documents|pcloud ?drive|megasync|mega|syncthing|seafile)(?: .*)?$/i;
const SYNC_MARKS =
  /^(?:\.stfolder|\.stversions|\.dropbox|\.dropbox\.cache|\.owncloudsync\.log|\.nextcloudsync\.log|\._?sync_[0-9a-f]+\.db|\.syncarchive|\.seafile-data)$/i;
const BACKUP = /^(?:backups?|.*[-_.]backups?|\.?snapshots?|\.zfs|timeshift|rsnapshot|duplicity)$/i;
/** What the folders of work trees are marked by. */
const WORK_TREES: ReadonlySet<string> = new Set([".git", ".hg", ".svn", ".jj"]);

/**
 * Whether keys lie where copies of them are made: what is destroyed here would live on there, and with it all that it seals.
 * `paths`: the state folder, and the file of the key-encryption key where it lies elsewhere.
 */
export async function checkPlaces(paths: readonly string[]): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const path of paths) {
    const found = await checkPlace(path);
    if (found !== undefined) findings.push(found);
  }
  if (findings.length > 0) return findings;
  return [{ check: CHECK, status: "ok", found: "no folder above them is one that is known to be copied" }];
}

async function checkPlace(path: string): Promise<Finding | undefined> {
  for (const folder of await foldersAbove(path)) {
    const name = basename(folder);
    const entries = await namesIn(folder);
    if (SYNCED.test(name) || entries.some((entry) => SYNC_MARKS.test(entry))) {
      return misplaced(path, `lies in a folder that is synchronised (${folder})`);
    }
    if (BACKUP.test(name)) return misplaced(path, `lies in a folder of backups (${folder})`);
    if (entries.some((entry) => WORK_TREES.has(entry))) return workTree(path, folder);
  }
  return undefined;
}

async function workTree(path: string, folder: string): Promise<Finding> {
  if (!(await isIgnored(path, folder))) return misplaced(path, `lies in a work tree (${folder})`);
  const found = `${path} lies in a work tree (${folder}), which ignores it`;
  return { check: CHECK, status: "warning", found, remedy: `${MOVE}: git clean would delete it` };
}

const MOVE = "stop the daemon and move it to a folder of its own";

function misplaced(path: string, how: string): Finding {
  const remedy = `${MOVE}: what is destroyed here lives on in each copy`;
  return { check: CHECK, status: "problem", found: `${path} ${how}`, remedy };
}

/** The folder itself and all above it, as they really are; those that aren't there yet are left out. */
async function foldersAbove(path: string): Promise<readonly string[]> {
  const folders: string[] = [];
  let folder = await realPlace(path);
  if (!(await isFolder(folder))) folder = dirname(folder);
  for (;;) {
    folders.push(folder);
    const above = dirname(folder);
    if (above === folder) return folders;
    folder = above;
  }
}

/** Where a path leads; of one that isn't there, where it would. */
async function realPlace(path: string): Promise<string> {
  for (let there = path; ; there = dirname(there)) {
    try {
      const real = await realpath(there);
      return relative(there, path) === "" ? real : `${real}/${relative(there, path)}`;
    } catch {
      if (dirname(there) === there) return path;
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).slice(0, MOST_FILES);
  } catch {
    return []; // not there yet, or not for this user
  }
}

/** Where git isn't installed nothing says that it would be left out. */
async function isIgnored(path: string, folder: string): Promise<boolean> {
  const options = { env: childEnvironment(), timeout: PATIENCE_MS };
  const asked = promisify(execFile)("git", ["-C", folder, "check-ignore", "-q", path], options);
  return asked.then(
    () => true,
    () => false,
  );
}
