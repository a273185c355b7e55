import { type Change, type Conversation, legOfSeat, type Seat } from "../../model/conversation.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import { withHopNotices } from "../hop-notices.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import type { ErrandHandler, ErrandScene } from "./errand.ts";
import { isBehind, wanter } from "./link-parts.ts";
import { commitIn } from "./saga.ts";
import { deskBehind, isWaitingGuest, legAtDesk } from "./waiting-guest.ts";

/** Somebody wrote from another of their accounts than the one where they were reached: their other conversations follow. */
export const follow: ErrandHandler<"follow"> = async (scene) => {
  await followWriter(scene);
  return {};
};

/** Whoever wrote is reached there from now on, unless they chose where, or are already. May be repeated. */
export async function followWriter(scene: ErrandScene): Promise<void> {
  const { house, leg } = scene;
  const person = await wanter(scene);
  const { last, prefer } = await house.settings.of(person);
  if (prefer !== undefined) return;
  const identities = await house.people.identities(person);
  const identity = identities.find((each) => isBehind(each, leg, house));
  if (identity === undefined || identity.id === last) return;
  if (identities.length > 1) await reachAt(scene, person, identity, { pinned: false });
  await house.settings.set(person, "last", identity.id);
}

/**
 * From now on a person is reached by one of their identities in all of their conversations. `insteadOf`: only where they are
 * reached by that one. May be repeated.
 */
export async function reachAt(
  scene: ErrandScene,
  person: PersonHandle,
  identity: Identity,
  { pinned, insteadOf }: { readonly pinned: boolean; readonly insteadOf?: Identity },
): Promise<void> {
  const { house } = scene;
  for (const { conversation, seat } of await house.people.seats(person)) {
    const asked = await house.cache.get(conversation);
    const isAsking = asked !== undefined && isWaitingGuest(asked, seat);
    const desk = isAsking ? await deskBehind(house, person, identity) : undefined;
    await commitIn(scene, conversation, "reach", (now) => {
      const own = now.seats.find(({ id }) => id === seat);
      // Who talks in a pair, and where, is the operator's to say.
      if (own === undefined || now.record.origin !== "contact" || !now.record.open) return undefined;
      if (insteadOf !== undefined && !isReachedBy(insteadOf, own, now, house)) return undefined;
      return turned(now, own, { identity, pinned, desk }, house);
    });
  }
}

function isReachedBy(identity: Identity, seat: Seat, conversation: Conversation, house: House): boolean {
  if (seat.wants !== undefined) return seat.wants === identity.id;
  const leg = legOfSeat(conversation, seat);
  return leg !== undefined && isBehind(identity, leg, house);
}

/** Where somebody is to be reached from now on. */
interface Turn {
  readonly identity: Identity;
  readonly pinned: boolean;
  /** The identity's own chat with the bridge. */
  readonly desk: Conversation | undefined;
}

/** A seat that is reached by an identity: by its leg, or once there is one. Undefined: it is already. */
function turned(
  conversation: Conversation,
  { via: _via, wants: _wants, pinned: _pinned, ...seat }: Seat,
  { identity, pinned, desk }: Turn,
  house: House,
): OwnWork | undefined {
  // The last one: an earlier one of the same account isn't used any more.
  const own = conversation.legs.findLast(
    (leg) => leg.seat === seat.id && leg.over !== true && isBehind(identity, leg, house),
  );
  // Until there is a leg that leads somewhere they are reached where they were.
  const isReady = own !== undefined && (own.portal !== undefined || own.id === _via);
  const isGuest = isWaitingGuest(conversation, seat.id);
  const made =
    isReady || !isGuest || desk === undefined ? undefined : legAtDesk(conversation, seat.id, desk, house);
  const to = isReady ? own : made;
  const place = to === undefined ? { ...(_via && { via: _via }), wants: identity.id } : { via: to.id };
  const next: Seat = { ...seat, ...place, ...(pinned ? { pinned } : {}) };
  const isSame = next.via === _via && next.wants === _wants && (next.pinned ?? false) === (_pinned ?? false);
  if (isSame) return undefined;
  const changes: Change[] = [{ kind: "seat", seat: next }];
  if (made !== undefined) changes.unshift({ kind: "leg", leg: made });
  return withHopNotices(conversation, { changes, deliveries: [] }, circumstancesOf(house));
}
