import type { Content } from "../../model/content.ts";
import type { Conversation } from "../../model/conversation.ts";
import { isWaiting, type Seat } from "../../model/conversation.ts";
import { decide } from "../../routing/decide.ts";
import { laneEvent } from "../../routing/lane-event.ts";
import { givenAwayBy } from "../../safety/giving-away.ts";
import { announce, sharedLegs } from "../desk-legs.ts";
import { circumstancesOf } from "../house.ts";
import { reachedBy } from "./acquaintance.ts";
import { commitStep, type Ending, type ErrandScene } from "./errand.ts";
import { holdBack } from "./held-back.ts";
import { keptText } from "./kept-text.ts";
import { lastForm } from "./last-form.ts";
import { tell } from "./link-parts.ts";
import { sagaStep } from "./saga.ts";
import { saidFor } from "./said-texts.ts";

/** The steps for each conversation. */
const STEP = { told: 0, changed: 1, each: 2 } as const;

/**
 * Texts that went from a desk to a conversation were changed or taken back: what follows is what follows in the conversation's
 * own room, and their writer is told at the desk.
 */
export async function reviseSaid(scene: ErrandScene): Promise<Ending> {
  const { conversation: desk, event, house, seat } = scene;
  const { record } = desk;
  if (record.origin !== "desk") return {};
  let ending: Ending = {};
  for (const [place, id] of saidFor(record, event, house).entries()) {
    const known = await house.cache.get(id);
    const own = known?.seats.find(({ person }) => person === seat.person);
    if (known === undefined || own === undefined || !isHeard(known)) continue;
    // It was accepted just after it was changed there.
    if (await house.commits.isKnown(sagaStep(scene, id, "revise"), event.acceptedAt)) continue;
    const content = await lastForm(scene, { kind: "known", conversation: known });
    if (event.body.kind === "edit" && content === undefined) continue; // nothing but its code
    const held = await heldChange(scene, known, own, content);
    if (held === undefined) await change(scene, known, own, content, place * STEP.each);
    else ending = held;
  }
  return ending;
}

function isHeard({ record }: Conversation): boolean {
  return record.open && !(record.origin === "contact" && isWaiting(record));
}

/** A change that gives something away waits for its writer's answer. */
export async function heldChange(
  scene: ErrandScene,
  known: Conversation,
  own: Seat,
  content: Content | undefined,
): Promise<Ending | undefined> {
  const { event, house, leg } = scene;
  const what = content && givenAwayBy(content, known, own, leg);
  if (content?.kind !== "text" || what === undefined) return undefined;
  const text = keptText(event, { kind: "text", text: house.texts.edited(content.text) });
  const to = { kind: "conversation", id: known.id, named: true } as const;
  const name = known.seats.find(({ id }) => id !== own.id)?.name ?? "";
  return holdBack(scene, [{ ...text, what }], { to, name, isFocus: true });
}

async function change(
  scene: ErrandScene,
  known: Conversation,
  own: Seat,
  content: Content | undefined,
  step: number,
): Promise<void> {
  const { committer, conversation: desk, event, house } = scene;
  const leg = reachedBy(known, own);
  const { body } = event;
  const said = body.kind === "edit" && content !== undefined ? { ...body, content } : body;
  const what = laneEvent({ ...event, body: said, from: leg.to }, leg.id);
  const circumstances = circumstancesOf(house, await sharedLegs(house, known));
  // What is said to its writer comes first: the second time it would be known to be said.
  for (const { leg: to, task } of decide(what, known, circumstances).deliveries)
    if (to === leg.id && task.kind === "send" && task.content.kind === "notice")
      await tell(scene, desk.id, step + STEP.told, task.content.text);
  await announce(house, committer, known, leg.id, event);
  await commitStep(scene, known.id, step + STEP.changed, (now) => {
    const { changes, deliveries, ignored } = decide(what, now, circumstances);
    if (ignored !== undefined) return undefined;
    return { changes, deliveries: deliveries.filter((each) => each.leg !== leg.id) };
  });
}
