import { isWaiting } from "../../model/conversation.ts";
import type { ConversationId } from "../../model/ids.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { commitStep, type ErrandScene } from "./errand.ts";
import { keptText, sealText } from "./kept-text.ts";

/** So many texts wait for the answer to a request, beside the first. */
export const MOST_KEPT = 5;

/** What became of a guest's text while their request is open. */
type Keeping = "kept" | "full" | "answered";

/**
 * Keeps a guest's text while their request isn't answered, once however often it is asked. A blocked guest's is kept as any
 * other, and goes nowhere. `answered`: the request isn't open any more, and the text goes its way.
 */
export async function keepText(
  scene: ErrandScene,
  id: ConversationId,
  event: AcceptedEvent,
  step: number,
): Promise<Keeping> {
  const { house } = scene;
  const { body, canonical } = event;
  const record = (await house.cache.get(id))?.record;
  if (record?.origin !== "contact" || !isWaiting(record)) return "answered";
  if (record.kept[canonical] !== undefined) return "kept";
  if (Object.keys(record.kept).length > MOST_KEPT) return "full";
  if (body.kind !== "message") return "kept";
  const sealed = sealText(house.store.vault, id, "7d", keptText(event, body.content));
  const kept = await commitStep(scene, id, step, ({ record: now }) => {
    // Somebody may answer at this very moment: then what was kept is on its way.
    if (now.origin !== "contact" || !isWaiting(now)) return undefined;
    const next = { ...now, kept: { ...now.kept, [canonical]: sealed } };
    return { changes: [{ kind: "record", record: next }], deliveries: [] };
  });
  return kept ? "kept" : "answered";
}
