import type { Conversation, Leg } from "../../model/conversation.ts";
import { type Milliseconds, SECOND } from "../../model/time.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import type { Timer } from "../../store/timers.ts";
import { openable } from "../errands/acquaintance.ts";
import type { Office } from "../errands/errand.ts";
import { isLeaving, withoutForgotten } from "../errands/forget-me.ts";
import { isBehind } from "../errands/link-parts.ts";
import type { House } from "../house.ts";
import { isBusy, remove } from "./over.ts";
import { dueStep } from "./step.ts";

const LOOK_AGAIN: Milliseconds = SECOND;

/**
 * Takes a person out of the house who asked for it, once what was said to them and to the others is out. Their bucket's key is
 * made anew; the old one goes when nothing of anybody else is sealed by it any more (bucket-renewal.ts). Each step may be
 * repeated. @throws StoreAway
 */
export async function endForgotten(office: Office, timer: Timer): Promise<void> {
  const { house } = office;
  const { conversation: id } = timer;
  const desk = await openable(house.cache.get(id));
  if (desk === undefined) return house.conversations.drop(id, []);
  const { record, seats } = desk;
  const again = (): Promise<void> => house.timers.set({ ...timer, at: house.clock.now() + LOOK_AGAIN });
  if (Object.keys(record.errands ?? {}).length > 0) return again();
  if (!isLeaving(record)) return; // the errand came to nothing
  const person = seats[0] && (await house.people.own(seats[0].person))?.handle;
  if (person === undefined) return remove(house, desk);
  const places = await placesOf(office, timer, person);
  for (const place of places) if (await isBusy(house, place)) return again();
  const identities = await house.people.identities(person);
  await house.forgetting.retireKeys(person);
  for (const place of places) {
    if (place.record.origin === "pair") await handOn(house, place, person);
    else if (place.id !== id) await remove(house, place);
  }
  await forgetNumbers(office, identities, places);
  await dropChats(house, desk);
  await house.forgetting.end(person);
  await house.conversations.drop(id, []);
  house.cache.drop(id);
}

/** All conversations of theirs; one that somebody began with them meanwhile is closed, too. */
async function placesOf(
  office: Office,
  timer: Timer,
  person: PersonHandle,
): Promise<readonly Conversation[]> {
  const { house } = office;
  const places: Conversation[] = [];
  for (const { conversation, seat } of await house.people.seats(person)) {
    await dueStep(office, timer, conversation, (now) => withoutForgotten(now, seat, house));
    const place = await openable(house.cache.get(conversation));
    if (place !== undefined) places.push(place);
  }
  return places;
}

/** The address in a pair of the config is somebody's of whom nothing is known but that. */
async function handOn(house: House, { id, legs, seats }: Conversation, person: PersonHandle): Promise<void> {
  const seat = seats.find((each) => each.person === person.id);
  const own = legs.find((leg) => leg.seat === seat?.id);
  if (seat === undefined || own === undefined) return;
  const { network } = house.capabilities(own.account);
  await house.conversations.reseat(id, seat.id, await house.forgetting.successor(person, network, own.to));
  house.cache.drop(id);
}

/** Whom the numbers of their phones were for; those of a pair of the config stay as they are. */
async function forgetNumbers(
  { house, pools }: Office,
  identities: readonly Identity[],
  places: readonly Conversation[],
): Promise<void> {
  const inPairs = places.filter(({ record }) => record.origin === "pair").flatMap(({ legs }) => legs);
  for (const identity of identities) {
    const isTheirs = (leg: Leg): boolean => isBehind(identity, leg, house);
    if (inPairs.some(isTheirs)) continue;
    for (const [account, pool] of pools)
      if (house.capabilities(account).network === identity.network) await pool.forget(identity.address);
  }
}

async function dropChats({ cache, conversations }: House, { id, legs }: Conversation): Promise<void> {
  for (const chat of legs.flatMap((leg) => leg.chat ?? [])) {
    await conversations.dropChat(chat, id);
    cache.forgetChat(chat);
  }
}
