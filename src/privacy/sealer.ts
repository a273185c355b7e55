import {
  type CipherGCMOptions,
  createCipheriv,
  createDecipheriv,
  createHmac,
  type KeyObject,
} from "node:crypto";
import type { Random } from "../model/time.ts";
import { Tampered, UnknownKey } from "./errors.ts";
import type { RecordType } from "./record-types.ts";

/** A key that seals, with the id that stands in what it sealed. */
export interface SealKey {
  /** Eight octets, random. */
  readonly id: Buffer;
  readonly key: KeyObject;
}

/** Finds a key by the id in a sealed record; undefined when it is gone. */
export type ResolveKey = (id: Buffer) => SealKey | undefined;

// The layout: version(1) | key id(8) | iv(12) | ciphertext | tag(16). AES-256-GCM, NIST SP 800-38D.
const VERSION = 1;
const ID_AT = 1;
const IV_AT = 9;
const TEXT_AT = 21;
const TAG = 16;
const ID_OCTETS = IV_AT - ID_AT;
const IV_OCTETS = TEXT_AT - IV_AT;
const ALGORITHM = "aes-256-gcm";
/** Without it Node would take a tag of 4 octets. */
const OPTIONS: CipherGCMOptions = { authTagLength: TAG };

/** How many octets a sealed record has more than its content. */
export const SEAL_OVERHEAD = TEXT_AT + TAG;

/**
 * Seals a record under its type and name, so that it can't be read, altered, or put in another's place.
 * A string is taken as UTF-8. About 5 us for 256 octets.
 */
export function seal(
  key: SealKey,
  random: Random,
  type: RecordType,
  name: string,
  plain: Buffer | string,
): Buffer {
  const iv = random.bytes(IV_OCTETS);
  const cipher = createCipheriv(ALGORITHM, key.key, iv, OPTIONS);
  cipher.setAAD(context(type, name, key.id));
  const text = typeof plain === "string" ? cipher.update(plain, "utf8") : cipher.update(plain);
  cipher.final(); // GCM is a stream: nothing is left
  const sealed = Buffer.allocUnsafe(SEAL_OVERHEAD + text.length);
  sealed[0] = VERSION;
  sealed.set(key.id, ID_AT);
  sealed.set(iv, IV_AT);
  sealed.set(text, TEXT_AT);
  sealed.set(cipher.getAuthTag(), TEXT_AT + text.length);
  return sealed;
}

/**
 * Opens what `seal` made.
 * @throws UnknownKey when its key is gone: the record has expired.
 * @throws Tampered when it isn't what was sealed under this type and name.
 */
export function open(resolve: ResolveKey, type: RecordType, name: string, sealed: Buffer): Buffer {
  if (sealed.length < SEAL_OVERHEAD || sealed[0] !== VERSION) throw new Tampered(type);
  const id = sealed.subarray(ID_AT, IV_AT);
  const key = resolve(id);
  if (key === undefined) throw new UnknownKey(type);
  const end = sealed.length - TAG;
  const decipher = createDecipheriv(ALGORITHM, key.key, sealed.subarray(IV_AT, TEXT_AT), OPTIONS);
  decipher.setAAD(context(type, name, id));
  decipher.setAuthTag(sealed.subarray(end));
  const plain = decipher.update(sealed.subarray(TEXT_AT, end));
  try {
    decipher.final();
  } catch {
    plain.fill(0);
    throw new Tampered(type);
  }
  return plain;
}

/**
 * A sealed record whose key id is hidden, or shown again: equal ids in two places would show that the records belong together.
 * @param mask eight octets of this place alone
 */
export function masked(sealed: Buffer, mask: Buffer): Buffer {
  const other = Buffer.from(sealed);
  for (let i = 0; i < ID_OCTETS && ID_AT + i < other.length; i++) {
    other[ID_AT + i] = (sealed[ID_AT + i] ?? 0) ^ (mask[i] ?? 0);
  }
  return other;
}

/** The id of the key that sealed a record. */
export function sealedBy(sealed: Buffer): Buffer {
  return sealed.subarray(ID_AT, IV_AT);
}

/** A name that only this key's holder can make or recognise: HMAC-SHA256, 16 characters of base64url. */
export function nameUnder({ key }: SealKey, text: string): string {
  return createHmac("sha256", key).update(`name|${text}`).digest().subarray(0, 12).toString("base64url");
}

/** A resolver that knows one key: a person's, or a conversation's. */
export function only(key: SealKey): ResolveKey {
  return (id) => (key.id.equals(id) ? key : undefined);
}

/** Version | type length(1) | type | name length(4) | name | key id(8): no two records share one. */
function context(type: RecordType, name: string, id: Buffer): Buffer {
  const octets = Buffer.byteLength(name);
  const nameAt = 2 + type.length + 4;
  const aad = Buffer.allocUnsafe(nameAt + octets + ID_OCTETS);
  aad[0] = VERSION;
  aad[1] = type.length;
  aad.write(type, 2, "latin1");
  aad.writeUInt32BE(octets, 2 + type.length);
  aad.write(name, nameAt, "utf8");
  aad.set(id, nameAt + octets);
  return aad;
}
