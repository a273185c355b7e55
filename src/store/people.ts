import type { Address } from "../model/address.ts";
import type { ConversationId, IdentityId, NetworkName, PersonId, SeatId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";
import { UnknownKey } from "../privacy/errors.ts";
import { createPersonKey, openPersonKey } from "../privacy/person-keys.ts";
import { nameUnder, only, open, type SealKey, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import { StoreAway } from "./redis/errors.ts";
import { text } from "./reply.ts";
import type { Store } from "./store.ts";

/** A person as far as the house must know: an opaque id and the key of their records. */
export interface PersonHandle {
  readonly id: PersonId;
  readonly key: SealKey;
  /** The person's id sealed by the bucket key that wraps their own: how a conversation points to them. Never the same twice. */
  readonly pointer: Buffer;
}

/** An address that a person has proved to own. */
interface Identity {
  readonly id: IdentityId;
  readonly network: NetworkName;
  readonly address: Sensitive<Address>;
  readonly verifiedAt: Timestamp;
}

/** The persons and their identities: `{p:<person>}` holds the records, `{x:<lookup>}` finds them by address. */
export class People {
  readonly #store: Store;
  /** Data keys of persons that were opened, by id. */
  readonly #open = new Map<PersonId, PersonHandle>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** Who owns an address; a new person with this one identity when nobody does. Safe to repeat after a crash. */
  async findOrCreate(network: NetworkName, address: Sensitive<Address>): Promise<PersonHandle> {
    const { connection, vault } = this.#store;
    const found = await this.find(network, address);
    if (found !== undefined) return found;
    const person = vault.newId() as PersonId; // a new random id
    const identity = vault.newId() as IdentityId; // a new random id
    const { wrapped, key } = await createPersonKey(vault.keyring, vault.random, person);
    const plain = JSON.stringify({ network, address: address.expose(), verifiedAt: vault.clock.now() });
    const record = JSON.stringify({ createdAt: vault.clock.now() });
    await connection.command(
      "HSET",
      keys.person(person),
      "k",
      wrapped,
      "d",
      seal(key, vault.random, "person", person, record),
      `i:${identity}`,
      seal(key, vault.random, "identity", identity, plain),
    );
    const claimed = await connection.command(
      "SET",
      this.#lookup(network, address),
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
    const entry = text(await this.#store.connection.command("GET", this.#lookup(network, address)));
    const person = entry?.split(":")[0];
    return person === undefined ? undefined : this.byId(person as PersonId); // written by findOrCreate
  }

  /** A person's key. Undefined when there is no such person (any more). @throws UnknownKey when they were forgotten. */
  async byId(person: PersonId): Promise<PersonHandle | undefined> {
    const known = this.#open.get(person);
    if (known !== undefined) return known;
    const wrapped = await this.#store.connection.command("HGET", keys.person(person), "k");
    return Buffer.isBuffer(wrapped) ? this.#handle(person, wrapped) : undefined;
  }

  /**
   * The person behind a pointer that `PersonHandle.pointer` made. `from`: what points there, for the error.
   * @throws UnknownKey when they were forgotten.
   */
  async behind(pointer: Buffer, from: string): Promise<PersonHandle | undefined> {
    const { vault } = this.#store;
    try {
      return await this.byId(vault.open("person-pointer", "", pointer).toString() as PersonId); // written by #handle
    } catch (cause) {
      if (cause instanceof StoreAway || cause instanceof UnknownKey) throw cause;
      throw new Error(`${from} points to a person who can't be opened`, { cause });
    }
  }

  /** Notes under a person that they sit in a conversation, under a name that says nothing to others. May be repeated. */
  async join(person: PersonHandle, conversation: ConversationId, seat: SeatId): Promise<void> {
    const { connection, vault } = this.#store;
    const field = `c:${nameUnder(person.key, conversation)}`;
    const note = seal(person.key, vault.random, "seat", field, JSON.stringify([conversation, seat]));
    await connection.command("HSET", keys.person(person.id), field, note);
  }

  /** A person's identities, for reports and for forgetting. */
  async identities(person: PersonHandle): Promise<readonly Identity[]> {
    const fields = await this.#store.connection.command("HGETALL", keys.person(person.id));
    if (!Array.isArray(fields)) return [];
    const identities: Identity[] = [];
    for (let i = 0; i + 1 < fields.length; i += 2) {
      const name = text(fields[i] ?? null);
      const sealed = fields[i + 1];
      if (name?.startsWith("i:") && Buffer.isBuffer(sealed))
        identities.push(readIdentity(name.slice(2), sealed, person.key));
    }
    return identities;
  }

  #lookup(network: NetworkName, address: Sensitive<Address>): string {
    const { keyring } = this.#store.vault;
    return keys.identity(
      keyring.suppression(network, address.expose()),
      keyring.identity(network, address.expose()),
    );
  }

  #handle(person: PersonId, wrapped: Buffer): PersonHandle {
    const { vault } = this.#store;
    const bucket = vault.keyring.resolve(wrapped.subarray(1, 9));
    const key = openPersonKey(vault.keyring, person, wrapped);
    if (bucket === undefined)
      throw new Error("a person's bucket key is gone although it just opened their key");
    const handle: PersonHandle = {
      id: person,
      key,
      // Sealed anew each time: equal pointers would show that two conversations are with the same person.
      get pointer() {
        return seal(bucket, vault.random, "person-pointer", "", person);
      },
    };
    this.#open.set(person, handle);
    return handle;
  }
}

function readIdentity(id: string, sealed: Buffer, key: SealKey): Identity {
  const plain: unknown = JSON.parse(open(only(key), "identity", id, sealed).toString());
  const { network, address, verifiedAt } = plain as {
    network: NetworkName;
    address: string;
    verifiedAt: number;
  }; // authenticated: we wrote it
  return { id: id as IdentityId, network, address: new Sensitive(address), verifiedAt };
}
