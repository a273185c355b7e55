import type { KeyObject } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Finding } from "../adapter/check.ts";
import { type Config, formatDuration } from "../config/index.ts";
import { type Clock, MINUTE, type Timestamp } from "../model/time.ts";
import { createRandom } from "../observe/random.ts";
import { KekUnusable } from "../privacy/errors.ts";
import { errno } from "../privacy/files.ts";
import { loadKek } from "../privacy/kek.ts";
import { decodeKeyFile } from "../privacy/key-file.ts";
import type { KeyId } from "../privacy/key-store.ts";

/** A clock that is behind by more than this was put back. */
const BEHIND = 5 * MINUTE;
const KEY_FILE = /^([0-9a-f]{16})\.key$/;

/** Whether the key-encryption key is there and opens the keys; and whether one of them is of a time that is still to come. */
export async function checkKeys({ state, keys }: Config, clock: Clock): Promise<readonly Finding[]> {
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
  return findingsOf(await openAll(folder, names, kek), clock.now());
}

interface Opened {
  readonly readable: number;
  readonly unreadable: number;
  /** When the newest of them was made. */
  readonly newest: Timestamp;
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
        : "bring them back from a copy of this disk, or move them away and lose what they seal";
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
  for (const name of names) {
    const file = await readIfThere(join(folder, name));
    if (file === undefined) continue;
    const key = decodeKeyFile(kek, name.slice(0, 16) as KeyId, file); // 16 hex digits, by KEY_FILE
    if (key.kind === "unreadable") unreadable += 1;
    if (key.kind !== "key") continue; // one that is torn was never used, and is set aside at the next start
    readable += 1;
    newest = Math.max(newest, key.key.createdAt);
  }
  return { readable, unreadable, newest };
}

async function keyFiles(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => KEY_FILE.test(name));
  } catch (error) {
    if (errno(error) === "ENOENT") return [];
    throw error;
  }
}

/** A running daemon destroys keys whose time is over. */
async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await readIfThere(path)) !== undefined;
}
