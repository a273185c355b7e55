import { withoutQuestion } from "../../model/conversation.ts";
import { notice } from "../../routing/decide.ts";
import type { Timer } from "../../store/timers.ts";
import type { Office } from "../errands/errand.ts";
import { withoutHeld } from "../errands/hold.ts";
import { circumstancesOf } from "../house.ts";
import { dueStep } from "./step.ts";

/** Texts that were held for an answer which didn't come aren't sent, and their writer is told. @throws StoreAway */
export async function endHeld(office: Office, timer: Timer): Promise<void> {
  const { house } = office;
  await dueStep(office, timer, timer.conversation, ({ legs, record }) => {
    const late = legs.filter(
      ({ seat }) => (record.held?.[seat]?.until ?? Number.POSITIVE_INFINITY) <= timer.at,
    );
    if (late.length === 0) return undefined;
    const circumstances = circumstancesOf(house);
    let next = record;
    for (const { seat } of late) {
      const { kind, until = 0 } = next.questions[seat] ?? {};
      next = withoutHeld(kind === "whom" && until <= timer.at ? withoutQuestion(next, seat) : next, seat);
    }
    return {
      changes: [{ kind: "record", record: next }],
      deliveries: late.map((leg) => {
        const texts = record.held?.[leg.seat]?.texts.length ?? 0;
        return notice(leg, house.texts.notSent({ texts, why: "unanswered" }), circumstances);
      }),
    };
  });
}
