import { readableNumber } from "../../consent/paste-lines.ts";
import {
  type Conversation,
  type ConversationRecord,
  type Question,
  withoutQuestion,
} from "../../model/conversation.ts";
import type { PlannedDelivery } from "../../model/delivery.ts";
import type { SeatId } from "../../model/ids.ts";
import { notice } from "../../routing/decide.ts";
import { insisting } from "../../safety/opt-out-words.ts";
import { type OptOutScope, scopesOf } from "../../store/opt-outs.ts";
import type { PersonHandle } from "../../store/people.ts";
import { circumstancesOf } from "../house.ts";
import { desksOf, meetingsOf, wantedBy } from "./circle.ts";
import type { Ending, ErrandHandler, ErrandScene } from "./errand.ts";
import { reachAt } from "./follow.ts";
import { deskLeg, isBehind } from "./link-parts.ts";
import { preferredBy, takesTexts } from "./preference.ts";
import { commitIn, waitForSends } from "./saga.ts";

/**
 * STOP: the fact is written first, and read by whatever is about to be sent; what is on its way is waited for; only then it is
 * confirmed, once for the service.
 */
export const optOut: ErrandHandler<"opt-out"> = async (scene) => {
  const { event, house, leg, seat } = scene;
  const { confirm } = await house.optOuts.set(leg.to, scopesHere(scene), event.canonical);
  const me = await wantedBy(scene);
  const places = [...(await meetingsOf(house, me)), ...(await desksOf(house, me))];
  const legs = places.flatMap(({ conversation }) =>
    conversation.legs.filter(({ to }) => to.expose() === leg.to.expose()),
  );
  await waitForSends(
    house,
    legs.map(({ id }) => id),
  );
  await reachElsewhere(scene, me);
  await endLinkQuestions(
    scene,
    places.map(({ conversation }) => conversation),
  );
  return {
    record: (record) => withoutLinkQuestion(record, seat.id),
    ...(confirm ? { more: confirming(scene, house.texts.stopped()) } : {}),
  };
};

/** START: the service and this number may send texts again. */
export const optIn: ErrandHandler<"opt-in"> = async (scene) => {
  const { house, leg } = scene;
  await house.optOuts.clear(leg.to, scopesHere(scene));
  const me = await wantedBy(scene);
  const preferred = await preferredBy(house, me);
  if (preferred !== undefined && isBehind(preferred, leg, house))
    await reachAt(scene, me, preferred, { pinned: true });
  return { say: [house.texts.resumed({ closed: await closedStill(scene, me) })] };
};

/** Those of our numbers that their conversations are led by, and that they closed on their own. */
async function closedStill({ house, leg }: ErrandScene, me: PersonHandle): Promise<readonly string[]> {
  const legs = (await meetingsOf(house, me)).flatMap(({ conversation }) =>
    conversation.record.open ? conversation.legs : [],
  );
  const numbers = new Map(
    legs.flatMap(({ number, over, to }) =>
      number === undefined || over === true || to.expose() !== leg.to.expose()
        ? []
        : [[number.expose(), number] as const],
    ),
  );
  const closed: string[] = [];
  for (const [text, number] of numbers)
    if (await house.optOuts.isOut(leg.to, [{ kind: "number", number }])) closed.push(readableNumber(text));
  return closed;
}

/** Where they were reached by the phone that wants no texts they are reached by another account of theirs, if they have one. */
async function reachElsewhere(scene: ErrandScene, me: PersonHandle): Promise<void> {
  const { house, leg } = scene;
  const identities = await house.people.identities(me);
  const phone = identities.find((each) => isBehind(each, leg, house));
  if (phone === undefined || identities.length < 2) return;
  const preferred = await preferredBy(house, me);
  let other = preferred;
  for (const each of identities)
    if (other === undefined && each.id !== phone.id && (await takesTexts(house, each))) other = each;
  if (other !== undefined)
    await reachAt(scene, me, other, { pinned: preferred !== undefined, insteadOf: phone });
}

/** The service, and the number to which the word was texted where there is one. */
function scopesHere({ leg }: ErrandScene): readonly OptOutScope[] {
  return leg.number === undefined ? [{ kind: "service" }] : scopesOf(leg.number);
}

function confirming({ house, leg }: ErrandScene, text: string): NonNullable<Ending["more"]> {
  return (_now: Conversation) => {
    const said: PlannedDelivery = notice(leg, text, circumstancesOf(house));
    return { changes: [], deliveries: [insisting(said)] };
  };
}

/** In all of their chats with the bridge, not only where the word was texted; the other account hears of it. */
async function endLinkQuestions(scene: ErrandScene, places: readonly Conversation[]): Promise<void> {
  const { conversation: here, event, house, leg } = scene;
  for (const place of places) {
    const { id, record } = place;
    const own = record.origin === "desk" ? deskLeg(place) : undefined;
    const question = own && record.questions[own.seat];
    if (own?.to.expose() !== leg.to.expose() || !isAboutLink(question)) continue;
    if (question.until > event.acceptedAt)
      await commitIn(scene, question.desk, "optedOut", (now) => {
        const to = deskLeg(now);
        const text = house.texts.notLinked("they");
        return to && { changes: [], deliveries: [notice(to, text, circumstancesOf(house))] };
      });
    if (id === here.id) continue;
    await commitIn(scene, id, "optOut", (now) => ({
      changes: [{ kind: "record", record: withoutLinkQuestion(now.record, own.seat) }],
      deliveries: [],
    }));
  }
}

type LinkQuestion = Extract<Question, { kind: "join-link" | "confirm-link" }>;

function isAboutLink(question: Question | undefined): question is LinkQuestion {
  return question?.kind === "join-link" || question?.kind === "confirm-link";
}

/** Nobody is linked by an answer that they can't read any more. */
function withoutLinkQuestion(record: ConversationRecord, seat: SeatId): ConversationRecord {
  return isAboutLink(record.questions[seat]) ? withoutQuestion(record, seat) : record;
}
