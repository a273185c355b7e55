import type { Conversation } from "../../model/conversation.ts";
import type { PersonId } from "../../model/ids.ts";
import { HOUR, type Milliseconds } from "../../model/time.ts";
import { notice } from "../../routing/decide.ts";
import { circumstancesOf } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { sidesOf } from "./acquaintance.ts";
import { type DeskOfPerson, desksOf } from "./circle.ts";
import { withoutConversations } from "./desk-contents.ts";
import type { ErrandScene } from "./errand.ts";
import { traceEnds } from "./guest-desk.ts";
import { deskLeg } from "./link-parts.ts";
import { commitIn } from "./saga.ts";

/** So long a closed conversation is there: who writes in it is told that nobody reads it, and errands find how it ended. */
export const CLOSED_STAYS: Milliseconds = HOUR;

/**
 * What conversations that were just closed leave with the others: places and requests at their desks, and numbers, which cool
 * down from now on. May be repeated. @throws StoreAway
 */
export async function windUp(
  scene: ErrandScene,
  closed: readonly Conversation[],
  leaver: PersonId,
): Promise<void> {
  const { house, event } = scene;
  const gone = new Map(closed.map((conversation) => [conversation.id, conversation]));
  const others = closed.flatMap(({ seats }) => seats.map(({ person }) => person));
  for (const id of new Set(others.filter((person) => person !== leaver))) {
    const other = await house.people.byId(id);
    for (const desk of other === undefined ? [] : await desksOf(house, other)) {
      await traceEnds(house, desk.conversation.id);
      await commitIn(scene, desk.conversation.id, "windUp", (now) => {
        const { record } = now;
        return record.origin === "desk" ? cleared(scene, now, { ...desk, record }, gone) : undefined;
      });
    }
  }
  for (const { id, legs } of closed) {
    for (const { account, number, to } of legs)
      if (number !== undefined) await scene.pools.get(account)?.release(to, id);
    await house.timers.set({ kind: "over", conversation: id, at: event.acceptedAt + CLOSED_STAYS });
  }
}

function cleared(
  { house }: ErrandScene,
  now: Conversation,
  { own, record }: DeskOfPerson,
  gone: ReadonlyMap<Conversation["id"], Conversation>,
): OwnWork | undefined {
  const left = withoutConversations(record, own, new Set(gone.keys()), house.clock.now());
  const leg = deskLeg(now);
  if (left === record || leg === undefined) return undefined;
  // Whom they have muted they don't hear of.
  const ended = record.requests.filter(({ conversation: id }) => {
    const conversation = gone.get(id);
    return conversation !== undefined && sidesOf(conversation)?.owner.muted !== true;
  });
  const circumstances = circumstancesOf(house);
  return {
    changes: [{ kind: "record", record: left }],
    deliveries: ended.map((request) => notice(leg, house.texts.requestLeft(request), circumstances)),
  };
}
