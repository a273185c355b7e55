import {
  type Conversation,
  type ConversationRecord,
  type Leg,
  withoutQuestion,
} from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { SeatId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import { circumstancesOf, type House } from "../house.ts";
import { textsOf, withGuarded } from "./held-back.ts";

/** What becomes of texts that waited for their writer's answer and won't be sent. */
interface Unsent {
  readonly record: ConversationRecord;
  /** Their writer is told, where each was written. */
  readonly told: readonly PlannedDelivery[];
}

/**
 * A conversation in which nothing of a seat's waits any more that gives something away, if any of it was written on one of these
 * legs: what stands behind a text that isn't sent isn't looked at for itself.
 * @param legs the first is where a text's writer is told of whom that isn't known
 */
export function unsent(
  now: Conversation,
  record: ConversationRecord,
  seat: SeatId,
  legs: readonly Leg[],
  house: House,
): Unsent {
  const waiting = record.guarded?.[seat];
  const [first] = legs;
  if (waiting === undefined || first === undefined) return { record, told: [] };
  const places = textsOf(house, seat, waiting).map(
    ({ leg }) => now.legs.find(({ id }) => id === leg) ?? first,
  );
  if (places.length > 0 && !places.some(({ id }) => legs.some((leg) => leg.id === id)))
    return { record, told: [] };
  const left = withGuarded(record, seat, undefined);
  const circumstances = circumstancesOf(house);
  const told = [...Map.groupBy(places, ({ id }) => id).values()].flatMap((group) => {
    const [leg] = group;
    if (leg === undefined) return [];
    return [notice(leg, house.texts.notSent({ texts: group.length, why: "answered" }), circumstances)];
  });
  return { record: left.questions[seat]?.kind === "guard" ? withoutQuestion(left, seat) : left, told };
}
