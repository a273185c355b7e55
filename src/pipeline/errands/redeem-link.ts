import { TryLater } from "../../adapter/errors.ts";
import type { Errand } from "../../model/errand.ts";
import type { LinkCode } from "../../model/handle.ts";
import type { Take, Verdict } from "../../model/limits.ts";
import { timeOfDay } from "../../model/texts.ts";
import { meantBy } from "../../routing/threads.ts";
import { noticeOf, takesOf } from "../../safety/limits.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import { type Ending, type ErrandHandler, type ErrandScene, LAST_STEP, stepId } from "./errand.ts";
import { guarded } from "./guard.ts";
import { hold } from "./hold.ts";
import { countedAnswer, identityOf, refusal } from "./limits.ts";
import {
  accountOf,
  asked,
  deskLeg,
  endEarlier,
  linkStores,
  openUntil,
  personBy,
  refuse,
  wanter,
} from "./link-parts.ts";
import { say } from "./say.ts";

type Redeem = Extract<Errand, { kind: "redeem-link" }>;

/** The steps in other conversations. */
const STEP = { refusal: 0, earlierThere: 1, earlierHere: 2 } as const;

/** A link code alone: the account that sent it is asked whether it is to be linked with the one that gave it out. */
export const redeemLink: ErrandHandler<"redeem-link"> = async (scene, errand) => {
  const { conversation, event, house, leg } = scene;
  const counted = await lookUp(scene, errand.code);
  if (counted === "not in use") return (await asMessage(scene, errand)) ?? notInUse(house);
  if ("say" in counted) return counted;
  const { desk, person: giver } = counted.offer;
  const own = await wanter(scene);
  const other = await personBy(scene, giver);
  if (other === undefined) return notInUse(house);
  if (other.id === own.id) {
    // From the desk where it was made; or from one that is linked with it.
    const why = desk === conversation.id ? "same" : "already";
    return { say: [house.texts.notLinked(why)] };
  }
  const there = await house.cache.get(desk);
  const thereLeg = there && deskLeg(there);
  if (thereLeg === undefined) return notInUse(house);
  const hindrance = await hindranceOf(scene, own);
  if (hindrance !== undefined)
    return refuse(scene, desk, STEP.refusal, { here: hindrance, there: hindrance });
  await endEarlier(scene, desk, STEP.earlierThere);
  await endEarlier(scene, conversation.id, STEP.earlierHere);
  const text = house.texts.joinLink({
    own: house.capabilities(leg.account).title,
    other: await accountOf(thereLeg, house),
  });
  const until = await openUntil(scene, conversation.id);
  const by = stepId(event.canonical, LAST_STEP);
  const question = { kind: "join-link", desk, person: other.id, until, asked: by } as const;
  return { say: [text], record: (now) => asked(now, leg.seat, question) };
};

function notInUse({ texts }: House): Ending {
  return { say: [texts.codeNotInUse()] };
}

/**
 * In a chat that holds conversations only a code that is in use is one; any other eight digits are a message. They count as a
 * wrong code all the same, or codes could be tried there without end. Undefined: nobody can be meant.
 */
async function asMessage(scene: ErrandScene, { at, id }: Redeem): Promise<Ending | undefined> {
  const { conversation, event, house, seat } = scene;
  const { record } = conversation;
  const meant = record.origin === "desk" ? meantBy(record, event.acceptedAt) : undefined;
  if (meant === undefined || meant.kind === "nobody") return undefined;
  const act = { kind: "message", from: identityOf(scene), person: seat.person } as const;
  const refused = await refusal(house, act, event.canonical);
  if (refused !== undefined) return { say: refused };
  if (meant.kind === "whom") return hold(scene, { kind: "hold", at, id });
  return guarded(say)(scene, { kind: "say", conversation: meant.thread.conversation, at, id });
}

/** Only somebody who hasn't linked anything, and has no handle, can become a part of another person. */
async function hindranceOf(
  { house }: ErrandScene,
  person: PersonHandle,
): Promise<"others" | "handles" | undefined> {
  const identities = await house.people.identities(person);
  if (identities.length > 1) return "others";
  return (await linkStores(house).handles.list(person)).length > 0 ? "handles" : undefined;
}

/** Whose a code is. A wrong one counts, for the account and over all. */
async function lookUp(scene: ErrandScene, code: LinkCode) {
  const { event, house, leg } = scene;
  const { limits } = house;
  const { network } = house.capabilities(leg.account);
  const from = { kind: "identity", network, address: leg.to } as const;
  let takes: readonly Take[] = takesOf({ kind: "codes", codes: "link", from, count: 1 });
  let verdict = await limits.take(takes, event.canonical);
  if (verdict.kind === "refused" && verdict.limit === "wrongLinkCodes") {
    takes = takesOf({ kind: "reserved-code", from });
    const reserved = await limits.take(takes, event.canonical);
    if (reserved.kind !== "refused") verdict = reserved;
  }
  if (verdict.kind !== "allowed") return refused(scene, verdict);
  const offer = await linkStores(house).codes.take(code, event.canonical);
  if (offer === undefined) return "not in use";
  await limits.giveBack(takes, event.canonical);
  return { offer };
}

async function refused(
  scene: ErrandScene,
  verdict: Exclude<Verdict, { kind: "allowed" }>,
): Promise<Ending & { say: readonly string[] }> {
  const { house } = scene;
  if (verdict.kind === "away") throw new TryLater();
  const told = noticeOf(verdict);
  if (told === undefined) return { say: [] };
  const now = house.clock.now();
  const until = timeOfDay(now + told.retryAfter, now, house.timeZone);
  const { texts } = house;
  if (told.limit === "wrongCodes") return { say: [texts.wrongCodes({ until })] };
  return { say: await countedAnswer(scene, [texts.codesPaused({ until })]) };
}
