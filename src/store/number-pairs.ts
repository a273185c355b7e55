import type { Address } from "../model/address.ts";
import type { ConversationId, LegId, NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { DAY, type Milliseconds, type Timestamp } from "../model/time.ts";
import { keys } from "./keys.ts";
import type { SlotKey } from "./redis/slots.ts";
import { fields, text, texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** A released pair can't be given to another conversation for this long: a late reply must not reach somebody else. */
export const COOL_DOWN: Milliseconds = 30 * DAY;

/** A conversation that has one of our numbers for a phone. */
export interface NumberPair {
  readonly conversation: ConversationId;
  readonly leg: LegId;
  /** When it was released, and cools down since. */
  readonly releasedAt?: Timestamp;
}

/**
 * The pairs of (phone, number), in the slot of the phone: the invariant is per phone. A hash for each phone:
 * `<number>` -> `conversation:leg[:released at]` for the one that has the number, and `<number>:<conversation>` -> the same for
 * those that share it. It holds ids and HMACs only, so there is nothing to seal.
 */
export class NumberPairs {
  readonly #store: Store;
  readonly #network: NetworkName;

  constructor(store: Store, network: NetworkName) {
    this.#store = store;
    this.#network = network;
  }

  /** Gives the pair to a conversation, unless somebody has it: says who has it now. */
  async claim(phone: Sensitive<Address>, number: Sensitive<Address>, pair: NumberPair): Promise<NumberPair> {
    const { connection, scripts } = this.#store;
    const args = [this.field(number), `${pair.conversation}:${pair.leg}`, this.#now(), COOL_DOWN];
    const held = await connection.call(scripts.pair_claim, [this.key(phone)], args);
    return readPair(text(held)) ?? pair;
  }

  /** The conversations that have a number for a phone, or had it and cool down: those that have it first. */
  async on(phone: Sensitive<Address>, number: Sensitive<Address>): Promise<readonly NumberPair[]> {
    const field = this.field(number);
    const found: NumberPair[] = [];
    for (const [name, entry] of fields(await this.#store.connection.command("HGETALL", this.key(phone)))) {
      const pair = name.split(":")[0] === field ? readPair(entry.toString()) : undefined;
      if (pair !== undefined && !isOver(pair, this.#now())) found.push(pair);
    }
    return found.sort((one, other) => (one.releasedAt ?? 0) - (other.releasedAt ?? 0));
  }

  /** The conversation has nothing more to say to this phone: its numbers cool down. Gives the fields of those it had. */
  async release(phone: Sensitive<Address>, conversation: ConversationId): Promise<readonly string[]> {
    const { connection, scripts } = this.#store;
    const args = [conversation, this.#now(), COOL_DOWN];
    return texts(await connection.call(scripts.pair_release, [this.key(phone)], args));
  }

  /** Forgets a pair at once, if it is still that conversation's: no late reply can be meant for another one. */
  async drop(
    phone: Sensitive<Address>,
    number: Sensitive<Address>,
    conversation: ConversationId,
  ): Promise<void> {
    const { connection, scripts } = this.#store;
    const args = [this.field(number), conversation, COOL_DOWN];
    await connection.call(scripts.pair_drop, [this.key(phone)], args);
  }

  /**
   * "Forget me" of whoever has this phone: what its numbers were used for is forgotten, that they are taken isn't before they
   * have cooled down. Gives the fields of those that were held.
   */
  async forget(phone: Sensitive<Address>): Promise<readonly string[]> {
    const { connection, scripts, vault } = this.#store;
    const nobody = vault.newId();
    const args = [this.#now(), COOL_DOWN, `${nobody}:${nobody}`];
    return texts(await connection.call(scripts.pair_forget, [this.key(phone)], args));
  }

  /** The key of a phone's pairs. */
  key(phone: Sensitive<Address>): SlotKey<"x"> {
    const { keyring } = this.#store.vault;
    return keys.numberPairs(
      keyring.suppression(this.#network, phone.expose()),
      keyring.identity(this.#network, phone.expose()),
    );
  }

  /** A number's name among them. */
  field(number: Sensitive<Address>): string {
    return this.#store.vault.keyring.identity(this.#network, number.expose());
  }

  #now(): Timestamp {
    return this.#store.vault.clock.now();
  }
}

function isOver({ releasedAt }: NumberPair, now: Timestamp): boolean {
  return releasedAt !== undefined && releasedAt + COOL_DOWN <= now;
}

function readPair(entry: string | undefined): NumberPair | undefined {
  const [conversation, leg, releasedAt] = entry?.split(":") ?? [];
  if (conversation === undefined || leg === undefined) return undefined;
  const pair = { conversation: conversation as ConversationId, leg: leg as LegId }; // written by a script
  return releasedAt === undefined ? pair : { ...pair, releasedAt: Number(releasedAt) };
}
