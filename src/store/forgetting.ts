import type { Address } from "../model/address.ts";
import type { IdentityId, NetworkName, PersonId } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { createPersonKey } from "../privacy/person-keys.ts";
import { nameUnder, only, open, seal, sealedBy } from "../privacy/sealer.ts";
import type { Handles } from "./handles.ts";
import { keys } from "./keys.ts";
import { type People, type PersonHandle, sealIdentity } from "./people.ts";
import { fields, text } from "./reply.ts";
import type { Store } from "./store.ts";

/**
 * Takes a person out of Redis, and their bucket's key out of the ring: with the old key goes all that copies of Redis' files hold
 * of them. In this order: `begin`, then whatever is theirs elsewhere, `retireKeys`, `end`. Each step may be repeated.
 */
export class Forgetting {
  readonly #store: Store;
  readonly #people: People;
  readonly #handles: Handles;

  constructor(store: Store, people: People, handles: Handles) {
    this.#store = store;
    this.#people = people;
    this.#handles = handles;
  }

  /** From now on the person gets no seat, and becomes a part of nobody. @throws StoreAway */
  async begin(person: PersonHandle): Promise<void> {
    const { id } = person;
    // Before anything goes: nothing may fail afterwards that a restore could undo.
    for (const each of await this.#all(person))
      await this.#store.journal.note({ kind: "forgotten", person: each });
    await this.#store.connection.command("HSET", keys.person(id), "x", "1");
  }

  /** The others of their bucket get a new key; theirs stays wrapped by the old one. @throws StoreAway */
  async retireKeys(person: PersonHandle): Promise<void> {
    const { connection, vault } = this.#store;
    const all = await this.#all(person);
    for (const id of all) await connection.command("HSET", keys.person(id), "x", "1");
    for (const id of all) {
      const wrapped = await connection.command("HGET", keys.person(id), "k");
      const by = Buffer.isBuffer(wrapped) ? sealedBy(wrapped) : undefined;
      const bucket = by && vault.keyring.bucketOf(by);
      // One that has a newer key already was renewed before a crash.
      if (by !== undefined && bucket !== undefined && vault.keyring.newestOf(by)?.id.equals(by))
        await vault.keyring.renewBucket(bucket);
    }
  }

  /** A new person who has nothing of this one but an address; the same one when asked again. @throws StoreAway */
  async successor(
    person: PersonHandle,
    network: NetworkName,
    address: Sensitive<Address>,
  ): Promise<PersonHandle> {
    const { connection, scripts, vault } = this.#store;
    const lookup = this.#people.lookup(network, address);
    const held = text(await connection.command("GET", lookup));
    const mine = `${person.id}:`;
    if (held?.startsWith(mine) !== true) return this.#people.findOrCreate(network, address);
    const [id, identity] = [vault.newId() as PersonId, vault.newId() as IdentityId]; // new random ids
    const { wrapped, key } = await createPersonKey(vault.keyring, vault.random, id);
    const now = vault.clock.now();
    const since = seal(key, vault.random, "person", id, JSON.stringify({ createdAt: now }));
    const own = sealIdentity({ id: identity, network, address, verifiedAt: now }, key, vault.random);
    await connection.command("HSET", keys.person(id), "k", wrapped, "d", since, `i:${identity}`, own);
    await connection.call(scripts.identity_move, [lookup], [held, `${id}:${identity}`]);
    return this.#people.findOrCreate(network, address);
  }

  /** Nobody finds them any more, and nothing of them is left but what outlives them by rights (opt-outs, others' blocks). */
  async end(person: PersonHandle): Promise<void> {
    const { connection, scripts } = this.#store;
    await this.#handles.forget(person);
    for (const { id, network, address } of await this.#people.identities(person)) {
      const lookup = this.#people.lookup(network, address);
      await connection.call(scripts.identity_drop, [lookup], [`${person.id}:${id}`]);
    }
    const all = await this.#all(person);
    // Themselves last: from them the others are found.
    for (const id of all.toReversed()) {
      await connection.command("DEL", keys.person(id), keys.personLink(id));
      this.#people.close(id);
    }
  }

  /** The person, and those who became a part of them: what was sealed before that is sealed by their keys. */
  async #all(person: PersonHandle): Promise<readonly PersonId[]> {
    const found = [person.id];
    for (const id of await this.#guests(person)) {
      const guest = await this.#people.own(id);
      if (guest !== undefined) found.push(...(await this.#all(guest.handle)));
    }
    return found;
  }

  /** As PersonLinks noted them. */
  async #guests({ id, key }: PersonHandle): Promise<readonly PersonId[]> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.person(id)));
    return [...hash].flatMap(([field, sealed]) => {
      if (!field.startsWith("g:")) return [];
      const guest = open(only(key), "person", field, sealed).toString() as PersonId; // authenticated
      return field === `g:${nameUnder(key, guest)}` ? guest : [];
    });
  }
}
