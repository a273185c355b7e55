import type { ConversationId, IdentityId, NetworkName } from "../model/ids.ts";
import { only, open, seal } from "../privacy/sealer.ts";
import { keys } from "./keys.ts";
import type { PersonHandle } from "./people.ts";
import type { Store } from "./store.ts";

/** What a person has chosen, and where they are met. */
interface PersonSettings {
  /** The desk where they last asked for something: requests are shown there. */
  readonly home?: ConversationId;
  /** The networks on which they want to be reached, in order; absent: where they last wrote from. */
  readonly prefer?: readonly NetworkName[];
  /** The identity from which they last wrote. */
  readonly last?: IdentityId;
  /** They don't want to be asked before they give an address away. */
  readonly unguarded?: boolean;
}

const NAMES = ["home", "prefer", "last", "unguarded"] as const satisfies readonly (keyof PersonSettings)[];

/** A person's settings: a field each in their own slot, sealed by their key, so that two of them can change at a time. */
export class PeopleSettings {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws StoreAway */
  async of(person: PersonHandle): Promise<PersonSettings> {
    const fields = NAMES.map((name) => `s:${name}`);
    const reply = await this.#store.connection.command("HMGET", keys.person(person.id), ...fields);
    const settings: Record<string, unknown> = {};
    NAMES.forEach((name, i) => {
      const sealed = Array.isArray(reply) ? reply[i] : undefined;
      if (Buffer.isBuffer(sealed))
        settings[name] = JSON.parse(
          open(only(person.key), "person", nameOf(person, name), sealed).toString(),
        );
    });
    return settings as PersonSettings; // written by `set`, and authenticated
  }

  /** Changes one; undefined takes it back. @throws StoreAway */
  async set<Name extends keyof PersonSettings>(
    person: PersonHandle,
    name: Name,
    value: PersonSettings[Name],
  ): Promise<void> {
    const { connection, vault } = this.#store;
    const key = keys.person(person.id);
    if (value === undefined) {
      await connection.command("HDEL", key, `s:${name}`);
      return;
    }
    const plain = JSON.stringify(value);
    const sealed = seal(person.key, vault.random, "person", nameOf(person, name), plain);
    await connection.command("HSET", key, `s:${name}`, sealed);
  }
}

function nameOf({ id }: PersonHandle, name: keyof PersonSettings): string {
  return `${id}:${name}`;
}
