import type { Conversation } from "../../model/conversation.ts";
import type { CanonicalId, ConversationId } from "../../model/ids.ts";
import type { Timer } from "../../store/timers.ts";
import type { Office } from "../errands/errand.ts";
import { commitOwn, idFrom, type OwnWork } from "../own-commit.ts";

/** A step of what is due, in any conversation, committed once for its timer. Says whether there was anything to do. @throws StoreAway */
export function dueStep(
  { committer, house }: Office,
  timer: Timer,
  conversation: ConversationId,
  make: (conversation: Conversation) => OwnWork | undefined,
): Promise<boolean> {
  const canonical = idFrom<CanonicalId>(
    house,
    `${timer.kind} ${timer.conversation} ${timer.at}`,
    `due in ${conversation}`,
  );
  return commitOwn(house, committer, { conversation, canonical, acceptedAt: house.clock.now() }, make);
}
