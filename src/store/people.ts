import type { Address } from "../model/address.ts";
import type { ConversationId, IdentityId, NetworkName, PersonId, SeatId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { Random, Timestamp } from "../model/time.ts";
import { UnknownKey } from "../privacy/errors.ts";
import { createPersonKey, openPersonKey, openPointer, sealPointer } from "../privacy/person-keys.ts";
import { nameUnder, only, open, type SealKey, seal, sealedBy } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import { StoreAway } from "./redis/errors.ts";
import type { SlotKey } from "./redis/slots.ts";
import { fields, text } from "./reply.ts";
import type { Store } from "./store.ts";

/** A person as far as the house must know: an opaque id and the key of their records. */
export interface PersonHandle {
  readonly id: PersonId;
  readonly key: SealKey;
  /** The person's id sealed by the bucket key that wraps their own: how a conversation points to them. Never the same twice. */
  readonly pointer: Buffer;
}

/** An address that a person has proved to own. */
export interface Identity {
  readonly id: IdentityId;
  readonly network: NetworkName;
  readonly address: Sensitive<Address>;
  /** Another form of it (a phone number beside an opaque id), which its owner recognises. Nobody is found by it. */
  readonly alias?: Sensitive<Address>;
  readonly verifiedAt: Timestamp;
}

/** A person who may have been linked with somebody else. */
export interface OwnPerson {
  readonly handle: PersonHandle;
  readonly movedTo?: PersonHandle;
}

/** Where a person sits. */
interface SeatNote {
  readonly conversation: ConversationId;
  readonly seat: SeatId;
}

/** The persons and their identities: `{p:<person>}` holds the records, `{x:<lookup>}` finds them by address. */
export class People {
  readonly #store: Store;
  /** Data keys of persons that were opened, by id. */
  readonly #open = new Map<PersonId, PersonHandle>();

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Who owns an address; a new person with this one identity when nobody does. Safe to repeat after a crash.
   * @param alias another form of it, kept with a new identity
   */
  async findOrCreate(
    network: NetworkName,
    address: Sensitive<Address>,
    alias?: Sensitive<Address>,
  ): Promise<PersonHandle> {
    const { connection, vault } = this.#store;
    const found = await this.find(network, address);
    if (found !== undefined) return found;
    const person = vault.newId() as PersonId; // a new random id
    const identity = vault.newId() as IdentityId; // a new random id
    const { wrapped, key } = await createPersonKey(vault.keyring, vault.random, person);
    const record = JSON.stringify({ createdAt: vault.clock.now() });
    const made = { id: identity, network, address, ...(alias && { alias }), verifiedAt: vault.clock.now() };
    await connection.command(
      "HSET",
      keys.person(person),
      "k",
      wrapped,
      "d",
      seal(key, vault.random, "person", person, record),
      `i:${identity}`,
      sealIdentity(made, key, vault.random),
    );
    const claimed = await connection.command(
      "SET",
      this.lookup(network, address),
      `${person}:${identity}`,
      "NX",
    );
    if (claimed !== null) return this.#handle(person, wrapped);
    await connection.command("DEL", keys.person(person)); // somebody else was first
    const owner = await this.find(network, address);
    if (owner === undefined)
      throw new Error("an address lost its owner while it was being looked up: start again");
    return owner;
  }

  /** Who owns an address. */
  async find(network: NetworkName, address: Sensitive<Address>): Promise<PersonHandle | undefined> {
    const entry = text(await this.#store.connection.command("GET", this.lookup(network, address)));
    const person = entry?.split(":")[0];
    return person === undefined ? undefined : this.byId(person as PersonId); // written by findOrCreate
  }

  /**
   * A person's key; of one who was linked with somebody else, theirs. Undefined when there is no such person (any more).
   * @throws UnknownKey when they were forgotten.
   */
  async byId(person: PersonId): Promise<PersonHandle | undefined> {
    const found = await this.own(person);
    return found?.movedTo ?? found?.handle;
  }

  /**
   * A person by their own key, and who they are now when they were linked with somebody else.
   * @throws UnknownKey when they were forgotten.
   */
  async own(person: PersonId): Promise<OwnPerson | undefined> {
    const reply = await this.#store.connection.command("HMGET", keys.person(person), "k", "a");
    const [wrapped, alias] = Array.isArray(reply) ? reply : [];
    if (!Buffer.isBuffer(wrapped)) return undefined;
    const handle = this.#open.get(person) ?? this.#handle(person, wrapped);
    if (!Buffer.isBuffer(alias)) return { handle };
    const movedTo = await this.behind(alias, "an alias");
    return movedTo === undefined ? undefined : { handle, movedTo };
  }

  /** A person whose key was opened before, without waiting. */
  opened(person: PersonId): PersonHandle | undefined {
    return this.#open.get(person);
  }

  /**
   * The person behind a pointer that `PersonHandle.pointer` made, as `byId`. `from`: what points there, for the error.
   * @throws UnknownKey when they were forgotten.
   */
  async behind(pointer: Buffer, from: string): Promise<PersonHandle | undefined> {
    const found = await this.ownBehind(pointer, from);
    return found?.movedTo ?? found?.handle;
  }

  /** As `behind`, by their own key. @throws UnknownKey when they were forgotten. */
  async ownBehind(pointer: Buffer, from: string): Promise<OwnPerson | undefined> {
    const { vault } = this.#store;
    try {
      return await this.own(openPointer(vault.keyring, pointer));
    } catch (cause) {
      if (cause instanceof StoreAway || cause instanceof UnknownKey) throw cause;
      throw new Error(`${from} points to a person who can't be opened`, { cause });
    }
  }

  /**
   * Notes under a person that they sit in a conversation, under a name that says nothing to others. May be repeated.
   * @throws when they were forgotten at this very moment
   */
  async join(person: PersonHandle, conversation: ConversationId, seat: SeatId): Promise<void> {
    const { connection, scripts, vault } = this.#store;
    const field = `c:${nameUnder(person.key, conversation)}`;
    const note = seal(person.key, vault.random, "seat", field, JSON.stringify([conversation, seat]));
    const joined = await connection.call(scripts.person_join, [keys.person(person.id)], [field, note]);
    if (joined !== 1) throw new Error("somebody gets a seat who was forgotten meanwhile: decide again");
  }

  /** Somebody was forgotten: their key is in memory no longer. */
  close(person: PersonId): void {
    this.#open.delete(person);
  }

  /** Where a person sits, by their own key. */
  async seats({ id, key }: PersonHandle): Promise<readonly SeatNote[]> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.person(id)));
    const notes = [...hash].filter(([field]) => field.startsWith("c:"));
    return notes.map(([field, sealed]) => {
      const plain: unknown = JSON.parse(open(only(key), "seat", field, sealed).toString());
      const [conversation, seat] = plain as [ConversationId, SeatId]; // authenticated: join wrote it
      return { conversation, seat };
    });
  }

  /** Forgets that a person sits in a conversation. May be repeated. */
  async part({ id, key }: PersonHandle, conversation: ConversationId): Promise<void> {
    await this.#store.connection.command("HDEL", keys.person(id), `c:${nameUnder(key, conversation)}`);
  }

  /** Since when a person is known here. */
  async since({ id, key }: PersonHandle): Promise<Timestamp> {
    const sealed = await this.#store.connection.command("HGET", keys.person(id), "d");
    if (!Buffer.isBuffer(sealed)) throw new Error("a person has no record of their own");
    const plain: unknown = JSON.parse(open(only(key), "person", id, sealed).toString());
    return (plain as { createdAt: Timestamp }).createdAt; // authenticated: written when they were made
  }

  /** A person's identities, for reports and for forgetting. */
  async identities(person: PersonHandle): Promise<readonly Identity[]> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.person(person.id)));
    const own = [...hash].filter(([field]) => field.startsWith("i:"));
    return own
      .map(([field, sealed]) => readIdentity(field.slice(2), sealed, person.key))
      .sort((one, other) => one.verifiedAt - other.verifiedAt || (one.id < other.id ? -1 : 1));
  }

  /** The key that says whose an address is. */
  lookup(network: NetworkName, address: Sensitive<Address>): SlotKey<"x"> {
    const { keyring } = this.#store.vault;
    return keys.identity(
      keyring.suppression(network, address.expose()),
      keyring.identity(network, address.expose()),
    );
  }

  #handle(person: PersonId, wrapped: Buffer): PersonHandle {
    const { vault } = this.#store;
    const bucketKey = sealedBy(wrapped);
    const key = openPersonKey(vault.keyring, person, wrapped);
    const handle: PersonHandle = {
      id: person,
      key,
      // Sealed anew each time: equal pointers would show that two conversations are with the same person. By the bucket's
      // newest key: what an older one sealed goes with it.
      get pointer() {
        const bucket = vault.keyring.newestOf(bucketKey);
        if (bucket === undefined)
          throw new Error("a person's bucket key is gone although it just opened their key");
        return sealPointer(bucket, vault.random, person);
      },
    };
    this.#open.set(person, handle);
    return handle;
  }
}

/** An identity for its person's record. */
export function sealIdentity(
  { id, network, address, alias, verifiedAt }: Identity,
  key: SealKey,
  random: Random,
): Buffer {
  const plain = JSON.stringify({ network, address: address.expose(), alias: alias?.expose(), verifiedAt });
  return seal(key, random, "identity", id, plain);
}

function readIdentity(id: string, sealed: Buffer, key: SealKey): Identity {
  const plain: unknown = JSON.parse(open(only(key), "identity", id, sealed).toString());
  const { network, address, alias, verifiedAt } = plain as {
    network: NetworkName;
    address: string;
    alias?: string;
    verifiedAt: number;
  }; // authenticated: we wrote it
  const also = alias === undefined ? {} : { alias: new Sensitive(alias) };
  return { id: id as IdentityId, network, address: new Sensitive(address), ...also, verifiedAt };
}
