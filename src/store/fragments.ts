import type { Fragment, FragmentGroup, FragmentStore } from "../adapter/storage.ts";
import type { AccountId } from "../model/ids.ts";
import { Sensitive } from "../model/sensitive.ts";
import { MINUTE, type Milliseconds } from "../model/time.ts";
import { UnknownKey } from "../privacy/errors.ts";
import { FINGERPRINT_LIFETIME } from "./arrivals.ts";
import { keys } from "./keys.ts";
import { fields, texts } from "./reply.ts";
import type { Store } from "./store.ts";

/**
 * How long a whole message waits for its network to send again what came before it, where it wasn't accepted with its last
 * part: after a crash the network repeats all that wasn't acknowledged, in order, and the message takes its place there.
 */
export const WHOLE_WAITS: Milliseconds = 2 * MINUTE;

/** Keeps an account's message parts until the message is whole. */
export function fragmentStore(store: Store, account: AccountId): FragmentStore {
  return new RedisFragments(store, account);
}

class RedisFragments implements FragmentStore {
  readonly #store: Store;
  readonly #account: AccountId;
  /** Which group an id belongs to, for those that were handed out. */
  readonly #names = new Map<string, string>();

  constructor(store: Store, account: AccountId) {
    this.#store = store;
    this.#account = account;
  }

  async add(fragment: Fragment, ttl: Milliseconds): ReturnType<FragmentStore["add"]> {
    const { connection, scripts, vault } = this.#store;
    const name = vault.keyring.chat(this.#account, `fragments ${fragment.group.expose()}`);
    const { lookups, arrival, repeats } = this.#recognise(fragment);
    const [current, last = current] = lookups.map((lookup) => keys.fingerprint(this.#account, lookup));
    if (current === undefined || last === undefined)
      throw new Error("a part has no lookup: the event pepper is missing");
    const plain = Buffer.from(fragment.payload.expose());
    const reply = await connection.call(
      scripts.fragment_add,
      [current, last, keys.fragments(this.#account, name), keys.fragmentsDue(this.#account)],
      [
        arrival,
        FINGERPRINT_LIFETIME,
        name,
        fragment.index,
        fragment.total,
        vault.sealFor("24h", "fragment", name, plain),
        Math.round(fragment.at),
        vault.newId(),
        Math.round(vault.clock.now() + ttl),
        Math.round(vault.clock.now() + Math.min(ttl, WHOLE_WAITS)),
        ...repeats,
      ],
    );
    if (reply !== 2) return { kind: reply === 0 ? "duplicate" : "stored" };
    const group = await this.#load(name);
    return group === undefined ? { kind: "duplicate" } : { kind: "complete", group };
  }

  async drop(id: string): Promise<void> {
    const { connection } = this.#store;
    const name = this.#names.get(id);
    if (name === undefined) return;
    const gone = connection.command("DEL", keys.fragments(this.#account, name));
    await Promise.all([gone, connection.command("ZREM", keys.fragmentsDue(this.#account), name)]);
    this.#names.delete(id);
  }

  async due(): Promise<readonly FragmentGroup[]> {
    const { connection, vault } = this.#store;
    const due = keys.fragmentsDue(this.#account);
    const names = texts(
      await connection.command("ZRANGEBYSCORE", due, "-inf", vault.clock.now(), "LIMIT", 0, 100),
    );
    const groups = await Promise.all(names.map((name) => this.#load(name)));
    return groups.filter((group) => group !== undefined);
  }

  #recognise({ identity }: Fragment): {
    lookups: readonly string[];
    arrival: string;
    repeats: readonly (string | number)[];
  } {
    const lookupsOf = (text: string): readonly string[] =>
      this.#store.vault.keyring.fingerprints(this.#account, text, FINGERPRINT_LIFETIME);
    if (identity.kind === "id")
      return { lookups: lookupsOf(`id ${identity.id.expose()}`), arrival: "id:0", repeats: [] };
    return {
      lookups: lookupsOf(identity.fingerprint.expose()),
      arrival: `${identity.session}:${identity.order}`,
      repeats: identity.repeats.flatMap(({ session, after }) => [session, after]),
    };
  }

  async #load(name: string): Promise<FragmentGroup | undefined> {
    const { connection } = this.#store;
    const hash = fields(await connection.command("HGETALL", keys.fragments(this.#account, name)));
    const id = hash.get("id")?.toString();
    if (id === undefined) return undefined;
    this.#names.set(id, name);
    const parts: { index: number; payload: Sensitive<Uint8Array> }[] = [];
    for (const [field, sealed] of hash) {
      if (!/^\d+$/.test(field)) continue;
      const payload = this.#open(name, sealed);
      if (payload !== undefined) parts.push({ index: Number(field), payload });
    }
    if (parts.length === 0) {
      await this.drop(id);
      return undefined;
    }
    parts.sort((a, b) => a.index - b.index);
    return { id, total: Number(hash.get("total")), at: Number(hash.get("at")), parts };
  }

  /** A part whose key is gone has expired: it is a gap. */
  #open(name: string, sealed: Buffer): Sensitive<Uint8Array> | undefined {
    try {
      return new Sensitive(this.#store.vault.open("fragment", name, sealed));
    } catch (error) {
      if (error instanceof UnknownKey) return undefined;
      throw error;
    }
  }
}
