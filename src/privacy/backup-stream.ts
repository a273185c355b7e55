import { createCipheriv, createDecipheriv, createHash, type KeyObject } from "node:crypto";
import type { Timestamp } from "../model/time.ts";
import { backupKeyName, fileKey, newFileKey, type OpeningKey, type SealingKey } from "./backup-key.ts";

// A backup file: "FBB1" | length of the head(4) | head in JSON | chunks. A chunk: up to 64 KiB of content under the file's own
// key (AES-256-GCM) | tag(16). Nonce: the chunk's number(11 octets) | 1 for the last one, else 0; AAD: SHA-256 of all before the
// first chunk. So a chunk fits in its own place alone, and a file that lacks its end has no last chunk. All but the last are full.
const MAGIC = Buffer.from("FBB1");
const LENGTH_OCTETS = 4;
const LONGEST_HEAD = 4_096;
const CHUNK = 64 * 1_024;
const TAG = 16;
const ALGORITHM = "aes-256-gcm";

/** What stands in clear at the beginning: authenticated, and nothing of anybody. Times are ms since 1970. */
export interface BackupHead {
  /** Of the bridge that wrote it. */
  readonly version: string;
  readonly schema: number;
  readonly created: Timestamp;
  /** From then on nothing takes it. */
  readonly expires: Timestamp;
  /** The journal that goes on where the backup ends. */
  readonly journal: string;
  /** Where in it; undefined in backups of before there were marks. */
  readonly mark?: string;
}

/** A file isn't a backup that can be taken. The message is for the operator. */
export class BackupUnusable extends Error {
  override readonly name = "BackupUnusable";
  /** `altered`: also cut in a place that isn't its end. */
  readonly why: "no-backup" | "newer" | "other-key" | "truncated" | "altered" | "expired" | "from-the-future";

  constructor(why: BackupUnusable["why"], message: string) {
    super(message);
    this.why = why;
  }
}

/** Seals a backup: `content` in pieces of any size gives the file in pieces. */
export async function* sealBackup(
  sealing: SealingKey,
  head: BackupHead,
  content: AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  const { key, ephemeral } = newFileKey(sealing);
  const named = { ...head, key: backupKeyName(sealing), ephemeral: ephemeral.toString("base64url") };
  const json = Buffer.from(JSON.stringify(named));
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUInt32BE(json.length);
  const start = Buffer.concat([MAGIC, length, json]);
  yield start;
  const context = createHash("sha256").update(start).digest();
  let waiting: Buffer[] = [];
  let octets = 0;
  let number = 0;
  for await (const piece of content) {
    waiting.push(piece);
    octets += piece.length;
    if (octets <= CHUNK) continue; // a full chunk waits until it is known whether it is the last
    let all = Buffer.concat(waiting);
    for (; all.length > CHUNK; all = all.subarray(CHUNK))
      yield sealChunk(key, context, number++, false, all.subarray(0, CHUNK));
    waiting = [all];
    octets = all.length;
  }
  yield sealChunk(key, context, number, true, Buffer.concat(waiting));
}

/** A backup that is being read. */
interface OpenBackup {
  readonly head: BackupHead;
  /** What was sealed, in pieces; only when it has ended, all of it is known to be there. @throws BackupUnusable */
  readonly content: AsyncIterable<Buffer>;
}

/** Reads a backup from the pieces of its file. @throws BackupUnusable, also while its content is read. */
export async function openBackup(opening: OpeningKey, file: AsyncIterable<Buffer>): Promise<OpenBackup> {
  const source = new Source(file);
  const fixed = await source.take(MAGIC.length + LENGTH_OCTETS);
  const length = fixed.length === MAGIC.length + LENGTH_OCTETS ? fixed.readUInt32BE(MAGIC.length) : 0;
  if (fixed.subarray(0, 3).equals(MAGIC.subarray(0, 3)) && !fixed.subarray(0, 4).equals(MAGIC))
    throw new BackupUnusable(
      "newer",
      "another version of Footbridge wrote this backup: restore it with that",
    );
  if (!fixed.subarray(0, 4).equals(MAGIC) || length > LONGEST_HEAD)
    throw new BackupUnusable("no-backup", "this file is no backup of Footbridge: give one that it made");
  const json = await source.take(length);
  if (length === 0 || json.length < length) throw truncated();
  const named = parseHead(json);
  if (named === undefined) throw altered();
  const { key: name, ephemeral, ...head } = named;
  if (name !== backupKeyName(opening.sealing))
    throw new BackupUnusable(
      "other-key",
      `this backup was sealed for the key ${/^[A-Za-z0-9_-]{1,16}$/.test(name) ? name : "of another name"}, the one given is ${backupKeyName(opening.sealing)}: give the opening half of that key`,
    );
  const key = fileKey(opening, Buffer.from(ephemeral, "base64url"));
  if (key === undefined) throw altered();
  const context = createHash("sha256").update(fixed).update(json).digest();
  return { head, content: openChunks(key, context, source) };
}

