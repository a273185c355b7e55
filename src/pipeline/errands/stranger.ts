import { readerOn } from "../../commands/place.ts";
import type { Leg } from "../../model/conversation.ts";
import { conversationsOf, personOf } from "./acquaintance.ts";
import { meetingsOf, wantedBy } from "./circle.ts";
import type { ErrandHandler, ErrandScene } from "./errand.ts";
import { countedAnswer, identityOf, refusal } from "./limits.ts";

/**
 * A text that is nothing the bridge knows: somebody known gets a hint, which counts as an answer to a command, an unknown phone one
 * answer in a day.
 */
export const stranger: ErrandHandler<"stranger"> = async (scene, { hint, isSlip }) => {
  const { event, house, leg } = scene;
  const unsent = isSlip ? undefined : await blockedHere(scene);
  if (unsent !== undefined)
    return { say: await countedAnswer(scene, [house.texts.blockedHere({ name: unsent })]) };
  const isByNumber = readerOn(house.capabilities(leg.account)) !== "user";
  if (!isByNumber || (await isKnown(scene))) return { say: await countedAnswer(scene, [hint]) };
  const refused = await refusal(house, { kind: "stranger-answer", to: identityOf(scene) }, event.canonical);
  return { say: refused ?? [house.texts.privateRelay()] };
};

/**
 * Whom its writer must have meant, since the conversation with them is the only one here, or was the last to end here, and they
 * have blocked them.
 */
async function blockedHere(scene: ErrandScene): Promise<string | undefined> {
  const { conversation, house } = scene;
  const { id, legs, record } = conversation;
  const chats = new Set(legs.map(({ chat }) => chat));
  const isHere = ({ chat, desk, over }: Leg): boolean =>
    over !== true && (desk === id || (chat !== undefined && chats.has(chat)));
  const blocked = (await meetingsOf(house, await wantedBy(scene))).filter(
    ({ conversation: led, own }) =>
      own.state === "blocked" &&
      led.record.open &&
      led.legs.some((leg) => leg.seat === own.id && isHere(leg)),
  );
  const last = record.origin === "desk" ? record.ended?.at(-1)?.conversation : undefined;
  const meant = blocked.length > 1 ? blocked.find((each) => each.conversation.id === last) : blocked[0];
  return meant?.others[0]?.name;
}

/** Whether somebody has more here than the chat in which they write. */
async function isKnown({ house, seat }: ErrandScene): Promise<boolean> {
  const person = await personOf(house, seat.person);
  if ((await house.people.identities(person)).length > 1) return true;
  if ((await house.handles.list(person)).length > 0) return true;
  return (await conversationsOf(house, person)).some(({ record }) => record.origin !== "desk");
}
