import {
  type Change,
  type Conversation,
  type DeskRecord,
  isWaiting,
  type Leg,
  legOfSeat,
  type Seat,
} from "../../model/conversation.ts";
import type { LegId } from "../../model/ids.ts";
import { notice, opening } from "../../routing/decide.ts";
import { asSeen } from "../../routing/shape.ts";
import { withoutThread, withThread } from "../../routing/threads.ts";
import { circumstancesOf } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { backBehind, groupBefore, isBehindGroup, wantsGroups } from "../own-group.ts";
import { goesOnHere } from "../wanted-legs.ts";
import { type Meeting, meetingsOf, wantedBy } from "./circle.ts";
import { changeDesk, type Ending, type ErrandScene } from "./errand.ts";
import { closings } from "./leave.ts";
import { commitIn } from "./saga.ts";
import { unsent } from "./unsent.ts";

/** `/groups`: from now on each conversation of this chat has a group of its own, or all of them are in the chat. */
export async function groups(scene: ErrandScene, { on }: { readonly on: boolean }): Promise<Ending> {
  return on ? apart(scene) : together(scene);
}

/**
 * The chat doesn't hold them any more before a group can fail, since it holds them again then. A request that waits stays: it
 * has no group before it is accepted.
 */
async function apart(scene: ErrandScene): Promise<Ending> {
  const { conversation: desk, house } = scene;
  const led = (await meetingsAt(scene))
    .filter(
      ({ conversation: { record }, own }) =>
        own.state === "accepted" && !(record.origin === "contact" && isWaiting(record)),
    )
    .toSorted((one, other) => placeAt(desk, one) - placeAt(desk, other));
  await changeDesk(scene, desk.id, 0, (record) => ({
    ...led.reduce((left, { conversation }) => withoutThread(left, conversation.id), record),
    groups: true,
  }));
  for (const { conversation, leg } of led)
    await commitIn(scene, conversation.id, "groups", (now) => inGroup(scene, now, leg.id));
  return { say: [house.texts.groupsOn({ conversations: led.map(({ named }) => named) })] };
}

/**
 * A conversation that is led at a desk whose person has come to want groups while it was blocked has one, too. Gives it as it is
 * then. May be repeated. @throws StoreAway
 */
export async function inWantedGroup(
  scene: ErrandScene,
  { id, legs, record }: Conversation,
  seat: Seat["id"],
): Promise<Conversation | undefined> {
  const { house } = scene;
  const led = legs.findLast((leg) => leg.seat === seat && leg.desk !== undefined && leg.over !== true);
  const isBegun = record.open && !(record.origin === "contact" && isWaiting(record));
  if (isBegun && led?.desk !== undefined && (await wantsGroups(house, led.account, led.desk)))
    await commitIn(scene, id, "groups", (now) => inGroup(scene, now, led.id));
  return house.cache.get(id);
}

/** Which of the chat's conversations it is, in the order in which they are listed. */
function placeAt({ record }: Conversation, { conversation: { id } }: MeetingAtDesk): number {
  return record.origin === "desk" ? record.threads.findIndex(({ conversation }) => conversation === id) : 0;
}

/** By which they can be put into the order in which they began. */
function begunAt({ conversation: { record } }: MeetingAtDesk): number {
  return record.origin === "contact" ? record.requestUntil : 0;
}

/** A conversation that is led at the desk, or in a group before it. */
interface MeetingAtDesk extends Meeting {
  /** Its leg at the desk. */
  readonly leg: Leg;
  /** The other side, as the desk's person sees it. */
  readonly named: ReturnType<typeof asSeen>;
}

async function meetingsAt(scene: ErrandScene): Promise<readonly MeetingAtDesk[]> {
  const { conversation: desk, house } = scene;
  const meetings = await meetingsOf(house, await wantedBy(scene));
  return meetings.flatMap((meeting) => {
    const { conversation, own, others } = meeting;
    const [other] = others;
    const leg = conversation.legs.findLast(
      (each) => each.seat === own.id && each.desk === desk.id && each.over !== true,
    );
    if (leg === undefined || other === undefined || !conversation.record.open) return [];
    return [{ ...meeting, leg, named: asSeen(other, conversation) }];
  });
}

function inGroup({ event, house }: ErrandScene, now: Conversation, led: LegId): OwnWork | undefined {
  const leg = now.legs.find(({ id }) => id === led);
  const seat = leg && now.seats.find(({ id }) => id === leg.seat);
  if (leg === undefined || seat === undefined || isBehindGroup(now, leg)) return undefined;
  const group = groupBefore(house, leg, event.canonical);
  const isReachedThere = legOfSeat(now, seat)?.id === leg.id;
  const circumstances = circumstancesOf(house);
  const changes: Change[] = [{ kind: "leg", leg: group }];
  if (isReachedThere) changes.push({ kind: "seat", seat: { ...seat, via: group.id } });
  // Who is reached on another account may write here all the same.
  const said = isReachedThere ? [notice(group, goesOnHere(now, group, circumstances), circumstances)] : [];
  return { changes, deliveries: [opening(group, circumstances), ...said] };
}

/** The chat knows what is led in it before anything is said there. */
async function together(scene: ErrandScene): Promise<Ending> {
  const { conversation: desk, event, house } = scene;
  const left = (await meetingsAt(scene))
    .filter(({ conversation, leg }) => isBehindGroup(conversation, leg))
    .toSorted((one, other) => begunAt(one) - begunAt(other));
  // Whom they have blocked they don't see in the chat either.
  const shown = left.filter(({ own }) => own.state === "accepted");
  await changeDesk(scene, desk.id, 0, ({ groups: _off, ...record }) =>
    shown.reduce(
      (now: DeskRecord, { conversation: { id }, leg, named }) =>
        withThread(now, { conversation: id, leg: leg.id, ...named, at: event.acceptedAt }),
      record,
    ),
  );
  for (const { conversation, leg } of left)
    await commitIn(scene, conversation.id, "groups", (now) => withoutGroup(scene, now, leg.id));
  return { say: [house.texts.groupsOff({ conversations: shown.map(({ named }) => named) })] };
}

function withoutGroup({ house }: ErrandScene, now: Conversation, behind: LegId): OwnWork | undefined {
  const group = now.legs.find((leg) => leg.behind === behind && leg.over !== true);
  if (group === undefined) return undefined;
  // The question about what waits was asked in the group: nobody can answer it any more.
  const { record, told } = unsent(now, now.record, group.seat, [group], house);
  const changes = [...backBehind(now, group, behind)];
  if (record !== now.record) changes.push({ kind: "record", record });
  return { changes, deliveries: [...told, ...closings([group], house)] };
}
