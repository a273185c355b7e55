import { conversationsOf, personOf } from "./acquaintance.ts";
import type { ErrandHandler, ErrandScene } from "./errand.ts";
import { countedAnswer, identityOf, refusal } from "./limits.ts";

/** A text that is nothing the bridge knows: somebody known gets a hint, which counts as an answer to a command, an unknown phone one answer in a day. */
export const stranger: ErrandHandler<"stranger"> = async (scene, { hint }) => {
  const { event, house, leg } = scene;
  const { optOutWords } = house.capabilities(leg.account);
  if (!optOutWords || (await isKnown(scene))) return { say: await countedAnswer(scene, [hint]) };
  const refused = await refusal(house, { kind: "stranger-answer", to: identityOf(scene) }, event.canonical);
  return { say: refused ?? [house.texts.privateRelay()] };
};

/** Whether somebody has more here than the chat in which they write. */
async function isKnown({ house, seat }: ErrandScene): Promise<boolean> {
  const person = await personOf(house, seat.person);
  if ((await house.people.identities(person)).length > 1) return true;
  if ((await house.handles.list(person)).length > 0) return true;
  return (await conversationsOf(house, person)).some(({ record }) => record.origin !== "desk");
}
