import type { Address } from "../../adapter/event.ts";
import { readableNumber } from "../../consent/paste-lines.ts";
import type { Leg, Seat } from "../../model/conversation.ts";
import type { AccountId, ConversationId, LegId } from "../../model/ids.ts";
import type { Sensitive } from "../../model/sensitive.ts";
import type { LinkedAccount, Whereabouts } from "../../model/texts.ts";
import { placeOnNumber } from "../number-place.ts";
import { aliasFrom, idFrom } from "../own-commit.ts";
import { groupBefore, wantsGroups } from "../own-group.ts";
import type { ErrandScene } from "./errand.ts";

/** Who is to be reached in a conversation, and how. */
interface Wish {
  readonly conversation: ConversationId;
  readonly seat: Seat["id"];
  readonly leg: LegId;
  readonly account: AccountId;
  readonly to: Sensitive<Address>;
  /** The number that they texted: kept whenever it is free. */
  readonly texted?: Sensitive<Address>;
  /** The leg by which they were reached until now, if there is one. */
  readonly led?: Leg;
  /** The desk from where they look at it. */
  readonly desk: ConversationId;
  /** What a room of theirs is called. */
  readonly room: string;
}

/** Where somebody is reached from now on. */
export interface Seating {
  readonly leg: Leg;
  /** It is a group: the leg at the desk behind it. */
  readonly behind?: Leg;
  /** As they are told. */
  readonly where: Whereabouts;
  /** Its portal has to be opened. */
  readonly opens: boolean;
}

/**
 * Finds a place for a conversation: a room of its own, or a number that is free for this phone; where that number's chat is a
 * desk whose person wants groups, a group. Safe to repeat. @throws StoreAway
 */
export async function seatingFor(scene: ErrandScene, wish: Wish): Promise<Seating> {
  const seating = (await onNumber(scene, wish)) ?? inRoom(scene, wish);
  const { account, desk } = seating.leg;
  if (desk === undefined || !(await wantsGroups(scene.house, account, desk))) return seating;
  return inGroup(scene, wish, seating.leg);
}

/** Who is led at that desk already goes on to be, behind the group. */
function inGroup({ event, house }: ErrandScene, { led, leg: id, room }: Wish, made: Leg): Seating {
  const atDesk = { ...made, id: idFrom<LegId>(house, id, "at the desk") };
  const behind = led?.desk === made.desk && led?.account === made.account ? led : atDesk;
  const leg = { ...groupBefore(house, behind, event.canonical), id };
  return { leg, behind, where: { kind: "room", room, isGroup: true }, opens: true };
}

function inRoom({ event, house }: ErrandScene, { leg: id, seat, account, to, room }: Wish): Seating {
  const alias = aliasFrom(house, id, event.canonical);
  const leg: Leg = { id, seat, account, to, alias, away: false };
  return { leg, where: { kind: "room", room }, opens: true };
}

async function onNumber(
  scene: ErrandScene,
  { account, conversation, desk, leg, seat, texted, to }: Wish,
): Promise<Seating | undefined> {
  const place = await placeOnNumber(scene, {
    ...{ account, phone: to, conversation, leg },
    ...(texted && { texted }),
  });
  if (place === undefined) return undefined;
  const made: Leg = { id: leg, seat, account, to, ...place, alias: "", away: false };
  return { leg: made, where: whereIs(made, desk, ""), opens: false };
}

/** A place of somebody that is on another account of theirs than the one where they are told of it. */
export function onAccount(where: Whereabouts, on: LinkedAccount | undefined): Whereabouts {
  return where.kind === "here" || on === undefined ? where : { ...where, on };
}

/** How somebody at a desk is told where a leg of theirs is. */
export function whereIs({ behind, desk, number }: Leg, from: ConversationId, room: string): Whereabouts {
  if (desk === from) return { kind: "here" };
  return number === undefined
    ? { kind: "room", room, ...(behind === undefined ? {} : { isGroup: true }) }
    : { kind: "number", number: readableNumber(number.expose()) };
}
