import { createSecretKey, type KeyObject } from "node:crypto";
import { link, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Sensitive } from "../model/sensitive.ts";
import type { Random } from "../model/time.ts";
import { KekUnusable } from "./errors.ts";
import { hasKeys } from "./file-key-store.ts";
import { errno, syncFolder, writeNew } from "./files.ts";

const OCTETS = 32;
const BASE64 = /^[A-Za-z0-9+/]{43}=$/;
const EXPECTED = "expected base64 of 32 octets (as `openssl rand -base64 32` prints it)";

/** Where the key-encryption key comes from. */
type KekSource =
  /** A file with base64 of 32 octets. `create`: the config says that the file is ours, to be made at the first use. */
  | { readonly kind: "file"; readonly path: string; readonly create: boolean }
  /** From the environment or the config: base64 of 32 octets. */
  | { readonly kind: "value"; readonly value: Sensitive<string> };

interface KekOptions {
  readonly random: Random;
  /** The folder of the keys that it wraps: a new KEK is made only while that is empty. */
  readonly keyFolder: string;
}

/**
 * The key that wraps all data keys.
 * @throws KekUnusable when it is missing, of the wrong form, or its file can be read by others.
 */
export async function loadKek(source: KekSource, options: KekOptions): Promise<KeyObject> {
  if (source.kind === "value") return parseKek(source.value.expose(), "the key-encryption key");
  const there = await readKekFile(source.path);
  if (there !== undefined) return there;
  if (!source.create) {
    throw new KekUnusable(`found no key-encryption key in ${source.path}; ${EXPECTED}: mount the file`);
  }
  if (await hasKeys(options.keyFolder)) {
    throw new KekUnusable(
      `found no key-encryption key in ${source.path}, but keys in ${options.keyFolder} that another one wraps: put it back (no new one was made)`,
    );
  }
  await createKekFile(source.path, options.random);
  const made = await readKekFile(source.path);
  if (made === undefined)
    throw new KekUnusable(`the new key-encryption key in ${source.path} vanished: look at the disk`);
  return made;
}

async function readKekFile(path: string): Promise<KeyObject | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, "r");
  } catch (error) {
    if (errno(error) === "ENOENT") return undefined;
    const code = errno(error) ?? "an error";
    throw new KekUnusable(`the key-encryption key in ${path} can't be read (${code})`, { cause: error });
  }
  try {
    const { mode } = await file.stat();
    if ((mode & 0o077) !== 0) {
      throw new KekUnusable(
        `the key-encryption key in ${path} has mode ${(mode & 0o777).toString(8)}, so others can read it; expected 600 or 400: run chmod 600 on it`,
      );
    }
    return parseKek(await file.readFile("latin1"), path);
  } finally {
    await file.close();
  }
}

/** Never half made: written and synced under another name, then linked, which fails when the file came meanwhile. */
async function createKekFile(path: string, random: Random): Promise<void> {
  const draft = `${path}.${random.bytes(4).toString("hex")}.draft`;
  const octets = random.bytes(OCTETS);
  try {
    await writeNew(draft, Buffer.from(`${octets.toString("base64")}\n`));
    await link(draft, path);
    await syncFolder(dirname(path));
  } catch (error) {
    if (errno(error) === "EEXIST") return;
    throw new KekUnusable(`no key-encryption key can be made in ${path} (${errno(error) ?? "an error"})`, {
      cause: error,
    });
  } finally {
    octets.fill(0);
    await unlink(draft).catch(() => undefined);
  }
}

function parseKek(text: string, where: string): KeyObject {
  const trimmed = text.trim();
  const octets = Buffer.from(trimmed, "base64");
  if (!BASE64.test(trimmed) || octets.length !== OCTETS) {
    throw new KekUnusable(`found ${trimmed.length} characters in ${where}; ${EXPECTED}`);
  }
  const key = createSecretKey(octets);
  octets.fill(0);
  return key;
}