async function* openChunks(key: KeyObject, context: Buffer, source: Source): AsyncGenerator<Buffer> {
  for (let number = 0; ; number++) {
    const chunk = await source.take(CHUNK + TAG);
    const isLast = await source.isAtEnd();
    const plain = openChunk(key, context, number, isLast, chunk);
    if (plain !== undefined) {
      yield plain;
      if (isLast) return;
    } else if (isLast && openChunk(key, context, number, false, chunk) !== undefined) throw truncated();
    else throw isLast && chunk.length < CHUNK + TAG ? truncatedOrAltered() : altered();
  }
}

function sealChunk(key: KeyObject, context: Buffer, number: number, isLast: boolean, plain: Buffer): Buffer {
  const cipher = createCipheriv(ALGORITHM, key, nonceOf(number, isLast), { authTagLength: TAG });
  cipher.setAAD(context);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function openChunk(
  key: KeyObject,
  context: Buffer,
  number: number,
  isLast: boolean,
  chunk: Buffer,
): Buffer | undefined {
  if (chunk.length < TAG) return undefined;
  const end = chunk.length - TAG;
  const decipher = createDecipheriv(ALGORITHM, key, nonceOf(number, isLast), { authTagLength: TAG });
  decipher.setAAD(context);
  decipher.setAuthTag(chunk.subarray(end));
  const plain = decipher.update(chunk.subarray(0, end));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return undefined;
  }
}

function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(number, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Known to be authentic only once a chunk was opened: the types are looked at before anything is made of them. */
function parseHead(json: Buffer): (BackupHead & { key: string; ephemeral: string }) | undefined {
  let head: unknown;
  try {
    head = JSON.parse(json.toString());
  } catch {
    return undefined;
  }
  if (typeof head !== "object" || head === null) return undefined;
  const { version, schema, created, expires, journal, key, ephemeral } = head as Record<string, unknown>;
  const { mark } = head as Record<string, unknown>;
  const isWhole =
    (mark === undefined || typeof mark === "string") &&
    [version, journal, key, ephemeral].every((each) => typeof each === "string") &&
    [schema, created, expires].every((each) => Number.isSafeInteger(each));
  // The types were just looked at.
  return isWhole ? (head as BackupHead & { key: string; ephemeral: string }) : undefined;
}

function truncated(): BackupUnusable {
  return new BackupUnusable("truncated", "this backup lacks its end: take another one, nothing was restored");
}

function altered(): BackupUnusable {
  return new BackupUnusable(
    "altered",
    "this backup isn't as it was written, it was altered or damaged: take another one, nothing was restored",
  );
}

function truncatedOrAltered(): BackupUnusable {
  return new BackupUnusable(
    "truncated",
    "this backup lacks its end, or its end was altered: take another one, nothing was restored",
  );
}

/** Pieces of any size, taken in pieces of a wanted size. */
class Source {
  readonly #pieces: AsyncIterator<Buffer>;
  #waiting: Buffer = Buffer.alloc(0);

  constructor(file: AsyncIterable<Buffer>) {
    this.#pieces = file[Symbol.asyncIterator]();
  }

  /** So many octets, fewer at the end. */
  async take(count: number): Promise<Buffer> {
    while (this.#waiting.length < count && (await this.#more()));
    const taken = this.#waiting.subarray(0, count);
    this.#waiting = this.#waiting.subarray(taken.length);
    return taken;
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#waiting.length === 0) if (!(await this.#more())) return true;
    return false;
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#pieces.next();
    if (done === true) return false;
    this.#waiting = this.#waiting.length === 0 ? value : Buffer.concat([this.#waiting, value]);
    return true;
  }
}
