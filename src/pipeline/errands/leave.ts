import type { Change, Conversation, Leg, Seat } from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { LegId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import { endedText } from "../../routing/shape.ts";
import type { Identity } from "../../store/people.ts";
import { withHopNotices } from "../hop-notices.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { isBehind } from "./link-parts.ts";
import { unsent } from "./unsent.ts";

/**
 * A conversation in which an identity has no part any more; who has no other leg there has left it.
 * @param shared the legs whose chats hold several conversations
 */
export function without(
  conversation: Conversation,
  seatId: Seat["id"],
  identity: Identity,
  house: House,
  shared: readonly LegId[],
): OwnWork | undefined {
  const seat = conversation.seats.find(({ id }) => id === seatId);
  if (seat === undefined) return undefined;
  const own = conversation.legs.filter((leg) => leg.seat === seatId && leg.over !== true);
  const going = own.filter((leg) => isBehind(identity, leg, house));
  const { via, wants, ...rest } = seat;
  const wanted = wants === undefined || wants === identity.id ? {} : { wants };
  if (going.length === 0)
    return wants === identity.id ? seatChanged({ ...rest, ...(via && { via }) }) : undefined;
  const over = going.map((leg): Change => {
    return { kind: "leg", leg: { ...leg, over: true, gate: (leg.gate ?? 0) + 1 } };
  });
  const other =
    own.find((leg) => !going.includes(leg) && leg.id === via) ?? own.find((leg) => !going.includes(leg));
  if (other !== undefined) {
    const { record, told } = unsent(conversation, conversation.record, seatId, going, house);
    const changes: Change[] = record === conversation.record ? over : [...over, { kind: "record", record }];
    return withHopNotices(
      conversation,
      seatChanged({ ...rest, ...wanted, via: other.id }, changes, [...told, ...closings(going, house)]),
      circumstancesOf(house),
    );
  }
  return leaves(conversation, { ...rest, ...wanted, state: "left" }, over, going, house, shared);
}

function leaves(
  conversation: Conversation,
  seat: Seat,
  over: readonly Change[],
  going: readonly Leg[],
  house: House,
  shared: readonly LegId[],
): OwnWork {
  const { legs, seats } = conversation;
  const others = seats.filter(({ id, state }) => id !== seat.id && state === "accepted");
  const circumstances = circumstancesOf(house, shared);
  const told = legs.filter((leg) => leg.over !== true && others.some(({ id }) => id === leg.seat));
  const own = unsent(conversation, conversation.record, seat.id, going, house);
  let { record } = own;
  const lost = [...own.told];
  const open = record.open && others.length > 1;
  // What waits of others has nobody to read it.
  for (const { id } of open ? [] : others) {
    const theirs = told.filter((leg) => leg.seat === id);
    const of = unsent(conversation, record, id, theirs, house);
    record = of.record;
    lost.push(...of.told);
  }
  const changes: Change[] = [{ kind: "record", record: { ...record, open } }];
  const textFor = (leg: Leg): string => endedText(leg, seat, conversation, circumstances);
  const ended = conversation.record.open ? told.map((leg) => notice(leg, textFor(leg), circumstances)) : [];
  return seatChanged(seat, [...over, ...changes], [...lost, ...ended, ...closings(going, house)]);
}

function seatChanged(
  seat: Seat,
  more: readonly Change[] = [],
  deliveries: readonly PlannedDelivery[] = [],
): OwnWork {
  return { changes: [...more, { kind: "seat", seat }], deliveries };
}

/** Closes the portals that were opened for these legs alone; a desk's own chat stays, where the conversation was led in it. */
export function closings(legs: readonly Leg[], house: House): readonly PlannedDelivery[] {
  const { now, deadline, nextDeliveryId } = circumstancesOf(house);
  const own = legs.filter(({ desk, portal }) => desk === undefined && portal !== undefined);
  return own.map((leg) => {
    return { id: nextDeliveryId(), leg: leg.id, task: { kind: "closePortal" }, deadline: now + deadline };
  });
}
