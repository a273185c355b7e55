import { sidesOf } from "./acquaintance.ts";
import type { AnswerHandler } from "./answering.ts";
import { blockPerson } from "./block.ts";

/** The guest sees no difference: their request goes on waiting, and what they write goes nowhere. */
export const blockGuest: AnswerHandler = async (scene, { conversation }) => {
  const guest = sidesOf(conversation)?.guest;
  if (guest === undefined) return undefined;
  const record = await blockPerson(scene, guest);
  return { say: [scene.house.texts.blocked()], record };
};
