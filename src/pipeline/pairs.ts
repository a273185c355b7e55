import type { Account } from "../adapter/account.ts";
import type { Address } from "../model/address.ts";
import type { Change, Conversation, Leg, Seat } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type {
  AccountId,
  CanonicalId,
  ConversationId,
  LegId,
  NetworkName,
  PersonId,
  SeatId,
} from "../model/ids.ts";
import { portalAlias } from "../model/portal-alias.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { notice } from "../routing/decide.ts";
import { COOL_DOWN, type NumberPair } from "../store/number-pairs.ts";
import { circumstancesOf, type House } from "./house.ts";
import type { LegWorker } from "./leg-worker.ts";
import { commitOwn } from "./own-commit.ts";

/** One side of a pair, as the config names it. */
interface PairParty {
  readonly network: NetworkName;
  readonly account: AccountId;
  readonly address: Sensitive<Address>;
  /** The account's number that they text, where the account has numbers. */
  readonly number?: Sensitive<Address>;
  /** What the other side sees them as. */
  readonly name: string;
}

export type Pair = readonly [PairParty, PairParty];

/** A pair can't be made. */
export class PairRefused extends Error {
  override readonly name = "PairRefused";

  constructor(index: number, found: string, expected: string) {
    super(`pairs[${index}]: ${found}; expected ${expected}`);
  }
}

/**
 * Brings conversations in line with the config's pairs: makes those that are missing, renames, closes those that were taken
 * out. Each step can be repeated, so a crash between them does no harm.
 * @throws PairRefused when a phone and number belong to others, or still cool down.
 */
export class PairKeeper {
  readonly #house: House;
  readonly #legs: LegWorker;
  readonly #accounts: ReadonlyMap<AccountId, Account>;

  constructor(house: House, legs: LegWorker, accounts: ReadonlyMap<AccountId, Account>) {
    this.#house = house;
    this.#legs = legs;
    this.#accounts = accounts;
  }

  async reconcile(pairs: readonly Pair[]): Promise<void> {
    const kept = new Set<ConversationId>();
    for (const [index, pair] of pairs.entries()) kept.add(await this.#ensure(pair, index));
    for (const id of await this.#house.conversations.pairs()) {
      if (!kept.has(id)) await this.#close(id);
    }
  }

  async #ensure(pair: Pair, index: number): Promise<ConversationId> {
    const people = await Promise.all(
      pair.map(({ network, address }) => this.#house.people.findOrCreate(network, address)),
    );
    const persons = people.map(({ id }) => id);
    const claimed = await this.#claim(pair, index, persons);
    const existing = await this.#house.cache.get(claimed.conversation);
    if (existing !== undefined) {
      this.#sameParties(existing, persons, index);
      await this.#rename(existing, pair, persons);
      await this.#openPortals(existing);
      return existing.id;
    }
    const conversation = this.#newConversation(claimed, pair, persons);
    await this.#house.conversations.create(conversation);
    await this.#openPortals(conversation);
    return conversation.id;
  }

  /** The number pair says which conversation it is; a new one gets the pair first, so that nobody else can. */
  async #claim(pair: Pair, index: number, persons: readonly PersonId[]): Promise<NumberPair> {
    const party = pair.find(({ number }) => number !== undefined);
    const ids = { conversation: this.#newId<ConversationId>(), leg: this.#newId<LegId>() };
    if (party?.number === undefined) return this.#withoutNumber(ids, persons);
    const { address, number } = party;
    let found = await this.#house.numberPairs.claim(address, number, ids);
    const before = await this.#house.cache.get(found.conversation);
    if (found.releasedAt !== undefined || before?.record.open === false) {
      const over = found.releasedAt !== undefined && found.releasedAt + COOL_DOWN <= this.#house.clock.now();
      const same =
        before !== undefined &&
        persons.every((person) => before.seats.some((seat) => seat.person === person));
      if (!over && !same) {
        throw new PairRefused(
          index,
          "this phone and number were another pair until lately, and a late reply would reach the wrong person",
          "another number, or to wait 30 days after the old pair was taken out",
        );
      }
      await this.#house.numberPairs.drop(address, number, found.conversation);
      found = await this.#house.numberPairs.claim(address, number, ids);
    }
    return found;
  }

  /** Networks without numbers: an open conversation of the same two persons is the pair's. */
  async #withoutNumber(ids: NumberPair, persons: readonly PersonId[]): Promise<NumberPair> {
    for (const id of await this.#house.conversations.pairs()) {
      const conversation = await this.#house.cache.get(id);
      if (
        conversation?.record.origin === "pair" &&
        conversation.record.open &&
        persons.every((person) => conversation.seats.some((seat) => seat.person === person))
      ) {
        return { conversation: id, leg: ids.leg };
      }
    }
    return ids;
  }

