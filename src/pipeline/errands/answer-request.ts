import { isWaiting } from "../../model/conversation.ts";
import type { RequestAnswer } from "../../model/errand.ts";
import { accept } from "./accept.ts";
import { personOf } from "./acquaintance.ts";
import type { AnswerHandler, Answering } from "./answering.ts";
import { blockGuest } from "./block-guest.ts";
import { decline } from "./decline.ts";
import type { Ending, ErrandHandler, ErrandScene } from "./errand.ts";
import { setHome } from "./home.ts";
import { isBehind } from "./link-parts.ts";
import { onDesk } from "./say.ts";

const ANSWERS: Readonly<Record<RequestAnswer, AnswerHandler>> = { accept, decline, block: blockGuest };

/** The owner of a handle answers a request: both sides are told, or one of them isn't. */
export const answerRequest: ErrandHandler<"answer-request"> = async (scene, { request, answer }) => {
  const answering = await requestBy(scene, request);
  if (answer === "accept" && answering !== undefined && (await isUnread(scene, answering))) return {};
  await setHome(scene);
  const ending = answering && (await ANSWERS[answer](scene, answering));
  return ending === undefined ? gone(scene, request) : withoutRequest(ending, request);
};

/**
 * Who gets no texts any more would begin a conversation of which they read nothing, and never that it is another number: the
 * request waits until they do.
 */
async function isUnread(
  { house, leg, seat }: ErrandScene,
  { conversation: { seats }, record }: Answering,
): Promise<boolean> {
  if (!house.capabilities(leg.account).optOutWords || !isWaiting(record)) return false;
  if (!(await house.optOuts.isOut(leg.to, [{ kind: "service" }]))) return false;
  const wants = seats.find(({ id }) => id === record.owner)?.wants;
  if (wants === undefined) return true;
  const identities = await house.people.identities(await personOf(house, seat.person));
  return identities.some((each) => each.id === wants && isBehind(each, leg, house));
}

async function requestBy(
  { conversation: { record: desk }, house }: ErrandScene,
  number: number,
): Promise<Answering | undefined> {
  const request = desk.origin === "desk" ? desk.requests.find((each) => each.number === number) : undefined;
  const conversation = request && (await house.cache.get(request.conversation));
  if (request === undefined || conversation?.record.origin !== "contact") return undefined;
  return { request, conversation, record: conversation.record };
}

function withoutRequest(ending: Ending, number: number): Ending {
  return {
    ...ending,
    record: (before) => {
      const record = ending.record?.(before) ?? before;
      return onDesk((desk) => ({
        ...desk,
        requests: desk.requests.filter((each) => each.number !== number),
      }))(record);
    },
  };
}

function gone({ conversation: { record }, house }: ErrandScene, number: number): Ending {
  const open = record.origin === "desk" ? record.requests.filter((each) => each.number !== number) : [];
  return withoutRequest({ say: [house.texts.noSuchRequest({ number, open })] }, number);
}
