import { createSecretKey } from "node:crypto";
import type { ConversationId, PersonId, SeatId } from "../model/ids.ts";
import type { Random } from "../model/time.ts";
import { Tampered } from "./errors.ts";
import { BUCKETS, type Keyring } from "./keyring.ts";
import type { RecordType } from "./record-types.ts";
import { only, open, type ResolveKey, type SealKey, seal, sealedBy } from "./sealer.ts";

const ID_OCTETS = 8;
const KEY_OCTETS = 32;

/** A person's new data key (`DEK_p`), and its wrapped form for Redis; the bucket whose key wraps it is drawn by lot. */
export async function createPersonKey(
  keyring: Keyring,
  random: Random,
  person: PersonId,
): Promise<{ wrapped: Buffer; key: SealKey }> {
  const key = newKey(random);
  return { wrapped: await adoptPersonKey(keyring, random, person, key), key };
}

/** A person's data key that comes from a backup, wrapped anew; the bucket is drawn by lot as for a new one. */
export async function adoptPersonKey(
  keyring: Keyring,
  random: Random,
  person: PersonId,
  key: SealKey,
): Promise<Buffer> {
  const bucket = await keyring.bucketKey(Math.floor(random.fraction() * BUCKETS));
  return wrap(bucket, random, "wrapped-dek", person, key);
}

/**
 * A person's data key wrapped by the newest key of its bucket; undefined when it is already.
 * @throws UnknownKey, Tampered as `openPersonKey`
 */
export function renewPersonKey(
  keyring: Keyring,
  random: Random,
  person: PersonId,
  wrapped: Buffer,
): Buffer | undefined {
  const [id, newest] = [sealedBy(wrapped), keyring.newestOf(sealedBy(wrapped))];
  if (newest === undefined || newest.id.equals(id)) return undefined;
  return wrap(newest, random, "wrapped-dek", person, openPersonKey(keyring, person, wrapped));
}

/** A pointer to a person (decision 001): their id, sealed by a key of the bucket that wraps their data key. */
export function sealPointer(bucketKey: SealKey, random: Random, person: PersonId): Buffer {
  return seal(bucketKey, random, "person-pointer", "", person);
}

/** Whom a pointer is to. @throws UnknownKey when they were forgotten */
export function openPointer(keyring: Keyring, pointer: Buffer): PersonId {
  const plain = open((id) => keyring.resolve(id), "person-pointer", "", pointer);
  return plain.toString() as PersonId; // authenticated: written by sealPointer
}

/** A pointer sealed by the newest key of its bucket; undefined when it is already. @throws UnknownKey as `openPointer` */
export function renewPointer(keyring: Keyring, random: Random, pointer: Buffer): Buffer | undefined {
  const [id, newest] = [sealedBy(pointer), keyring.newestOf(sealedBy(pointer))];
  if (newest === undefined || newest.id.equals(id)) return undefined;
  return sealPointer(newest, random, openPointer(keyring, pointer));
}

/**
 * A person's data key from its wrapped form.
 * @throws UnknownKey when the person was forgotten; Tampered when it is another's.
 */
export function openPersonKey(keyring: Keyring, person: PersonId, wrapped: Buffer): SealKey {
  return unwrap((id) => keyring.resolve(id), "wrapped-dek", person, wrapped);
}

/** A conversation's new key (`K_conv`). */
export function createConversationKey(random: Random): SealKey {
  return newKey(random);
}

/** A conversation's key for one seat, wrapped by the data key of the person who sits there. */
export function wrapConversationKey(
  dek: SealKey,
  random: Random,
  conversation: ConversationId,
  seat: SeatId,
  key: SealKey,
): Buffer {
  return wrap(dek, random, "wrapped-conversation-key", seatName(conversation, seat), key);
}

/** @throws UnknownKey when `dek` isn't what wrapped it; Tampered when it is of another seat or conversation. */
export function openConversationKey(
  dek: SealKey,
  conversation: ConversationId,
  seat: SeatId,
  wrapped: Buffer,
): SealKey {
  return unwrap(only(dek), "wrapped-conversation-key", seatName(conversation, seat), wrapped);
}

function seatName(conversation: ConversationId, seat: SeatId): string {
  return `${conversation.length}:${conversation}${seat}`;
}

function newKey(random: Random): SealKey {
  const octets = random.bytes(KEY_OCTETS);
  const key = createSecretKey(octets);
  octets.fill(0);
  return { id: Buffer.from(random.bytes(ID_OCTETS)), key };
}

/** The wrapped form holds the key's own id and the key: id(8) | key(32). */
function wrap(by: SealKey, random: Random, type: RecordType, name: string, key: SealKey): Buffer {
  const octets = key.key.export();
  const plain = Buffer.concat([key.id, octets]);
  const wrapped = seal(by, random, type, name, plain);
  octets.fill(0);
  plain.fill(0);
  return wrapped;
}

function unwrap(resolve: ResolveKey, type: RecordType, name: string, wrapped: Buffer): SealKey {
  const plain = open(resolve, type, name, wrapped);
  if (plain.length !== ID_OCTETS + KEY_OCTETS) throw new Tampered(type);
  const key = createSecretKey(plain.subarray(ID_OCTETS));
  plain.fill(0, ID_OCTETS);
  return { id: plain.subarray(0, ID_OCTETS), key };
}
