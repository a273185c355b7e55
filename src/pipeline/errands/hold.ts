import {
  type Conversation,
  type ConversationRecord,
  legOfSeat,
  type Thread,
} from "../../model/conversation.ts";
import type { Timestamp } from "../../model/time.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { type ErrandHandler, type ErrandScene, LAST_STEP, stepId } from "./errand.ts";
import { holdBack, sift } from "./held-back.ts";
import { eventOf, keptText, openKept, sealText } from "./kept-text.ts";
import { contentOf, sayTo, threadOf } from "./say.ts";

/** So many texts wait for one answer. */
const MOST_HELD = 20;

/** Nobody knows for which conversation a text is: it is held, and its writer is asked, once for all that is held. */
export const hold: ErrandHandler<"hold"> = async (scene, { at, cut, id }) => {
  const { conversation, event, house, seat } = scene;
  const { record } = conversation;
  const content = contentOf(event, cut);
  if (record.origin !== "desk" || content === undefined) return {};
  const asked = record.questions[seat.id];
  const isAsked = asked?.kind === "whom" && asked.until > at;
  const waiting = record.held?.[seat.id];
  const late = waiting !== undefined && waiting.until <= at;
  const { texts } = house;
  if (textsHeld(record, seat.id, at).length >= MOST_HELD)
    return { say: [texts.notSent({ texts: 1, why: "answered" })] };
  const until = isAsked ? asked.until : at + QUESTION_TIME;
  await house.timers.set({ kind: "held", conversation: conversation.id, at: until });
  const sealed = sealText(house.store.vault, seat.id, "24h", keptText(event, content));
  const { threads } = record;
  const question = {
    ...({ kind: "whom", until, asked: stepId(id, LAST_STEP) } as const),
    conversations: threads.map((thread) => thread.conversation),
  };
  return {
    say: [
      ...(late ? [texts.notSent({ texts: waiting.texts.length, why: "unanswered" })] : []),
      ...(isAsked ? [] : [texts.toWhom({ conversations: threads.map(named) })]),
    ],
    record: (now) => ({
      ...now,
      held: { ...now.held, [seat.id]: { until, texts: [...textsHeld(now, seat.id, at), sealed] } },
      questions: isAsked ? now.questions : { ...now.questions, [seat.id]: question },
    }),
  };
};

/** What waits and can still be sent. */
function textsHeld({ held }: ConversationRecord, seat: string, now: Timestamp): readonly string[] {
  const waiting = held?.[seat];
  return waiting === undefined || waiting.until <= now ? [] : waiting.texts;
}

/** The answer: everything that was held goes where it was meant to. */
export const release: ErrandHandler<"release"> = async (scene, { conversation }) => {
  const { seat, house } = scene;
  const meant = await house.cache.get(conversation);
  const here = threadOf(scene, conversation);
  const thread = here ?? (meant && movedThread(scene, meant));
  const free = (now: ConversationRecord): ConversationRecord => withoutHeld(now, seat.id);
  const held = scene.conversation.record.held?.[seat.id]?.texts ?? [];
  if (thread === undefined || (here === undefined && held.length === 0)) {
    const count = held.length;
    return { say: count === 0 ? [] : [house.texts.notSent({ texts: count, why: "answered" })], record: free };
  }
  const texts = held.flatMap((sealed) => openKept(house.store.vault, seat.id, sealed) ?? []);
  const sifted = meant === undefined ? { free: texts, held: [] } : sift(scene, meant, texts);
  const to = {
    ...({ kind: "conversation", id: conversation } as const),
    ...(here === undefined && { named: true }),
  };
  const { name } = thread;
  const from = meant?.legs.find(({ id }) => id === thread.leg)?.to ?? scene.event.from;
  const events = sifted.free.map((text) => ({ ...eventOf(scene.event, text), from }));
  const sent = await sayTo(scene, thread, events, 0); // without a text, too: it has the focus
  const kept =
    sifted.held.length === 0 ? {} : await holdBack(scene, sifted.held, { to, name, isFocus: true });
  return {
    say: [
      ...(sifted.held.length > 0 && sifted.free.length === 0 ? [] : [house.texts.wentTo({ name })]),
      ...(sent.say ?? []),
      ...(kept.say ?? []),
    ],
    record: (now) => {
      const after = free(sent.record?.(now) ?? now);
      return kept.record?.(after) ?? after;
    },
  };
};

/** A conversation that was led here when its writer was asked, and goes on at another number or account of theirs. */
function movedThread({ event, seat: { person } }: ErrandScene, meant: Conversation): Thread | undefined {
  const own = meant.seats.find((seat) => seat.person === person);
  const other = meant.seats.find(({ id }) => id !== own?.id);
  const leg = own && legOfSeat(meant, own);
  if (!meant.record.open || own?.state !== "accepted" || leg === undefined || other === undefined)
    return undefined;
  return { conversation: meant.id, leg: leg.id, name: other.name, at: event.acceptedAt };
}

/** A record in which nothing of a seat waits any more. */
export function withoutHeld<R extends ConversationRecord>(record: R, seat: string): R {
  const { [seat]: _gone, ...held } = record.held ?? {};
  return { ...record, held };
}

function named({ name, label }: Thread) {
  return { name, label };
}
