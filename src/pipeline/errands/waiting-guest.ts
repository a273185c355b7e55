import { type Conversation, isWaiting, type Leg } from "../../model/conversation.ts";
import type { LegId, SeatId } from "../../model/ids.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import { idFrom } from "../own-commit.ts";
import { desksOf } from "./circle.ts";
import { askedAt, isReadable } from "./home.ts";
import { deskLeg, isBehind } from "./link-parts.ts";

/** Whether a seat is that of a guest whose request waits for its answer. */
export function isWaitingGuest({ record }: Conversation, seat: SeatId): boolean {
  return record.origin === "contact" && record.owner !== seat && isWaiting(record);
}

/** The chat with the bridge in which one of a person's accounts can read something now. @throws StoreAway */
export async function deskBehind(
  house: House,
  person: PersonHandle,
  identity: Identity,
): Promise<Conversation | undefined> {
  const desks = (await desksOf(house, person)).flatMap(({ conversation }) => {
    const leg = deskLeg(conversation);
    const isThere = leg !== undefined && isBehind(identity, leg, house) && leg.portal !== undefined;
    return isThere && !leg.away && isReadable(conversation) ? [conversation] : [];
  });
  return askedAt(desks, (await house.settings.of(person)).home);
}

/** A leg by which the guest of a waiting request reads at another desk of theirs what becomes of it. */
export function legAtDesk(
  { id, legs }: Conversation,
  seat: SeatId,
  desk: Conversation,
  house: House,
): Leg | undefined {
  const there = deskLeg(desk);
  if (there === undefined) return undefined;
  const { account, number, portal, to } = there;
  return {
    ...{ id: idFrom<LegId>(house, `${id} ${legs.length}`, "guest's leg at a desk"), seat, account, to },
    ...{ alias: "", away: false, desk: desk.id, ...(number && { number }), ...(portal && { portal }) },
  };
}
