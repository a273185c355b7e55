import type { ConversationId, PersonId } from "../../model/ids.ts";
import type { PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";
import type { ErrandHandler, ErrandScene } from "./errand.ts";
import { deskLeg, linkedText, linkStores, othersOf, refuse, tell, wanter } from "./link-parts.ts";
import { endOwnTalk } from "./own-talk.ts";
import { holdNotes } from "./united-notes.ts";

const STEP = { told: 0 } as const;

/** The second yes: the two become one person, and both are told. */
export const confirmLink: ErrandHandler<"confirm-link"> = async (scene, { desk, guest: guestId, yes }) => {
  const { event, house, leg } = scene;
  if (!yes) return refuse(scene, desk, STEP.told, { here: "you", there: "they" });
  const { handles, links } = linkStores(house);
  const person = await wanter(scene);
  if (await hasGone(house, guestId, desk)) return { say: [house.texts.notLinked("they")] };
  const merged = await links.merge(guestId, person, event.canonical, {
    hasHandles: async (guest) => (await handles.list(guest)).length > 0,
    uniteBlocks: (guest, target) => uniteBlocks(house, guest, target),
  });
  switch (merged.kind) {
    case "already":
      return { say: [house.texts.notLinked("already")] };
    case "no-guest":
      return refuse(scene, desk, STEP.told, { here: "others", there: "others" });
    case "has-handles":
      return refuse(scene, desk, STEP.told, { here: "handles", there: "handles" });
    case "lost":
      return refuse(scene, desk, STEP.told, { here: "late", there: "late" });
    case "merged":
      await takeAlong(scene, merged.guest);
  }
  const talk = await endOwnTalk(scene, person);
  const notes = await holdNotes(scene, person);
  const there = await house.cache.get(desk);
  const thereLeg = there && deskLeg(there);
  if (thereLeg !== undefined) await tell(scene, desk, STEP.told, await linkedText(house, person, thereLeg));
  return { say: [await linkedText(house, person, leg)], record: (before) => notes(talk(before)) };
};

/** Who said STOP after their yes isn't linked: they couldn't read that they are. */
async function hasGone(house: House, guestId: PersonId, desk: ConversationId): Promise<boolean> {
  const guest = await house.people.own(guestId);
  if (guest?.movedTo !== undefined) return false; // it was done before a crash
  const there = await house.cache.get(desk);
  const leg = there && deskLeg(there);
  if (leg === undefined || !house.capabilities(leg.account).optOutWords) return false;
  return house.optOuts.isOut(leg.to, [{ kind: "service" }]);
}

/** What either has blocked both have, and who has blocked either has both. */
async function uniteBlocks(house: House, guest: PersonHandle, target: PersonHandle): Promise<void> {
  await house.blocks.unite(guest, target);
  const [theirs, own] = [await house.people.identities(guest), await house.people.identities(target)];
  for (const by of await othersOf(house, guest)) await house.blocks.spread(by, theirs, own);
  for (const by of await othersOf(house, target)) await house.blocks.spread(by, own, theirs);
}

/** The guest's conversations become the person's as they are loaded: all of them now. */
async function takeAlong({ house }: ErrandScene, guest: PersonHandle): Promise<void> {
  for (const { conversation } of await house.people.seats(guest)) {
    house.cache.drop(conversation);
    await house.cache.get(conversation);
    await house.people.part(guest, conversation);
  }
}
