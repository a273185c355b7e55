import { type DeskRecord, type Seat, withoutQuestion } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import type { Timestamp } from "../../model/time.ts";
import { afterEnding } from "../../routing/threads.ts";

/** A desk that shows nothing of these conversations any more, which are over; the same one where it showed nothing of them. */
export function withoutConversations(
  record: DeskRecord,
  own: Seat,
  gone: ReadonlySet<ConversationId>,
  now: Timestamp,
): DeskRecord {
  const isGone = ({ conversation }: { readonly conversation: ConversationId }): boolean =>
    gone.has(conversation);
  if (![...record.requests, ...record.threads].some(isGone)) return record;
  const requests = record.requests.filter((request) => !isGone(request));
  const left = record.threads
    .filter(isGone)
    .reduce<DeskRecord>((desk, each) => afterEnding(desk, each.conversation, now), { ...record, requests });
  const question = left.questions[own.id];
  const isOver =
    question?.kind === "request" && requests.every((request) => request.number !== question.request);
  return isOver ? withoutQuestion(left, own.id) : left;
}
