import { decideConversation } from "../../commands/in-conversation.ts";
import type { Content } from "../../model/content.ts";
import {
  type Conversation,
  type ConversationRecord,
  type DeskRecord,
  isWaiting,
  type Leg,
  legOfSeat,
  type Thread,
} from "../../model/conversation.ts";
import type { CanonicalId, ConversationId, LegId } from "../../model/ids.ts";
import { without } from "../../model/spans.ts";
import { decide } from "../../routing/decide.ts";
import { laneEvent } from "../../routing/lane-event.ts";
import { asSeen } from "../../routing/shape.ts";
import { afterWriting } from "../../routing/threads.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { findByRef } from "../../store/message-map.ts";
import { announce, sharedLegs } from "../desk-legs.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { WantedLegs } from "../wanted-legs.ts";
import { openable } from "./acquaintance.ts";
import { commitStep, type Ending, type ErrandHandler, type ErrandScene } from "./errand.ts";
import { followWriter } from "./follow.ts";
import { keepText, MOST_KEPT } from "./request-texts.ts";
import { withSaid } from "./said-texts.ts";

/** A text in a shared chat goes to the conversation that is meant. */
export const say: ErrandHandler<"say"> = async (scene, { conversation, cut }) => {
  const thread = threadOf(scene, conversation) ?? (await threadBehind(scene, conversation));
  if (thread === undefined) return { say: [scene.house.texts.notSent({ texts: 1, why: "answered" })] };
  if (scene.event.body.kind === "reaction") {
    await deliver(scene, thread, scene.event, 0); // whoever reacts hasn't written to anybody: the focus stays
    return {};
  }
  return sayTo(scene, thread, [asSaid(scene.event, cut)], 0);
};

/**
 * Texts of the desk's person go to one of the conversations that are led there, in order; each is committed once.
 * @param step the number of the first one's step
 */
export async function sayTo(
  scene: ErrandScene,
  thread: Thread,
  events: readonly AcceptedEvent[],
  step: number,
): Promise<Ending & { readonly isFull: boolean }> {
  const { house, conversation } = scene;
  const { texts } = house;
  const said: string[] = [];
  // Said once for each conversation: that texts wait, and that no more of them can.
  const [mark, fullMark] = [keptMark(thread.conversation), fullMarkOf(thread.conversation)];
  let told = conversation.record.told.includes(mark);
  const wasFull = conversation.record.told.includes(fullMark);
  let isFull = false;
  const oldMarks = await marksOfOthers(house, conversation, thread.conversation);
  await followWriter(scene);
  const meant = await house.cache.get(thread.conversation);
  if (meant !== undefined) await new WantedLegs(scene).fulfil(meant);
  for (const [place, event] of events.entries()) {
    const keeping = await keepText(scene, thread.conversation, event, step + place);
    const label = thread.name;
    if (keeping === "answered") {
      if (await deliver(scene, thread, event, step + place)) continue;
      said.push(texts.leftByOther({ name: label }));
      break; // one word about all of them
    }
    if (keeping === "full") {
      if (!wasFull && !isFull) said.push(texts.textNotKept({ label, most: MOST_KEPT }));
      isFull = true;
    } else if (!told) said.push(texts.textKept({ label }));
    told ||= keeping === "kept";
  }
  const { acceptedAt } = scene.event;
  return {
    say: said,
    isFull,
    record: onDesk((before) => {
      const desk = withSaid(before, thread.conversation, events, house);
      const marks = [...(told ? [mark] : []), ...(isFull ? [fullMark] : [])];
      const left = desk.told.filter((each) => !oldMarks.includes(each));
      const marked = { ...desk, told: [...new Set([...left, ...marks])] };
      const isLedHere = desk.threads.some((each) => each.conversation === thread.conversation);
      return isLedHere ? afterWriting(marked, thread.conversation, acceptedAt) : marked;
    }),
  };
}

/** A text of the conversation, or a reaction in it, as if it had come by its own lane. False: it is over, and nobody reads it. */
async function deliver(
  scene: ErrandScene,
  { conversation: id, leg }: Thread,
  event: AcceptedEvent,
  step: number,
): Promise<boolean> {
  const { house, committer } = scene;
  const conversation = await house.cache.get(id);
  const from = conversation && heardBy(conversation, leg);
  if (conversation?.record.open !== true || from === undefined) return false;
  const circumstances = circumstancesOf(house, await sharedLegs(house, conversation));
  const what = laneEvent({ ...event, from: from.to }, from.id, await reactedTo(scene, event));
  // Only a reaction to the conversation's own question is left to be answered: texts have answered the desk before.
  const decideIt = event.body.kind === "reaction" ? decideConversation : decide;
  const { revive } = decideIt(what, conversation, circumstances);
  if (revive !== undefined) await house.legs.revive(revive.delivery, revive.leg, revive.action, "parked");
  await announce(house, committer, conversation, from.id, event);
  await commitStep(scene, id, step, (now): OwnWork | undefined => {
    const { changes, deliveries, ignored } = decideIt(what, now, circumstances);
    return ignored === undefined ? { changes, deliveries } : undefined;
  });
  return true;
}

