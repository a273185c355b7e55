import type { ContactRecord, Conversation, DeskRecord, Seat } from "../../model/conversation.ts";
import type { OwnWork } from "../own-commit.ts";
import { wantedBy } from "./circle.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { withoutConversation } from "./guest-desk.ts";
import { sagaStep } from "./saga.ts";
import { marksOf, onDesk } from "./say.ts";
import { tidyDesks } from "./shut-off.ts";
import { windUp } from "./wind-up.ts";

/** A request of which its guest took everything back: it is closed, as if they had left. */
export function withdrawn({ seats }: Conversation, guest: Seat["id"], record: ContactRecord): OwnWork {
  const own = seats.filter(({ id }) => id === guest);
  return {
    changes: [
      { kind: "record", record: { ...record, open: false, answer: "none", kept: {} } },
      ...own.map((seat) => ({ kind: "seat", seat: { ...seat, state: "left" } }) as const),
    ],
    deliveries: [],
  };
}

/** Whether it was this very event that took everything back. @throws StoreAway */
export async function isWithdrawnBy(
  scene: ErrandScene,
  { id, record, seats }: Conversation,
  guest: Seat["id"],
): Promise<boolean> {
  if (record.open || seats.find((seat) => seat.id === guest)?.state !== "left") return false;
  const { event, house } = scene;
  return house.commits.isKnown(sagaStep(scene, id, "revise"), event.acceptedAt);
}

/** Its owner reads that it was taken back, and its guest's chats know nothing of it any more. May be repeated. @throws StoreAway */
export async function windUpWithdrawn(scene: ErrandScene, closed: Conversation): Promise<Ending> {
  const me = await wantedBy(scene);
  await windUp(scene, [closed], me.id);
  const without = (desk: DeskRecord): DeskRecord => {
    const isThere =
      desk.threads.some(({ conversation }) => conversation === closed.id) ||
      desk.told.some((mark) => marksOf(closed.id).includes(mark));
    return isThere ? withoutConversation(desk, closed.id) : desk;
  };
  await tidyDesks(scene, me, ({ record }) => without(record));
  return { record: onDesk(without) };
}
