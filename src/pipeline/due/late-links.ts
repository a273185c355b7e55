import type { Conversation, Question } from "../../model/conversation.ts";
import type { SeatId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import type { Timer } from "../../store/timers.ts";
import type { Office } from "../errands/errand.ts";
import { deskLeg } from "../errands/link-parts.ts";
import { circumstancesOf } from "../house.ts";
import { dueStep } from "./step.ts";

type LinkQuestion = Extract<Question, { kind: "join-link" | "confirm-link" }>;

/** A question that isn't answered any more, and still says who else is to be told. */
const OVER = 0;

/** Nobody answered in time whether two accounts are linked: they aren't, and both are told. @throws StoreAway */
export async function endLinkQuestion(office: Office, timer: Timer): Promise<void> {
  const { cache, texts } = office.house;
  const late = texts.notLinked("late");
  await dueStep(office, timer, timer.conversation, (now) => {
    const [seat, question] = linkQuestionOf(now, timer.at) ?? [];
    const leg = deskLeg(now);
    if (seat === undefined || question === undefined || leg === undefined) return undefined;
    const questions = { ...now.record.questions, [seat]: { ...question, until: OVER } };
    return {
      changes: [{ kind: "record", record: { ...now.record, questions } }],
      deliveries: [notice(leg, late, circumstancesOf(office.house))],
    };
  });
  const asked = await cache.get(timer.conversation);
  const [, ended] = (asked && linkQuestionOf(asked, OVER)) ?? [];
  if (ended === undefined) return; // it was answered, or another one was asked since
  await dueStep(office, timer, ended.desk, (now) => {
    const leg = deskLeg(now);
    return leg && { changes: [], deliveries: [notice(leg, late, circumstancesOf(office.house))] };
  });
}

function linkQuestionOf(
  { record, seats }: Conversation,
  until: number,
): readonly [SeatId, LinkQuestion] | undefined {
  for (const { id } of seats) {
    const question = record.questions[id];
    const isAboutLink = question?.kind === "join-link" || question?.kind === "confirm-link";
    if (isAboutLink && question.until === until) return [id, question];
  }
  return undefined;
}
