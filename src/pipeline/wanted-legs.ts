import { readerOn } from "../commands/place.ts";
import { type Change, type Conversation, isWaiting, type Leg, type Seat } from "../model/conversation.ts";
import type { ConversationId, LegId } from "../model/ids.ts";
import { portalAlias } from "../model/portal-alias.ts";
import { notice, opening } from "../routing/decide.ts";
import type { Circumstances } from "../routing/effects.ts";
import { asSeen } from "../routing/shape.ts";
import { withoutThread, withThread } from "../routing/threads.ts";
import type { Identity } from "../store/people.ts";
import { accountFor } from "./account-for.ts";
import { sharedLegs } from "./desk-legs.ts";
import type { Office } from "./errands/errand.ts";
import { takesTexts } from "./errands/preference.ts";
import { withHopNotices } from "./hop-notices.ts";
import { circumstancesOf } from "./house.ts";
import { type NumberPlace, placeOnNumber } from "./number-place.ts";
import { commitUnlessDone, type OwnWork } from "./own-commit.ts";
import { groupBefore, offersGroups, wantsGroups, withOffer } from "./own-group.ts";

/** The first octet of the canonical ids of these steps; the next says which. */
const WANTED = 0x22;
const STEP = { made: 1, turned: 2, led: 3 } as const;

/**
 * Gives a seat the leg by which its person wants to be reached, when a message for them comes and there is none yet. A leg is
 * written down before it is asked once more whose the identity is, and leads somewhere only after: so who unlinks it at the
 * same moment finds it, or it finds that it was unlinked.
 */
export class WantedLegs {
  readonly #office: Office;

  constructor(office: Office) {
    this.#office = office;
  }

  /** The conversation with all legs that are wanted. Each step may be repeated. @throws StoreAway */
  async fulfil(conversation: Conversation): Promise<Conversation> {
    const { record } = conversation;
    // Before a request is accepted nothing is opened for anybody.
    if (record.origin === "contact" && isWaiting(record)) return conversation;
    const wanting = conversation.seats.filter(
      ({ state, wants }) => state === "accepted" && wants !== undefined,
    );
    for (const seat of wanting) await this.#give(conversation, seat);
    return (await this.#office.house.cache.get(conversation.id)) ?? conversation;
  }

  async #give({ id }: Conversation, seat: Seat): Promise<void> {
    const identity = await this.#identity(seat);
    const made = identity && (await this.#make(id, seat, identity));
    const place = made && (await this.#placeOf(id, made));
    const isTheirs = made !== undefined && (await this.#identity(seat)) !== undefined;
    const group = isTheirs ? await this.#groupBefore(made, place) : undefined;
    const offers =
      isTheirs && place?.desk !== undefined && group === undefined
        ? await this.#lead(id, made, place.desk)
        : false;
    const shared = await sharedLegs(this.#office.house, { legs: made ? [{ ...made, ...place }] : [] });
    const circumstances = circumstancesOf(this.#office.house, shared);
    await this.#commit(id, STEP.turned, (now) => {
      const work = turned(now, seat, isTheirs ? made : undefined, { place, group, offers }, circumstances);
      return work && withHopNotices(now, work, circumstances);
    });
    if (made !== undefined && place !== undefined) await this.#giveBack(id, made, place);
  }

  /** The leg of an identity: the one that is there, or one that leads nowhere yet. */
  async #make(id: ConversationId, seat: Seat, identity: Identity): Promise<Leg | undefined> {
    await this.#commit(id, STEP.made, (now) => {
      const isWanted = now.seats.some(({ id: of, wants }) => of === seat.id && wants === seat.wants);
      if (!isWanted || this.#legAt(now, seat, identity) !== undefined) return undefined;
      const leg = this.#newLeg(now, seat, identity);
      return leg && { changes: [{ kind: "leg", leg }], deliveries: [] };
    });
    const now = await this.#office.house.cache.get(id);
    return now && this.#legAt(now, seat, identity);
  }

  /** The number by which a new leg is reached, where its account has numbers. */
  async #placeOf(conversation: ConversationId, leg: Leg): Promise<NumberPlace | undefined> {
    if (leg.portal !== undefined) return undefined;
    const wish = { account: leg.account, phone: leg.to, conversation, leg: leg.id };
    return placeOnNumber(this.#office, wish);
  }

  /** The group that they want instead of a desk's chat. */
  async #groupBefore(leg: Leg, place: NumberPlace | undefined): Promise<Leg | undefined> {
    const { house } = this.#office;
    if (place?.desk === undefined || !(await wantsGroups(house, leg.account, place.desk))) return undefined;
    return groupBefore(house, leg, leg.id);
  }

