import type { FamilyName } from "../families.ts";

/** A field of a hash, its value in base64. */
type Field = readonly [name: string, value: string];

/** A value of Redis, texts and octets in base64. */
export type Value =
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "hash"; readonly fields: readonly Field[] }
  | { readonly type: "set"; readonly members: readonly string[] }
  | { readonly type: "sorted-set"; readonly members: readonly (readonly [member: string, score: number])[] };

/** A person: what their own key seals is as it stands in Redis, and their key is beside it. */
export interface PersonRecord {
  readonly kind: "person";
  readonly id: string;
  /** Their data key and its id, in base64. */
  readonly key: { readonly id: string; readonly octets: string };
  readonly fields: readonly Field[];
  /** Fields that point to other persons, by a key that isn't here. */
  readonly pointers: readonly (readonly [field: string, person: string])[];
}

/** A conversation: what the keys of it and of its persons seal is as it stands in Redis. */
export interface ConversationBackup {
  readonly kind: "conversation";
  readonly id: string;
  readonly fields: readonly Field[];
  readonly seats: readonly (readonly [seat: string, person: string])[];
}

/**
 * A line of a backup: peppers first, persons before conversations, `end` last. Its layout is that of the schema version in the
 * backup's head, with what bucket keys seal opened, since those are in no backup.
 */
export type BackupRecord =
  | {
      readonly kind: "pepper";
      readonly lookup: "identity" | "suppression";
      readonly generation: number;
      readonly key: string;
    }
  /** How often the bridge was started: fences go on above it. */
  | { readonly kind: "boot"; readonly boot: number }
  | PersonRecord
  | ConversationBackup
  /** A key of another family, with the variable parts of its name. `until`: when it goes. */
  | {
      readonly kind: "key";
      readonly family: FamilyName;
      readonly name: readonly string[];
      readonly value: Value;
      readonly until?: number;
    }
  | ({ readonly kind: "end" } & BackupCounts);

/** What a backup holds. */
export interface BackupCounts {
  readonly persons: number;
  readonly conversations: number;
  readonly others: number;
  /** Persons and conversations that couldn't be opened, or were about to go. */
  readonly leftOut: number;
}

/** A record as a line. */
export function recordLine(record: BackupRecord): Buffer {
  return Buffer.from(`${JSON.stringify(record)}\n`);
}

/** The records in pieces of a backup's content. It was authenticated: what is in it was written by `recordLine`. */
export async function* recordsOf(content: AsyncIterable<Buffer>): AsyncGenerator<BackupRecord> {
  let waiting: Buffer[] = [];
  for await (const piece of content) {
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      const line = Buffer.concat([...waiting, piece.subarray(from, end)]);
      waiting = [];
      from = end + 1;
      yield JSON.parse(line.toString()) as BackupRecord; // authenticated
    }
    if (from < piece.length) waiting.push(piece.subarray(from));
  }
}
