import { type Conversation, isWaiting } from "../../model/conversation.ts";
import { notice } from "../../routing/decide.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { reachedBy, sidesOf } from "./acquaintance.ts";
import type { Answering } from "./answering.ts";
import { commitStep, type Ending, type ErrandScene } from "./errand.ts";
import { guestDeskOf, traceEnds, withoutEnded, withoutGuestThread } from "./guest-desk.ts";
import { CLOSED_STAYS } from "./wind-up.ts";

const STEP = { conversation: 0, guestDesk: 1 } as const;

/** The guest is told that the handle's owner isn't available, and nothing stays. Undefined: the request ended before. */
export async function decline(
  scene: ErrandScene,
  { conversation: { id }, record }: Answering,
): Promise<Ending | undefined> {
  const { house } = scene;
  await commitStep(scene, id, STEP.conversation, (now) => declined(house, now));
  const now = await house.cache.get(id);
  if (now?.record.origin !== "contact" || now.record.answer !== "decline") return undefined;
  const guestDesk = guestDeskOf(now);
  if (guestDesk !== undefined) await traceEnds(house, guestDesk);
  await withoutGuestThread(scene, now, STEP.guestDesk, (desk) => withoutEnded(desk, id, house.clock.now()));
  await house.timers.set({ kind: "over", conversation: id, at: scene.event.acceptedAt + CLOSED_STAYS });
  return { say: [house.texts.declined({ label: record.label })] };
}

function declined(house: House, now: Conversation): OwnWork | undefined {
  const { record } = now;
  const sides = sidesOf(now);
  if (record.origin !== "contact" || !isWaiting(record)) return undefined;
  if (sides?.owner.state !== "requested") return undefined;
  const { guest, owner } = sides;
  const text = house.texts.requestDeclined({ label: owner.name });
  return {
    changes: [
      { kind: "record", record: { ...record, open: false, answer: "decline", kept: {} } },
      { kind: "seat", seat: { ...owner, state: "left" } },
    ],
    deliveries: [notice(reachedBy(now, guest), text, circumstancesOf(house))],
  };
}
