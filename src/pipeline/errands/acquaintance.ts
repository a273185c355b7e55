import { type Conversation, legOfSeat, type Seat } from "../../model/conversation.ts";
import type { PersonId } from "../../model/ids.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";

/** A person who has a seat. @throws when they aren't there any more. */
export async function personOf({ people }: House, id: PersonId): Promise<PersonHandle> {
  const person = await people.byId(id);
  if (person === undefined) throw new Error("somebody has a seat who isn't there");
  return person;
}

/** The open conversations of a person, desks too. */
export async function conversationsOf(house: House, person: PersonHandle): Promise<readonly Conversation[]> {
  const found: Conversation[] = [];
  for (const { conversation: id } of await house.people.seats(person)) {
    const conversation = await openable(house.cache.get(id));
    if (conversation?.record.open === true) found.push(conversation);
  }
  return found;
}

/** A conversation, unless all who sat there were forgotten. */
export async function openable(
  loading: Promise<Conversation | undefined>,
): Promise<Conversation | undefined> {
  try {
    return await loading;
  } catch (error) {
    if (error instanceof UnknownKey) return undefined; // all who sat there were forgotten
    throw error;
  }
}

/** The names of others that a person sees. */
export function namesSeenBy(person: PersonId, conversations: readonly Conversation[]): readonly string[] {
  return conversations.flatMap(({ seats }) =>
    seats.filter((seat) => seat.person !== person && seat.name !== "").map(({ name }) => name),
  );
}

/** The seats of a conversation that began by a handle. */
export interface Sides {
  /** Of the handle. */
  readonly owner: Seat;
  readonly guest: Seat;
}

/** Both sides of a conversation that began by a handle; undefined for any other. */
export function sidesOf({ record, seats }: Conversation): Sides | undefined {
  if (record.origin !== "contact") return undefined;
  const owner = seats.find(({ id }) => id === record.owner);
  const guest = seats.find(({ id }) => id !== record.owner);
  return owner && guest && { owner, guest };
}

/** The leg by which a seat is reached. @throws when it has none. */
export function reachedBy(conversation: Conversation, seat: Seat) {
  const leg = legOfSeat(conversation, seat);
  if (leg === undefined) throw new Error("somebody in a conversation can't be reached");
  return leg;
}

/** What a person has noted of another: over all of that one's addresses. @throws StoreAway */
export async function noted({ blocks, people }: House, by: PersonHandle, other: PersonHandle) {
  const theirs = await people.identities(other);
  return {
    blocked: await blocks.has(by, "block", theirs),
    muted: await blocks.has(by, "mute", theirs),
  };
}