/** The commit whose message a reaction is on. */
async function reactedTo(
  { house, leg }: ErrandScene,
  { body }: AcceptedEvent,
): Promise<CanonicalId | undefined> {
  if (body.kind !== "reaction") return undefined;
  const found = await findByRef(house.store, leg.account, body.target.expose(), house.clock.now());
  return found?.place.canonical;
}

/** The leg by which a writer is heard: that of the thread, or where they are reached since it isn't used any more. */
function heardBy(conversation: Conversation, id: LegId): Leg | undefined {
  const leg = conversation.legs.find((each) => each.id === id);
  if (leg?.over !== true) return leg;
  const seat = conversation.seats.find((each) => each.id === leg.seat);
  return seat && legOfSeat(conversation, seat);
}

/** The `told` marks that a desk has of a conversation. */
export function marksOf(conversation: Conversation["id"]): readonly string[] {
  return [keptMark(conversation), fullMarkOf(conversation)];
}

/** The marks of requests that have ended since, at a desk from which texts were only sent to them: no end of theirs clears it. */
async function marksOfOthers(
  { cache }: House,
  { record }: Conversation,
  wanted: ConversationId,
): Promise<readonly string[]> {
  const old: string[] = [];
  for (const mark of record.told) {
    const id = mark.slice(mark.indexOf(":") + 1) as ConversationId; // keptMark and fullMarkOf wrote it
    if (id === wanted || !marksOf(id).includes(mark)) continue;
    const request = (await openable(cache.get(id)))?.record;
    if (request?.origin !== "contact" || !isWaiting(request)) old.push(mark);
  }
  return old;
}

/** It was said that texts wait. */
function keptMark(conversation: Conversation["id"]): string {
  return `kept:${conversation}`;
}

/** It was said that no more of them can. */
function fullMarkOf(conversation: Conversation["id"]): string {
  return `full:${conversation}`;
}

/** A conversation that is led in the desk's chat. */
export function threadOf({ conversation: { record } }: ErrandScene, id: ConversationId): Thread | undefined {
  return record.origin === "desk"
    ? record.threads.find(({ conversation }) => conversation === id)
    : undefined;
}

/** Likewise of one that is in a group now: its older texts are still there to be quoted. */
export async function threadBehind(
  { conversation: desk, house, seat }: ErrandScene,
  id: ConversationId,
): Promise<Thread | undefined> {
  const conversation = await openable(house.cache.get(id));
  const behind = conversation?.legs.find((each) => each.desk === desk.id && each.over !== true);
  const group = conversation?.legs.find((each) => each.behind === behind?.id && each.over !== true);
  const own = conversation?.seats.find((each) => each.id === group?.seat);
  const other = conversation?.seats.find((each) => each.id !== group?.seat);
  if (conversation === undefined || behind === undefined || group === undefined) return undefined;
  if (own?.person !== seat.person || other === undefined) return undefined;
  // As if it had been written in the group: they go on to be reached there.
  return { conversation: id, leg: group.id, ...asSeen(other, conversation), at: house.clock.now() };
}

/** A change of a record that is a desk's. */
export function onDesk(
  change: (desk: DeskRecord) => DeskRecord,
): (record: ConversationRecord) => ConversationRecord {
  return (record) => (record.origin === "desk" ? change(record) : record);
}

/** The text of an event that is a message. `cut`: without the character that stands there. */
export function contentOf({ body }: AcceptedEvent, cut?: number): Content | undefined {
  if (body.kind !== "message") return undefined;
  const { content } = body;
  return content.kind === "text" && cut !== undefined ? without(content, cut, cut + 1) : content;
}

/** Without the character that makes it no command, and without what it quotes: in a chat with several that says for whom it is. */
function asSaid(event: AcceptedEvent, cut: number | undefined): AcceptedEvent {
  const content = contentOf(event, cut);
  return content === undefined ? event : { ...event, body: { kind: "message", content } };
}
