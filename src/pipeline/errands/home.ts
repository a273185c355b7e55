import type { Conversation, Leg } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { opening } from "../../routing/decide.ts";
import type { Circumstances } from "../../routing/effects.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { conversationsOf, personOf } from "./acquaintance.ts";
import type { ErrandScene } from "./errand.ts";
import { deskLeg } from "./link-parts.ts";

/** Who asks for something at a desk is asked there, too. May be repeated. @throws StoreAway */
export async function setHome({ conversation, house, seat }: ErrandScene): Promise<void> {
  if (isReadable(conversation))
    await house.settings.set(await personOf(house, seat.person), "home", conversation.id);
}

/**
 * Of somebody's desks the one to ask them at: where they last asked for something, or any other. One that they have left, and
 * still more one whose chat can't be read, only when there is nothing better.
 */
export function askedAt(
  desks: readonly Conversation[],
  home: ConversationId | undefined,
): Conversation | undefined {
  const readable = desks.filter(isReadable);
  const there = readable.filter((desk) => deskLeg(desk)?.away === false);
  const [best = []] = [there, readable, desks].filter(({ length }) => length > 0);
  return best.find(({ id }) => id === home) ?? best[0];
}

/** What brings somebody back to a desk's chat: nothing while they are there, or where we can't ask them in. */
export function broughtBack(leg: Leg, circumstances: Circumstances): OwnWork {
  if (!leg.away || leg.alias === "") return { changes: [], deliveries: [] };
  return {
    changes: [{ kind: "leg", leg: { ...leg, away: false } }],
    deliveries: [opening(leg, circumstances)],
  };
}

/** Whether it is a desk at which what people write can be read. */
export function isReadable({ record }: Conversation): boolean {
  return record.origin === "desk" && record.unreadable === undefined;
}

/** Somebody's desks at one of their accounts that can be read, where they are or can be asked in. @throws StoreAway */
export async function readableDesks(
  house: House,
  person: PersonHandle,
  { account, to }: Pick<Leg, "account" | "to">,
): Promise<readonly Conversation[]> {
  const all = await conversationsOf(house, person);
  return all.filter((desk) => {
    const own = deskLeg(desk);
    if (own === undefined || !isReadable(desk)) return false;
    const isSame = own.account === account && own.to.expose() === to.expose();
    return isSame && (isOurs(desk) || !own.away);
  });
}

/** Whether a desk's native thread is one that we made, so that we can ask people in. */
export function isOurs(desk: Conversation): boolean {
  return deskLeg(desk)?.alias !== "";
}
