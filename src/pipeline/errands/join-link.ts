import { commitStep, type ErrandHandler, stepId } from "./errand.ts";
import { accountOf, asks, deskLeg, endEarlier, openUntil, refuse, wanter } from "./link-parts.ts";

const STEP = { answer: 0, earlier: 1 } as const;

/** The answer of the account that sent the code: after its yes the one that gave it out is asked too. */
export const joinLink: ErrandHandler<"join-link"> = async (scene, { desk, yes }) => {
  const { conversation, event, house, leg } = scene;
  if (!yes) return refuse(scene, desk, STEP.answer, { here: "you", there: "they" });
  const there = await house.cache.get(desk);
  const thereLeg = there && deskLeg(there);
  if (thereLeg === undefined) return { say: [house.texts.notLinked("late")] };
  const own = await wanter(scene);
  const text = house.texts.confirmLink({ other: await accountOf(leg, house) });
  const until = await openUntil(scene, desk);
  const by = stepId(event.canonical, STEP.answer);
  const question = {
    ...({ kind: "confirm-link", desk: conversation.id, guest: own.id } as const),
    ...{ until, asked: by },
  };
  // Another guest's question is over, unless it is this one's, asked before a crash.
  const asked = there?.record.questions[thereLeg.seat];
  if (asked?.kind !== "confirm-link" || asked.desk !== conversation.id)
    await endEarlier(scene, desk, STEP.earlier);
  await commitStep(scene, desk, STEP.answer, (now) => asks(now, question, text, scene));
  return { say: [house.texts.linkAsked({ network: house.capabilities(thereLeg.account).title })] };
};
