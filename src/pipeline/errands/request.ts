import { readerOn } from "../../commands/place.ts";
import type { Content } from "../../model/content.ts";
import type { ContactRecord, Conversation, Leg, Seat, Thread } from "../../model/conversation.ts";
import type { Errand } from "../../model/errand.ts";
import type { FoundHandle } from "../../model/handle.ts";
import type { ConversationId, LegId, SeatId } from "../../model/ids.ts";
import { DAY, type Milliseconds } from "../../model/time.ts";
import { looksSame } from "../../privacy/confusable.ts";
import { newName } from "../../privacy/pseudonyms.ts";
import { afterWriting, withThread } from "../../routing/threads.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import { idFrom } from "../own-commit.ts";
import { conversationsOf, namesSeenBy, noted, personOf, reachedBy, sidesOf } from "./acquaintance.ts";
import { askOwner } from "./ask-owner.ts";
import { changeDesk, type Ending, type ErrandScene, stepId } from "./errand.ts";
import { followWriter } from "./follow.ts";
import { askedAt } from "./home.ts";
import { keptText, sealText } from "./kept-text.ts";
import { refusal } from "./limits.ts";
import { isBehind } from "./link-parts.ts";
import { preferredBy } from "./preference.ts";
import { withSaid } from "./said-texts.ts";

/** A request that nobody answers ends after so long. */
export const REQUEST_TIME: Milliseconds = 7 * DAY;

/** The steps of a request, beside making its conversation. */
const STEP = { guestDesk: 0, ownerDesk: 1 } as const;

type Contact = Extract<Errand, { kind: "contact" }>;

/** The conversation that this errand made before it was cut short. */
export function begunRequest({ event, house }: ErrandScene): Promise<Conversation | undefined> {
  return house.cache.get(conversationOf(house, event.canonical));
}

function conversationOf(house: ErrandScene["house"], errand: Contact["id"]): ConversationId {
  return idFrom(house, errand, "a contact's conversation");
}

/** Makes the conversation of a guest and a handle's owner, and asks the owner; nobody is asked where one has blocked the other. */
export async function beginRequest(
  scene: ErrandScene,
  errand: Contact,
  handle: FoundHandle,
  words: Content,
): Promise<Ending> {
  const { event, house, seat } = scene;
  const owner = await personOf(house, handle.owner);
  const seen = await conversationsOf(house, owner);
  const desk = await homeOf(scene, owner, seen);
  if (desk === undefined) return { say: [house.texts.codeNotInUse()] }; // nobody can be asked
  await followWriter(scene);
  const refused = await refusal(house, { kind: "new-contact", person: seat.person }, event.canonical);
  if (refused !== undefined) return { say: refused };
  const until = errand.at + REQUEST_TIME;
  const made = await newContact(scene, errand, { handle, owner, seen, desk, words, until });
  await house.timers.set({ kind: "request", conversation: made.id, at: until });
  await house.conversations.create(made);
  return showRequest(scene, made);
}

/** Where a person is asked. */
async function homeOf(
  { house }: ErrandScene,
  person: PersonHandle,
  conversations: readonly Conversation[],
): Promise<ConversationId | undefined> {
  const desks = conversations.filter(({ record }) => record.origin === "desk");
  const { home } = await house.settings.of(person);
  return askedAt(desks, home)?.id;
}

interface Plan {
  readonly handle: FoundHandle;
  readonly owner: PersonHandle;
  /** The owner's conversations. */
  readonly seen: readonly Conversation[];
  readonly desk: ConversationId;
  readonly words: Content;
  readonly until: number;
}

async function newContact(scene: ErrandScene, { id }: Contact, plan: Plan): Promise<Conversation> {
  const { conversation: desk, event, house, leg, seat } = scene;
  const { handle, owner, until } = plan;
  const guest = await personOf(house, seat.person);
  const [ofGuest, ofOwner] = [await noted(house, owner, guest), await noted(house, guest, owner)];
  const conversation = conversationOf(house, id);
  const [ownerSeat, guestSeat] = ["owner", "guest"].map((side) => idFrom<SeatId>(house, id, side));
  if (ownerSeat === undefined || guestSeat === undefined) throw new Error("two names make two seats");
  const kept = {
    [event.canonical]: sealText(house.store.vault, conversation, "7d", keptText(event, plan.words)),
  };
  const record: ContactRecord = {
    ...{ origin: "contact", open: true, told: [], questions: {} },
    ...{
      handle: handle.id,
      label: handle.label,
      owner: ownerSeat,
      desk: plan.desk,
      kept,
      requestUntil: until,
    },
  };
  const seats: Seat[] = [
    {
      id: guestSeat,
      person: guest.id,
      name: newName(house.random, namesSeenBy(owner.id, plan.seen)),
      state: ofOwner.blocked ? "blocked" : "accepted",
      ...(ofOwner.muted && { muted: true }),
      ...(await ownWishes(house, guest, leg)),
    },
    {
      ...{ id: ownerSeat, person: owner.id, state: ofGuest.blocked ? "blocked" : "requested" },
      ...(ofGuest.muted && { muted: true }),
      name: distinct(handle.label, namesSeenBy(guest.id, await conversationsOf(house, guest))),
      ...(await ownWishes(house, owner, undefined)),
    },
  ];
  const { account, number, portal, to } = leg;
  const legs: Leg[] = [
    {
      ...{
        id: idFrom<LegId>(house, id, "guest's leg"),
        seat: guestSeat,
        account,
        to,
        alias: "",
        away: false,
      },
      ...{ desk: desk.id, ...(number && { number }), ...(portal && { portal }) },
    },
  ];
  return { id: conversation, version: 1, gate: 0, record, seats, legs };
}

/** What a person has set for all of their conversations holds in new ones. `here`: the leg by which they are reached first. */
async function ownWishes(
  house: House,
  person: PersonHandle,
  here: Leg | undefined,
): Promise<Pick<Seat, "unguarded" | "pinned" | "wants">> {
  const { prefer, unguarded } = await house.settings.of(person);
  const preferred = await preferredBy(house, person);
  const isHere = preferred !== undefined && here !== undefined && isBehind(preferred, here, house);
  return {
    ...(unguarded === true && { unguarded }),
    ...(prefer !== undefined && { pinned: true }),
    ...(preferred !== undefined && !isHere && { wants: preferred.id }),
  };
}

/** A label that the guest doesn't take for another name that they see: `bike`, `bike 2`. */
function distinct(label: string, taken: readonly string[]): string {
  let name = label;
  for (let count = 2; taken.some((each) => looksSame(each, name)); count++) name = `${label} ${count}`;
  return name;
}

/** The guest's next texts find the conversation, then its owner is asked, and then the guest is told. */
export async function showRequest(scene: ErrandScene, made: Conversation): Promise<Ending> {
  const { conversation: desk, event, house, leg } = scene;
  const sides = sidesOf(made);
  if (sides === undefined || made.record.origin !== "contact") throw new Error("a request has two sides");
  const label = sides.owner.name;
  const at = event.acceptedAt;
  const thread: Thread = { conversation: made.id, leg: reachedBy(made, sides.guest).id, name: label, at };
  await changeDesk(scene, desk.id, STEP.guestDesk, (now) =>
    withSaid(afterWriting(withThread(now, thread), made.id, at), made.id, [event], house),
  );
  await askOwner(scene, made, stepId(event.canonical, STEP.ownerDesk));
  return { say: [house.texts.requestSent({ label, reader: readerOn(house.capabilities(leg.account)) })] };
}
