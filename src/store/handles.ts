import {
  type FoundHandle,
  type Handle,
  type HandleCode,
  type HandleId,
  type HandleLabel,
  labelKey,
} from "../model/handle.ts";
import { DAY, type Milliseconds, type Random, type Timestamp } from "../model/time.ts";
import { UnknownKey } from "../privacy/errors.ts";
import { renewPointer } from "../privacy/person-keys.ts";
import { only, open, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { People, PersonHandle } from "./people.ts";
import { fields } from "./reply.ts";
import type { Store } from "./store.ts";

/** A person has no more handles than this at a time. */
export const MOST_HANDLES = 50;

/** So long an ended handle stays in its owner's list, unseen: who ends it again, after a crash, is told what they ended. */
const ENDED_STAYS: Milliseconds = DAY;

/** Codes are tried until one is free; of 2^50 so many in a row are never in use. */
const TRIES = 5;

/** What a new handle is to be. The same id again is the same handle. */
export type NewHandle = Omit<Handle, "code">;

type MadeHandle =
  | { readonly kind: "made"; readonly handle: Handle }
  /** Another live handle of theirs is called so. */
  | { readonly kind: "label-taken"; readonly handle: Handle }
  | { readonly kind: "too-many"; readonly most: number };

/** A handle in its owner's list. */
interface Entry extends Handle {
  readonly createdAt: Timestamp;
  readonly endedAt?: Timestamp;
}

interface List {
  /** Raised by each new handle. */
  readonly version: string;
  readonly entries: readonly Entry[];
}

/**
 * Handles. The owner's list, fields `h:<id>` of `{p:<person>}`, is the truth; `{h:<lookup>}` leads from a code to it, and what
 * it leads to counts only where the list agrees. So the list is written first, and whatever a crash leaves undone is done, or
 * harmless, when the list is read again.
 *
 * A lead is sealed by a key that comes from its code: without the code nothing shows whose it is, not even to whom two leads
 * go, as the ids of their keys would. In it stand the pointer to the owner and the handle's id, sealed by the owner's key.
 */
export class Handles {
  readonly #store: Store;
  readonly #people: People;
  readonly #newCode: (random: Random) => HandleCode;

  constructor(store: Store, people: People, newCode: (random: Random) => HandleCode) {
    this.#store = store;
    this.#people = people;
    this.#newCode = newCode;
  }

  /** Makes a handle. Safe to repeat after a crash, and when others make handles for the same person meanwhile. */
  async create(owner: PersonHandle, wanted: NewHandle): Promise<MadeHandle> {
    const { connection, scripts, vault } = this.#store;
    for (;;) {
      const { version, entries } = await this.#read(owner);
      const mine = entries.find(({ id }) => id === wanted.id);
      if (mine !== undefined) return { kind: "made", handle: await this.#publish(owner, mine) };
      const live = entries.filter(({ endedAt }) => endedAt === undefined);
      const same = live.find(isCalled(wanted.label));
      if (same !== undefined) return { kind: "label-taken", handle: handleOf(same) };
      if (live.length >= MOST_HANDLES) return { kind: "too-many", most: MOST_HANDLES };
      const code = this.#newCode(vault.random);
      const entry: Entry = { ...wanted, code, createdAt: vault.clock.now() };
      const args = [`h:${entry.id}`, this.#sealEntry(owner, entry), version];
      const reply = await connection.call(scripts.handle_put, [keys.person(owner.id)], args);
      if (reply === -1) throw new Error("a handle is made for a person who isn't there");
      if (reply === 1) return { kind: "made", handle: await this.#publish(owner, entry) };
    }
  }

  /** The handle that a code is of. Unknown, ended and expired ones, and those of a forgotten owner, are all undefined. */
  async find(code: HandleCode): Promise<FoundHandle | undefined> {
    const lead = await this.#lead(code);
    if (lead === undefined) return undefined;
    const { owner, id } = lead;
    const sealed = await this.#store.connection.command("HGET", keys.person(owner.id), `h:${id}`);
    if (!Buffer.isBuffer(sealed)) return undefined;
    const entry = readEntry(owner, id, sealed);
    if (entry.code !== code || entry.endedAt !== undefined || this.#isExpired(entry)) return undefined;
    return { ...handleOf(entry), owner: owner.id };
  }

  /**
   * Ends a handle at once; conversations that began with it go on. Undefined when they have none of this id or label. One that
   * was just ended is given again, so that ending can be repeated.
   */
  async revoke(
    owner: PersonHandle,
    which: { readonly id: HandleId } | { readonly label: HandleLabel },
  ): Promise<Handle | undefined> {
    const { entries } = await this.#read(owner);
    const isMeant = "id" in which ? ({ id }: Entry) => id === which.id : isCalled(which.label);
    const meant = entries.filter(isMeant);
    const entry = meant.find(({ endedAt }) => endedAt === undefined) ?? meant.at(-1);
    if (entry === undefined) return undefined;
    await this.#store.journal.note({ kind: "revoked", handle: entry.id });
    if (entry.endedAt === undefined)
      await this.#change(owner, { ...entry, endedAt: this.#store.vault.clock.now() });
    await this.#unpublish(entry);
    return handleOf(entry);
  }

  /** A person's live handles, oldest first; what a crash left undone is done on the way. */
  async list(owner: PersonHandle): Promise<readonly Handle[]> {
    const { entries } = await this.#read(owner);
    const live: Handle[] = [];
    for (const entry of entries) {
      if (entry.endedAt !== undefined) await this.#unpublish(entry);
      else live.push(await this.#publish(owner, entry));
    }
    return live;
  }

  /** Leads whose pointer a retired key sealed are sealed anew. Says whether there were any. May be repeated. @throws StoreAway */
  async repoint(owner: PersonHandle): Promise<boolean> {
    const { connection, vault } = this.#store;
    let found = false;
    for (const entry of (await this.#read(owner)).entries) {
      const lookup = vault.keyring.code("handle", entry.code);
      const lead = await this.#openLead(entry.code);
      if (lead === undefined || renewPointer(vault.keyring, vault.random, lead.pointer) === undefined)
        continue;
      found = true;
      await connection.command("SET", keys.handle(lookup), this.#sealLead(owner, entry), "XX", "KEEPTTL");
    }
    return found;
  }

  /** Drops all that there is of a person's handles, before the person is forgotten. */
  async forget(owner: PersonHandle): Promise<void> {
    const { entries } = await this.#read(owner);
    for (const entry of entries) await this.#drop(owner, entry);
  }

  /** The list, without what is over: that goes now. */
  async #read(owner: PersonHandle): Promise<List> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.person(owner.id)));
    const entries: Entry[] = [];
    for (const [field, sealed] of hash) {
      if (!field.startsWith("h:")) continue;
      const entry = readEntry(owner, field.slice(2) as HandleId, sealed); // written by create
      if (this.#isOver(entry)) await this.#drop(owner, entry);
      else entries.push(entry);
    }
    entries.sort((a, b) => a.createdAt - b.createdAt);
    return { version: hash.get("hv")?.toString() ?? "0", entries };
  }

  #isExpired({ expiresAt }: Entry): boolean {
    return expiresAt !== undefined && expiresAt <= this.#store.vault.clock.now();
  }

  #isOver(entry: Entry): boolean {
    const { endedAt } = entry;
    if (endedAt === undefined) return this.#isExpired(entry);
    return endedAt + ENDED_STAYS <= this.#store.vault.clock.now();
  }

  /** Makes the code lead to its handle; with another code when somebody has this one. */
  async #publish(owner: PersonHandle, first: Entry): Promise<Handle> {
    const { connection, vault } = this.#store;
    let entry = first;
    if (entry.endedAt !== undefined) return handleOf(entry);
    for (let i = 0; i < TRIES; i++) {
      const { code, expiresAt, id } = entry;
      const life = expiresAt === undefined ? [] : ["PX", Math.max(1, expiresAt - vault.clock.now())];
      const name = keys.handle(vault.keyring.code("handle", code));
      const set = await connection.command("SET", name, this.#sealLead(owner, entry), "NX", ...life);
      if (set !== null || (await this.#lead(code))?.id === id) return handleOf(entry);
      entry = { ...entry, code: this.#newCode(vault.random) };
      await this.#change(owner, entry);
    }
    throw new Error(`${TRIES} random handle codes in a row were in use: the source of randomness is broken`);
  }

  async #unpublish({ code, id }: Entry): Promise<void> {
    if ((await this.#lead(code))?.id !== id) return;
    await this.#store.connection.command("DEL", keys.handle(this.#store.vault.keyring.code("handle", code)));
  }

  async #change(owner: PersonHandle, entry: Entry): Promise<void> {
    const { connection, scripts } = this.#store;
    const args = [`h:${entry.id}`, this.#sealEntry(owner, entry), ""];
    await connection.call(scripts.handle_put, [keys.person(owner.id)], args);
  }

  async #drop(owner: PersonHandle, entry: Entry): Promise<void> {
    await this.#unpublish(entry);
    await this.#store.connection.command("HDEL", keys.person(owner.id), `h:${entry.id}`);
  }

  #sealEntry(owner: PersonHandle, { id, ...entry }: Entry): Buffer {
    return seal(owner.key, this.#store.vault.random, "handle", id, JSON.stringify(entry));
  }

  /** The owner's pointer behind its length, and the handle's id under the owner's key; all of it under the code's key. */
  #sealLead({ key, pointer }: PersonHandle, { code, id }: Entry): Buffer {
    const { keyring, random } = this.#store.vault;
    const lookup = keyring.code("handle", code);
    const plain = Buffer.concat([
      Buffer.from([pointer.length]),
      pointer,
      seal(key, random, "handle-id", lookup, id),
    ]);
    return seal(keyring.handleKey(code), random, "handle-lead", lookup, plain);
  }

  /** Where a code leads, whether or not the list agrees. */
  async #lead(code: HandleCode): Promise<{ owner: PersonHandle; id: HandleId } | undefined> {
    const lead = await this.#openLead(code);
    if (lead === undefined) return undefined;
    const { lookup, pointer, sealedId } = lead;
    try {
      const owner = await this.#people.behind(pointer, `handle ${lookup}`);
      if (owner === undefined) return undefined;
      const id = open(only(owner.key), "handle-id", lookup, sealedId).toString();
      return { owner, id: id as HandleId }; // written by #sealLead
    } catch (error) {
      if (error instanceof UnknownKey) return undefined; // the owner was forgotten
      throw error;
    }
  }

  /** What stands under a code, as `#sealLead` wrote it: the pointer to the owner, and what only their key opens. */
  async #openLead(code: HandleCode) {
    const { connection, vault } = this.#store;
    const lookup = vault.keyring.code("handle", code);
    const sealed = await connection.command("GET", keys.handle(lookup));
    if (!Buffer.isBuffer(sealed)) return undefined;
    const plain = open(only(vault.keyring.handleKey(code)), "handle-lead", lookup, sealed);
    const end = 1 + plain.readUInt8();
    return { lookup, pointer: plain.subarray(1, end), sealedId: plain.subarray(end) };
  }
}

function readEntry(owner: PersonHandle, id: HandleId, sealed: Buffer): Entry {
  const plain: unknown = JSON.parse(open(only(owner.key), "handle", id, sealed).toString());
  return { ...(plain as Omit<Entry, "id">), id }; // authenticated: we wrote it
}

function isCalled(label: string): (entry: Entry) => boolean {
  const key = labelKey(label);
  return (entry) => labelKey(entry.label) === key;
}

function handleOf({ createdAt: _createdAt, endedAt: _endedAt, ...handle }: Entry): Handle {
  return handle;
}
