import type { Address } from "../model/address.ts";
import type { NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";
import { Tampered, UnknownKey } from "../privacy/errors.ts";
import { nameUnder, only, open, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { PersonHandle } from "./people.ts";
import { fields } from "./reply.ts";
import type { Store } from "./store.ts";

/** `block`: they reach this person no more. `mute`: this person doesn't want to hear of them now. */
export type BlockKind = "block" | "mute";

/** Where somebody is reached: all of theirs are blocked together. */
interface Reached {
  readonly network: NetworkName;
  readonly address: Sensitive<Address>;
}

/** What the blocker knows of it. */
interface Block {
  /** Under which the blocker knew them. */
  readonly name: string;
  readonly at: Timestamp;
}

/** As it is sealed. `lookup` names the address under the pepper of suppressions. */
interface Entry extends Block {
  readonly kind: BlockKind;
  readonly lookup: string;
}

/**
 * Whom a person has blocked or muted, in their own slot: a field for each address of the other, so that forgetting or linking
 * that one loses nothing. Fields are named under the person's own key (nobody else's name for the same address), by the pepper
 * of suppressions, which no rotation touches; name and date are sealed by that key. They go with their person.
 */
export class Blocks {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** From now on, for all these addresses; what is there already keeps its name and date. @throws StoreAway */
  async add(by: PersonHandle, kind: BlockKind, block: Block, addresses: readonly Reached[]): Promise<void> {
    for (const address of addresses) await this.#write(by, { ...block, kind, lookup: this.#lookup(address) });
  }

  /** Takes it back for these addresses. @throws StoreAway */
  async remove(by: PersonHandle, kind: BlockKind, addresses: readonly Reached[]): Promise<void> {
    await this.#drop(
      by,
      addresses.map((address) => fieldOf(by, kind, this.#lookup(address))),
    );
  }

  /** Takes back all that go by this name, whoever they are by now. @throws StoreAway */
  async removeNamed(by: PersonHandle, kind: BlockKind, name: string): Promise<void> {
    const named = (await this.#entries(by)).filter((entry) => entry.kind === kind && entry.name === name);
    await this.#drop(
      by,
      named.map(({ lookup }) => fieldOf(by, kind, lookup)),
    );
  }

  /** Whether any of somebody's addresses is. @throws StoreAway */
  async has(by: PersonHandle, kind: BlockKind, addresses: readonly Reached[]): Promise<boolean> {
    if (addresses.length === 0) return false;
    const names = addresses.map((address) => fieldOf(by, kind, this.#lookup(address)));
    const reply = await this.#store.connection.command("HMGET", keys.person(by.id), ...names);
    return Array.isArray(reply) && reply.some((entry) => entry !== null);
  }

  /** What is known of it, by any of somebody's addresses. @throws StoreAway */
  async of(by: PersonHandle, kind: BlockKind, addresses: readonly Reached[]): Promise<Block | undefined> {
    const lookups = new Set(addresses.map((address) => this.#lookup(address)));
    const found = (await this.#entries(by)).find((entry) => entry.kind === kind && lookups.has(entry.lookup));
    return found && { name: found.name, at: found.at };
  }

  /** Each name once, the oldest first. @throws StoreAway */
  async list(by: PersonHandle, kind: BlockKind): Promise<readonly Block[]> {
    const entries = (await this.#entries(by)).filter((entry) => entry.kind === kind);
    const byName = new Map(
      entries.toSorted((a, b) => b.at - a.at).map(({ name, at }) => [name, { name, at }]),
    );
    return [...byName.values()].toSorted((a, b) => a.at - b.at);
  }

  /** All that one person has blocked and muted is another's too: a guest becomes a part of them. May be repeated. */
  async unite(from: PersonHandle, into: PersonHandle): Promise<void> {
    for (const entry of await this.#entries(from)) await this.#write(into, entry);
  }

  /**
   * Who has blocked or muted any of `from` has so `to` as well: addresses that leave somebody, or come to them. May be
   * repeated. @throws StoreAway
   */
  async spread(by: PersonHandle, from: readonly Reached[], to: readonly Reached[]): Promise<void> {
    const lookups = new Set(from.map((address) => this.#lookup(address)));
    const found = (await this.#entries(by)).filter(({ lookup }) => lookups.has(lookup));
    for (const { kind, name, at } of found) await this.add(by, kind, { name, at }, to);
  }

  async #write(by: PersonHandle, entry: Entry): Promise<void> {
    const { connection, journal, vault } = this.#store;
    const field = fieldOf(by, entry.kind, entry.lookup);
    const sealed = seal(by.key, vault.random, "block", field, JSON.stringify(entry));
    await connection.command("HSETNX", keys.person(by.id), field, sealed);
    await journal.note({ kind: "blocked", person: by.id, field, sealed: sealed.toString("base64") });
  }

  async #drop(by: PersonHandle, fields: readonly string[]): Promise<void> {
    if (fields.length === 0) return;
    const { connection, journal } = this.#store;
    await connection.command("HDEL", keys.person(by.id), ...fields);
    for (const field of fields) await journal.note({ kind: "unblocked", person: by.id, field });
  }

  async #entries(by: PersonHandle): Promise<readonly Entry[]> {
    const hash = fields(await this.#store.connection.command("HGETALL", keys.person(by.id)));
    const own = [...hash].filter(([field]) => field.startsWith(PREFIX));
    return own.map(([field, sealed]) => {
      const plain = open(only(by.key), "block", field, sealed);
      return JSON.parse(plain.toString()) as Entry; // authenticated: written by #write
    });
  }

  #lookup({ network, address }: Reached): string {
    return this.#store.vault.keyring.suppression(network, address.expose());
  }
}

/** Whether it is a block or mute of this person's, in the field where it stands. */
export function isBlockOf(by: PersonHandle, field: string, sealed: Buffer): boolean {
  if (!field.startsWith(PREFIX)) return false;
  try {
    open(only(by.key), "block", field, sealed);
    return true;
  } catch (error) {
    if (error instanceof Tampered || error instanceof UnknownKey) return false;
    throw error;
  }
}

const PREFIX = "b:";

function fieldOf({ key }: PersonHandle, kind: BlockKind, lookup: string): string {
  return `${PREFIX}${nameUnder(key, `${kind} ${lookup}`)}`;
}
