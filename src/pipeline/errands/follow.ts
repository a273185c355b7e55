import type { Conversation, Seat } from "../../model/conversation.ts";
import type { Identity, PersonHandle } from "../../store/people.ts";
import { withHopNotices } from "../hop-notices.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import type { ErrandHandler, ErrandScene } from "./errand.ts";
import { isBehind, wanter } from "./link-parts.ts";
import { commitIn } from "./saga.ts";

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

/** From now on a person is reached by one of their identities in all of their conversations. May be repeated. */
export async function reachAt(
  scene: ErrandScene,
  person: PersonHandle,
  identity: Identity,
  { pinned }: { readonly pinned: boolean },
): Promise<void> {
  const { house } = scene;
  for (const { conversation, seat } of await house.people.seats(person)) {
    await commitIn(scene, conversation, "reach", (now) => {
      const own = now.seats.find(({ id }) => id === seat);
      // Who talks in a pair, and where, is the operator's to say.
      if (own === undefined || now.record.origin !== "contact" || !now.record.open) return undefined;
      return turned(now, own, identity, pinned, house);
    });
  }
}

/** A seat that is reached by an identity: by its leg, or once there is one. Undefined: it is already. */
function turned(
  conversation: Conversation,
  { via: _via, wants: _wants, pinned: _pinned, ...seat }: Seat,
  identity: Identity,
  pinned: boolean,
  house: House,
): OwnWork | undefined {
  const own = conversation.legs.find(
    (leg) => leg.seat === seat.id && leg.over !== true && isBehind(identity, leg, house),
  );
  // Until there is a leg that leads somewhere they are reached where they were.
  const isReady = own !== undefined && (own.portal !== undefined || own.id === _via);
  const place = isReady ? { via: own.id } : { ...(_via && { via: _via }), wants: identity.id };
  const next: Seat = { ...seat, ...place, ...(pinned ? { pinned } : {}) };
  const isSame = next.via === _via && next.wants === _wants && (next.pinned ?? false) === (_pinned ?? false);
  if (isSame) return undefined;
  const work: OwnWork = { changes: [{ kind: "seat", seat: next }], deliveries: [] };
  return withHopNotices(conversation, work, circumstancesOf(house));
}
