import type { PersonId } from "../model/ids.ts";
import { MINUTE, type Milliseconds } from "../model/time.ts";
import type { RetiredKey } from "../privacy/keyring.ts";
import { renewPersonKey, renewPointer } from "../privacy/person-keys.ts";
import { sealedBy } from "../privacy/sealer.ts";
import type { Conversations } from "./conversations.ts";
import type { Handles } from "./handles.ts";
import { keys } from "./keys.ts";
import type { People } from "./people.ts";
import { isSteady, scanKeys } from "./redis/scan.ts";
import type { Store } from "./store.ts";

/** How many keys Redis looks at in one go. */
const PAGE = 500;

/** Whatever was about to be written when a key was retired, and was sealed by it, stands in Redis after so long. */
const SETTLED: Milliseconds = MINUTE;

/** Of a person: their key, whom they became a part of, whom they came from. The latter two are pointers. */
const POINTERS = ["a", "o"] as const;

/** What renewing works on. */
interface RenewalParts {
  readonly store: Store;
  readonly people: People;
  readonly conversations: Conversations;
  readonly handles: Handles;
}

/**
 * Moves persons from a bucket's old key to its newest, so that the old one can be destroyed: then nothing of whoever was forgotten
 * can be read any more, in whatever copy of Redis' files (RECORDS.md, Keys). That a key is retired stands in the key store, so
 * a crash interrupts nothing for good. Who is there is found by looking at all persons: a list of them could miss one.
 */
export class BucketRenewal {
  readonly #parts: RenewalParts;

  constructor(parts: RenewalParts) {
    this.#parts = parts;
  }

  /** Renews what has to be, and destroys the keys that seal nothing any more. Says how many. @throws StoreAway */
  async run(): Promise<number> {
    const { keyring, clock } = this.#parts.store.vault;
    const retired = keyring.retired();
    if (retired.length === 0) return 0;
    const moved = new Map(retired.map(({ bucket }) => [bucket, 0]));
    // Whom a scan missed would lose everything.
    const isWhole = await isSteady(this.#parts.store.connection, () => this.#moveAll(moved));
    const isOver = ({ bucket, since }: RetiredKey): boolean =>
      isWhole && moved.get(bucket) === 0 && since + SETTLED <= clock.now();
    const over = retired.filter(isOver);
    for (const key of over) await keyring.destroyRetired(key);
    return over.length;
  }

  /** Counts for each bucket how much was found that its retired keys still seal. */
  async #moveAll(moved: Map<number, number>): Promise<void> {
    const match = keys.person("*" as PersonId); // matches the names of all persons
    for await (const names of scanKeys(this.#parts.store.connection, { match, page: PAGE }))
      for (const name of names) await this.#move(personIn(name.toString()), moved);
  }

  async #move(id: PersonId, moved: Map<number, number>): Promise<void> {
    const { connection, vault } = this.#parts.store;
    const reply = await connection.command("HMGET", keys.person(id), "k", "x", ...POINTERS);
    const [wrapped, isGoing, ...pointers] = Array.isArray(reply) ? reply : [];
    const count = (by: Buffer): void => {
      const bucket = vault.keyring.bucketOf(sealedBy(by));
      if (bucket !== undefined) moved.set(bucket, (moved.get(bucket) ?? 0) + 1);
    };
    for (const [i, pointer] of pointers.entries()) {
      if (!Buffer.isBuffer(pointer)) continue;
      const renewed = renewPointer(vault.keyring, vault.random, pointer);
      if (renewed === undefined) continue;
      count(pointer);
      await this.#swap(id, POINTERS[i] ?? "", pointer, renewed);
    }
    if (!Buffer.isBuffer(wrapped)) return;
    const bucket = vault.keyring.bucketOf(sealedBy(wrapped));
    if (bucket === undefined || !moved.has(bucket)) return;
    // Who is being forgotten keeps the key that goes; until they are gone it stays.
    if (isGoing !== null) return count(wrapped);
    if (await this.#movePointersTo(id)) count(wrapped);
    const renewed = renewPersonKey(vault.keyring, vault.random, id, wrapped);
    if (renewed === undefined) return;
    count(wrapped);
    await this.#swap(id, "k", wrapped, renewed);
  }

  /** What points to a person from elsewhere. Says whether a retired key sealed any of it. */
  async #movePointersTo(id: PersonId): Promise<boolean> {
    const { conversations, handles, people } = this.#parts;
    const person = (await people.own(id))?.handle;
    if (person === undefined) return false;
    let found = await handles.repoint(person);
    for (const { conversation } of await people.seats(person))
      found = (await conversations.repoint(conversation, id)) || found;
    return found;
  }

  async #swap(id: PersonId, field: string, before: Buffer, after: Buffer): Promise<void> {
    const { connection, scripts } = this.#parts.store;
    await connection.call(scripts.field_swap, [keys.person(id)], [field, before, after]);
  }
}

/** The person whose record has this name. */
function personIn(name: string): PersonId {
  return name.slice("{p:".length, name.indexOf("}")) as PersonId; // as keys.ts names them
}
