import type { Address } from "../model/address.ts";
import type { CanonicalId, NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { keys } from "./keys.ts";
import type { SlotKey } from "./redis/slots.ts";
import type { Store } from "./store.ts";

/** Whose texts a phone doesn't want: those of one of our numbers, or of the service, whatever the number. */
export type OptOutScope =
  | { readonly kind: "service" }
  | { readonly kind: "number"; readonly number: Sensitive<Address> };

/** Both scopes of a text that comes from, or goes out by, one of our numbers; the widest first. */
export function scopesOf(number: Sensitive<Address>): readonly OptOutScope[] {
  return [{ kind: "service" }, { kind: "number", number }];
}

/**
 * Who wants no more texts: until they take it back, whatever else is forgotten. Found by the pepper of suppressions alone, so
 * that neither "forget me" nor a new pepper of identities loses one. Nothing is sealed: names are HMACs, values event ids.
 */
export class OptOuts {
  readonly #store: Store;
  readonly #network: NetworkName;

  constructor(store: Store, network: NetworkName) {
    this.#store = store;
    this.#network = network;
  }

  /**
   * No more texts to this phone in these scopes, the widest first. Says whether the event is the one to confirm: that which
   * closed the widest of them; it is told so again when it is worked on again after a crash. @throws StoreAway
   */
  async set(
    phone: Sensitive<Address>,
    scopes: readonly OptOutScope[],
    event: CanonicalId,
  ): Promise<{ readonly confirm: boolean }> {
    const { connection, journal, scripts } = this.#store;
    const closed = scopes.map((scope) => this.#field(scope));
    const reply = await connection.call(scripts.opt_out_set, [this.#key(phone)], [event, ...closed]);
    await journal.note({ kind: "opted-out", phone: this.#lookup(phone), scopes: closed, event });
    return { confirm: reply === 1 };
  }

  /** They want texts again in these scopes; other scopes stay closed. Nothing happens when they are open. @throws StoreAway */
  async clear(phone: Sensitive<Address>, scopes: readonly OptOutScope[]): Promise<void> {
    const { connection, journal } = this.#store;
    const closed = scopes.map((scope) => this.#field(scope));
    const opened = await connection.command("HDEL", this.#key(phone), ...closed);
    if (opened !== 0) await journal.note({ kind: "opted-in", phone: this.#lookup(phone), scopes: closed });
  }

  /** Whether any of these scopes is closed: one read, however many there are. @throws StoreAway */
  async isOut(phone: Sensitive<Address>, scopes: readonly OptOutScope[]): Promise<boolean> {
    const asked = scopes.map((scope) => this.#field(scope));
    const reply = await this.#store.connection.command("HMGET", this.#key(phone), ...asked);
    return Array.isArray(reply) && reply.some((entry) => entry !== null);
  }

  #key(phone: Sensitive<Address>): SlotKey<"x"> {
    return keys.optOuts(this.#lookup(phone));
  }

  #field(scope: OptOutScope): string {
    return scope.kind === "service" ? "service" : this.#lookup(scope.number);
  }

  #lookup(address: Sensitive<Address>): string {
    return this.#store.vault.keyring.suppression(this.#network, address.expose());
  }
}
