import type { Conversation } from "../../model/conversation.ts";
import { DAY, type Milliseconds } from "../../model/time.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { Timer } from "../../store/timers.ts";
import { GUEST_STAYS } from "../desks.ts";
import { conversationsOf, openable } from "../errands/acquaintance.ts";
import type { Office } from "../errands/errand.ts";
import { emptied } from "../errands/forget-me.ts";
import type { House } from "../house.ts";
import { dueStep } from "./step.ts";

/** Somebody who has more here than a chat is looked at again after so long. */
const LOOK_AGAIN: Milliseconds = 7 * DAY;

/** A guest who has been away for 90 days, and has nothing here but a chat with the bridge, is forgotten without a word. @throws StoreAway */
export async function endIdle(office: Office, timer: Timer): Promise<void> {
  const { house } = office;
  const { conversation: id } = timer;
  const desk = await openable(house.cache.get(id));
  if (desk?.record.origin !== "desk" || !desk.record.open) return;
  const now = house.clock.now();
  const until = (desk.record.seen ?? 0) + GUEST_STAYS;
  if (until > now) return house.timers.set({ ...timer, at: until });
  const guest = await guestAt(house, desk);
  if (guest === undefined) return house.timers.set({ ...timer, at: now + LOOK_AGAIN });
  await house.forgetting.begin(guest);
  await dueStep(office, timer, id, ({ record }) =>
    record.origin === "desk"
      ? { changes: [{ kind: "record", record: emptied(record) }], deliveries: [] }
      : undefined,
  );
  await house.timers.set({ kind: "forget", conversation: id, at: now });
}

/** The person of a desk, if they have one account, no handle and no conversation with anybody. */
async function guestAt(house: House, { seats: [seat] }: Conversation): Promise<PersonHandle | undefined> {
  const person = seat && (await house.people.byId(seat.person));
  if (person === undefined || (await house.people.identities(person)).length !== 1) return undefined;
  if ((await house.handles.list(person)).length > 0) return undefined;
  const open = await conversationsOf(house, person);
  return open.some(({ record }) => record.origin !== "desk") ? undefined : person;
}
