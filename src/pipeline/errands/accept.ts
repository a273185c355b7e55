import { TryLater } from "../../adapter/errors.ts";
import { type ContactRecord, type Conversation, isWaiting, type Thread } from "../../model/conversation.ts";
import type { ConversationId, LegId } from "../../model/ids.ts";
import { nameWithLabel } from "../../model/texts.ts";
import { afterHearing, withThread } from "../../routing/threads.ts";
import { sharedLegs } from "../desk-legs.ts";
import { circumstancesOf, type House } from "../house.ts";
import { commitUnlessDone, type OwnWork } from "../own-commit.ts";
import { offersGroups, withOffer } from "../own-group.ts";
import {
  areStill,
  areTheirs,
  givenLegs,
  isSameAccount,
  legsOf,
  missingLegs,
  type Place,
  type Places,
  placesOf,
} from "./accept-places.ts";
import { acceptance } from "./acceptance.ts";
import { noted, personOf, type Sides, sidesOf } from "./acquaintance.ts";
import type { Answering } from "./answering.ts";
import { commitStep, type Ending, type ErrandScene } from "./errand.ts";
import {
  guestDeskOf,
  traceEnds,
  withoutConversation,
  withoutEnded,
  withoutGuestThread,
} from "./guest-desk.ts";
import { accountOf } from "./link-parts.ts";
import { onAccount, whereIs } from "./seating.ts";

/** The first octet of the canonical ids of what leads up to it; the next says what. */
const PLACES = 0x23;
const DONE = { made: 1, led: 2, notMade: 3, notLed: 4 } as const;

const STEP = { conversation: 0, guestDesk: 1 } as const;

/**
 * The conversation begins: each side gets its place, what was kept goes to the owner, and both are told. Undefined: the
 * request ended a moment before.
 */
export async function accept(
  scene: ErrandScene,
  { conversation: { id }, request }: Answering,
): Promise<Ending | undefined> {
  const { house } = scene;
  const takenBack: Ending = { say: [house.texts.requestLeft(request)] };
  if ((await begin(scene, id)) === "apart") return takenBack;
  const now = await house.cache.get(id);
  const sides = now && sidesOf(now);
  if (now?.record.origin !== "contact" || sides === undefined) return undefined;
  if (now.record.answer !== "accept")
    return now.record.open && sides.guest.state === "blocked" ? takenBack : undefined;
  const { guest, owner } = givenLegs(scene, now, sides);
  const began = guestDeskOf(now);
  if (began !== undefined && guest?.desk !== began) {
    // A text there may still be meant for it.
    await traceEnds(house, began);
    await withoutGuestThread(scene, now, STEP.guestDesk, (desk) => withoutEnded(desk, id, house.clock.now()));
  }
  const { name } = sides.guest;
  if (owner === undefined) return {};
  const on = isSameAccount(owner, scene.leg) ? undefined : await accountOf(owner, house);
  const room = nameWithLabel({ name, label: now.record.label });
  const where = onAccount(whereIs(owner, scene.conversation.id, room), on);
  // In the same chat it has to stand before the texts, so it went with them.
  return where.kind === "here" ? {} : { say: [house.texts.accepted({ name, where })] };
}

/**
 * Finds the places and begins it there; again while somebody is reached elsewhere meanwhile. `apart`: one has blocked the
 * other. The legs are written down before it is asked whose their accounts are, and are used only after: so who unlinks one at
 * the same moment finds it, or it finds that it was unlinked.
 */
async function begin(scene: ErrandScene, id: ConversationId): Promise<"apart" | undefined> {
  const { committer, house } = scene;
  for (;;) {
    const conversation = await house.cache.get(id);
    const sides = conversation && sidesOf(conversation);
    if (conversation?.record.origin !== "contact" || sides === undefined) return undefined;
    const { record } = conversation;
    if (!isWaiting(record)) return undefined;
    if (await areApart(house, sides)) return "apart";
    const places = await placesOf(scene, conversation, sides, record);
    await commitUnlessDone(house, committer, id, [PLACES, DONE.made], (now) => made(now, places));
    const areUsable = await areTheirs(scene, sides, places);
    if (areUsable) await commence(scene, conversation, places, sides, record);
    const now = await house.cache.get(id);
    if (now?.record.origin === "contact" && now.record.answer === "accept") return undefined;
    await undo(scene, conversation, places);
    if (!areUsable) throw new TryLater(); // unlinking ends what the account has here, and this finds it so then
    if (now === undefined || areStill(now, places)) return undefined;
  }
}

