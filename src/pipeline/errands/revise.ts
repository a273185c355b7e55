import type { Content } from "../../model/content.ts";
import type { Conversation, ConversationRecord } from "../../model/conversation.ts";
import { isWaiting, withoutQuestion } from "../../model/conversation.ts";
import type { SeatId } from "../../model/ids.ts";
import { givenAwayFrom } from "../../safety/giving-away.ts";
import { personOf } from "./acquaintance.ts";
import { meetingsOf } from "./circle.ts";
import type { Ending, ErrandHandler, ErrandScene } from "./errand.ts";
import { goOn } from "./guard.ts";
import { type Guarded, sealHeld, textsOf, waitingOf, withGuarded } from "./held-back.ts";
import { withoutHeld } from "./hold.ts";
import { isRevisedBy, type KeptText, openKept, sealText } from "./kept-text.ts";
import { lastForm } from "./last-form.ts";
import { heldChange, reviseSaid } from "./revise-said.ts";
import { commitIn } from "./saga.ts";
import { isWithdrawnBy, windUpWithdrawn, withdrawn } from "./withdraw.ts";

/** Texts that wait were changed or taken back by their writer: what is sent later is their last form, or nothing. */
export const revise: ErrandHandler<"revise"> = async (scene) => {
  const kept = await reviseKept(scene);
  const said = await reviseSaid(scene);
  const guarded = await reviseGuarded(scene);
  const content = await lastForm(scene, undefined);
  return {
    say: [guarded, kept, said].flatMap(({ say = [] }) => say),
    record: (now) => {
      const after = reviseHeld(scene, now, content);
      return [guarded, kept, said].reduce((then, { record }) => record?.(then) ?? then, after);
    },
  };
};

/**
 * Those that wait for the answer to a request. A change that gives something away is asked about, and follows as a text of its
 * own, as where nothing can be changed.
 */
async function reviseKept(scene: ErrandScene): Promise<Ending> {
  const { event, house, seat } = scene;
  let ending: Ending = {};
  for (const { conversation: known, own } of await meetingsOf(house, await personOf(house, seat.person))) {
    if (await isWithdrawnBy(scene, known, own.id)) ending = await windUpWithdrawn(scene, known);
    const before = keptTexts(scene, known).find((text) => isRevisedBy(text, event));
    if (before === undefined) continue;
    const id = before.canonical;
    const content = await lastForm(scene, { kind: "known", conversation: known });
    const held = await heldChange(scene, known, own, content);
    if (held !== undefined) {
      ending = held;
      continue;
    }
    await commitIn(scene, known.id, "revise", (now) => {
      const { record } = now;
      // Somebody may accept at this very moment: then it is on its way.
      if (record.origin !== "contact" || !isWaiting(record) || record.kept[id] === undefined)
        return undefined;
      const { [id]: _before, ...others } = record.kept;
      const text = content && { ...before, content };
      const kept =
        text === undefined
          ? others
          : { ...record.kept, [id]: sealText(house.store.vault, known.id, "7d", text) };
      return Object.keys(kept).length === 0 && !isWaitedFor(scene, known)
        ? withdrawn(now, own.id, record)
        : { changes: [{ kind: "record", record: { ...record, kept } }], deliveries: [] };
    });
    const now = await house.cache.get(known.id);
    if (now !== undefined && (await isWithdrawnBy(scene, now, own.id)))
      ending = await windUpWithdrawn(scene, now);
  }
  return ending;
}

/** Whether a text for it waits for its writer's answer. */
function isWaitedFor(scene: ErrandScene, { id }: Conversation): boolean {
  const waiting = waitingOf(scene);
  const texts = waiting === undefined ? [] : textsOf(scene.house, scene.seat.id, waiting);
  return texts.some(({ to }) => to?.kind === "conversation" && to.id === id);
}

function keptTexts({ house }: ErrandScene, { id, record }: Conversation): readonly KeptText[] {
  if (record.origin !== "contact" || !isWaiting(record)) return [];
  return Object.values(record.kept).flatMap((sealed) => openKept(house.store.vault, id, sealed) ?? []);
}

/** Those that wait since one of them gives something away: without the first, the others go on. */
async function reviseGuarded(scene: ErrandScene): Promise<Ending> {
  const { event, house, seat } = scene;
  const waiting = waitingOf(scene);
  if (waiting === undefined) return {};
  const texts = textsOf(house, seat.id, waiting);
  if (!texts.some((text) => isRevisedBy(text, event))) return {};
  const [first, ...behind] = await Promise.all(
    texts.map(async (text) => (isRevisedBy(text, event) ? changed(scene, text) : { text, now: text })),
  );
  const left = behind.flatMap(({ now }) => now ?? []);
  if (first === undefined || first.now !== undefined)
    return waits(scene, first?.now === undefined ? left : [first.now, ...left], waiting.until);
  const { record, say } = await goOn(scene, [first.text, ...left], "back");
  return { say: say ?? [], record: (now) => record?.(unasked(now, seat.id)) ?? now };
}

/** Its question is over as well. */
function unasked(now: ConversationRecord, seat: SeatId): ConversationRecord {
  return now.questions[seat]?.kind === "guard" ? withoutQuestion(now, seat) : now;
}

function waits(scene: ErrandScene, texts: readonly Guarded[], until: number): Ending {
  const sealed = texts.map((text) => sealHeld(scene, text));
  return { record: (now) => withGuarded(now, scene.seat.id, { until, texts: sealed }) };
}

/** The first stays the one that is asked about. `now` undefined: it was taken back. */
async function changed(
  scene: ErrandScene,
  text: Guarded,
): Promise<{ readonly text: Guarded; readonly now: Guarded | undefined }> {
  const content = await lastForm(scene, text.to);
  if (content === undefined) return { text, now: undefined };
  const what = text.what ?? givenAwayFrom(content, scene.leg);
  return { text, now: { ...text, content, ...(what === undefined ? {} : { what }) } };
}

/** Those that wait for the answer for whom they are. */
function reviseHeld(
  { event, house, seat }: ErrandScene,
  now: ConversationRecord,
  content: Content | undefined,
): ConversationRecord {
  const waiting = now.held?.[seat.id];
  if (waiting === undefined) return now;
  const texts = waiting.texts.flatMap((sealed) => {
    const text = openKept(house.store.vault, seat.id, sealed);
    if (text === undefined || !isRevisedBy(text, event)) return [sealed];
    return content === undefined ? [] : [sealText(house.store.vault, seat.id, "24h", { ...text, content })];
  });
  if (texts.length > 0) return { ...now, held: { ...now.held, [seat.id]: { ...waiting, texts } } };
  const left = now.questions[seat.id]?.kind === "whom" ? withoutQuestion(now, seat.id) : now;
  return withoutHeld(left, seat.id);
}
