import { nearest } from "../../config/suggest.ts";
import type { Conversation, DeskRecord, Seat } from "../../model/conversation.ts";
import type { PersonId } from "../../model/ids.ts";
import { skeleton } from "../../privacy/confusable.ts";
import { meantBy } from "../../routing/threads.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import type { ErrandScene } from "./errand.ts";

/** A conversation in which somebody sits with others. */
export interface Meeting {
  readonly conversation: Conversation;
  readonly own: Seat;
  readonly others: readonly Seat[];
}

/** A chat of the bridge's own with somebody. */
export interface DeskOfPerson {
  readonly conversation: Conversation;
  readonly record: DeskRecord;
  readonly own: Seat;
}

/** Somebody whom a person knows, and by which name. */
export interface Known {
  readonly person: PersonId;
  readonly name: string;
}

/** Who wants something. @throws an error when they were forgotten */
export async function wantedBy({ house, seat }: ErrandScene): Promise<PersonHandle> {
  const person = await house.people.byId(seat.person);
  if (person === undefined) throw new Error("an errand is wanted by a person who isn't there");
  return person;
}

/** All conversations in which a person sits with others, those that are over included. */
export async function meetingsOf(house: House, person: PersonHandle): Promise<readonly Meeting[]> {
  const all = await placesOf(house, person);
  return all.flatMap(({ conversation, own }) =>
    conversation.record.origin === "desk"
      ? []
      : [{ conversation, own, others: conversation.seats.filter(({ id }) => id !== own.id) }],
  );
}

/** The bridge's own chats with a person. */
export async function desksOf(house: House, person: PersonHandle): Promise<readonly DeskOfPerson[]> {
  const all = await placesOf(house, person);
  return all.flatMap(({ conversation, own }) => {
    const { record } = conversation;
    return record.origin === "desk" ? [{ conversation, own, record }] : [];
  });
}

async function placesOf({ people, cache }: House, person: PersonHandle) {
  const notes = await people.seats(person);
  const places = await Promise.all(
    notes.map(async ({ conversation: id, seat }) => {
      const conversation = await cache.get(id);
      const own = conversation?.seats.find((each) => each.id === seat);
      return conversation === undefined || own === undefined ? [] : [{ conversation, own }];
    }),
  );
  return places.flat();
}

/** Who is called so by those whom a person sees, or what to say when that is nobody or several. */
export function personCalled(
  meetings: readonly Meeting[],
  name: string,
  { texts }: House,
): Known | { readonly say: string } {
  const looked = skeleton(name);
  const known = meetings.flatMap(({ others }) => others).filter((seat) => seat.name !== "");
  const named = known.filter((seat) => skeleton(seat.name) === looked);
  const [first] = named;
  if (first === undefined) {
    const near = nearest(name, [...new Set(known.map((seat) => seat.name))]);
    return { say: texts.nobodyCalled({ name, near }) };
  }
  if (named.some(({ person }) => person !== first.person))
    return { say: texts.whichConversation({ names: named.map((seat) => seat.name) }) };
  return { person: first.person, name: first.name };
}

/** The conversation that "here" means: the one in which it was typed, or in a shared chat the one that a text would go to. */
export async function hereOf(scene: ErrandScene): Promise<Meeting | { readonly say: string }> {
  const { conversation, event, house, seat } = scene;
  const { record } = conversation;
  if (record.origin !== "desk")
    return { conversation, own: seat, others: conversation.seats.filter(({ id }) => id !== seat.id) };
  const meant = meantBy(record, event.acceptedAt);
  const found = meant.kind === "thread" ? await house.cache.get(meant.thread.conversation) : undefined;
  const own = found?.seats.find(({ person }) => person === seat.person);
  if (found !== undefined && own !== undefined)
    return { conversation: found, own, others: found.seats.filter(({ id }) => id !== own.id) };
  return { say: house.texts.whichConversation({ names: record.threads.map(({ name }) => name) }) };
}
