import {
  type ContactRecord,
  type Conversation,
  type Leg,
  legOfSeat,
  type Seat,
} from "../../model/conversation.ts";
import type { IdentityId, LegId } from "../../model/ids.ts";
import { nameWithLabel } from "../../model/texts.ts";
import { accountFor } from "../account-for.ts";
import { idFrom } from "../own-commit.ts";
import { personOf, reachedBy, type Sides, sidesOf } from "./acquaintance.ts";
import type { ErrandScene } from "./errand.ts";
import { accountOf, isBehind } from "./link-parts.ts";
import { takesTexts } from "./preference.ts";
import { onAccount, type Seating, seatingFor } from "./seating.ts";

/** Where one side of a conversation is reached from now on. */
export interface Place extends Seating {
  /** The identity that they wanted to be reached by, which this is. */
  readonly wanted?: IdentityId;
  /** It is a number of another account than the one where they are told of it: there it is said who texts. */
  readonly isElsewhere: boolean;
}

/** Where both sides of a conversation are reached from now on. */
export interface Places {
  readonly owner: Place;
  readonly guest: Place;
  /** The leg by which the guest is told that they were accepted. */
  readonly told: Leg;
}

/** The legs that an acceptance makes: the same ones however often it is begun. */
function newLegIds({ event, house }: ErrandScene): Record<"owner" | "guest", LegId> {
  const of = (side: string): LegId => idFrom(house, event.canonical, `${side}'s leg`);
  return { owner: of("owner"), guest: of("guest") };
}

/**
 * The owner is reached where they answered and the guest where they wrote, if that can be; but by the identity that they want
 * to be reached by, where that is another one. Safe to repeat. @throws StoreAway
 */
export async function placesOf(
  scene: ErrandScene,
  conversation: Conversation,
  { guest, owner }: Sides,
  { label }: ContactRecord,
): Promise<Places> {
  const { account, to } = scene.leg;
  const told = reachedBy(conversation, guest);
  const { desk } = told;
  if (desk === undefined) throw new Error("who waits for an answer reads it at a desk");
  const ids = newLegIds(scene);
  const place = { scene, conversation };
  const ofOwner = await placeOf(
    { ...place, seat: owner, leg: ids.owner, room: nameWithLabel({ name: guest.name, label }) },
    { account, to, desk: scene.conversation.id },
  );
  const ofGuest = await placeOf(
    { ...place, seat: guest, leg: ids.guest, room: owner.name, led: told },
    { ...told, desk },
  );
  return { owner: ofOwner, told, guest: ofGuest.where.kind === "here" ? { ...ofGuest, leg: told } : ofGuest };
}

/** Whether both are still where they were when their places were found, with their legs written down. */
export function areStill(now: Conversation, places: Places): boolean {
  const { guest, owner, told } = places;
  const sides = sidesOf(now);
  if (sides === undefined || legOfSeat(now, sides.guest)?.id !== told.id) return false;
  const isWanted = (seat: Seat, { wanted }: Place): boolean => wanted === undefined || seat.wants === wanted;
  return (
    isWanted(sides.guest, guest) && isWanted(sides.owner, owner) && missingLegs(now, places).length === 0
  );
}

/** The legs of the places that aren't written down in the conversation yet, or aren't as they are to be. */
export function missingLegs({ legs }: Conversation, { guest, owner }: Places): readonly Leg[] {
  return legsOf({ guest, owner }).filter((leg) => {
    const there = legs.find(({ id }) => id === leg.id);
    return there === undefined || !isSameAccount(there, leg) || there.over === true;
  });
}

/** All legs of both places: who has a group has one behind it, too. */
export function legsOf({ guest, owner }: Pick<Places, "guest" | "owner">): readonly Leg[] {
  return [owner, guest].flatMap(({ behind, leg }) => (behind === undefined ? [leg] : [behind, leg]));
}

/** Whether the accounts behind the places are still those of the two: either can be unlinked at any moment. @throws StoreAway */
export async function areTheirs(
  { house }: ErrandScene,
  sides: Sides,
  { guest, owner }: Places,
): Promise<boolean> {
  const isTheirs = async ({ person }: Seat, { leg }: Place): Promise<boolean> => {
    const now = await house.people.byId(person);
    const identities = now === undefined ? [] : await house.people.identities(now);
    return identities.some((identity) => isBehind(identity, leg, house));
  };
  return (await isTheirs(sides.owner, owner)) && isTheirs(sides.guest, guest);
}

/** The leg that an acceptance gave to each side, once it is committed: the guest may have kept theirs. */
export function givenLegs(scene: ErrandScene, { legs }: Conversation, { guest }: Sides) {
  const ids = newLegIds(scene);
  const own = legs.filter(({ over, seat }) => seat === guest.id && over !== true);
  return {
    owner: legs.find(({ id }) => id === ids.owner),
    guest: own.find(({ id }) => id === ids.guest) ?? own[0],
  };
}

interface Wish {
  readonly scene: ErrandScene;
  readonly conversation: Conversation;
  readonly seat: Seat;
  readonly leg: LegId;
  readonly room: string;
  /** The leg by which they are reached now, where there is one. */
  readonly led?: Leg;
}

async function placeOf(
  { scene, conversation, led, seat, leg, room }: Wish,
  here: Pick<Leg, "account" | "to" | "number"> & { readonly desk: Conversation["id"] },
): Promise<Place> {
  const wanted = await wantedBy(scene, seat);
  const { account, to } = wanted ?? here;
  const seating = await seatingFor(scene, {
    ...{ conversation: conversation.id, seat: seat.id, leg, room, account, to, desk: here.desk },
    ...(wanted === undefined && here.number && { texted: here.number }),
    ...(led && { led }),
  });
  const on = isSameAccount({ account, to }, here) ? undefined : await accountOf(seating.leg, scene.house);
  const where = onAccount(seating.where, on);
  const isElsewhere = where.kind === "number" && on !== undefined;
  return { ...seating, where, isElsewhere, ...(wanted && { wanted: wanted.identity }) };
}

/** Whether two legs are one account's. */
export function isSameAccount(one: Pick<Leg, "account" | "to">, other: Pick<Leg, "account" | "to">): boolean {
  return one.account === other.account && one.to.expose() === other.to.expose();
}

/** The identity that a seat wants to be reached by, where it can be. */
async function wantedBy(scene: ErrandScene, { person, wants }: Seat) {
  if (wants === undefined) return undefined;
  const { house } = scene;
  const identities = await house.people.identities(await personOf(house, person));
  const identity = identities.find(({ id }) => id === wants);
  if (identity === undefined || !(await takesTexts(house, identity))) return undefined;
  const account = accountFor(scene, identity.network);
  return account === undefined ? undefined : { identity: identity.id, account, to: identity.address };
}
