import type { Conversation, ConversationRecord, GuardedTexts, Question } from "../../model/conversation.ts";
import type { HandleCode } from "../../model/handle.ts";
import type { ConversationId, LegId, SeatId } from "../../model/ids.ts";
import type { GivenAway } from "../../model/texts.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { givenAwayBy } from "../../safety/giving-away.ts";
import type { House } from "../house.ts";
import { type Ending, type ErrandScene, LAST_STEP, stepId } from "./errand.ts";
import { type KeptText, openText, sealText } from "./kept-text.ts";

/** So many texts wait for one answer. */
const MOST_HELD = 20;

/** Where a text that waits is to go, where that isn't the conversation in which it was written. */
export type Destination =
  /** `named`: its code stood with the text, so its writer is told where it went. */
  | { readonly kind: "conversation"; readonly id: ConversationId; readonly named?: boolean }
  /** To the owner of a handle, who isn't asked before the text may go. */
  | { readonly kind: "handle"; readonly code: HandleCode; readonly label: string };

/** A text that waits, with what it gives away. */
export interface Guarded extends KeptText {
  readonly what?: GivenAway;
  readonly to?: Destination;
  /** Where it was written. */
  readonly leg?: LegId;
}

/** Texts for one destination, of which `name` is seen. */
interface Meant {
  readonly to: Destination | undefined;
  readonly name: string;
  /** What is written next for nobody in particular waits behind them. */
  readonly isFocus?: boolean;
}

/**
 * Texts of a shared chat's person for one of their conversations: those before the first that gives something away may go at
 * once; it and what stands behind it are held. All are held while others for the same conversation wait.
 */
export function sift(
  scene: ErrandScene,
  to: Conversation,
  texts: readonly KeptText[],
): { readonly free: readonly KeptText[]; readonly held: readonly Guarded[] } {
  const { house, leg, seat } = scene;
  const own = to.seats.find(({ person }) => person === seat.person);
  const looked = texts.map((text): Guarded => {
    const what = own && givenAwayBy(text.content, to, own, leg);
    return what === undefined ? text : { ...text, what };
  });
  const waiting = waitingOf(scene);
  const isBehind =
    waiting !== undefined &&
    textsOf(house, seat.id, waiting).some((text) => text.to?.kind === "conversation" && text.to.id === to.id);
  const first = isBehind ? 0 : looked.findIndex(({ what }) => what !== undefined);
  return first < 0 ? { free: looked, held: [] } : { free: looked.slice(0, first), held: looked.slice(first) };
}

/** Holds texts, and asks their writer about the first of all that wait; there is nothing to ask where that gives nothing away. */
export async function holdBack(
  scene: ErrandScene,
  texts: readonly Guarded[],
  { isFocus = false, name, to }: Meant,
): Promise<Ending> {
  const { conversation, house, leg, seat } = scene;
  const waiting = waitingOf(scene);
  const before = waiting?.texts ?? [];
  const going = texts.slice(0, MOST_HELD - before.length);
  const sealed = going.map((text) =>
    sealHeld(scene, { ...text, leg: leg.id, ...(to === undefined ? {} : { to }) }),
  );
  const lost = texts.length - going.length;
  const said = lost === 0 ? [] : [house.texts.notSent({ texts: lost, why: "answered" })];
  const all = [...before, ...sealed];
  if (waiting !== undefined && conversation.record.questions[seat.id]?.kind === "guard")
    return {
      say: said,
      record: (record) => {
        const next = withGuarded(record, seat.id, { ...waiting, texts: all });
        return isFocus ? withFocus(next, seat.id) : next;
      },
    };
  // Something else was asked since: then it is asked again, for as long as it was to wait.
  const first = waiting === undefined ? going[0] : textsOf(house, seat.id, waiting)[0];
  if (first?.what === undefined) return { say: said };
  const until = waiting?.until ?? house.clock.now() + QUESTION_TIME;
  await house.timers.set({ kind: "guard", conversation: conversation.id, at: until });
  const asked = waiting === undefined ? name : await nameOfOther(scene, first.to);
  return {
    say: [...said, house.texts.guardQuestion({ what: first.what, name: asked })],
    record: (record) => withQuestion(record, scene, { until, texts: all }, isFocus),
  };
}

/** What waits already, while its time isn't over. */
export function waitingOf({ conversation, event, seat }: ErrandScene): GuardedTexts | undefined {
  const waiting = conversation.record.guarded?.[seat.id];
  return waiting !== undefined && waiting.until > event.acceptedAt ? waiting : undefined;
}

/** A text that waits, as it stands in the record. */
export function sealHeld({ house, seat }: ErrandScene, text: Guarded): string {
  return sealText(house.store.vault, seat.id, "24h", text);
}

/** In order; those whose key is gone are left out. */
export function textsOf({ store }: House, seat: SeatId, { texts }: GuardedTexts): readonly Guarded[] {
  return texts.flatMap((sealed) => {
    try {
      return openText(store.vault, seat, sealed) as Guarded; // holdBack sealed it
    } catch (error) {
      if (error instanceof UnknownKey) return [];
      throw error;
    }
  });
}

/** As the writer of a text that waits sees the one that it is for. */
export async function nameOfOther(scene: ErrandScene, to: Destination | undefined): Promise<string> {
  const { conversation, house, seat } = scene;
  if (to?.kind === "handle") return to.label;
  const meant = to === undefined ? conversation : await house.cache.get(to.id);
  return meant?.seats.find(({ person }) => person !== seat.person)?.name ?? "";
}

/** The record with texts that wait, and the question about the first of them. */
export function withQuestion(
  record: ConversationRecord,
  { event, seat }: ErrandScene,
  waiting: GuardedTexts,
  isFocus: boolean,
): ConversationRecord {
  // Asked with the end of the errand.
  const asked = stepId(event.canonical, LAST_STEP);
  const question: Question = { kind: "guard", until: waiting.until, asked };
  const questions = { ...record.questions, [seat.id]: question };
  const next = { ...withGuarded(record, seat.id, waiting), questions };
  return isFocus ? withFocus(next, seat.id) : next;
}

function withFocus(record: ConversationRecord, seat: SeatId): ConversationRecord {
  const question = record.questions[seat];
  if (question?.kind !== "guard") return record;
  return { ...record, questions: { ...record.questions, [seat]: { ...question, isFocus: true } } };
}

/** The record with what waits of somebody; undefined: nothing does any more. */
export function withGuarded(
  record: ConversationRecord,
  seat: SeatId,
  waiting: GuardedTexts | undefined,
): ConversationRecord {
  const { [seat]: _before, ...others } = record.guarded ?? {};
  return { ...record, guarded: waiting === undefined ? others : { ...others, [seat]: waiting } };
}
