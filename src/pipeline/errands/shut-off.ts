import type { Change, Conversation, DeskRecord, Seat } from "../../model/conversation.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import { type DeskOfPerson, desksOf } from "./circle.ts";
import type { ErrandScene } from "./errand.ts";
import { traceEnds } from "./guest-desk.ts";
import { commitIn } from "./saga.ts";

/** A seat from which nothing is said any more and where nothing arrives, also of what was queued. None: it is so already. */
export function shutOff({ legs, seats }: Conversation, id: Seat["id"]): readonly Change[] {
  const seat = seats.find((each) => each.id === id);
  if (seat === undefined || seat.state === "blocked" || seat.state === "left") return [];
  const closed = legs.filter((leg) => leg.seat === id);
  return [
    { kind: "seat", seat: { ...seat, state: "blocked" } },
    ...closed.map((leg): Change => ({ kind: "leg", leg: { ...leg, gate: (leg.gate ?? 0) + 1 } })),
  ];
}

/** Conversations are about to end at a person's desks: the traces of them go in time. May be repeated. @throws StoreAway */
export async function traceEndsOf(house: House, person: PersonHandle): Promise<void> {
  for (const { conversation } of await desksOf(house, person)) await traceEnds(house, conversation.id);
}

/** Changes the desks of a person, but for the errand's: that one is changed at its end, since its request is looked up there again. */
export async function tidyDesks(
  scene: ErrandScene,
  me: PersonHandle,
  change: (desk: DeskOfPerson) => DeskRecord,
): Promise<void> {
  for (const desk of await desksOf(scene.house, me)) {
    if (desk.conversation.id === scene.conversation.id) continue;
    await commitIn(scene, desk.conversation.id, "tidy", (now) => {
      if (now.record.origin !== "desk") return undefined;
      const record = change({ conversation: now, record: now.record, own: desk.own });
      return record === now.record ? undefined : { changes: [{ kind: "record", record }], deliveries: [] };
    });
  }
}
