import type { Conversation } from "../../model/conversation.ts";
import { type Milliseconds, SECOND } from "../../model/time.ts";
import type { Timer } from "../../store/timers.ts";
import { openable } from "../errands/acquaintance.ts";
import type { Office } from "../errands/errand.ts";
import { closings } from "../errands/leave.ts";
import type { House } from "../house.ts";
import { dueStep } from "./step.ts";

/** What is still on its way is looked at again. */
const LOOK_AGAIN: Milliseconds = 15 * SECOND;

/** A conversation that was closed goes, once nothing is on its way in it: its portals are closed, and nothing of it stays. */
export async function endOver(office: Office, timer: Timer): Promise<void> {
  const { house } = office;
  const { conversation: id } = timer;
  const now = await openable(house.cache.get(id));
  if (now === undefined) return house.conversations.drop(id, []);
  if (now.record.open || now.record.origin !== "contact") return;
  await dueStep(office, { ...timer, at: 0 }, id, ({ legs }) => {
    const rooms = closings(
      legs.filter(({ over }) => over !== true),
      house,
    );
    return rooms.length === 0 ? undefined : { changes: [], deliveries: rooms };
  });
  if (await isBusy(house, now)) await house.timers.set({ ...timer, at: house.clock.now() + LOOK_AGAIN });
  else await remove(house, now);
}

/** Whether something waits, or is on its way, on any of its legs. @throws StoreAway */
export async function isBusy({ legs }: House, conversation: Conversation): Promise<boolean> {
  for (const { id } of conversation.legs) if ((await legs.read(id, 0, 1)).length > 0) return true;
  return false;
}

/** Takes a conversation out of Redis, with all that leads to it. May be repeated. @throws StoreAway */
export async function remove(
  { cache, conversations, people }: House,
  { id, legs, seats }: Conversation,
): Promise<void> {
  const chats = legs.flatMap(({ chat }) => chat ?? []);
  for (const { person } of seats) {
    const sat = await people.byId(person);
    if (sat !== undefined) await people.part(sat, id);
  }
  await conversations.drop(id, chats);
  for (const chat of chats) cache.forgetChat(chat);
  cache.drop(id);
}
