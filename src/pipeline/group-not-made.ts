import type { DeskRecord, Thread } from "../model/conversation.ts";
import type { LegId } from "../model/ids.ts";
import { notice } from "../routing/decide.ts";
import { asSeen } from "../routing/shape.ts";
import { withoutThread, withThread } from "../routing/threads.ts";
import { circumstancesOf, type House } from "./house.ts";
import type { Pending } from "./leg.ts";
import { type Committer, commitOwn, commitUnlessDone, followingFrom } from "./own-commit.ts";
import { backBehind } from "./own-group.ts";

/** The first octets of these commits' canonical ids (see errand.ts). */
const LED = [0x26, 0] as const;

/**
 * A native thread couldn't be opened. If it was a group, its conversation goes on at the desk behind it, whose chat knows so
 * before anything is said there, and what waited for the group goes there. False when it was none. May be repeated.
 * @throws StoreAway
 */
export async function groupNotMade(
  house: House,
  committer: Committer,
  leg: LegId,
  { id: opening, payload, revived }: Pending,
): Promise<boolean> {
  const conversation = payload && (await house.cache.get(payload.conversation));
  const group = conversation?.legs.find(({ id }) => id === leg);
  const behind = conversation?.legs.find(({ id, over }) => id === group?.behind && over !== true);
  const other = conversation?.seats.find(({ id }) => id !== group?.seat);
  if (payload === undefined || conversation === undefined || other === undefined) return false;
  if (behind?.desk === undefined) return false;
  const { id, record } = conversation;
  const { acceptedAt } = payload;
  const seen = asSeen(other, conversation);
  const thread = { conversation: id, leg: behind.id, ...seen, at: house.clock.now() };
  if (group?.over === true) return true; // the first time
  await commitUnlessDone(house, committer, behind.desk, LED, (desk) =>
    desk.record.origin === "desk" && record.open && !isLed(desk.record, thread)
      ? { changes: [{ kind: "record", record: withThread(desk.record, thread) }], deliveries: [] }
      : undefined,
  );
  const what = { conversation: id, acceptedAt, canonical: followingFrom(opening, "unopened", revived) };
  await commitOwn(house, committer, what, (now) => {
    const left = now.legs.find((each) => each.id === leg);
    if (left === undefined || left.over === true) return undefined;
    const said = notice(behind, house.texts.groupNotMade(seen), circumstancesOf(house));
    return { changes: backBehind(now, left, behind.id), deliveries: now.record.open ? [said] : [] };
  });
  return true;
}

/**
 * A native thread is there. If it is a group, the chat behind it doesn't hold its conversation: an earlier try may have been given up,
 * and cut short by a crash once the chat knew. May be repeated. @throws StoreAway
 */
export async function groupMade(
  house: House,
  committer: Committer,
  leg: LegId,
  { payload }: Pending,
): Promise<void> {
  const conversation = payload && (await house.cache.get(payload.conversation));
  const group = conversation?.legs.find(({ id, over }) => id === leg && over !== true);
  const behind = conversation?.legs.find(({ id }) => id === group?.behind);
  if (conversation === undefined || behind?.desk === undefined) return;
  const thread = { conversation: conversation.id, leg: behind.id };
  // Whoever wants no groups any more has been led back before the group is given up.
  await commitUnlessDone(house, committer, behind.desk, LED, ({ record }) =>
    record.origin === "desk" && record.groups === true && isLed(record, thread)
      ? { changes: [{ kind: "record", record: withoutThread(record, conversation.id) }], deliveries: [] }
      : undefined,
  );
}

function isLed({ threads }: DeskRecord, thread: Pick<Thread, "conversation" | "leg">): boolean {
  return threads.some(({ conversation, leg }) => conversation === thread.conversation && leg === thread.leg);
}
