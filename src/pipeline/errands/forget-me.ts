import {
  type Change,
  type ContactRecord,
  type Conversation,
  type ConversationRecord,
  type DeskRecord,
  legOfSeat,
  type Seat,
} from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { LegId, SeatId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import type { Circumstances } from "../../routing/effects.ts";
import { endedText } from "../../routing/shape.ts";
import { sharedLegs } from "../desk-legs.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { desksOf, wantedBy } from "./circle.ts";
import type { ErrandHandler } from "./errand.ts";
import { closings } from "./leave.ts";
import { deskLeg, linkStores } from "./link-parts.ts";
import { commitIn, waitForSends } from "./saga.ts";
import { onDesk } from "./say.ts";
import { windUp } from "./wind-up.ts";

/**
 * "Forget me": nobody finds them from now on, their conversations are closed and the others told, and what was on its way to them
 * is waited for. Then they are told, everywhere; as soon as that is out, due/forgotten.ts takes what is left, their key too.
 */
export const forgetMe: ErrandHandler<"forget-me"> = async (scene) => {
  const { conversation: here, event, house } = scene;
  const me = await wantedBy(scene);
  await house.forgetting.begin(me);
  await house.handles.forget(me);
  await linkStores(house).codes.cancel(me.id);
  const closed: Conversation[] = [];
  const legs: LegId[] = [];
  for (const { conversation: id, seat } of await house.people.seats(me)) {
    const before = await house.cache.get(id);
    // The operator's config says who talks in a pair: that goes on, with somebody whom nobody knows anything of.
    if (before?.record.origin !== "contact") continue;
    const shared = await sharedLegs(house, before);
    await commitIn(scene, id, "forget", (now) => withoutForgotten(now, seat, house, shared));
    const after = await house.cache.get(id);
    if (after === undefined) continue;
    closed.push(after);
    legs.push(...after.legs.filter((leg) => leg.seat === seat).map((leg) => leg.id));
  }
  await waitForSends(house, legs);
  await windUp(scene, closed, me.id);
  for (const { conversation } of await desksOf(house, me))
    if (conversation.id !== here.id)
      await commitIn(scene, conversation.id, "forgotten", (now) => leaving(now, house));
  await house.timers.set({ kind: "forget", conversation: here.id, at: event.acceptedAt });
  return { say: [house.texts.forgotten()], record: onDesk(emptied) };
};

/** A conversation that somebody left for good: it is closed, and the others are told, of what they wrote last too. */
export function withoutForgotten(
  now: Conversation,
  seatId: SeatId,
  house: House,
  shared: readonly LegId[] = [],
): OwnWork | undefined {
  const { legs, record, seats } = now;
  const own = seats.find(({ id }) => id === seatId);
  if (record.origin !== "contact" || own === undefined || own.state === "left") return undefined;
  const going = legs.filter((leg) => leg.seat === seatId && leg.over !== true);
  const changes: Change[] = [
    { kind: "record", record: closedRecord(record) },
    { kind: "seat", seat: { ...own, state: "left" } },
    ...going.map((leg): Change => ({ kind: "leg", leg: { ...leg, over: true, gate: (leg.gate ?? 0) + 1 } })),
  ];
  const rooms = legs.filter((leg) => leg.over !== true);
  const others = record.open ? seats.filter(({ id, state }) => id !== seatId && state !== "left") : [];
  return {
    changes,
    deliveries: [
      ...others.flatMap((other) => told(now, record, own, other, circumstancesOf(house, shared))),
      ...closings(rooms, house),
    ],
  };
}

/** Who asked isn't told more than that nobody is there; who was asked reads it at their desk (wind-up.ts). */
function told(
  now: Conversation,
  record: ContactRecord,
  own: Seat,
  other: Seat,
  circumstances: Circumstances,
): readonly PlannedDelivery[] {
  const leg = legOfSeat(now, other);
  // Who asks is told whomever they have blocked: it must not show whose handle it is.
  const isWaiting = record.answer === undefined && record.owner === own.id && other.state === "blocked";
  if (leg === undefined || (other.state !== "accepted" && !isWaiting)) return [];
  const { texts } = circumstances;
  const waits = record.guarded?.[other.id]?.texts.length ?? 0;
  const ended =
    record.answer === undefined && record.owner === own.id
      ? texts.requestDeclined({ label: own.name })
      : endedText(leg, own, now, circumstances);
  return [
    ...(waits > 0 ? [notice(leg, texts.notSent({ texts: waits, why: "answered" }), circumstances)] : []),
    notice(leg, ended, circumstances),
  ];
}

function closedRecord(record: ContactRecord): ContactRecord {
  const { guarded: _guarded, ...rest } = record;
  return { ...rest, open: false, kept: {}, questions: {}, answer: record.answer ?? "none" };
}

/** Another desk of theirs: they read it there, too. */
function leaving(now: Conversation, house: House): OwnWork | undefined {
  const leg = deskLeg(now);
  if (now.record.origin !== "desk" || !now.record.open) return undefined;
  const said = leg === undefined ? [] : [notice(leg, house.texts.forgotten(), circumstancesOf(house))];
  return { changes: [{ kind: "record", record: emptied(now.record) }], deliveries: said };
}

/** A desk at which nothing is open any more: it takes nothing in before its person is gone. */
export function emptied(record: DeskRecord): DeskRecord {
  const { ended: _ended, focus: _focus, held: _held, guarded: _guarded, said: _said, ...rest } = record;
  return { ...rest, open: false, told: [], questions: {}, requests: [], threads: [] };
}

/** Whether a desk's person is about to be gone. */
export function isLeaving(record: ConversationRecord): boolean {
  return record.origin === "desk" && !record.open;
}
