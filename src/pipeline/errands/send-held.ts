import type { Conversation, ConversationRecord, Seat } from "../../model/conversation.ts";
import { decide } from "../../routing/decide.ts";
import { laneEvent } from "../../routing/lane-event.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { circumstancesOf } from "../house.ts";
import { sayByCode, sayToKnown } from "./contact.ts";
import { commitStep, type Ending, type ErrandScene } from "./errand.ts";
import type { Destination, Guarded } from "./held-back.ts";
import { eventOf } from "./kept-text.ts";
import { sayTo, threadBehind, threadOf } from "./say.ts";

/** What came of sending. `lost`: how many couldn't go. */
interface Sent {
  readonly lost: number;
  readonly say: readonly string[];
  readonly record: (record: ConversationRecord) => ConversationRecord;
}

const NOTHING: Sent = { lost: 0, say: [], record: (record) => record };

/** Sends what was held, each text once, to where it was meant. */
export async function sendAll(scene: ErrandScene, texts: readonly Guarded[]): Promise<Sent> {
  let all = NOTHING;
  let step = 0;
  for (const [to, group] of byDestination(texts)) {
    const before = all;
    const sent = await sendTo(scene, to, group, step);
    step += group.length;
    all = {
      lost: before.lost + sent.lost,
      say: [...before.say, ...sent.say],
      record: (record) => sent.record(before.record(record)),
    };
  }
  return all;
}

/** In their order, by where they go: a code may have stood with some of those for a conversation. */
function byDestination(
  texts: readonly Guarded[],
): readonly (readonly [Destination | undefined, Guarded[]])[] {
  const groups = new Map<string, [Destination | undefined, Guarded[]]>();
  for (const text of texts) {
    const { to } = text;
    const name = to === undefined ? "" : `${to.kind} ${to.kind === "handle" ? to.code : to.id}`;
    const [first, group] = groups.get(name) ?? [to, []];
    const isNamed = to?.kind === "conversation" && to.named === true;
    groups.set(name, [isNamed ? to : first, [...group, text]]);
  }
  return [...groups.values()];
}

async function sendTo(
  scene: ErrandScene,
  to: Destination | undefined,
  texts: readonly Guarded[],
  step: number,
): Promise<Sent> {
  const { event, house, leg } = scene;
  const events = texts.map((text) => eventOf(event, text));
  if (to === undefined) {
    let lost = 0;
    for (const [place, said] of events.entries())
      if (!(await say(scene, said, leg.id, step + place))) lost += 1;
    return { ...NOTHING, lost };
  }
  if (to.kind === "handle") return sent(await sayByCode(scene, to.code, texts, step));
  const known = await house.cache.get(to.id);
  if (to.named === true && known !== undefined) return sent(await sayToKnown(scene, known, texts, step));
  const thread = threadOf(scene, to.id) ?? (await threadBehind(scene, to.id));
  return thread === undefined
    ? { ...NOTHING, lost: texts.length }
    : sent(await sayTo(scene, thread, events, step));
}

function sent({ say = [], record = (same) => same }: Ending): Sent {
  return { lost: 0, say, record };
}

/** Into the conversation in which it was written. False: nobody is there to read it. */
async function say(
  scene: ErrandScene,
  event: AcceptedEvent,
  leg: ErrandScene["leg"]["id"],
  place: number,
): Promise<boolean> {
  let isHeard = true;
  await commitStep(scene, scene.conversation.id, place, (now) => {
    const { changes, deliveries, ignored } = decide(laneEvent(event, leg), now, circumstancesOf(scene.house));
    isHeard = ignored === undefined || isQuiet(now, scene.seat);
    return ignored === undefined ? { changes, deliveries } : undefined;
  });
  return isHeard;
}

/** Somebody there has blocked or muted the writer, who isn't told. */
function isQuiet({ record, seats }: Conversation, own: Seat): boolean {
  const others = seats.filter(({ id }) => id !== own.id);
  return record.open && others.some(({ state, muted }) => state === "blocked" || muted === true);
}
