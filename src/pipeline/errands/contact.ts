import { readerOn } from "../../commands/place.ts";
import { isIntroduction } from "../../consent/beside-code.ts";
import { withoutCode } from "../../consent/without-code.ts";
import type { Content } from "../../model/content.ts";
import { type Conversation, isWaiting, type Thread } from "../../model/conversation.ts";
import type { Errand } from "../../model/errand.ts";
import type { FoundHandle, HandleCode } from "../../model/handle.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import { givenAwayFrom } from "../../safety/giving-away.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { WantedLegs } from "../wanted-legs.ts";
import { conversationsOf, personOf, reachedBy, sidesOf } from "./acquaintance.ts";
import { lookUp } from "./codes.ts";
import { type Ending, type ErrandHandler, type ErrandScene, LAST_STEP, stepId } from "./errand.ts";
import { followWriter } from "./follow.ts";
import { holdBack, nameOfOther, sift, textsOf, waitingOf } from "./held-back.ts";
import { eventOf, type KeptText, keptText } from "./kept-text.ts";
import { countedAnswer, messageRefusal } from "./limits.ts";
import { beginRequest, begunRequest, showRequest } from "./request.ts";
import { contentOf, sayTo } from "./say.ts";

type Contact = Extract<Errand, { kind: "contact" }>;

/** A text with the code of somebody's handle: its owner is asked whether they want to hear of the guest. */
export const contact: ErrandHandler<"contact"> = async (scene, errand) => {
  const { house, seat } = scene;
  // After a crash: what it is about was decided then, even if the handle has ended since.
  const begun = await begunRequest(scene);
  if (begun !== undefined) return showRequest(scene, begun);
  const found = await lookUp(scene, errand.codes);
  if (found.kind === "none") return { say: found.say };
  const { handle } = found;
  if (handle.owner === seat.person)
    return { say: await countedAnswer(scene, [house.texts.ownHandle({ label: handle.label })]) };
  const words = wordsOf(scene.event, errand, handle.code);
  if (words === undefined || (await isGreeted(scene, errand, handle, words.text)))
    return askForWords(scene, errand, handle);
  // A right code is free: what stands with it counts as it would without one.
  const refused = await messageRefusal(scene);
  if (refused !== undefined) return { say: refused };
  const text = keptText(scene.event, words);
  const known = await conversationBy(scene, handle);
  if (known !== undefined) {
    const { free, held } = sift(scene, known, [text]);
    if (held.length === 0) return sayToKnown(scene, known, free, 0);
    const to = { kind: "conversation", id: known.id, named: true } as const;
    return holdBack(scene, held, { to, name: await nameOfOther(scene, to), isFocus: true });
  }
  return (await heldFromOwner(scene, handle, text)) ?? beginRequest(scene, errand, handle, words);
};

/** A first text that gives something away, or stands behind one for the same handle: its owner isn't asked before it may go. */
async function heldFromOwner(
  scene: ErrandScene,
  { code, label }: FoundHandle,
  text: KeptText,
): Promise<Ending | undefined> {
  const { house, leg, seat } = scene;
  const { unguarded } = await house.settings.of(await personOf(house, seat.person));
  const what = unguarded === true ? undefined : givenAwayFrom(text.content, leg);
  const waiting = waitingOf(scene);
  const isBehind =
    waiting !== undefined &&
    textsOf(house, seat.id, waiting).some(({ to }) => to?.kind === "handle" && to.code === code);
  if (what === undefined && !isBehind) return undefined;
  const to = { kind: "handle", code, label } as const;
  const held = what === undefined ? text : { ...text, what };
  return holdBack(scene, [held], { to, name: label, isFocus: true });
}

/**
 * Texts of the desk's person go to the owner of a handle, each once: the first begins a request where there is no conversation
 * yet. They were held meanwhile, so the handle may have ended.
 */
