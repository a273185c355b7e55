import type { ConversationId } from "../../model/ids.ts";
import type { AcceptedEvent } from "../../store/accepted-event.ts";
import { commitStep, type ErrandScene } from "./errand.ts";
import { sealText } from "./kept-text.ts";

/** So many texts wait for the answer to a request. */
export const MOST_KEPT = 5;

/** What became of a guest's text while their request is open. */
type Keeping =
  /** `label`: of the handle that they wrote to. */
  | { readonly kind: "kept" | "full"; readonly label: string }
  /** The request isn't open any more: the text goes its way. */
  | { readonly kind: "answered" };

/**
 * Keeps a guest's text while their request isn't answered, once however often it is asked. A blocked guest's is kept as any
 * other, and goes nowhere.
 */
export async function keepText(
  scene: ErrandScene,
  id: ConversationId,
  { body, canonical, at }: AcceptedEvent,
  step: number,
): Promise<Keeping> {
  const { house } = scene;
  const record = (await house.cache.get(id))?.record;
  if (record?.origin !== "contact" || record.requestUntil === undefined) return { kind: "answered" };
  const { label, kept } = record;
  if (kept[canonical] !== undefined) return { kind: "kept", label };
  if (Object.keys(kept).length >= MOST_KEPT) return { kind: "full", label };
  if (body.kind !== "message") return { kind: "kept", label };
  const sealed = sealText(house.store.vault, id, "7d", { canonical, at, content: body.content });
  await commitStep(scene, id, step, ({ record: now }) => {
    if (now.origin !== "contact") return undefined;
    const record = { ...now, kept: { ...now.kept, [canonical]: sealed } };
    return { changes: [{ kind: "record", record }], deliveries: [] };
  });
  return { kind: "kept", label };
}
