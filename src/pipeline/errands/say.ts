import type { Content } from "../../model/content.ts";
import type { ConversationRecord, DeskRecord, Thread } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import { decide } from "../../routing/decide.ts";
import { laneEvent } from "../../routing/lane-event.ts";
import { afterWriting } from "../../routing/threads.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { circumstancesOf } from "../house.ts";
import type { OwnWork } from "../own-commit.ts";
import { WantedLegs } from "../wanted-legs.ts";
import { commitStep, type Ending, type ErrandHandler, type ErrandScene } from "./errand.ts";
import { followWriter } from "./follow.ts";
import { keepText, MOST_KEPT } from "./request-texts.ts";

/** A text in a shared chat goes to the conversation that is meant. */
export const say: ErrandHandler<"say"> = async (scene, { conversation }) => {
  const thread = threadOf(scene, conversation);
  if (thread === undefined) return {};
  return sayTo(scene, thread, [scene.event], 0);
};

/**
 * Texts of the desk's person go to one of the conversations that are led there, in order; each is committed once.
 * @param step the number of the first one's step
 */
export async function sayTo(
  scene: ErrandScene,
  thread: Thread,
  events: readonly AcceptedEvent[],
  step: number,
): Promise<Ending> {
  const { house, conversation } = scene;
  const said: string[] = [];
  // Said once for each conversation: that texts wait.
  const mark = `kept:${thread.conversation}`;
  let told = conversation.record.told.includes(mark);
  await followWriter(scene);
  const meant = await house.cache.get(thread.conversation);
  if (meant !== undefined) await new WantedLegs(scene).fulfil(meant);
  for (const [place, event] of events.entries()) {
    const keeping = await keepText(scene, thread.conversation, event, step + place);
    if (keeping.kind === "answered")
      await commitStep(scene, thread.conversation, step + place, into(scene, thread, event));
    else if (keeping.kind === "full")
      said.push(house.texts.textNotKept({ label: keeping.label, most: MOST_KEPT }));
    else if (!told) said.push(house.texts.textKept(keeping));
    told ||= keeping.kind === "kept";
  }
  const { acceptedAt } = scene.event;
  return {
    say: said,
    record: onDesk((desk) => {
      const marked = told && !desk.told.includes(mark) ? { ...desk, told: [...desk.told, mark] } : desk;
      return afterWriting(marked, thread.conversation, acceptedAt);
    }),
  };
}

function into({ house }: ErrandScene, { leg }: Thread, event: AcceptedEvent) {
  return (conversation: Parameters<typeof decide>[1]): OwnWork | undefined => {
    const { changes, deliveries, ignored } = decide(
      laneEvent(event, leg),
      conversation,
      circumstancesOf(house),
    );
    return ignored === undefined ? { changes, deliveries } : undefined;
  };
}

/** A conversation that is led in the desk's chat. */
export function threadOf({ conversation: { record } }: ErrandScene, id: ConversationId): Thread | undefined {
  return record.origin === "desk"
    ? record.threads.find(({ conversation }) => conversation === id)
    : undefined;
}

/** A change of a record that is a desk's. */
export function onDesk(
  change: (desk: DeskRecord) => DeskRecord,
): (record: ConversationRecord) => ConversationRecord {
  return (record) => (record.origin === "desk" ? change(record) : record);
}

/** The text of an event that is a message. */
export function contentOf({ body }: AcceptedEvent): Content | undefined {
  return body.kind === "message" ? body.content : undefined;
}
