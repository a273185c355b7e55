import type { KeyObject } from "node:crypto";
import { lstat, readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative } from "node:path";
import type { Finding } from "../adapter/check.ts";
import { type Config, formatDuration } from "../config/index.ts";
import { type Clock, HOUR, MINUTE, type Milliseconds, type Timestamp } from "../model/time.ts";
import { createRandom } from "../observe/random.ts";
import { KekUnusable } from "../privacy/errors.ts";
import { errno } from "../privacy/files.ts";
import { loadKek } from "../privacy/kek.ts";
import { decodeKeyFile } from "../privacy/key-file.ts";
import type { KeyId } from "../privacy/key-store.ts";
import { expiryOf } from "../privacy/periods.ts";

/** The rights of all but the owner. */
const OTHERS = 0o077;
/** A running daemon makes the next hour's key before it comes; this long without one isn't that. */
const NO_NEW_KEY = 3 * HOUR;
/** Keys are destroyed some time after their end. */
const LATE = 2 * HOUR;
/** A clock that is behind by more than this was put back. */
const BEHIND = 5 * MINUTE;
const KEY_FILE = /^([0-9a-f]{16})\.key$/;

/** What is known of the keys beside the config. */
interface KeySurroundings {
  readonly clock: Clock;
  readonly running: boolean;
  /** The file that the config names for the key-encryption key. */
  readonly kek: string | undefined;
}

/** Whether the key-encryption key is there and opens the keys; and whether one of them is of a time that is still to come. */
export async function checkKeys(
  { state, keys }: Config,
  { clock, running, kek: named }: KeySurroundings,
): Promise<readonly Finding[]> {
  const check = "keys";
  const folder = join(state, "keys");
  const names = await keyFiles(folder);
  const path = join(state, "kek");
  const isNew = names.length === 0 && !(await isThere(path));
  if (isNew && keys.kek === undefined) {
    return [{ check, status: "ok", found: "none yet, the first start makes them" }];
  }
  let kek: KeyObject;
  try {
    const source =
      keys.kek === undefined
        ? ({ kind: "file", path, create: false } as const)
        : ({ kind: "value", value: keys.kek } as const);
    kek = await loadKek(source, { random: createRandom(), keyFolder: folder });
  } catch (error) {
    if (!(error instanceof KekUnusable)) throw error;
    const found = "the key-encryption key can't be used";
    return [{ check, status: "problem", found, remedy: error.message }];
  }
  const opened = await openAll(folder, names, kek);
  const whereabouts = keys.kek === undefined ? path : named;
  return [
    ...findingsOf(opened, clock.now()),
    ...(await kekFindings(whereabouts, state)),
    ...ages(opened, clock.now(), running),
  ];
}

/** Where the key-encryption key is, next to what it wraps. */
async function kekFindings(path: string | undefined, state: string): Promise<readonly Finding[]> {
  const check = "key-encryption key";
  const ok = (found: string): readonly Finding[] => [{ check, status: "ok", found }];
  if (path === undefined) return ok("it comes from the config or the environment, not from the state folder");
  const [kek, folder] = await Promise.all([lstat(path), stat(state).catch(() => undefined)]);
  if (isInside(path, join(state, "redis"))) {
    const found = "it lies in Redis' own folder, which Redis' tools copy";
    return [
      { check, status: "problem", found, remedy: "move it elsewhere, and correct keys.kek in the config" },
    ];
  }
  const real = kek.isSymbolicLink() ? await stat(path) : kek;
  if ((real.mode & OTHERS) !== 0) {
    const found = `other users may read its file (mode ${(real.mode & 0o777).toString(8)})`;
    return [{ check, status: "problem", found, remedy: `run chmod 600 ${path}` }];
  }
  const apart = folder === undefined || folder.dev !== real.dev;
  if (apart) return ok("it is on another disk than the keys that it wraps");
  return ok(
    "it is on the same disk as the keys that it wraps: who has a copy of that disk has both (keys.kek can take it from elsewhere)",
  );
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}