  #sameParties({ seats }: Conversation, persons: readonly PersonId[], index: number): void {
    if (persons.every((person) => seats.some((seat) => seat.person === person))) return;
    throw new PairRefused(
      index,
      "this phone and number belong to a conversation with somebody else",
      "to take the old pair out of the config first, and to start once without it",
    );
  }

  #newConversation(ids: NumberPair, pair: Pair, persons: readonly PersonId[]): Conversation {
    const seats: Seat[] = [];
    const legs: Leg[] = [];
    pair.forEach((party, i) => {
      const seat: Seat = {
        id: this.#newId<SeatId>(),
        person: persons[i] ?? ("" as PersonId), // one for each party
        name: party.name,
        state: "accepted",
      };
      seats.push(seat);
      legs.push(this.#newLeg(party, seat, party.number === undefined ? this.#newId<LegId>() : ids.leg));
    });
    const record = { open: true, origin: "pair", told: [], questions: {} } as const;
    return { id: ids.conversation, version: 1, gate: 0, record, seats, legs };
  }

  #newLeg({ account, address, number }: PairParty, seat: Seat, id: LegId): Leg {
    const alias = portalAlias(this.#house.random);
    const own = number === undefined ? {} : { number };
    const leg: Leg = { id, seat: seat.id, account, to: address, ...own, alias, away: false };
    const given = number && this.#accounts.get(account)?.portalOf?.(number, address);
    if (given === undefined) return leg;
    return {
      ...leg,
      portal: given.portal,
      chat: this.#house.store.vault.keyring.chat(account, given.chat.expose()),
    };
  }

  async #openPortals(conversation: Conversation): Promise<void> {
    await this.#commit(conversation.id, OWN.opening, (now) => {
      const deliveries = now.legs
        .filter((leg) => leg.portal === undefined)
        .map((leg) => this.#plan(leg, "openPortal"));
      return { changes: [], deliveries };
    });
  }

  async #rename(conversation: Conversation, pair: Pair, persons: readonly PersonId[]): Promise<void> {
    const wanted = new Map(persons.map((person, i) => [person, pair[i]?.name]));
    const stale = conversation.seats.filter((seat) => wanted.get(seat.person) !== seat.name);
    if (stale.length === 0) return;
    await this.#commit(conversation.id, OWN.renaming + conversation.version * 8, (now) => {
      const changes = stale.map(
        (seat): Change => ({ kind: "seat", seat: { ...seat, name: wanted.get(seat.person) ?? seat.name } }),
      );
      const viewers = now.legs.filter((leg) => stale.some((seat) => seat.id !== leg.seat));
      return { changes, deliveries: viewers.map((leg) => this.#plan(leg, "updatePortal")) };
    });
  }

  /** Taken out of the config: nothing that waits is sent any more, both sides are told, and the number cools down. */
  async #close(id: ConversationId): Promise<void> {
    const conversation = await this.#house.cache.get(id);
    if (conversation === undefined || conversation.record.origin !== "pair") return;
    if (conversation.record.open) {
      await this.#commit(id, OWN.closing, (now) => this.#closing(now));
      this.#house.log.info("pair.closed", { conversation: id });
    }
    // Also for one that was closed before: the daemon may have been killed here.
    for (const { to, number } of conversation.legs) {
      if (number !== undefined) await this.#house.numberPairs.release(to, id);
    }
  }

  #closing(conversation: Conversation): {
    changes: readonly Change[];
    deliveries: readonly PlannedDelivery[];
  } {
    const circumstances = circumstancesOf(this.#house);
    // An account that was taken out too says nothing any more.
    const reached = conversation.legs.filter((leg) => this.#accounts.has(leg.account));
    const ended = reached.map((leg) => notice(leg, this.#house.texts.ended(), circumstances));
    const closed = reached.map((leg) => this.#plan(leg, "closePortal"));
    const record = { ...conversation.record, open: false };
    return { changes: [{ kind: "record", record }, { kind: "gate" }], deliveries: [...ended, ...closed] };
  }

  #plan(leg: Leg, kind: "openPortal" | "updatePortal" | "closePortal"): PlannedDelivery {
    const { now, deadline, nextDeliveryId } = circumstancesOf(this.#house);
    return { id: nextDeliveryId(), leg: leg.id, task: { kind }, deadline: now + deadline };
  }

  async #commit(
    conversation: ConversationId,
    step: number,
    make: (conversation: Conversation) => {
      changes: readonly Change[];
      deliveries: readonly PlannedDelivery[];
    },
  ): Promise<void> {
    const canonical = ownId(conversation, step);
    await commitOwn(
      this.#house,
      this.#legs,
      { conversation, canonical, acceptedAt: this.#house.clock.now() },
      make,
    );
  }

  #newId<T extends string>(): T {
    return this.#house.store.vault.newId() as T; // a new random id
  }
}

/** What is done once to a conversation by its pair. */
const OWN = { opening: 1, closing: 2, renaming: 3 } as const;

/** The canonical id of such a step: the same at each start. */
function ownId(conversation: ConversationId, step: number): CanonicalId {
  const head = Buffer.alloc(5);
  head[0] = 0x7f;
  head.writeUInt32BE(step, 1);
  return Buffer.concat([head, Buffer.from(conversation, "base64url")]).toString("base64url") as CanonicalId;
}