function made(now: Conversation, places: Places): OwnWork | undefined {
  if (now.record.origin !== "contact" || !isWaiting(now.record)) return undefined;
  const missing = missingLegs(now, places);
  if (missing.length === 0) return undefined;
  return { changes: missing.map((leg) => ({ kind: "leg", leg })), deliveries: [] };
}

async function commence(
  scene: ErrandScene,
  { id }: Conversation,
  places: Places,
  { guest: { name: ofGuest }, owner: { name: ofOwner } }: Sides,
  { label }: ContactRecord,
): Promise<void> {
  const { house } = scene;
  const { guest, owner } = places;
  const at = scene.event.acceptedAt;
  const offers = [
    await lead(scene, owner, { conversation: id, leg: owner.leg.id, name: ofGuest, label, at }),
    await lead(scene, guest, { conversation: id, leg: guest.leg.id, name: ofOwner, at }),
  ].flatMap((leg) => leg ?? []);
  const circumstances = circumstancesOf(house, await sharedLegs(house, { legs: [owner.leg, guest.leg] }));
  await commitStep(scene, id, STEP.conversation, (now) =>
    acceptance(now, places, house.store.vault, { ...circumstances, offers }),
  );
}

/** Whether one of them has blocked the other since the owner was asked. */
async function areApart(house: House, { guest, owner }: Sides): Promise<boolean> {
  if (guest.state === "blocked") return true;
  const [one, other] = [await personOf(house, owner.person), await personOf(house, guest.person)];
  return (await noted(house, one, other)).blocked || (await noted(house, other, one)).blocked;
}

/** The desk in whose chat it is led knows so before anything is said there. Gives the leg at which groups are offered with it. */
async function lead(
  { committer, house }: ErrandScene,
  { leg: { account, desk } }: Place,
  thread: Thread,
): Promise<LegId | undefined> {
  if (desk === undefined) return undefined;
  const offers = await offersGroups(house, account, desk, thread.conversation);
  await commitUnlessDone(house, committer, desk, [PLACES, DONE.led], ({ record }) => {
    if (record.origin !== "desk") return undefined;
    const isLed = record.threads.some(({ leg }) => leg === thread.leg);
    const led = isLed ? record : afterHearing(withThread(record, thread), thread.conversation, thread.at);
    const now = offers ? withOffer(led, thread.conversation) : led;
    return now === record ? undefined : { changes: [{ kind: "record", record: now }], deliveries: [] };
  });
  return offers ? thread.leg : undefined;
}

/** Nobody came to talk there: the numbers are given back. The guest's first desk knows of the conversation as before. */
async function undo(scene: ErrandScene, { id, legs }: Conversation, places: Places): Promise<void> {
  const { committer, house, pools } = scene;
  const { guest, owner, told } = places;
  const given = legsOf(places).flatMap((leg) => (leg.id === told.id ? [] : leg.id));
  await commitUnlessDone(house, committer, id, [PLACES, DONE.notMade], (now) => {
    if (now.record.origin !== "contact" || now.record.answer === "accept") return undefined;
    const unused = now.legs.filter((leg) => given.includes(leg.id) && leg.over !== true);
    if (unused.length === 0) return undefined;
    return { changes: unused.map((leg) => ({ kind: "leg", leg: { ...leg, over: true } })), deliveries: [] };
  });
  for (const { leg } of [owner, guest]) {
    await pools.get(leg.account)?.release(leg.to, id);
    if (leg.desk === undefined || leg.id === legs[0]?.id) continue;
    await commitUnlessDone(house, committer, leg.desk, [PLACES, DONE.notLed], ({ record }) => {
      if (record.origin !== "desk" || record.threads.every((thread) => thread.leg !== leg.id))
        return undefined;
      return { changes: [{ kind: "record", record: withoutConversation(record, id) }], deliveries: [] };
    });
  }
}
