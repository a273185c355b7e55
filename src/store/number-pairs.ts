import type { Address } from "../model/address.ts";
import type { ConversationId, LegId, NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { DAY, type Timestamp } from "../model/time.ts";
import { keys } from "./keys.ts";
import { text } from "./reply.ts";
import type { Store } from "./store.ts";

/** A released pair can't be given to another conversation for this long: a late reply must not reach somebody else. */
export const COOL_DOWN = 30 * DAY;

/** Which conversation a phone and one of our numbers belong to: at most one. */
export interface NumberPair {
  readonly conversation: ConversationId;
  readonly leg: LegId;
  /** When it was released, and cools down since. */
  readonly releasedAt?: Timestamp;
}

/** The pairs of (phone, number), in the slot of the phone: the invariant is per phone. */
export class NumberPairs {
  readonly #store: Store;
  readonly #network: NetworkName;

  constructor(store: Store, network: NetworkName) {
    this.#store = store;
    this.#network = network;
  }

  async find(phone: Sensitive<Address>, number: Sensitive<Address>): Promise<NumberPair | undefined> {
    return readPair(
      text(await this.#store.connection.command("HGET", this.#key(phone), this.#field(number))),
    );
  }

  /** Gives the pair to a conversation, unless somebody has it: says who has it now. */
  async claim(phone: Sensitive<Address>, number: Sensitive<Address>, pair: NumberPair): Promise<NumberPair> {
    const { connection, scripts } = this.#store;
    const entry = `${pair.conversation}:${pair.leg}`;
    const held = await connection.call(scripts.pair_claim, [this.#key(phone)], [this.#field(number), entry]);
    return readPair(text(held)) ?? pair;
  }

  /** The conversation is over: the pair cools down. */
  async release(
    phone: Sensitive<Address>,
    number: Sensitive<Address>,
    pair: NumberPair,
    now: Timestamp,
  ): Promise<void> {
    const entry = `${pair.conversation}:${pair.leg}:${now}`;
    await this.#store.connection.command("HSET", this.#key(phone), this.#field(number), entry);
  }

  /** Forgets a pair whose cool-down is over. */
  async drop(phone: Sensitive<Address>, number: Sensitive<Address>): Promise<void> {
    await this.#store.connection.command("HDEL", this.#key(phone), this.#field(number));
  }

  #key(phone: Sensitive<Address>): string {
    const { keyring } = this.#store.vault;
    return keys.numberPairs(
      keyring.suppression(this.#network, phone.expose()),
      keyring.identity(this.#network, phone.expose()),
    );
  }

  #field(number: Sensitive<Address>): string {
    return this.#store.vault.keyring.identity(this.#network, number.expose());
  }
}

function readPair(entry: string | undefined): NumberPair | undefined {
  const [conversation, leg, releasedAt] = entry?.split(":") ?? [];
  if (conversation === undefined || leg === undefined) return undefined;
  const pair = { conversation: conversation as ConversationId, leg: leg as LegId }; // written by claim
  return releasedAt === undefined ? pair : { ...pair, releasedAt: Number(releasedAt) };
}