  /** The desk knows what is led in its chat before anything is said there. Says whether groups are offered with it. */
  async #lead(id: ConversationId, { account, id: leg }: Leg, desk: ConversationId): Promise<boolean> {
    const { house } = this.#office;
    const conversation = await house.cache.get(id);
    const made = conversation?.legs.find((each) => each.id === leg);
    if (conversation === undefined || made === undefined) return false;
    const offers = await offersGroups(house, account, desk, id);
    const thread = { conversation: id, leg, ...otherSide(conversation, made), at: house.clock.now() };
    await this.#commit(desk, STEP.led, ({ record }) => {
      if (record.origin !== "desk") return undefined;
      const isLed = record.threads.some((each) => each.leg === leg);
      const led = isLed ? record : withThread(record, thread);
      const now = offers ? withOffer(led, id) : led;
      return now === record ? undefined : { changes: [{ kind: "record", record: now }], deliveries: [] };
    });
    return offers;
  }

  /** Who unlinked it at the same moment keeps no number and no conversation at their desk. */
  async #giveBack(id: ConversationId, made: Leg, { desk }: NumberPlace): Promise<void> {
    const { house, pools } = this.#office;
    const now = await house.cache.get(id);
    const isUsed = now?.legs.some(
      (leg) => leg.id === made.id && leg.over !== true && leg.portal !== undefined,
    );
    if (isUsed === true) return;
    await pools.get(made.account)?.release(made.to, id);
    if (desk === undefined) return;
    await this.#commit(desk, STEP.led, ({ record }) => {
      if (record.origin !== "desk" || record.threads.every(({ leg }) => leg !== made.id)) return undefined;
      return { changes: [{ kind: "record", record: withoutThread(record, id) }], deliveries: [] };
    });
  }

  #legAt({ legs }: Conversation, seat: Seat, { network, address }: Identity): Leg | undefined {
    const { capabilities } = this.#office.house;
    // The last one: an earlier one of the same account isn't used any more.
    return legs.findLast(
      ({ seat: of, over, account, to }) =>
        of === seat.id &&
        over !== true &&
        capabilities(account).network === network &&
        to.expose() === address.expose(),
    );
  }

  /** Undefined where the network has no account for it here. */
  #newLeg(now: Conversation, seat: Seat, { network, address }: Identity): Leg | undefined {
    const account = accountFor(this.#office, network);
    if (account === undefined) return undefined;
    const { accounts, house } = this.#office;
    const { portalOf } = accounts.get(account) ?? {};
    const { keyring, random } = house.store.vault;
    // An HMAC of what the leg is for, cut to the length of the house's ids.
    const name = keyring.chat(account, `leg ${now.id} ${seat.id} ${now.legs.length}`).slice(0, 16);
    const alias = portalOf === undefined ? portalAlias(random) : "";
    return { id: name as LegId, seat: seat.id, account, to: address, alias, away: false };
  }

  async #identity({ person, wants }: Seat): Promise<Identity | undefined> {
    const { people } = this.#office.house;
    const handle = await people.byId(person);
    const identity = handle && (await people.identities(handle)).find(({ id }) => id === wants);
    // Who said STOP there is reached where they were.
    return identity !== undefined && (await takesTexts(this.#office.house, identity)) ? identity : undefined;
  }

  #commit(
    conversation: ConversationId,
    step: number,
    make: (now: Conversation) => OwnWork | undefined,
  ): Promise<boolean> {
    const { committer, house } = this.#office;
    return commitUnlessDone(house, committer, conversation, [WANTED, step], make);
  }
}

/** Where a new leg leads. */
interface Lead {
  /** By which number, where its account has those. */
  readonly place: NumberPlace | undefined;
  /** They want a group there, and not the desk's chat. */
  readonly group: Leg | undefined;
  /** Groups are offered to them. */
  readonly offers: boolean;
}

/** Reached by the new leg, which is opened now; or, when it can't be had, where they were. */
function turned(
  now: Conversation,
  { id, wants }: Seat,
  made: Leg | undefined,
  { place, group, offers }: Lead,
  circumstances: Circumstances,
): OwnWork | undefined {
  const seat = now.seats.find((each) => each.id === id);
  if (seat === undefined || wants === undefined || seat.wants !== wants) return undefined;
  const { wants: _given, ...rest } = seat;
  const leg = made && now.legs.find((each) => each.id === made.id && each.over !== true);
  if (leg === undefined) return { changes: [{ kind: "seat", seat: rest }], deliveries: [] };
  const changes: Change[] = [{ kind: "seat", seat: { ...rest, via: leg.id } }];
  if (leg.portal !== undefined) return { changes, deliveries: [] };
  if (place !== undefined && group !== undefined) {
    const seated: Change = { kind: "seat", seat: { ...rest, via: group.id } };
    const legs = [{ ...leg, ...place }, group].map((each): Change => ({ kind: "leg", leg: each }));
    return { changes: [...legs, seated], deliveries: [opening(group, circumstances)] };
  }
  if (place !== undefined) return begun(now, { ...leg, ...place }, changes, offers, circumstances);
  return { changes, deliveries: [opening(leg, circumstances)] };
}

/** A number shows nobody's name: who it is that texts from there is said first. */
function begun(
  now: Conversation,
  leg: Leg,
  changes: readonly Change[],
  offers: boolean,
  circumstances: Circumstances,
): OwnWork {
  const { texts } = circumstances;
  const said = [goesOnHere(now, leg, circumstances), ...(offers ? [texts.groupsOffered()] : [])];
  return {
    changes: [{ kind: "leg", leg }, ...changes],
    deliveries: said.map((text) => notice(leg, text, circumstances)),
    ...(leg.chat === undefined ? {} : { chats: [{ chat: leg.chat, leg: leg.id }] }),
  };
}

/** What is said where a conversation is led from now on that began elsewhere. */
export function goesOnHere(conversation: Conversation, leg: Leg, circumstances: Circumstances): string {
  const { capabilitiesOf, isShared, texts } = circumstances;
  const reader = readerOn(capabilitiesOf(leg.account));
  return texts.goesOnHere({ ...otherSide(conversation, leg), reader, isShared: isShared(leg) });
}

/** Whom a leg's person talks to, as they see them. */
function otherSide(conversation: Conversation, leg: Leg): ReturnType<typeof asSeen> {
  const other = conversation.seats.find(({ id }) => id !== leg.seat);
  return other === undefined ? { name: "" } : asSeen(other, conversation);
}
