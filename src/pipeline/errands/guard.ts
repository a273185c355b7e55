import { spokenContent } from "../../commands/in-conversation.ts";
import type { Command } from "../../model/command.ts";
import type { Content } from "../../model/content.ts";
import type {
  Conversation,
  ConversationRecord,
  GuardedTexts,
  Question,
  Seat,
} from "../../model/conversation.ts";
import type { ConversationId, SeatId } from "../../model/ids.ts";
import type { GivenAway } from "../../model/texts.ts";
import { UnknownKey } from "../../privacy/errors.ts";
import { decide } from "../../routing/decide.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { laneEvent } from "../../routing/lane-event.ts";
import { givenAwayBy } from "../../safety/giving-away.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { circumstancesOf, type House } from "../house.ts";
import { meetingsOf, wantedBy } from "./circle.ts";
import {
  commitStep,
  type Ending,
  type ErrandHandler,
  type ErrandScene,
  LAST_STEP,
  stepId,
} from "./errand.ts";
import { type KeptText, openText, sealText } from "./kept-text.ts";
import { commitIn } from "./saga.ts";
import { sayTo, threadOf } from "./say.ts";

/** So many texts wait for one answer; one more takes the oldest one's place behind the first. */
const MOST_HELD = 20;

/** A text that waits, with what it gives away; `conversation`: for which it is, where that isn't the one in which it was written. */
interface Guarded extends KeptText {
  readonly what?: GivenAway;
  readonly conversation?: ConversationId;
}

/** A text that gives something away is held and its writer asked; those behind it wait for the same answer. */
export const guard: ErrandHandler<"guard"> = async (scene, { what }) => {
  const content = guardedContent(scene);
  if (content === undefined) return {};
  return holdBack(scene, scene.conversation, { content, what });
};

/** In a shared chat: the same for a text that was meant for one of its conversations. */
export function guarded(say: ErrandHandler<"say">): ErrandHandler<"say"> {
  return async (scene, errand) => {
    const { house, leg, seat } = scene;
    const content = guardedContent(scene);
    const to = await house.cache.get(errand.conversation);
    const own = to?.seats.find(({ person }) => person === seat.person);
    if (content === undefined || to === undefined || own === undefined) return say(scene, errand);
    const what = givenAwayBy(content, to, own, leg);
    const waiting = waitingOf(scene);
    const isBehind = waiting !== undefined && textsOf(house, seat.id, waiting)[0]?.conversation === to.id;
    if (what === undefined && !isBehind) return say(scene, errand);
    return holdBack(scene, to, { content, what, conversation: to.id });
  };
}

/** What its writer answered: it is sent, or isn't; those behind it go out up to the next one that gives something away. */
export const answerGuard: ErrandHandler<"answer-guard"> = async (scene, { answer }) => {
  const { conversation, event, house, seat } = scene;
  const waiting = conversation.record.guarded?.[seat.id];
  const texts = waiting === undefined ? [] : textsOf(house, seat.id, waiting);
  const [first, ...behind] = texts;
  const released = (record: ConversationRecord): ConversationRecord =>
    withGuarded(record, seat.id, undefined);
  if (first === undefined || waiting === undefined) return { record: released };
  if (answer === "always") await setUnguarded(scene, true);
  const next = answer === "always" ? -1 : behind.findIndex(({ what }) => what !== undefined);
  const going = next < 0 ? behind : behind.slice(0, next);
  const left = next < 0 ? [] : waiting.texts.slice(waiting.texts.length - behind.length + next);
  const sent = await sendAll(scene, answer === "drop" ? going : [first, ...going]);
  const lost = sent.lost + (answer === "drop" ? 1 : 0);
  const said = [
    ...sent.say,
    ...(lost > 0 ? [house.texts.notSent({ texts: lost, why: "answered" })] : []),
    ...(answer === "always" ? [house.texts.guardAlways()] : []),
  ];
  const asked = behind[next];
  if (asked?.what === undefined) return { say: said, record: (record) => released(sent.record(record)) };
  const name = await nameOfOther(scene, asked.conversation);
  const until = house.clock.now() + QUESTION_TIME;
  await house.timers.set({ kind: "guard", conversation: scene.conversation.id, at: until });
  return {
    say: [...said, house.texts.guardQuestion({ what: asked.what, name })],
    record: (record) => withQuestion(sent.record(record), event, seat.id, { until, texts: left }),
  };
};

/** `guard on`, `guard off`: in all conversations of the writer, and those to come. */
export async function guardSwitch(
  scene: ErrandScene,
  { on }: Extract<Command, { kind: "guard" }>,
): Promise<Ending> {
  await setUnguarded(scene, !on);
  const { texts } = scene.house;
  return { say: [on ? texts.guardOn() : texts.guardOff()] };
}

async function setUnguarded(scene: ErrandScene, unguarded: boolean): Promise<void> {
  const { house } = scene;
  const me = await wantedBy(scene);
  await house.settings.set(me, "unguarded", unguarded ? true : undefined);
  for (const { conversation, own } of await meetingsOf(house, me))
    await commitIn(scene, conversation.id, "guard", (now) => {
      const seat = now.seats.find(({ id }) => id === own.id);
      if (seat === undefined || (seat.unguarded ?? false) === unguarded) return undefined;
      return { changes: [{ kind: "seat", seat: { ...seat, unguarded } }], deliveries: [] };
    });
}

