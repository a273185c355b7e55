import { type Conversation, legOfSeat, type Seat, withoutQuestion } from "../../model/conversation.ts";
import { type Milliseconds, SECOND } from "../../model/time.ts";
import { notice } from "../../routing/decide.ts";
import type { Timer } from "../../store/timers.ts";
import type { Office } from "../errands/errand.ts";
import { withGuarded } from "../errands/held-back.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { dueStep } from "./step.ts";

/** An errand of the writer is under way, maybe with their answer: it is looked at again. */
const LOOK_AGAIN: Milliseconds = 15 * SECOND;

/** Texts that give something away, whose writer didn't say in time whether they are sent, aren't; the writer is told. @throws StoreAway */
export async function endGuarded(office: Office, timer: Timer): Promise<void> {
  const { house } = office;
  const { conversation: id, at } = timer;
  for (const { id: seat } of (await house.cache.get(id))?.seats ?? [])
    await dueStep(office, { ...timer, conversation: id }, id, (now) => ending(house, now, seat, at));
  const left = await house.cache.get(id);
  if (left?.seats.some((seat) => isLate(left, seat.id, at)))
    await house.timers.set({ ...timer, at: house.clock.now() + LOOK_AGAIN });
}

function ending(house: House, now: Conversation, id: Seat["id"], at: number): OwnWork | undefined {
  const seat = now.seats.find((each) => each.id === id);
  const waiting = now.record.guarded?.[id];
  if (seat === undefined || waiting === undefined || !isLate(now, id, at) || isBusy(now, id))
    return undefined;
  const left = withGuarded(now.record, id, undefined);
  const record = left.questions[id]?.kind === "guard" ? withoutQuestion(left, id) : left;
  const leg = legOfSeat(now, seat);
  const text = house.texts.notSent({ texts: waiting.texts.length, why: "unanswered" });
  const told = leg === undefined ? [] : [notice(leg, text, circumstancesOf(house))];
  return { changes: [{ kind: "record", record }], deliveries: told };
}

function isLate({ record }: Conversation, seat: Seat["id"], at: number): boolean {
  const until = record.guarded?.[seat]?.until;
  return until !== undefined && until <= at;
}

function isBusy({ legs, record }: Conversation, seat: Seat["id"]): boolean {
  return legs.some((leg) => leg.seat === seat && record.errands?.[leg.id] !== undefined);
}
