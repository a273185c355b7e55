import { type Conversation, type Leg, legOfSeat } from "../model/conversation.ts";
import type { CanonicalId, LegId } from "../model/ids.ts";
import { HOUR, type Milliseconds } from "../model/time.ts";
import { afterHearing } from "../routing/threads.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import type { House } from "./house.ts";
import { type Committer, commitOwn, idFrom } from "./own-commit.ts";

/** When a conversation last spoke is kept this exactly: a desk isn't written for each text. */
const EXACTLY_ENOUGH: Milliseconds = HOUR;

/** Whether a conversation is led in the bridge's own chat with somebody. */
export function hasDesks({ legs }: Pick<Conversation, "legs">): boolean {
  return legs.some(({ desk }) => desk !== undefined);
}

/** The legs of a conversation whose chats hold other conversations beside it. */
export async function sharedLegs(
  house: House,
  { legs }: Pick<Conversation, "legs">,
): Promise<readonly LegId[]> {
  const shared: LegId[] = [];
  for (const { id, desk } of legs) {
    const record = desk && (house.cache.peek(desk) ?? (await house.cache.get(desk)))?.record;
    if (record?.origin === "desk" && record.threads.length > 1) shared.push(id);
  }
  return shared;
}

/**
 * Something is about to be said to the others in a conversation: desks in whose chats they read it know so before, since it
 * ends the focus of another conversation there. Said in vain it does no harm.
 * @throws StoreAway
 */
export async function announce(
  house: House,
  committer: Committer,
  conversation: Conversation,
  from: LegId,
  event: AcceptedEvent,
): Promise<void> {
  if (event.body.kind !== "message" && event.body.kind !== "edit") return;
  const source = conversation.legs.find(({ id }) => id === from);
  for (const seat of conversation.seats) {
    const leg = seat.id === source?.seat ? undefined : legOfSeat(conversation, seat);
    if (leg?.desk !== undefined) await tell(house, committer, conversation, leg, event);
  }
}

async function tell(
  house: House,
  committer: Committer,
  { id }: Conversation,
  { desk }: Leg,
  { acceptedAt, canonical }: AcceptedEvent,
): Promise<void> {
  if (desk === undefined) return;
  const what = {
    conversation: desk,
    canonical: idFrom<CanonicalId>(house, canonical, `heard at ${desk}`),
    acceptedAt,
  };
  await commitOwn(house, committer, what, ({ record }) => {
    if (record.origin !== "desk") return undefined;
    const thread = record.threads.find(({ conversation }) => conversation === id);
    const { focus } = record;
    const endsFocus = focus !== undefined && focus.conversation !== id && focus.until > acceptedAt;
    if (thread === undefined || (!endsFocus && acceptedAt - thread.at < EXACTLY_ENOUGH)) return undefined;
    const heard = afterHearing(record, id, Math.max(thread.at, acceptedAt));
    return { changes: [{ kind: "record", record: heard }], deliveries: [] };
  });
}
