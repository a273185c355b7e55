import {
  type Change,
  type DeskRecord,
  type Leg,
  type Question,
  type Seat,
  withoutQuestion,
} from "../model/conversation.ts";
import type { Errand, ErrandWork } from "../model/errand.ts";
import { notice } from "../routing/decide.ts";
import type { Circumstances, Decision } from "../routing/effects.ts";
import { QUESTION_TIME } from "../routing/follow-up.ts";
import type { LaneEvent } from "../routing/lane-event.ts";
import type { Place } from "./place.ts";

/** An event at a desk, with what it is looked at by. */
export interface Visit {
  readonly event: LaneEvent;
  readonly record: DeskRecord;
  readonly seat: Seat;
  readonly leg: Leg;
  readonly place: Place;
  /** What the bridge asked last, while it is open. */
  readonly question: Question | undefined;
  readonly circumstances: Circumstances;
}

/** An answer ends the question that it is about; anything else that is done leaves it, since it stays the last thing asked. */
export function errand({ event, record, seat, question }: Visit, work: ErrandWork): Decision {
  const isAnswer = question !== undefined && isAnswerTo(question, work);
  const changed = isAnswer ? withoutQuestion(record, seat.id) : record;
  const frozen: Errand = { ...work, id: event.canonical, at: event.acceptedAt };
  return { deliveries: [], changes: [{ kind: "record", record: changed }], errand: frozen };
}

function isAnswerTo(question: Question, work: ErrandWork): boolean {
  switch (work.kind) {
    case "answer-request":
      return question.kind === "request" && question.request === work.request;
    case "release":
      return question.kind === "whom";
    case "answer-guard":
      return question.kind === "guard";
    case "revise":
      return false;
    case "guard":
      return false; // one more text that waits for it
    case "contact":
      return question.kind === "first-text";
    default:
      return question.kind === work.kind; // a link, and "forget me"
  }
}

type DeskQuestion = Extract<Question, { readonly kind: "forget-me" | "request" | "whom" }>;
/** Without what each question has. */
type Asking<Q> = Q extends Question ? Omit<Q, "until" | "asked"> : never;

/** Asks at this desk; the answer counts for ten minutes, while nothing else was asked. */
export function ask(visit: Visit, text: string, what: Asking<DeskQuestion>): Decision {
  const { circumstances, event, leg, record, seat } = visit;
  const until = circumstances.now + QUESTION_TIME;
  const questions = { ...record.questions, [seat.id]: { ...what, until, asked: event.canonical } };
  return {
    deliveries: [notice(leg, text, circumstances)],
    changes: [{ kind: "record", record: { ...record, questions } }],
  };
}

/** Says what comes of an answer, and ends its question. */
export function answered(visit: Visit, text: string): Decision {
  const changes: Change[] = [{ kind: "record", record: withoutQuestion(visit.record, visit.seat.id) }];
  return { ...say(visit, text), changes };
}

/** Says something at this desk. */
export function say({ leg, circumstances }: Visit, text: string): Decision {
  return { deliveries: [notice(leg, text, circumstances)], changes: [] };
}
