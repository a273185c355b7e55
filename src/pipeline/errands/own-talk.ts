import {
  type Conversation,
  type ConversationRecord,
  type DeskRecord,
  isWaiting,
  legOfSeat,
  type Seat,
} from "../../model/conversation.ts";
import type { ConversationId, LegId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import { endedText } from "../../routing/shape.ts";
import type { PersonHandle } from "../../store/people.ts";
import { sharedLegs } from "../desk-legs.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { desksOf, meetingsOf } from "./circle.ts";
import { withoutConversations } from "./desk-contents.ts";
import type { ErrandScene } from "./errand.ts";
import { commitIn, sagaStep } from "./saga.ts";
import { onDesk } from "./say.ts";
import { traceEndsOf } from "./shut-off.ts";
import { unsent } from "./unsent.ts";
import { windUp } from "./wind-up.ts";

/**
 * Two who have just become one talked with each other: that ends, since nobody needs the bridge to talk with themselves. A request
 * goes without a word. Gives what becomes of the errand's own record at its end. May be repeated. @throws StoreAway
 */
export async function endOwnTalk(
  scene: ErrandScene,
  person: PersonHandle,
): Promise<(record: ConversationRecord) => ConversationRecord> {
  const { event, house } = scene;
  const closed = new Map<ConversationId, Conversation>();
  for (const { conversation } of await meetingsOf(house, person)) {
    const { id, record, seats } = conversation;
    if (record.origin !== "contact" || seats.some((seat) => seat.person !== person.id)) continue;
    const shared = await sharedLegs(house, conversation);
    await commitIn(scene, id, "ownTalk", (now) => ended(now, house, shared));
    const after = await house.cache.get(id);
    const isByThis = await house.commits.isKnown(sagaStep(scene, id, "ownTalk"), event.acceptedAt);
    if (after !== undefined && isByThis) closed.set(id, after);
  }
  if (closed.size === 0) return (record) => record;
  await windUp(scene, [...closed.values()], person.id);
  await traceEndsOf(house, person);
  const ids = new Set(closed.keys());
  const without = (desk: DeskRecord, own: Seat): DeskRecord =>
    withoutConversations(desk, own, ids, house.clock.now());
  for (const { conversation, own } of await desksOf(house, person)) {
    if (conversation.id === scene.conversation.id) continue;
    await commitIn(scene, conversation.id, "ownTalk", ({ record }) => {
      if (record.origin !== "desk") return undefined;
      return { changes: [{ kind: "record", record: without(record, own) }], deliveries: [] };
    });
  }
  return onDesk((desk) => without(desk, scene.seat));
}

function ended(now: Conversation, house: House, shared: readonly LegId[]): OwnWork | undefined {
  const { legs, record, seats } = now;
  if (record.origin !== "contact" || !record.open) return undefined;
  const circumstances = circumstancesOf(house, shared);
  const isRequest = isWaiting(record);
  let next: ConversationRecord = {
    ...record,
    ...{ open: false, kept: {}, answer: record.answer ?? "none" },
  };
  const told = seats.flatMap((seat) => {
    const own = legs.filter((leg) => leg.seat === seat.id && leg.over !== true);
    const waiting = unsent(now, next, seat.id, own, house);
    next = waiting.record;
    const other = seats.find(({ id }) => id !== seat.id);
    const leg = legOfSeat(now, seat);
    const isTold = !isRequest && seat.state === "accepted";
    if (!isTold || leg === undefined || other === undefined) return waiting.told;
    return [...waiting.told, notice(leg, endedText(leg, other, now, circumstances), circumstances)];
  });
  return { changes: [{ kind: "record", record: next }], deliveries: told };
}