async function holdBack(
  scene: ErrandScene,
  to: Conversation,
  text: Pick<Guarded, "content" | "conversation"> & { readonly what: GivenAway | undefined },
): Promise<Ending> {
  const { event, house, seat } = scene;
  const { what, ...rest } = text;
  const kept: Guarded = {
    canonical: event.canonical,
    at: event.at,
    ...rest,
    ...(what === undefined ? {} : { what }),
  };
  const sealed = sealText(house.store.vault, seat.id, "24h", kept);
  const waiting = waitingOf(scene);
  if (waiting !== undefined) {
    const [first = sealed, ...behind] = waiting.texts;
    const texts = [first, ...[...behind, sealed].slice(1 - MOST_HELD)];
    return { record: (record) => withGuarded(record, seat.id, { ...waiting, texts }) };
  }
  if (what === undefined) return {};
  const until = house.clock.now() + QUESTION_TIME;
  await house.timers.set({ kind: "guard", conversation: scene.conversation.id, at: until });
  const name = to.seats.find(({ person }) => person !== seat.person)?.name ?? "";
  return {
    say: [house.texts.guardQuestion({ what, name })],
    record: (record) => withQuestion(record, event, seat.id, { until, texts: [sealed] }),
  };
}

/** What waits already, while its question is open. */
function waitingOf({ conversation, event, seat }: ErrandScene): GuardedTexts | undefined {
  const waiting = conversation.record.guarded?.[seat.id];
  return waiting !== undefined && waiting.until > event.acceptedAt ? waiting : undefined;
}

/** What becomes of the errand's own record. */
type Change = (record: ConversationRecord) => ConversationRecord;

/** Sends what was held, each text once. `lost`: how many couldn't go. */
async function sendAll(
  scene: ErrandScene,
  texts: readonly Guarded[],
): Promise<{ readonly lost: number; readonly say: readonly string[]; readonly record: Change }> {
  const { event, leg } = scene;
  const events = texts.map(
    ({ canonical, at, content }): AcceptedEvent => ({
      ...event,
      ...{ canonical, at, body: { kind: "message", content } },
    }),
  );
  const to = texts[0]?.conversation;
  if (to !== undefined) {
    const thread = threadOf(scene, to);
    if (thread === undefined) return { lost: texts.length, say: [], record: (record) => record };
    const { say = [], record = (same) => same } = await sayTo(scene, thread, events, 0);
    return { lost: 0, say, record };
  }
  let lost = 0;
  for (const [place, said] of events.entries()) if (!(await say(scene, said, leg.id, place))) lost += 1;
  return { lost, say: [], record: (record) => record };
}

/** Into the conversation in which it was written. False: nobody is there to read it. */
async function say(
  scene: ErrandScene,
  event: AcceptedEvent,
  leg: ErrandScene["leg"]["id"],
  place: number,
): Promise<boolean> {
  let isHeard = true;
  await commitStep(scene, scene.conversation.id, place, (now) => {
    const { changes, deliveries, ignored } = decide(laneEvent(event, leg), now, circumstancesOf(scene.house));
    isHeard = ignored === undefined || isQuiet(now, scene.seat);
    return ignored === undefined ? { changes, deliveries } : undefined;
  });
  return isHeard;
}

/** Somebody there has blocked or muted the writer, who isn't told. */
function isQuiet({ record, seats }: Conversation, own: Seat): boolean {
  const others = seats.filter(({ id }) => id !== own.id);
  return record.open && others.some(({ state, muted }) => state === "blocked" || muted === true);
}

function guardedContent({ event: { body }, house }: ErrandScene): Content | undefined {
  if (body.kind === "message") return spokenContent(body.content);
  if (body.kind !== "edit" || body.content.kind !== "text") return undefined;
  return { kind: "text", text: house.texts.edited(body.content.text) };
}

/** In order; those whose key is gone are left out. */
function textsOf({ store }: House, seat: SeatId, { texts }: GuardedTexts): readonly Guarded[] {
  return texts.flatMap((sealed) => {
    try {
      return openText(store.vault, seat, sealed) as Guarded; // holdBack sealed it
    } catch (error) {
      if (error instanceof UnknownKey) return [];
      throw error;
    }
  });
}

async function nameOfOther(scene: ErrandScene, id: ConversationId | undefined): Promise<string> {
  const { conversation, house, seat } = scene;
  const to = id === undefined ? conversation : await house.cache.get(id);
  return to?.seats.find(({ person }) => person !== seat.person)?.name ?? "";
}

function withQuestion(
  record: ConversationRecord,
  { canonical }: AcceptedEvent,
  seat: SeatId,
  waiting: GuardedTexts,
): ConversationRecord {
  // Asked with the end of the errand.
  const asked = stepId(canonical, LAST_STEP);
  const question: Question = { kind: "guard", until: waiting.until, asked };
  const questions = { ...record.questions, [seat]: question };
  return { ...withGuarded(record, seat, waiting), questions };
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