/** Whether keys are made and destroyed as their time comes: that is what makes old copies of Redis' files unreadable. */
function ages({ readable, newest, ends }: Opened, now: Timestamp, running: boolean): readonly Finding[] {
  const check = "age of the keys";
  if (readable === 0) return [];
  if (running && now - newest > NO_NEW_KEY) {
    const found = `the daemon has made none for ${spanOf(now - newest)}, though each hour has its own`;
    return [{ check, status: "problem", found, remedy: "look into its log, and restart it" }];
  }
  const overdue = ends.filter((end) => end + LATE < now).length;
  if (overdue === 0) {
    const found = `the newest was made ${spanOf(now - newest)} ago, and none is there whose time is over`;
    return [{ check, status: "ok", found }];
  }
  const found = `${overdue} are still there although their time is over, and with them what they seal`;
  const remedy = running
    ? "look whether something is said of the clock: until it is steady none is destroyed; else restart the daemon"
    : "start the daemon: it destroys them first";
  return [{ check, status: running ? "problem" : "warning", found, remedy }];
}

function spanOf(ms: Milliseconds): string {
  return formatDuration(Math.floor(Math.max(0, ms) / MINUTE) * MINUTE);
}

interface Opened {
  readonly readable: number;
  readonly unreadable: number;
  /** When the newest of them was made. */
  readonly newest: Timestamp;
  /** When those that a clock ends should have been destroyed. */
  readonly ends: readonly Timestamp[];
}

function findingsOf({ readable, unreadable, newest }: Opened, now: Timestamp): readonly Finding[] {
  const check = "keys";
  if (unreadable > 0) {
    const found =
      readable === 0
        ? "the key-encryption key opens none of the keys"
        : `${unreadable} of ${readable + unreadable} keys are damaged`;
    const remedy =
      readable === 0
        ? "give the one that they were made with (keys.kek in the config, or the file kek in the state folder)"
        : "move them away, and lose what they seal; look at the disk";
    return [{ check, status: "problem", found, remedy }];
  }
  const well: Finding = {
    check,
    status: "ok",
    found: `the key-encryption key opens all of them, ${readable} in number`,
  };
  if (newest <= now + BEHIND) return [well];
  const behind = formatDuration(Math.floor((newest - now) / MINUTE) * MINUTE);
  const found = `this machine's clock is behind: a key was made ${behind} after what it shows now`;
  const remedy = "let NTP keep it, before the daemon starts";
  return [well, { check: "clock", status: "problem", found, remedy }];
}

async function openAll(folder: string, names: readonly string[], kek: KeyObject): Promise<Opened> {
  let readable = 0;
  let unreadable = 0;
  let newest = 0;
  const ends: Timestamp[] = [];
  for (const name of names) {
    const file = await readIfThere(join(folder, name));
    if (file === undefined) continue;
    const key = decodeKeyFile(kek, name.slice(0, 16) as KeyId, file); // 16 hex digits, by KEY_FILE
    if (key.kind === "unreadable") unreadable += 1;
    if (key.kind !== "key") continue; // one that is torn was never used, and is set aside at the next start
    readable += 1;
    newest = Math.max(newest, key.key.createdAt);
    const end = expiryOf(key.key.descriptor);
    if (end !== undefined) ends.push(end);
  }
  return { readable, unreadable, newest, ends };
}

async function keyFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => KEY_FILE.test(name));
  } catch (error) {
    if (isNothing(error)) return [];
    throw error;
  }
}

/** A running daemon destroys keys whose time is over. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isNothing(error)) return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await readIfThere(path)) !== undefined;
}

/** There is no such file, or what should be its folder is none. */
function isNothing(error: unknown): boolean {
  return errno(error) === "ENOENT" || errno(error) === "ENOTDIR";
}
