import type { Conversation, DeskRecord } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { withoutThread } from "../../routing/threads.ts";
import { changeDesk, type ErrandScene } from "./errand.ts";
import { marksOf } from "./say.ts";

/** The desk where the guest of a conversation wrote its first text. */
export function guestDeskOf({ legs }: Conversation): ConversationId | undefined {
  return legs[0]?.desk; // a request is made with this one leg
}

/** The conversation isn't led at the desk any more where its guest began it. */
export async function withoutGuestThread(
  scene: ErrandScene,
  conversation: Conversation,
  step: number,
): Promise<void> {
  const desk = guestDeskOf(conversation);
  if (desk !== undefined)
    await changeDesk(scene, desk, step, (now) => withoutConversation(now, conversation.id));
}

/** A desk at which a conversation isn't led any more. */
export function withoutConversation(desk: DeskRecord, conversation: ConversationId): DeskRecord {
  const left = withoutThread(desk, conversation);
  return { ...left, told: left.told.filter((mark) => !marksOf(conversation).includes(mark)) };
}
