import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from "node:crypto";
import type { AccountId } from "../model/ids.ts";
import type { Random, Timestamp } from "../model/time.ts";
import type { KeyDescriptor, KeyId, LookupName, StoredKey, TtlClass } from "./key-store.ts";

// A key file: "FBK" | version(1) | length of all(2) | id(8) | iv(12) | ciphertext | tag(16).
// The ciphertext: length of the JSON(2) | JSON {descriptor, createdAt} | key(32), under the KEK, AES-256-GCM,
// AAD = version | id. What a key is for is sealed too: an account's name is nobody's business.
const MAGIC = Buffer.from("FBK");
const VERSION = 1;
const VERSION_AT = 3;
const LENGTH_AT = 4;
const ID_AT = 6;
const IV_AT = 14;
const TEXT_AT = 26;
const TAG = 16;
const KEY_OCTETS = 32;
const ALGORITHM = "aes-256-gcm";

/**
 * What a key file turned out to be. `torn`: its writing was cut short by a crash (or its erasing was), so it was never used
 * or isn't any more. `unreadable`: whole, but not what was written under this KEK.
 */
type KeyFile =
  | { readonly kind: "key"; readonly key: StoredKey }
  | { readonly kind: "torn" }
  | { readonly kind: "unreadable" };

/** Wraps a key for its file. `octets` is the key itself, 32 octets. */
export function encodeKeyFile(
  kek: KeyObject,
  random: Random,
  key: Omit<StoredKey, "key">,
  octets: Buffer,
): Buffer {
  const json = Buffer.from(JSON.stringify({ descriptor: key.descriptor, createdAt: key.createdAt }));
  const length = Buffer.alloc(2);
  length.writeUInt16BE(json.length);
  const plain = Buffer.concat([length, json, octets]);
  const head = Buffer.alloc(IV_AT);
  MAGIC.copy(head);
  head[VERSION_AT] = VERSION;
  head.writeUInt16BE(TEXT_AT + plain.length + TAG, LENGTH_AT);
  head.write(key.id, ID_AT, "hex");
  const iv = random.bytes(TEXT_AT - IV_AT);
  const cipher = createCipheriv(ALGORITHM, kek, iv, { authTagLength: TAG });
  cipher.setAAD(context(head));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  return Buffer.concat([head, iv, text, cipher.getAuthTag()]);
}

/** Reads a key file. `id` is the one in its name. */
export function decodeKeyFile(kek: KeyObject, id: KeyId, file: Buffer): KeyFile {
  if (isTorn(file)) return { kind: "torn" };
  const plain = unwrap(kek, id, file);
  if (plain === undefined) return { kind: "unreadable" };
  const end = plain.length - KEY_OCTETS;
  const note = parseNote(plain.subarray(2, end).toString());
  const key = createSecretKey(plain.subarray(end));
  plain.fill(0);
  return note === undefined ? { kind: "unreadable" } : { kind: "key", key: { id, key, ...note } };
}

/**
 * Cut short, or blank from some point on: what a crash leaves while a file is written or overwritten with zeros. A whole file
 * ends in a tag that isn't zero but once in 2^128.
 */
function isTorn(file: Buffer): boolean {
  if (file.length < TEXT_AT + TAG) return true;
  if (file.subarray(0, ID_AT).every((octet) => octet === 0)) return true;
  if (!file.subarray(0, VERSION_AT).equals(MAGIC)) return false;
  return file.length < file.readUInt16BE(LENGTH_AT) || file.subarray(-TAG).every((octet) => octet === 0);
}

function unwrap(kek: KeyObject, id: KeyId, file: Buffer): Buffer | undefined {
  const sound =
    file.subarray(0, VERSION_AT).equals(MAGIC) &&
    file[VERSION_AT] === VERSION &&
    file.readUInt16BE(LENGTH_AT) === file.length &&
    file.toString("hex", ID_AT, IV_AT) === id;
  if (!sound) return undefined;
  const end = file.length - TAG;
  const decipher = createDecipheriv(ALGORITHM, kek, file.subarray(IV_AT, TEXT_AT), { authTagLength: TAG });
  decipher.setAAD(context(file));
  decipher.setAuthTag(file.subarray(end));
  const plain = decipher.update(file.subarray(TEXT_AT, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return plain.length > 2 + KEY_OCTETS && plain.readUInt16BE() === plain.length - 2 - KEY_OCTETS
    ? plain
    : undefined;
}

/** Version | id. */
function context(file: Buffer): Buffer {
  return Buffer.concat([file.subarray(VERSION_AT, LENGTH_AT), file.subarray(ID_AT, IV_AT)]);
}

/** The JSON was authenticated, so it is ours; a later version's purpose is unknown all the same. */
function parseNote(json: string): { descriptor: KeyDescriptor; createdAt: Timestamp } | undefined {
  const note: unknown = JSON.parse(json);
  if (!isRecord(note) || typeof note.createdAt !== "number") return undefined;
  const descriptor = parseDescriptor(note.descriptor);
  return descriptor === undefined ? undefined : { descriptor, createdAt: note.createdAt };
}

const CLASSES: readonly string[] = ["24h", "7d", "30d"] satisfies TtlClass[];
const LOOKUPS: readonly string[] = ["identity", "suppression", "event", "map"] satisfies LookupName[];

function parseDescriptor(value: unknown): KeyDescriptor | undefined {
  if (!isRecord(value)) return undefined;
  const { purpose, bucket, generation, class: ttl, period, lookup, account } = value;
  if (purpose === "bucket" && typeof bucket === "number" && typeof generation === "number") {
    return { purpose, bucket, generation };
  }
  if (purpose === "epoch" && typeof ttl === "string" && CLASSES.includes(ttl) && typeof period === "number") {
    return { purpose, class: ttl as TtlClass, period }; // one of the list
  }
  if (purpose === "lookup" && typeof lookup === "string" && LOOKUPS.includes(lookup)) {
    // one of the list
    return typeof generation === "number" ? { purpose, lookup: lookup as LookupName, generation } : undefined;
  }
  // It was an AccountId when it was written, and authenticated since.
  if (purpose === "account" && typeof account === "string") return { purpose, account: account as AccountId };
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
