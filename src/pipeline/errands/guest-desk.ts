import type { Conversation, DeskRecord } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { MINUTE, type Timestamp } from "../../model/time.ts";
import { afterEnding, STILL_MEANT, withoutThread } from "../../routing/threads.ts";
import type { House } from "../house.ts";
import { changeDesk, type ErrandScene } from "./errand.ts";
import { marksOf } from "./say.ts";

/** The desk where the guest of a conversation wrote its first text. */
export function guestDeskOf({ legs }: Conversation): ConversationId | undefined {
  return legs[0]?.desk; // a request is made with this one leg
}

/** The conversation isn't led at the desk any more where its guest began it: it is over, or is led elsewhere. */
export async function withoutGuestThread(
  scene: ErrandScene,
  conversation: Conversation,
  step: number,
  change: (desk: DeskRecord, conversation: ConversationId) => DeskRecord,
): Promise<void> {
  const desk = guestDeskOf(conversation);
  if (desk !== undefined) await changeDesk(scene, desk, step, (now) => change(now, conversation.id));
}

/** A desk at which a conversation isn't led any more. */
export function withoutConversation(desk: DeskRecord, conversation: ConversationId): DeskRecord {
  return withoutMark(withoutThread(desk, conversation), conversation);
}

/** A conversation is about to end at a desk: the trace of it goes in time. May be repeated. @throws StoreAway */
export async function traceEnds({ clock, timers }: House, desk: ConversationId): Promise<void> {
  await timers.set({ kind: "ended", conversation: desk, at: clock.now() + STILL_MEANT + MINUTE });
}

/** A desk at which a conversation was led that is over. */
export function withoutEnded(desk: DeskRecord, conversation: ConversationId, now: Timestamp): DeskRecord {
  return withoutMark(afterEnding(desk, conversation, now), conversation);
}

function withoutMark(desk: DeskRecord, conversation: ConversationId): DeskRecord {
  return { ...desk, told: desk.told.filter((mark) => !marksOf(conversation).includes(mark)) };
}
