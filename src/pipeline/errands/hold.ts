import type { ConversationRecord, Thread } from "../../model/conversation.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import type { ErrandHandler, ErrandScene } from "./errand.ts";
import { openText, sealText } from "./kept-text.ts";
import { contentOf, sayTo, threadOf } from "./say.ts";

/** So many texts wait for one answer; a longer list is nobody's who forgot to choose. */
const MOST_HELD = 20;

/** Nobody knows for which conversation a text is: it is held, and its writer is asked, once for all that is held. */
export const hold: ErrandHandler<"hold"> = async (scene, { at }) => {
  const { conversation, event, house, seat } = scene;
  const { record } = conversation;
  const content = contentOf(event);
  if (record.origin !== "desk" || content === undefined) return {};
  const sealed = sealText(house.store.vault, seat.id, "24h", {
    canonical: event.canonical,
    at: event.at,
    content,
  });
  const asked = record.questions[seat.id];
  const isAsked = asked?.kind === "whom" && asked.until > at;
  const threads = record.threads;
  const conversations = threads.map((thread) => thread.conversation);
  return {
    say: isAsked ? [] : [house.texts.toWhom({ conversations: threads.map(named) })],
    record: (now) => {
      const held = [...(isAsked ? heldBy(now, seat.id) : []), sealed].slice(-MOST_HELD);
      const question = isAsked
        ? asked
        : ({ kind: "whom", conversations, until: at + QUESTION_TIME } as const);
      return {
        ...now,
        held: { ...now.held, [seat.id]: held },
        questions: { ...now.questions, [seat.id]: question },
      };
    },
  };
};

/** The answer: everything that was held goes where it was meant to. */
export const release: ErrandHandler<"release"> = async (scene, { conversation }) => {
  const thread = threadOf(scene, conversation);
  const { seat, house } = scene;
  const free = (now: ConversationRecord): ConversationRecord => ({
    ...now,
    held: { ...now.held, [seat.id]: [] },
  });
  if (thread === undefined) return { record: free };
  const events = heldBy(scene.conversation.record, seat.id).flatMap((sealed) => eventOf(scene, sealed) ?? []);
  const ending = await sayTo(scene, thread, events, 0);
  return {
    say: [house.texts.wentTo({ name: thread.name }), ...(ending.say ?? [])],
    record: (now) => free(ending.record?.(now) ?? now),
  };
};

function heldBy({ held }: ConversationRecord, seat: string): readonly string[] {
  return held?.[seat] ?? [];
}

/** A held text as the event that it was; undefined when its time is over. */
function eventOf({ event, seat, house }: ErrandScene, sealed: string): AcceptedEvent | undefined {
  try {
    const { canonical, at, content } = openText(house.store.vault, seat.id, sealed);
    return { ...event, canonical, at, body: { kind: "message", content } };
  } catch (error) {
    if (error instanceof UnknownKey) return undefined;
    throw error;
  }
}

function named({ name, label }: Thread) {
  return { name, label };
}
