import { type Conversation, isWaiting, type Thread } from "../../model/conversation.ts";
import type { LegId } from "../../model/ids.ts";
import { nameWithLabel } from "../../model/texts.ts";
import { afterHearing, withThread } from "../../routing/threads.ts";
import { sharedLegs } from "../desk-legs.ts";
import { circumstancesOf, type House } from "../house.ts";
import { idFrom } from "../own-commit.ts";
import { acceptance, type Places } from "./acceptance.ts";
import { noted, personOf, type Sides, sidesOf } from "./acquaintance.ts";
import type { Answering } from "./answering.ts";
import { changeDesk, commitStep, type Ending, type ErrandScene } from "./errand.ts";
import { guestDeskOf, withoutConversation, withoutGuestThread } from "./guest-desk.ts";
import { type Seating, seatingFor } from "./seating.ts";

const STEP = { ownerDesk: 0, newGuestDesk: 1, conversation: 2, guestDesk: 3, undone: 4 } as const;

/**
 * The conversation begins: each side gets its place, what was kept goes to the owner, and both are told. Undefined: the
 * request ended a moment before.
 */
export async function accept(
  scene: ErrandScene,
  { conversation, record, request }: Answering,
): Promise<Ending | undefined> {
  const { house } = scene;
  const { id } = conversation;
  const sides = sidesOf(conversation);
  if (sides === undefined) return undefined;
  const takenBack: Ending = { say: [house.texts.requestLeft(request)] };
  if (isWaiting(record) && (await areApart(house, sides))) return takenBack;
  const places = await placesOf(scene, conversation, sides, record.label);
  const { guest, owner } = places;
  const at = scene.event.acceptedAt;
  await leadAt(scene, owner, STEP.ownerDesk, {
    conversation: id,
    leg: owner.leg.id,
    name: sides.guest.name,
    label: record.label,
    at,
  });
  if (places.moves)
    await leadAt(scene, guest, STEP.newGuestDesk, {
      conversation: id,
      leg: guest.leg.id,
      name: sides.owner.name,
      at,
    });
  const circumstances = circumstancesOf(house, await sharedLegs(house, { legs: [owner.leg, guest.leg] }));
  await commitStep(scene, id, STEP.conversation, (now) =>
    acceptance(now, places, house.store.vault, circumstances),
  );
  const now = await house.cache.get(id);
  if (now?.record.origin !== "contact" || now.record.answer !== "accept") {
    await undo(scene, conversation, places);
    const wasBlocked = now?.record.open === true && sidesOf(now)?.guest.state === "blocked";
    return wasBlocked ? takenBack : undefined;
  }
  if (places.moves) await withoutGuestThread(scene, now, STEP.guestDesk, withoutConversation);
  const { name } = sides.guest;
  // In the same chat it has to stand before the texts, so it went with them.
  return owner.where.kind === "here" ? {} : { say: [house.texts.accepted({ name, where: owner.where })] };
}

/** Whether one of them has blocked the other since the owner was asked. */
async function areApart(house: House, { guest, owner }: Sides): Promise<boolean> {
  if (guest.state === "blocked") return true;
  const [one, other] = [await personOf(house, owner.person), await personOf(house, guest.person)];
  return (await noted(house, one, other)).blocked || (await noted(house, other, one)).blocked;
}

/** The owner is reached where they answered, the guest where they wrote, if that can be. */
async function placesOf(
  scene: ErrandScene,
  conversation: Conversation,
  sides: Sides,
  label: string,
): Promise<Places> {
  const { event, house, leg: answeredOn } = scene;
  const {
    id,
    legs: [first],
  } = conversation;
  const guestDesk = guestDeskOf(conversation);
  if (first === undefined || guestDesk === undefined) throw new Error("a request is made at a desk");
  const newLeg = (side: string): LegId => idFrom(house, event.canonical, `${side}'s leg`);
  const owner = await seatingFor(scene, {
    ...{ conversation: id, seat: sides.owner.id, leg: newLeg("owner"), desk: scene.conversation.id },
    ...{
      account: answeredOn.account,
      to: answeredOn.to,
      room: nameWithLabel({ name: sides.guest.name, label }),
    },
  });
  const guest = await seatingFor(scene, {
    ...{ conversation: id, seat: sides.guest.id, leg: newLeg("guest"), desk: guestDesk },
    ...{
      account: first.account,
      to: first.to,
      room: sides.owner.name,
      ...(first.number && { texted: first.number }),
    },
  });
  const moves = guest.where.kind !== "here";
  return { owner, guest: moves ? guest : { ...guest, leg: first }, first, moves };
}

async function leadAt(
  scene: ErrandScene,
  { leg: { desk } }: Seating,
  step: number,
  thread: Thread,
): Promise<void> {
  if (desk === undefined) return;
  await changeDesk(scene, desk, step, (now) =>
    afterHearing(withThread(now, thread), thread.conversation, thread.at),
  );
}

/** Nobody came to talk: the numbers are given back. */
async function undo(scene: ErrandScene, { id }: Conversation, { owner, guest }: Places): Promise<void> {
  for (const { leg } of [owner, guest]) await scene.pools.get(leg.account)?.release(leg.to, id);
  const { desk } = owner.leg;
  if (desk !== undefined) await changeDesk(scene, desk, STEP.undone, (now) => withoutConversation(now, id));
}
