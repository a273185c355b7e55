import type { Change, Conversation, ConversationRecord } from "../../model/conversation.ts";
import type { ConversationId, LegId, PersonId, SeatId } from "../../model/ids.ts";
import type { PersonHandle } from "../../store/people.ts";
import { noted } from "./acquaintance.ts";
import { type Meeting, meetingsOf } from "./circle.ts";
import { withoutConversations } from "./desk-contents.ts";
import type { ErrandScene } from "./errand.ts";
import { commitIn, waitForSends } from "./saga.ts";
import { onDesk } from "./say.ts";
import { shutOff, tidyDesks, traceEndsOf } from "./shut-off.ts";

/** A seat of somebody who has noted something of the one who sits with them. */
interface NotedSeat {
  readonly by: PersonHandle;
  readonly seat: SeatId;
  readonly blocked: boolean;
  readonly muted: boolean;
}

/**
 * What a person and those they talk to have blocked and muted holds in all of their conversations: they have just become one
 * with somebody who had others. What was on its way is waited for. Gives what becomes of the errand's own record at its end.
 * May be repeated. @throws StoreAway
 */
export async function holdNotes(
  scene: ErrandScene,
  person: PersonHandle,
): Promise<(record: ConversationRecord) => ConversationRecord> {
  const { house, seat: own } = scene;
  const closed: LegId[] = [];
  const gone = new Map<PersonId, { readonly by: PersonHandle; readonly ids: Set<ConversationId> }>();
  for (const meeting of await meetingsOf(house, person)) {
    const { id, legs } = meeting.conversation;
    const seats = await notedSeats(scene, person, meeting);
    await commitIn(scene, id, "unite", (now) => {
      const changes = seats.flatMap((seat) => changesOf(now, seat));
      return changes.length === 0 ? undefined : { changes, deliveries: [] };
    });
    for (const { by, seat } of seats.filter(({ blocked }) => blocked)) {
      closed.push(...legs.filter((leg) => leg.seat === seat).map((leg) => leg.id));
      const { ids } = gone.get(by.id) ?? { ids: new Set() };
      gone.set(by.id, { by, ids: ids.add(id) });
    }
  }
  await waitForSends(house, closed);
  for (const { by, ids } of gone.values()) {
    await traceEndsOf(house, by);
    await tidyDesks(scene, by, (desk) => withoutConversations(desk.record, desk.own, ids, house.clock.now()));
  }
  const here = gone.get(person.id)?.ids ?? new Set();
  return onDesk((desk) => withoutConversations(desk, own, here, house.clock.now()));
}

async function notedSeats(
  { house }: ErrandScene,
  person: PersonHandle,
  { others, own }: Meeting,
): Promise<readonly NotedSeat[]> {
  const seats: NotedSeat[] = [];
  for (const seat of others) {
    const other = await house.people.byId(seat.person);
    if (other === undefined || other.id === person.id) continue;
    seats.push({ by: person, seat: own.id, ...(await noted(house, person, other)) });
    seats.push({ by: other, seat: seat.id, ...(await noted(house, other, person)) });
  }
  return seats;
}

function changesOf(now: Conversation, { blocked, muted, seat: id }: NotedSeat): readonly Change[] {
  const changes = blocked ? shutOff(now, id) : [];
  const seat = now.seats.find((each) => each.id === id);
  if (!muted || seat === undefined || seat.muted === true) return changes;
  const state = changes.length === 0 ? seat.state : "blocked";
  return [...changes, { kind: "seat", seat: { ...seat, state, muted: true } }];
}
