import { spokenContent } from "../../commands/in-conversation.ts";
import type { Command } from "../../model/command.ts";
import type { Content } from "../../model/content.ts";
import type { ConversationRecord } from "../../model/conversation.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { givenAwayFrom } from "../../safety/giving-away.ts";
import { meetingsOf, wantedBy } from "./circle.ts";
import type { Ending, ErrandHandler, ErrandScene } from "./errand.ts";
import {
  type Guarded,
  holdBack,
  nameOfOther,
  sealHeld,
  sift,
  textsOf,
  waitingOf,
  withGuarded,
  withQuestion,
} from "./held-back.ts";
import { keptText } from "./kept-text.ts";
import { commitIn } from "./saga.ts";
import { sendAll } from "./send-held.ts";

/** A text that gives something away is held and its writer asked; those behind it wait for the same answer. */
export const guard: ErrandHandler<"guard"> = async (scene, { what }) => {
  const content = guardedContent(scene);
  if (content === undefined) return {};
  const { conversation } = scene;
  if (conversation.record.origin === "desk") return waitBehind(scene, content);
  const text = { ...keptText(scene.event, content), ...(what === undefined ? {} : { what }) };
  return holdBack(scene, [text], { to: undefined, name: await nameOfOther(scene, undefined) });
};

/** In a shared chat: the same for a text that was meant for one of its conversations. */
export function guarded(say: ErrandHandler<"say">): ErrandHandler<"say"> {
  return async (scene, errand) => {
    const content = guardedContent(scene);
    const meant = await scene.house.cache.get(errand.conversation);
    if (content === undefined || meant === undefined) return say(scene, errand);
    const { held } = sift(scene, meant, [keptText(scene.event, content)]);
    if (held.length === 0) return say(scene, errand);
    const to = { kind: "conversation", id: meant.id } as const;
    return holdBack(scene, held, { to, name: await nameOfOther(scene, to) });
  };
}

/** A text for nobody in particular, behind one that waits: it is for the same. */
async function waitBehind(scene: ErrandScene, content: Content): Promise<Ending> {
  const { house, leg, seat } = scene;
  const waiting = waitingOf(scene);
  const to = waiting && textsOf(house, seat.id, waiting).at(-1)?.to;
  if (to === undefined) return { say: [house.texts.notSent({ texts: 1, why: "answered" })] };
  const text = keptText(scene.event, content);
  const meant = { to, name: await nameOfOther(scene, to), isFocus: true };
  if (to.kind === "handle") {
    const what = givenAwayFrom(content, leg);
    return holdBack(scene, [what === undefined ? text : { ...text, what }], meant);
  }
  const known = await house.cache.get(to.id);
  return holdBack(scene, known === undefined ? [text] : sift(scene, known, [text]).held, meant);
}

/** What its writer answered: it is sent, or isn't; those behind it go out up to the next one that gives something away. */
export const answerGuard: ErrandHandler<"answer-guard"> = async (scene, { answer }) => {
  const { conversation, house, seat } = scene;
  const waiting = conversation.record.guarded?.[seat.id];
  const texts = waiting === undefined ? [] : textsOf(house, seat.id, waiting);
  if (answer === "always" && texts.length > 0) await setUnguarded(scene, true);
  return goOn(scene, texts, answer);
};

/**
 * What becomes of the texts that wait once it is known what becomes of the first.
 * @param answer `back`: its writer took it back, and knows
 */
export async function goOn(
  scene: ErrandScene,
  [first, ...behind]: readonly Guarded[],
  answer: "send" | "drop" | "always" | "back",
): Promise<Ending> {
  const { conversation, house, seat } = scene;
  const released = (record: ConversationRecord): ConversationRecord =>
    withGuarded(record, seat.id, undefined);
  if (first === undefined) return { record: released };
  const next = answer === "always" ? -1 : behind.findIndex(({ what }) => what !== undefined);
  const going = next < 0 ? behind : behind.slice(0, next);
  const left = next < 0 ? [] : behind.slice(next).map((text) => sealHeld(scene, text));
  const isSent = answer === "send" || answer === "always";
  const sent = await sendAll(scene, isSent ? [first, ...going] : going);
  const lost = sent.lost + (answer === "drop" ? 1 : 0);
  const said = [
    ...sent.say,
    ...(lost > 0 ? [house.texts.notSent({ texts: lost, why: "answered" })] : []),
    ...(answer === "always" ? [house.texts.guardAlways()] : []),
  ];
  const asked = behind[next];
  if (asked?.what === undefined) return { say: said, record: (record) => released(sent.record(record)) };
  const name = await nameOfOther(scene, asked.to);
  const until = house.clock.now() + QUESTION_TIME;
  const isFocus = asked.to !== undefined;
  await house.timers.set({ kind: "guard", conversation: conversation.id, at: until });
  return {
    say: [...said, house.texts.guardQuestion({ what: asked.what, name })],
    record: (record) => withQuestion(sent.record(record), scene, { until, texts: left }, isFocus),
  };
}

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

function guardedContent({ event: { body }, house }: ErrandScene): Content | undefined {
  if (body.kind === "message") return spokenContent(body.content);
  if (body.kind !== "edit" || body.content.kind !== "text") return undefined;
  return { kind: "text", text: house.texts.edited(body.content.text) };
}
