import { readerOn } from "../../commands/place.ts";
import { findHandleCodes } from "../../consent/handle-code.ts";
import type { Content } from "../../model/content.ts";
import { type Conversation, isWaiting, type Thread } from "../../model/conversation.ts";
import type { Errand } from "../../model/errand.ts";
import type { FoundHandle, HandleCode } from "../../model/handle.ts";
import { without } from "../../model/spans.ts";
import { QUESTION_TIME } from "../../routing/follow-up.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { conversationsOf, personOf, reachedBy, sidesOf } from "./acquaintance.ts";
import { lookUp } from "./codes.ts";
import { type Ending, type ErrandHandler, type ErrandScene, LAST_STEP, stepId } from "./errand.ts";
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
  if (handle.owner === seat.person) return { say: [house.texts.ownHandle({ label: handle.label })] };
  const words = wordsOf(scene.event, errand, handle.code);
  if (words === undefined) return askForWords(scene, errand, handle);
  const known = await conversationBy(scene, handle);
  return known === undefined ? beginRequest(scene, errand, handle, words) : sayAgain(scene, known, words);
};

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
  const { text } = content;
  const rest = findHandleCodes(text).find(({ code }) => code === wanted)?.rest ?? "";
  if (rest.trim() === "") return undefined;
  // Only what is cut off in one piece leaves the spans where they can be known.
  if (text.endsWith(rest)) return without(content, 0, text.length - rest.length);
  return text.startsWith(rest) ? without(content, rest.length, text.length) : { kind: "text", text: rest };
}

/** A code alone: what is written next is for its owner. */
function askForWords({ house, leg, seat }: ErrandScene, { at, id }: Contact, handle: FoundHandle): Ending {
  const reader = readerOn(house.capabilities(leg.account));
  const question = {
    ...({ kind: "first-text", code: handle.code } as const),
    ...{ until: at + QUESTION_TIME, asked: stepId(id, LAST_STEP) },
  };
  return {
    say: [house.texts.whatToSay({ label: handle.label, reader })],
    record: (now) => ({ ...now, questions: { ...now.questions, [seat.id]: question } }),
  };
}

/** They have a conversation by this handle: the text is one of it, wherever that is led. */
async function sayAgain(scene: ErrandScene, known: Conversation, words: Content): Promise<Ending> {
  const { event, house } = scene;
  const sides = sidesOf(known);
  if (sides === undefined || known.record.origin !== "contact") return {};
  const leg = reachedBy(known, sides.guest);
  const { name } = sides.owner;
  const thread: Thread = { conversation: known.id, leg: leg.id, name, at: event.acceptedAt };
  // The guest is known to be the same person: it may come from another account of theirs than the leg's.
  const said = { ...event, from: leg.to, body: { kind: "message", content: words } } as const;
  const ending = await sayTo(scene, thread, [said], 0);
  if (ending.say !== undefined && ending.say.length > 0) return ending;
  const { texts } = house;
  return {
    ...ending,
    say: [isWaiting(known.record) ? texts.textKept({ label: name }) : texts.wentTo({ name })],
  };
}
