import { createSecretKey, type KeyObject } from "node:crypto";
import { chmod, mkdir, open, readdir, readFile, rename, stat, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock, Random } from "../model/time.ts";
import type { Logger } from "../observe/log.ts";
import { createRandom } from "../observe/random.ts";
import { KeyStoreUnusable } from "./errors.ts";
import { errno, syncFolder, writeAll, writeNew } from "./files.ts";
import { decodeKeyFile, encodeKeyFile } from "./key-file.ts";
import type { KeyDescriptor, KeyId, KeyStore, StoredKey } from "./key-store.ts";

interface FileKeyStoreOptions {
  /** The folder, one file for each key; made 0700 when it isn't there. */
  readonly folder: string;
  /** Wraps each key; see kek.ts. */
  readonly kek: KeyObject;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: Random;
}

const KEY_OCTETS = 32;
const KEY_FILE = /^([0-9a-f]{16})\.key$/;
/** Names no key of the ring: sealed by the KEK at the first use of the folder, so that a wrong KEK is seen at once. */
const CHECK_ID = "0000000000000000" as KeyId; // the one fixed id; random ones are never all zero (see newId)

/**
 * Opens a folder of keys. One process at a time uses it: the state folder's lock sees to that.
 * @throws KeyStoreUnusable when the KEK isn't the one the folder was made with, a key is damaged, or the folder can't be used.
 */
export async function openFileKeyStore(options: FileKeyStoreOptions): Promise<KeyStore> {
  const { folder, kek, clock, log } = options;
  const random = options.random ?? createRandom();
  await makeFolder(folder, log);
  const keys = await readKeys(folder, kek, log);
  if (!keys.has(CHECK_ID)) {
    const note = { id: CHECK_ID, descriptor: CHECK, createdAt: clock.now() };
    await writeKey(folder, kek, random, note, random.bytes(KEY_OCTETS));
  }
  keys.delete(CHECK_ID);
  return new FileKeyStore(folder, kek, clock, random, keys);
}

/** Whether a folder holds keys: then a new KEK would be of no use. */
export async function hasKeys(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).some((name) => KEY_FILE.test(name));
  } catch (error) {
    if (errno(error) === "ENOENT") return false;
    throw error;
  }
}

const CHECK: KeyDescriptor = { purpose: "lookup", lookup: "identity", generation: -1 };

class FileKeyStore implements KeyStore {
  readonly #folder: string;
  readonly #kek: KeyObject;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #keys: Map<KeyId, StoredKey>;
  readonly #underWay = new Set<Promise<unknown>>();
  #closed = false;

  constructor(folder: string, kek: KeyObject, clock: Clock, random: Random, keys: Map<KeyId, StoredKey>) {
    this.#folder = folder;
    this.#kek = kek;
    this.#clock = clock;
    this.#random = random;
    this.#keys = keys;
  }

  list(): readonly StoredKey[] {
    return [...this.#keys.values()];
  }

  create(descriptor: KeyDescriptor): Promise<StoredKey> {
    return this.adopt(descriptor, this.#random.bytes(KEY_OCTETS));
  }

  adopt(descriptor: KeyDescriptor, octets: Buffer): Promise<StoredKey> {
    return this.#track(async () => {
      const note = { id: newId(this.#random), descriptor, createdAt: this.#clock.now() };
      const key = await writeKey(this.#folder, this.#kek, this.#random, note, Buffer.from(octets));
      this.#keys.set(key.id, key);
      return key;
    });
  }

  destroy(id: KeyId): Promise<void> {
    return this.#track(async () => {
      await eraseFile(join(this.#folder, `${id}.key`));
      await syncFolder(this.#folder);
      this.#keys.delete(id);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled([...this.#underWay]);
    this.#keys.clear();
  }

  async #track<T>(work: () => Promise<T>): Promise<T> {
    if (this.#closed)
      throw new KeyStoreUnusable("the key store is closed; nothing may be asked of it any more");
    const done = work();
    this.#underWay.add(done);
    try {
      return await done;
    } finally {
      this.#underWay.delete(done);
    }
  }
}

function newId(random: Random): KeyId {
  const id = random.bytes(8).toString("hex") as KeyId; // 16 hex digits
  return id === CHECK_ID ? newId(random) : id;
}

/** A key comes back only after its file and the folder's entry are on the disk. `octets` are blank then. */
async function writeKey(
  folder: string,
  kek: KeyObject,
  random: Random,
  note: Omit<StoredKey, "key">,
  octets: Buffer,
): Promise<StoredKey> {
  const path = join(folder, `${note.id}.key`);
  try {
    await writeNew(path, encodeKeyFile(kek, random, note, octets));
    await syncFolder(folder);
    return { ...note, key: createSecretKey(octets) };
  } catch (error) {
    // What was begun is no key: gone now if the disk lets us, else seen as torn or unused at the next start.
    if (errno(error) !== "EEXIST") await unlink(path).catch(() => undefined);
    throw error;
  } finally {
    octets.fill(0);
  }
}

/** Overwrites, syncs, unlinks. A crash in between leaves a blank file, which the next start removes. */
async function eraseFile(path: string): Promise<void> {
  try {
    const file = await open(path, "r+");
    try {
      await writeAll(file, Buffer.alloc((await file.stat()).size));
      await file.sync();
    } finally {
      await file.close();
    }
    await unlink(path);
  } catch (error) {
    if (errno(error) !== "ENOENT") throw error;
  }
}

async function makeFolder(folder: string, log: Logger): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) {
    await syncFolder(dirname(made));
    return;
  }
  const { mode } = await stat(folder);
  if ((mode & 0o077) === 0) return;
  try {
    await chmod(folder, 0o700);
    log.warn("keys.folder.closed", { reason: "was-open-to-others" });
  } catch (error) {
    throw new KeyStoreUnusable(
      `the key folder ${folder} has mode ${(mode & 0o777).toString(8)}, expected 700: run chmod 700 on it`,
      { cause: error },
    );
  }
}

async function readKeys(folder: string, kek: KeyObject, log: Logger): Promise<Map<KeyId, StoredKey>> {
  const keys = new Map<KeyId, StoredKey>();
  const torn: string[] = [];
  const unreadable: string[] = [];
  for (const name of await readdir(folder)) {
    const id = KEY_FILE.exec(name)?.[1] as KeyId | undefined; // 16 hex digits
    if (id === undefined) continue;
    const file = decodeKeyFile(kek, id, await readFile(join(folder, name)));
    if (file.kind === "key") keys.set(id, file.key);
    else if (file.kind === "torn") torn.push(name);
    else unreadable.push(name);
  }
  refuseUnreadable(folder, keys.size, unreadable);
  for (const name of torn) await rename(join(folder, name), join(folder, `${name}.torn`));
  if (torn.length > 0) {
    await syncFolder(folder);
    log.warn("keys.torn.set-aside", { count: torn.length });
  }
  return keys;
}

function refuseUnreadable(folder: string, readable: number, unreadable: readonly string[]): void {
  const [first] = unreadable;
  if (first === undefined) return;
  if (readable === 0) {
    throw new KeyStoreUnusable(
      `the key-encryption key doesn't open the keys in ${folder}: give the one they were made with (no new keys were made)`,
    );
  }
  throw new KeyStoreUnusable(
    `${unreadable.length} of the keys in ${folder} are damaged, the first is ${first}: restore them from a backup, or move them away and lose what they seal`,
  );
}