export async function sayByCode(
  scene: ErrandScene,
  code: HandleCode,
  texts: readonly KeptText[],
  step: number,
): Promise<Ending> {
  const { event, house } = scene;
  const [first, ...others] = texts;
  if (first === undefined) return {};
  const { canonical, content } = first;
  const asFirst = { ...scene, event: eventOf(event, first) };
  const begun = await begunRequest(asFirst);
  const handle = begun === undefined ? await house.handles.find(code) : undefined;
  if (begun === undefined && handle === undefined) return { say: [house.texts.codeNotInUse()] };
  const known = handle && (await conversationBy(scene, handle));
  if (known !== undefined) return sayToKnown(scene, known, texts, step);
  const errand = {
    kind: "contact",
    codes: [code],
    whole: true,
    id: canonical,
    at: event.acceptedAt,
  } as const;
  const ending =
    handle === undefined
      ? begun && (await showRequest(asFirst, begun))
      : await beginRequest(asFirst, errand, handle, content);
  const made = await begunRequest(asFirst);
  if (made === undefined || others.length === 0) return ending ?? {};
  const next = await sayToKnown(scene, made, others, step + 1);
  return { ...next, say: [...(ending?.say ?? []), ...(next.say ?? [])] };
}

/** The open conversation of this guest that began by a handle. */
async function conversationBy(
  { house, seat }: ErrandScene,
  { id }: FoundHandle,
): Promise<Conversation | undefined> {
  const all = await conversationsOf(house, await personOf(house, seat.person));
  return all.find(({ record }) => record.origin === "contact" && record.handle === id);
}

/** What the guest says in their own words, without the code; undefined when there is nothing else. */
function wordsOf(
  event: AcceptedEvent,
  { whole, cut }: Contact,
  wanted: HandleCode,
): Extract<Content, { kind: "text" }> | undefined {
  const content = contentOf(event, cut);
  if (content?.kind !== "text") return undefined;
  if (whole) return content.text.trim() === "" ? undefined : content;
  return withoutCode(content, wanted);
}

/** A code with a greeting is a code alone, unless its owner has a request of this guest, or is about to. */
async function isGreeted(
  scene: ErrandScene,
  { whole }: Contact,
  handle: FoundHandle,
  text: string,
): Promise<boolean> {
  if (whole || !isIntroduction(text) || waitingOf(scene) !== undefined) return false;
  return (await conversationBy(scene, handle)) === undefined;
}

/** A code alone: what is written next is for its owner. */
async function askForWords(scene: ErrandScene, { at, id }: Contact, handle: FoundHandle): Promise<Ending> {
  const { house, leg, seat } = scene;
  const reader = readerOn(house.capabilities(leg.account));
  const question = {
    ...({ kind: "first-text", code: handle.code } as const),
    ...{ until: at + QUESTION_TIME, asked: stepId(id, LAST_STEP) },
  };
  const text = house.texts.whatToSay({ label: handle.label, reader });
  const say = await countedAnswer(scene, [text]);
  if (!say.includes(text)) return { say }; // too many of them: then nobody is asked
  return {
    say,
    record: (now) => ({ ...now, questions: { ...now.questions, [seat.id]: question } }),
  };
}

/** They have a conversation by this handle: the texts are of it, wherever that is led. */
export async function sayToKnown(
  scene: ErrandScene,
  known: Conversation,
  said: readonly KeptText[],
  step: number,
): Promise<Ending> {
  const { event, house } = scene;
  // They are reached where they wrote this, and go on from there.
  await followWriter(scene);
  const now = await new WantedLegs(scene).fulfil((await house.cache.get(known.id)) ?? known);
  const sides = sidesOf(now);
  if (sides === undefined) return {};
  const leg = reachedBy(now, sides.guest);
  const { name } = sides.owner;
  const thread: Thread = { conversation: known.id, leg: leg.id, name, at: event.acceptedAt };
  // The guest is known to be the same person: it may come from another account of theirs than the leg's.
  const events = said.map((text) => ({ ...eventOf(event, text), from: leg.to }));
  const ending = await sayTo(scene, thread, events, step);
  if (ending.isFull || (ending.say !== undefined && ending.say.length > 0)) return ending;
  const record = (await house.cache.get(known.id))?.record; // it may have been accepted meanwhile
  const waits = record?.origin === "contact" && isWaiting(record);
  // That it is kept was said with the first one.
  return waits ? ending : { ...ending, say: [house.texts.wentTo({ name })] };
}
