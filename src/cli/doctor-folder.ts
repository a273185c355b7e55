import { access, constants, lstat, readdir, stat, statfs } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Finding } from "../adapter/check.ts";
import { errno } from "../privacy/files.ts";

/** Free octets below which it gets tight, and below which Redis can't go on: it rewrites its file beside the old one. */
const LITTLE_ROOM = 1e9;
const NO_ROOM = 1e8;
/** The rights of all but the owner. */
const OTHERS = 0o077;
/** What the daemon keeps in its state folder; the operator may keep other things there. */
const OURS = ["keys", "kek", "redis", "marks", "control.sock", "lock", "journal"] as const;

/** Whether the state folder, and what is ours in it, belongs to this user and is closed to others. */
export async function checkStateFolder(state: string, running: boolean): Promise<readonly Finding[]> {
  const check = "state folder";
  const folder = await look(state);
  if (folder === undefined) {
    const found = `${state} isn't there`;
    const obstacle = running ? undefined : await obstacleTo(state);
    if (obstacle !== undefined) {
      const [why, remedy] = obstacle;
      return [{ check, status: "problem", found: `${found}, and can't be made: ${why}`, remedy }];
    }
    const remedy = running
      ? "stop the daemon and bring the folder back: without its keys nothing can be read"
      : 'the first start makes it; if there was one before, correct "state" in the config';
    return [{ check, status: running ? "problem" : "warning", found, remedy }];
  }
  if (!folder.isFolder) {
    const remedy = 'give "state" in the config a folder';
    return [{ check, status: "problem", found: `${state} is no folder`, remedy }];
  }
  const entries = [folder, ...(folder.isOurs ? await inside(state) : [])];
  const foreign = entries.filter(({ isOurs }) => !isOurs);
  if (foreign.length > 0) {
    const found = `${firstOf(foreign, state)} belongs to another user`;
    const remedy = "run this as the daemon's user, or give all of the folder to that user (chown -R)";
    return [{ check, status: "problem", found, remedy }];
  }
  const open = entries.filter(({ mode }) => (mode & OTHERS) !== 0);
  if (open.length > 0) {
    const found = `${firstOf(open, state)} is open to other users (mode ${open[0]?.mode.toString(8)})`;
    return [{ check, status: "problem", found, remedy: `run chmod -R go= ${state}` }];
  }
  return [{ check, status: "ok", found: `${state} belongs to this user, and is closed to others` }];
}

/** Why a folder can't be made, as far as that can be seen without trying, and what to do. */
async function obstacleTo(folder: string): Promise<readonly [why: string, remedy: string] | undefined> {
  let above = dirname(folder);
  while ((await look(above)) === undefined && dirname(above) !== above) above = dirname(above);
  const remedy = 'correct "state" in the config';
  if (!(await stat(above)).isDirectory()) return [`${above} is no folder`, remedy];
  try {
    await access(above, constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const own = `make it for the bridge's user (mode 700) and run this as that user, or ${remedy}`;
    return [`this user may not write to ${above} (${errno(error) ?? "unknown"})`, own];
  }
}

/** Whether the state folder is on a disk that lasts, and whether there is room on it. */
export async function checkDisk(state: string): Promise<readonly Finding[]> {
  if ((await look(state)) === undefined) return [];
  const { bavail, bsize, type } = await statfs(state);
  return [...kindOfDisk(type), roomOn(bavail * bsize)];
}

/** What the state folder would be lost on, or not be safe on, by the number that Linux gives its file system. */
const UNSAFE: ReadonlyMap<number, readonly [found: string, remedy: string]> = new Map([
  [0x0102_1994, ["in memory (tmpfs)", "keys and what waits are gone at the next restart of the machine"]],
  [0x8584_58f6, ["in memory (ramfs)", "keys and what waits are gone at the next restart of the machine"]],
  [0x794c_7630, ["in a container's own layer (overlayfs)", "keys and what waits go with the container"]],
  [
    0x6969,
    ["on a network file system (NFS)", "its locks and its promise that data is written don't always hold"],
  ],
  [
    0xfe53_4d42,
    ["on a network file system (SMB)", "its locks and its promise that data is written don't hold"],
  ],
  [
    0xff53_4d42,
    ["on a network file system (CIFS)", "its locks and its promise that data is written don't hold"],
  ],
]);

function kindOfDisk(type: number): readonly Finding[] {
  const unsafe = UNSAFE.get(type);
  if (unsafe === undefined) return [];
  const found = `the state folder is ${unsafe[0]}`;
  return [
    { check: "kind of disk", status: "warning", found, remedy: `put it on a disk or a volume: ${unsafe[1]}` },
  ];
}

function roomOn(free: number): Finding {
  const check = "disk";
  const found = `${(free / 1e9).toFixed(1)} GB are free where the state folder is`;
  if (free >= LITTLE_ROOM) return { check, status: "ok", found };
  const remedy = "make room: when the disk is full nothing more is taken in";
  return { check, status: free < NO_ROOM ? "problem" : "warning", found, remedy };
}

interface Entry {
  readonly path: string;
  readonly mode: number;
  readonly isOurs: boolean;
  readonly isFolder: boolean;
}

/** Undefined when there is nothing, which may change at any moment beside a running daemon. */
async function look(path: string): Promise<Entry | undefined> {
  try {
    const stat = await lstat(path);
    const isOurs = process.getuid === undefined || stat.uid === process.getuid();
    return { path, mode: stat.mode & 0o777, isOurs, isFolder: stat.isDirectory() };
  } catch (error) {
    if (errno(error) === "ENOENT" || errno(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

async function inside(state: string): Promise<readonly Entry[]> {
  const top = await lookAtAll(OURS.map((name) => join(state, name)));
  const keys = top.find(({ path, isOurs, isFolder }) => path === join(state, "keys") && isOurs && isFolder);
  const files = keys === undefined ? [] : await readdir(keys.path);
  return [...top, ...(await lookAtAll(files.map((name) => join(state, "keys", name))))];
}

async function lookAtAll(paths: readonly string[]): Promise<readonly Entry[]> {
  return (await Promise.all(paths.map(look))).filter((entry) => entry !== undefined);
}

function firstOf(entries: readonly Entry[], state: string): string {
  const [first] = entries;
  const name = first === undefined || first.path === state ? state : relative(state, first.path);
  return entries.length === 1 ? name : `${name}, as ${entries.length - 1} more in ${state},`;
}
