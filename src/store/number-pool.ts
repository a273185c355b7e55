import type { Address } from "../model/address.ts";
import type { AccountId, ConversationId, LegId, NetworkName } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { DAY, type Milliseconds, type Timestamp } from "../model/time.ts";
import { keys } from "./keys.ts";
import { type Home, homeOf, inOrder, type PoolNumber } from "./number-order.ts";
import { COOL_DOWN, NumberPairs } from "./number-pairs.ts";
import { text, texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** The numbers of one account. */
interface PoolOptions {
  readonly network: NetworkName;
  readonly account: AccountId;
  /** What people text to reach the bridge itself; one of the numbers. When all are taken, conversations share it. */
  readonly frontDoor: Sensitive<Address>;
  readonly numbers: readonly Sensitive<Address>[];
}

/** A conversation that needs a number for a phone. */
export interface NumberRequest {
  readonly phone: Sensitive<Address>;
  readonly conversation: ConversationId;
  readonly leg: LegId;
  /** The number that this phone just texted: kept whenever it is free. */
  readonly texted?: Sensitive<Address>;
}

/** The number that a conversation has for a phone. */
export interface Allocation {
  readonly number: Sensitive<Address>;
  /** The leg that has it: the one that was asked for, unless the conversation had the number with another one already. */
  readonly leg: LegId;
  /** Names and focus must tell conversations apart there: others are on it, or were and still cool down. */
  readonly shared: boolean;
  /** Those that are on it beside this one. They share it from now on, too. */
  readonly others: readonly ConversationId[];
}

/** How much of a pool is used. */
export interface PoolUsage {
  readonly numbers: number;
  /** On all numbers, and on the one that has most; a hint (a crash may leave it wrong by one). */
  readonly conversations: number;
  readonly busiest: number;
  /**
   * Of the phone that had the fewest numbers left when it was given one: how many, and whether it had to share. Of the last
   * day, by this process; undefined: none was asked for.
   */
  readonly tightest: { readonly left: number; readonly shared: boolean } | undefined;
}

/** How long the phone with the fewest numbers is remembered. */
const REMEMBERED: Milliseconds = DAY;

/**
 * Gives conversations numbers out of an account's pool. A pool number is one conversation's for a phone, and nobody's for 30
 * days after it; the same number serves any number of phones. See decision 006.
 */
export class NumberPool {
  readonly #store: Store;
  readonly #pairs: NumberPairs;
  readonly #options: PoolOptions;
  /** With where each is at home: it is asked for at each allocation. */
  readonly #numbers: readonly { readonly number: Sensitive<Address>; readonly home: Home }[];

  #tightest: { readonly left: number; readonly shared: boolean; readonly at: Timestamp } | undefined;

  constructor(store: Store, options: PoolOptions) {
    this.#store = store;
    this.#pairs = new NumberPairs(store, options.network);
    this.#options = options;
    const known = new Map([...options.numbers, options.frontDoor].map((each) => [each.expose(), each]));
    this.#numbers = [...known.values()].map((number) => ({ number, home: homeOf(number) }));
  }

  /**
   * The number of a conversation for a phone; the same one however often it is asked, until it is released. There always is
   * one: when all are taken, the front door is shared. @throws StoreAway
   */
  async allocate({ phone, conversation, leg, texted }: NumberRequest): Promise<Allocation> {
    const { connection, scripts, vault } = this.#store;
    const byField = await this.#inOrder(phone, texted);
    const shared = this.#pairs.field(this.#options.frontDoor);
    const args = [conversation, leg, vault.clock.now(), COOL_DOWN, shared, ...byField.keys()];
    const reply = await connection.call(scripts.pair_allocate, [this.#pairs.key(phone)], args);
    const [field = "", holder = leg, given, isShared, left, ...others] = texts(reply);
    const number = byField.get(field);
    if (number === undefined) throw new Error("the script gave a number that it wasn't offered");
    this.#note(Number(left), isShared === "1" && left === "0");
    if (given === "1") await this.#count([field], 1);
    return {
      number,
      leg: holder as LegId, // what the script keeps of our own calls
      shared: isShared === "1",
      others: others as readonly string[] as readonly ConversationId[], // likewise
    };
  }

  /** How much of the pool is used. @throws StoreAway */
  async usage(): Promise<PoolUsage> {
    const fields = this.#numbers.map(({ number }) => this.#pairs.field(number));
    const loads = await this.#store.connection.command("HMGET", this.#loads(), ...fields);
    const counts = Array.isArray(loads) ? loads.map((load) => Math.max(0, Number(text(load) ?? 0))) : [];
    const tightest = this.#tightest;
    const isNew = tightest !== undefined && tightest.at + REMEMBERED > this.#store.vault.clock.now();
    return {
      numbers: fields.length,
      conversations: counts.reduce((sum, count) => sum + count, 0),
      busiest: Math.max(0, ...counts),
      tightest: isNew ? { left: tightest.left, shared: tightest.shared } : undefined,
    };
  }

  /** Remembers the phone that had the fewest numbers left, for a day. */
  #note(left: number, shared: boolean): void {
    const now = this.#store.vault.clock.now();
    const before = this.#tightest;
    const isOver = before === undefined || before.at + REMEMBERED <= now;
    const isTighter = isOver || left < before.left || (left === before.left && shared >= before.shared);
    if (isTighter) this.#tightest = { left, shared, at: now };
  }

  /** The conversation is over for this phone, or goes on elsewhere: its number cools down. May be repeated. */
  async release(phone: Sensitive<Address>, conversation: ConversationId): Promise<void> {
    await this.#count(await this.#pairs.release(phone, conversation), -1);
  }

  /** "Forget me": whom the phone's numbers were for is forgotten; that they are taken isn't until they have cooled down. */
  async forget(phone: Sensitive<Address>): Promise<void> {
    await this.#count(await this.#pairs.forget(phone), -1);
  }

  /** The pool's numbers by field, best first for this phone. */
  async #inOrder(
    phone: Sensitive<Address>,
    texted: Sensitive<Address> | undefined,
  ): Promise<ReadonlyMap<string, Sensitive<Address>>> {
    const fields = this.#numbers.map(({ number }) => this.#pairs.field(number));
    const loads = await this.#store.connection.command("HMGET", this.#loads(), ...fields);
    const door = this.#options.frontDoor.expose();
    const pool = this.#numbers.map(({ number, home }, i): PoolNumber => {
      const load = Array.isArray(loads) ? Number(text(loads[i]) ?? 0) : 0;
      return { number, home, isFrontDoor: number.expose() === door, load: Math.max(0, load) };
    });
    const ordered = inOrder(pool, homeOf(phone), texted);
    return new Map(ordered.map(({ number }) => [this.#pairs.field(number), number]));
  }

  /** In another slot than the pairs: a crash in between leaves it wrong by one, which only makes it a worse hint. */
  async #count(fields: readonly string[], by: 1 | -1): Promise<void> {
    const { connection } = this.#store;
    await Promise.all(fields.map((field) => connection.command("HINCRBY", this.#loads(), field, by)));
  }

  #loads(): string {
    return keys.numberLoads(this.#options.account);
  }
}
