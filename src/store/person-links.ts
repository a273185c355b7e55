import type { CanonicalId, PersonId } from "../model/ids.ts";
import { createPersonKey } from "../privacy/person-keys.ts";
import { nameUnder, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import { type Identity, type People, type PersonHandle, sealIdentity } from "./people.ts";
import { text } from "./reply.ts";
import type { Store } from "./store.ts";

/** What became of linking a guest with somebody. */
type Merged =
  /** They are one person: by this request, or by it before a crash. */
  | { readonly kind: "merged"; readonly guest: PersonHandle }
  /** They were one already. */
  | { readonly kind: "already" }
  /** They have other identities: they have to unlink first. */
  | { readonly kind: "no-guest" }
  /** They have handles. */
  | { readonly kind: "has-handles" }
  /** Somebody else was first, or the other one is becoming a part of a third person. */
  | { readonly kind: "lost" };

/** What a merge has to ask of stores that know more of persons. */
interface MergeGuards {
  hasHandles(guest: PersonHandle): Promise<boolean>;
  /** Unites the guest's blocks, and those against them, with the target's, before anything is decided. May be repeated. */
  uniteBlocks?(guest: PersonHandle, target: PersonHandle): Promise<void>;
}

/** An identity that left: whose it is now, and whose it was until the split is finished. */
export interface Split {
  readonly person: PersonHandle;
  readonly identity: Identity;
  readonly from?: PersonHandle;
}

/**
 * Joins persons and takes them apart. Whose an address is is decided by one compare-and-set in its slot (`{x:<lookup>}`);
 * marks in the persons' own (`{p:<person>}`) keep a guest from being merged and getting identities at the same time.
 * Fields of a person beside those of people.ts: m who is merging them, a pointer to who they are now, g:<name> whom they took
 * in, j:<identity> about to be theirs, u:<identity> about to be somebody else's, o pointer to whom they came from.
 * All steps may be repeated under the same id.
 */
export class PersonLinks {
  readonly #store: Store;
  readonly #people: People;

  constructor(store: Store, people: People) {
    this.#store = store;
    this.#people = people;
  }

  /** A guest becomes a part of somebody; their seats follow as their conversations are loaded. @throws StoreAway */
  async merge(
    guestId: PersonId,
    target: PersonHandle,
    by: CanonicalId,
    guards: MergeGuards,
  ): Promise<Merged> {
    const found = await this.#people.own(guestId);
    if (found === undefined) return { kind: "lost" };
    const { handle: guest, movedTo } = found;
    if (guest.id === target.id) return { kind: "already" };
    if (movedTo !== undefined) return this.#merged(guest, movedTo, target, by);
    if ((await this.#call("person_leave", guest.id, by)) === 0) return { kind: "no-guest" };
    const refused = async (kind: "no-guest" | "has-handles" | "lost"): Promise<Merged> => {
      await this.#call("person_stay", guest.id, by);
      return { kind };
    };
    const [identity] = await this.#people.identities(guest);
    if (identity === undefined) return refused("no-guest");
    if (await guards.hasHandles(guest)) return refused("has-handles");
    await guards.uniteBlocks?.(guest, target);
    const { random } = this.#store.vault;
    const expected = sealIdentity(identity, target.key, random);
    if ((await this.#call("identity_expect", target.id, identity.id, expected)) === 0) return refused("lost");
    if (!(await this.#move(identity, guest.id, target.id))) {
      await this.#store.connection.command("HDEL", keys.person(target.id), `j:${identity.id}`);
      return refused("lost");
    }
    await this.#call("identity_keep", target.id, identity.id);
    await this.#leaveAlias(guest, target);
    return { kind: "merged", guest };
  }

  /**
   * Makes an identity a person of its own, unless it is its person's last one. Undefined: it isn't theirs, or the last. What it
   * gives is found by `splitBy` until `finish`, so that what follows can be repeated.
   */
  async split(from: PersonHandle, identity: Identity, by: CanonicalId): Promise<Split | undefined> {
    const { vault } = this.#store;
    const id = this.#newcomer(by);
    const { wrapped } = await createPersonKey(vault.keyring, vault.random, id);
    await this.#store.connection.command("HSETNX", keys.person(id), "k", wrapped);
    const person = await this.#people.byId(id);
    if (person === undefined) throw new Error("a person is gone as soon as they were made");
    const since = JSON.stringify({ createdAt: vault.clock.now() });
    const fields = [
      ...["o", from.pointer, "d", seal(person.key, vault.random, "person", id, since)],
      ...[`i:${identity.id}`, sealIdentity(identity, person.key, vault.random)],
    ];
    await this.#store.connection.command("HSET", keys.person(id), ...fields);
    const isOurs =
      (await this.#isDecided(identity, id)) ||
      ((await this.#call("identity_leave", from.id, identity.id)) === 1 &&
        (await this.#move(identity, from.id, id)));
    if (!isOurs) {
      await this.#store.connection.command("DEL", keys.person(id));
      return undefined;
    }
    // Not before it is decided: a restore would take away an address that stayed. A repeat after a crash comes by here, too.
    await this.#store.journal.note({ kind: "unlinked", person: from.id, identity: identity.id });
    return { person, identity, from };
  }

  /** The split that an errand made before a crash; without `from` it is finished. */
  async splitBy(by: CanonicalId): Promise<Split | undefined> {
    const person = await this.#people.byId(this.#newcomer(by));
    if (person === undefined) return undefined;
    const origin = await this.#store.connection.command("HGET", keys.person(person.id), "o");
    const from = Buffer.isBuffer(origin) ? await this.#people.behind(origin, "a split person") : undefined;
    const [identity] = await this.#people.identities(person);
    if (identity === undefined) return undefined;
    if (from === undefined) return { person, identity };
    // It may have been cut off before it was decided.
    return this.split(from, identity, by);
  }

  /** Nothing shows any more where the identity came from. */
  async finish({ person, identity, from }: Split): Promise<void> {
    if (from === undefined) return;
    const { connection } = this.#store;
    await connection.command("HDEL", keys.person(from.id), `u:${identity.id}`);
    await connection.command("HDEL", keys.person(person.id), "o");
  }

  async #merged(
    guest: PersonHandle,
    movedTo: PersonHandle,
    target: PersonHandle,
    by: CanonicalId,
  ): Promise<Merged> {
    if (movedTo.id !== target.id) return { kind: "lost" };
    await this.#clear(guest);
    const mark = text(await this.#store.connection.command("HGET", keys.person(guest.id), "m"));
    return mark === by ? { kind: "merged", guest } : { kind: "already" };
  }

  /** What is left of a guest leads to who they are now: their key stays, since their seats are still sealed by it. */
  async #leaveAlias(guest: PersonHandle, target: PersonHandle): Promise<void> {
    const { connection, vault } = this.#store;
    const field = `g:${nameUnder(target.key, guest.id)}`;
    const note = seal(target.key, vault.random, "person", field, guest.id);
    await connection.command("HSET", keys.person(target.id), field, note);
    await connection.command("HSET", keys.person(guest.id), "a", target.pointer);
    await this.#clear(guest);
  }

  async #clear(guest: PersonHandle): Promise<void> {
    const { connection } = this.#store;
    const identities = (await this.#people.identities(guest)).map(({ id }) => `i:${id}`);
    const settings = ["home", "prefer", "last", "unguarded"].map((name) => `s:${name}`);
    await connection.command("HDEL", keys.person(guest.id), "d", ...identities, ...settings);
    await connection.command("DEL", keys.personLink(guest.id));
  }

  async #isDecided({ id, network, address }: Identity, person: PersonId): Promise<boolean> {
    const held = await this.#store.connection.command("GET", this.#people.lookup(network, address));
    return text(held) === `${person}:${id}`;
  }

  async #move({ id, network, address }: Identity, from: PersonId, to: PersonId): Promise<boolean> {
    const { connection, scripts } = this.#store;
    const key = this.#people.lookup(network, address);
    return (await connection.call(scripts.identity_move, [key], [`${from}:${id}`, `${to}:${id}`])) === 1;
  }

  async #call(
    script: "person_leave" | "person_stay" | "identity_expect" | "identity_keep" | "identity_leave",
    person: PersonId,
    ...args: (string | Buffer)[]
  ): Promise<number> {
    const { connection, scripts } = this.#store;
    return Number(await connection.call(scripts[script], [keys.person(person)], args));
  }

  /** The person that an errand's split makes: the same each time. */
  #newcomer(by: CanonicalId): PersonId {
    // An HMAC, cut to the length of the house's random ids.
    return this.#store.vault.keyring.code("link-taker", `split ${by}`).slice(0, 16) as PersonId;
  }
}
