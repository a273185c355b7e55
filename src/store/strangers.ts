import type { Address } from "../model/address.ts";
import type { CanonicalId, NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { DAY, type Milliseconds } from "../model/time.ts";
import { keys } from "./keys.ts";
import { text } from "./reply.ts";
import type { Store } from "./store.ts";

/** Somebody who texts us without a code is answered once in this time: two programs that answer each other stop here. */
export const STRANGER_SILENCE: Milliseconds = DAY;

/** Which unknown addresses were answered lately. */
export class Strangers {
  readonly #store: Store;
  readonly #network: NetworkName;

  constructor(store: Store, network: NetworkName) {
    this.#store = store;
    this.#network = network;
  }

  /**
   * Whether this event of an unknown address is answered: the first one, and then none for 24 hours. An event that is worked
   * on again after a crash gets the same word. @throws StoreAway: then nothing is answered.
   */
  async mayAnswer(address: Sensitive<Address>, event: CanonicalId): Promise<boolean> {
    const { connection, vault } = this.#store;
    const key = keys.stranger(vault.keyring.suppression(this.#network, address.expose()));
    // With GET it says which event was the first (Redis 7.0 takes NX and GET together).
    const first = await connection.command("SET", key, event, "NX", "GET", "PX", STRANGER_SILENCE);
    return first === null || text(first) === event;
  }
}
