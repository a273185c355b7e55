import type { Account } from "../adapter/account.ts";
import type { Change, Conversation, Leg, Seat } from "../model/conversation.ts";
import type { AccountId, CanonicalId, ConversationId, LegId } from "../model/ids.ts";
import { portalAlias } from "../model/portal-alias.ts";
import type { Identity } from "../store/people.ts";
import { circumstancesOf, type House } from "./house.ts";
import { type Committer, commitOwn, type OwnWork } from "./own-commit.ts";

/** What making legs needs. */
interface WantedLegsParts {
  readonly house: House;
  readonly committer: Committer;
  readonly accounts: ReadonlyMap<AccountId, Account>;
}

/** The first octet of the canonical ids of these steps; the next says which. */
const WANTED = 0x22;
const STEP = { made: 1, turned: 2 } as const;

/**
 * Gives a seat the leg by which its person wants to be reached, when a message for them comes and there is none yet. A leg is
 * written down before it is asked once more whose the identity is, and used only after: so who unlinks it at the same moment
 * finds it, or it finds that it was unlinked.
 */
export class WantedLegs {
  readonly #parts: WantedLegsParts;

  constructor(parts: WantedLegsParts) {
    this.#parts = parts;
  }

  /** The conversation with all legs that are wanted. Each step may be repeated. @throws StoreAway */
  async fulfil(conversation: Conversation): Promise<Conversation> {
    const wanting = conversation.seats.filter(
      ({ state, wants }) => state === "accepted" && wants !== undefined,
    );
    for (const seat of wanting) await this.#give(conversation, seat);
    return (await this.#parts.house.cache.get(conversation.id)) ?? conversation;
  }

  async #give({ id }: Conversation, seat: Seat): Promise<void> {
    const identity = await this.#identity(seat);
    if (identity !== undefined)
      await this.#commit(id, seat, STEP.made, (now) => this.#made(now, seat, identity));
    const isTheirs = (await this.#identity(seat)) !== undefined;
    await this.#commit(id, seat, STEP.turned, (now) =>
      this.#turned(now, seat, isTheirs ? identity : undefined),
    );
  }

  #made(now: Conversation, seat: Seat, identity: Identity): OwnWork | undefined {
    const leg = this.#legAt(now, seat, identity) ?? this.#newLeg(now, seat, identity);
    if (leg === undefined || now.legs.includes(leg)) return undefined;
    return { changes: [{ kind: "leg", leg }], deliveries: [] };
  }

  /** Reached by the new leg, which is opened now; or, when it can't be had, where they were. */
  #turned(now: Conversation, { id, wants }: Seat, identity: Identity | undefined): OwnWork | undefined {
    const seat = now.seats.find((each) => each.id === id);
    if (seat === undefined || wants === undefined || seat.wants !== wants) return undefined;
    const { wants: _given, ...rest } = seat;
    const made = identity && this.#legAt(now, seat, identity);
    if (made === undefined) return { changes: [{ kind: "seat", seat: rest }], deliveries: [] };
    const changes: Change[] = [{ kind: "seat", seat: { ...rest, via: made.id } }];
    if (made.portal !== undefined) return { changes, deliveries: [] };
    const { now: at, deadline, nextDeliveryId } = circumstancesOf(this.#parts.house);
    const task = { kind: "openPortal" } as const;
    return { changes, deliveries: [{ id: nextDeliveryId(), leg: made.id, task, deadline: at + deadline }] };
  }

  #legAt({ legs }: Conversation, seat: Seat, { network, address }: Identity): Leg | undefined {
    const { capabilities } = this.#parts.house;
    return legs.find(
      ({ seat: of, over, account, to }) =>
        of === seat.id &&
        over !== true &&
        capabilities(account).network === network &&
        to.expose() === address.expose(),
    );
  }

  /** Undefined where the network has no account here, or one whose numbers have to be given out. */
  #newLeg(now: Conversation, seat: Seat, { network, address }: Identity): Leg | undefined {
    const { accounts, house } = this.#parts;
    const found = [...accounts].find(([, { capabilities }]) => capabilities.network === network);
    if (found === undefined || found[1].portalOf !== undefined) return undefined;
    const [account] = found;
    const { keyring, random } = house.store.vault;
    // An HMAC of what the leg is for, cut to the length of the house's ids.
    const name = keyring.chat(account, `leg ${now.id} ${seat.id} ${now.legs.length}`).slice(0, 16);
    const alias = portalAlias(random);
    return { id: name as LegId, seat: seat.id, account, to: address, alias, away: false };
  }

  async #identity({ person, wants }: Seat): Promise<Identity | undefined> {
    const { people } = this.#parts.house;
    const handle = await people.byId(person);
    return handle && (await people.identities(handle)).find(({ id }) => id === wants);
  }

  #commit(
    conversation: ConversationId,
    seat: Seat,
    step: number,
    make: (now: Conversation) => OwnWork | undefined,
  ): Promise<boolean> {
    const { committer, house } = this.#parts;
    // Done once by what the conversation says: `make` finds nothing to do the second time.
    const nonce = Buffer.from(house.store.vault.newId(), "base64url");
    const head = Buffer.of(WANTED, step);
    const parts = [head, Buffer.from(seat.id, "base64url"), nonce];
    const canonical = Buffer.concat(parts).toString("base64url") as CanonicalId; // of our own making
    return commitOwn(house, committer, { conversation, canonical, acceptedAt: house.clock.now() }, make);
  }
}
