import type { Account } from "../adapter/account.ts";
import { TryLater } from "../adapter/errors.ts";
import type { Address } from "../model/address.ts";
import type { Conversation, DeskRecord, Leg } from "../model/conversation.ts";
import type { AccountId, ChatKey, ConversationId, LegId, SeatId } from "../model/ids.ts";
import { portalAlias } from "../model/portal-alias.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { DAY, type Milliseconds } from "../model/time.ts";
import type { LaneName } from "../store/lanes.ts";
import type { PersonHandle } from "../store/people.ts";
import type { House } from "./house.ts";

/** The desk of a chat, as its lane needs it. */
interface Place {
  readonly conversation: ConversationId;
  readonly leg: LegId;
}

/** So long a guest may be away who has nothing here but a chat with the bridge (RECORDS: person). */
export const GUEST_STAYS: Milliseconds = 90 * DAY;

const NOTHING_YET: DeskRecord = {
  origin: "desk",
  open: true,
  told: [],
  questions: {},
  requests: [],
  lastRequest: 0,
  threads: [],
};

/** What a desk is named after whose native thread we make. */
function ours(to: Sensitive<Address>): string {
  return `desk of ours: ${to.expose()}`;
}

/** Makes a desk of a chat that somebody began with us, the first time that they write there, or of one that we begin. */
export class Desks {
  readonly #house: House;
  readonly #accounts: ReadonlyMap<AccountId, Account>;
  readonly #making = new Map<ConversationId, Promise<void>>();

  constructor(house: House, accounts: ReadonlyMap<AccountId, Account>) {
    this.#house = house;
    this.#accounts = accounts;
  }

  /**
   * The desk of a chat that is none of ours yet; undefined when it isn't private between the two of us. Its ids come from the
   * chat, so that a second try after a crash finds what the first one left.
   * @throws TryLater when the network can't be asked now; StoreAway
   */
  async open(
    lane: LaneName,
    chat: Sensitive<string>,
    from: Sensitive<Address>,
    alsoFrom: readonly Sensitive<Address>[] = [],
  ): Promise<Place | undefined> {
    const account = this.#accounts.get(lane.account);
    const native = await account?.deskOf?.(chat, from);
    if (account === undefined) return undefined;
    if (native === undefined) {
      // It may be the native thread of a conversation that is being opened: until its leg is told so, nobody knows.
      if (await this.#isOpenedFor(account, lane.account, from)) throw new TryLater();
      return undefined;
    }
    const { cache, clock, conversations, people, timers } = this.#house;
    const [id, seat, leg] = this.#idsOf(lane.account, `desk: ${chat.expose()}`);
    const place = { conversation: id, leg };
    const there = await cache.get(id);
    if (there?.record.open === false) throw new TryLater(); // whose it was is being forgotten: then it is somebody new's
    if (there !== undefined) {
      await conversations.setChat(lane.chat, id, leg);
      return place;
    }
    // It may be the very chat that is being opened: until its desk is told so, nobody knows.
    if (await this.#opensFor(lane.account, from)) throw new TryLater();
    const person = await people.findOrCreate(account.capabilities.network, from, alsoFrom[0]);
    const { portal, number, encrypted } = native;
    // They haven't been told yet.
    const record = encrypted ? { ...NOTHING_YET, unreadable: 0 } : NOTHING_YET;
    const where = { account: lane.account, to: from, alias: "", portal, chat: lane.chat, away: false };
    const desk: Conversation = {
      ...{ id, version: 1, gate: 0, record },
      seats: [{ id: seat, person: person.id, name: "", state: "accepted" }],
      legs: [{ id: leg, seat, ...where, ...(number === undefined ? {} : { number }) }],
    };
    await timers.set({ kind: "idle", conversation: id, at: clock.now() + GUEST_STAYS });
    await conversations.create(desk);
    return place;
  }

  /**
   * The desk of somebody in a native thread that we make: one for each address, and one however often it is asked for. Its leg
   * is away until somebody has it opened.
   * @throws StoreAway
   */
  async ofOurs(account: AccountId, to: Sensitive<Address>, person: PersonHandle): Promise<Conversation> {
    const [id] = this.#idsOf(account, ours(to));
    // Two lanes of somebody may ask at the same time, and an account's lanes are all in one process.
    const making = this.#making.get(id) ?? this.#make(account, to, person);
    this.#making.set(id, making);
    try {
      await making;
    } finally {
      this.#making.delete(id);
    }
    const desk = await this.#house.cache.get(id);
    if (desk === undefined) throw new Error("a desk that was made isn't there");
    return desk;
  }

  async #make(account: AccountId, to: Sensitive<Address>, person: PersonHandle): Promise<void> {
    const { cache, conversations, store } = this.#house;
    const [id, seat, leg] = this.#idsOf(account, ours(to));
    if ((await cache.get(id)) !== undefined) return;
    const octets = Buffer.from(store.vault.keyring.chat(account, `portal of a ${ours(to)}`), "base64url");
    const alias = portalAlias({ bytes: () => octets });
    await conversations.create({
      ...{ id, version: 1, gate: 0, record: NOTHING_YET },
      seats: [{ id: seat, person: person.id, name: "", state: "accepted" }],
      legs: [{ id: leg, seat, account, to, alias, away: true }],
    });
  }

  /** Whether a native thread of ours is being opened for somebody. */
  async #opensFor(account: AccountId, to: Sensitive<Address>): Promise<boolean> {
    const [id] = this.#idsOf(account, ours(to));
    const leg = (await this.#house.cache.get(id))?.legs[0];
    return leg !== undefined && leg.portal === undefined && !leg.away;
  }

  /** Whether somebody's native thread in one of their conversations is being opened. */
  async #isOpenedFor(
    { capabilities }: Account,
    account: AccountId,
    from: Sensitive<Address>,
  ): Promise<boolean> {
    const { cache, people } = this.#house;
    const person = await people.find(capabilities.network, from);
    for (const { conversation: id, seat } of person === undefined ? [] : await people.seats(person)) {
      const conversation = await cache.get(id);
      if (conversation?.record.open !== true) continue;
      const opens = (leg: Leg) =>
        leg.seat === seat && leg.account === account && leg.portal === undefined && !leg.away;
      if (conversation.legs.some((leg) => opens(leg) && leg.over !== true)) return true;
    }
    return false;
  }

  #idsOf(account: AccountId, of: string): readonly [ConversationId, SeatId, LegId] {
    const { keyring } = this.#house.store.vault;
    // As long as the random ids of the house: 16 characters.
    const named = (what: string): ChatKey =>
      keyring.chat(account, `${what} of a ${of}`).slice(0, 16) as ChatKey; // an HMAC, cut
    const [id, seat, leg] = ["conversation", "seat", "leg"].map(named);
    return [id, seat, leg] as unknown as readonly [ConversationId, SeatId, LegId]; // three names of our own
  }
}
