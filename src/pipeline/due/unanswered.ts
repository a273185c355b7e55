import {
  type ContactRecord,
  type Conversation,
  type DeskRecord,
  isWaiting,
  withoutQuestion,
} from "../../model/conversation.ts";
import { DAY } from "../../model/time.ts";
import { notice } from "../../routing/decide.ts";
import type { Timer } from "../../store/timers.ts";
import { reachedBy, sidesOf } from "../errands/acquaintance.ts";
import type { Office } from "../errands/errand.ts";
import { guestDeskOf, traceEnds, withoutEnded } from "../errands/guest-desk.ts";
import { REQUEST_TIME } from "../errands/request.ts";
import { CLOSED_STAYS } from "../errands/wind-up.ts";
import { circumstancesOf, type House } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { dueStep } from "./step.ts";

const DAYS = REQUEST_TIME / DAY;

/** Nobody answered a request in its time: both are told; who was blocked reads the same, and its owner nothing. @throws StoreAway */
export async function endRequest(office: Office, timer: Timer): Promise<void> {
  const { house } = office;
  const id = timer.conversation;
  await dueStep(office, timer, id, (now) => ended(house, now));
  const now = await house.cache.get(id);
  if (now?.record.origin !== "contact" || now.record.answer !== "none") return;
  const desk = guestDeskOf(now);
  if (desk !== undefined) {
    await traceEnds(house, desk);
    await dueStep(office, timer, desk, ({ record }) =>
      record.origin === "desk"
        ? {
            changes: [{ kind: "record", record: withoutEnded(record, id, house.clock.now()) }],
            deliveries: [],
          }
        : undefined,
    );
  }
  await dueStep(office, timer, now.record.desk, (asked) => withoutRequest(house, asked, now));
  await house.timers.set({ kind: "over", conversation: id, at: timer.at + CLOSED_STAYS });
}

function ended(house: House, now: Conversation): OwnWork | undefined {
  const { record } = now;
  const sides = sidesOf(now);
  if (record.origin !== "contact" || sides === undefined || !isWaiting(record)) return undefined;
  const next: ContactRecord = { ...record, open: false, answer: "none", kept: {} };
  const { guest, owner } = sides;
  const text = house.texts.requestUnanswered({ label: owner.name, days: DAYS });
  return {
    changes: [
      { kind: "record", record: next },
      ...(owner.state === "requested" ? [{ kind: "seat", seat: { ...owner, state: "left" } } as const] : []),
    ],
    deliveries: [notice(reachedBy(now, guest), text, circumstancesOf(house))],
  };
}

/** The owner's desk without the request, and a word about it; nothing of one that isn't there. */
function withoutRequest(
  house: House,
  { legs, record }: Conversation,
  ended: Conversation,
): OwnWork | undefined {
  const [leg] = legs;
  const request =
    record.origin === "desk" ? record.requests.find((each) => each.conversation === ended.id) : undefined;
  if (record.origin !== "desk" || leg === undefined || request === undefined) return undefined;
  const asked = record.questions[leg.seat];
  const isAsked = asked?.kind === "request" && asked.request === request.number;
  const next: DeskRecord = { ...record, requests: record.requests.filter((each) => each !== request) };
  return {
    changes: [{ kind: "record", record: isAsked ? withoutQuestion(next, leg.seat) : next }],
    deliveries:
      sidesOf(ended)?.owner.muted === true
        ? []
        : [notice(leg, house.texts.requestEnded({ ...request, days: DAYS }), circumstancesOf(house))],
  };
}
