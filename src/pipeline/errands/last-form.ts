import { spokenContent } from "../../commands/in-conversation.ts";
import { findHandleCodes } from "../../consent/handle-code.ts";
import { withoutCode } from "../../consent/without-code.ts";
import type { Content } from "../../model/content.ts";
import type { Conversation } from "../../model/conversation.ts";
import type { HandleCode } from "../../model/handle.ts";
import type { ErrandScene } from "./errand.ts";
import type { Destination } from "./held-back.ts";

/** For whom a text is that was changed. */
type For = Destination | { readonly kind: "known"; readonly conversation: Conversation } | undefined;

/**
 * What a text says now that was changed or taken back: clients change it as a whole, so the code with which it was sent stands
 * in it once more. Undefined: nothing.
 */
export async function lastForm(
  { event: { body }, house }: ErrandScene,
  to: For,
): Promise<Content | undefined> {
  if (body.kind !== "edit") return undefined;
  const content = spokenContent(body.content);
  if (content.kind !== "text" || to === undefined) return content;
  if (to.kind === "handle") return hasCode(content.text, to.code) ? withoutCode(content, to.code) : content;
  const known = to.kind === "known" ? to.conversation : await house.cache.get(to.id);
  if (known?.record.origin !== "contact") return content;
  for (const { code } of findHandleCodes(content.text))
    if ((await house.handles.find(code))?.id === known.record.handle) return withoutCode(content, code);
  return content;
}

function hasCode(text: string, wanted: HandleCode): boolean {
  return findHandleCodes(text).some(({ code }) => code === wanted);
}
