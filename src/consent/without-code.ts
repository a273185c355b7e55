import type { Content } from "../model/content.ts";
import type { HandleCode } from "../model/handle.ts";
import { without } from "../model/spans.ts";
import { findHandleCodes } from "./handle-code.ts";

type Text = Extract<Content, { readonly kind: "text" }>;

/** What a text says in its writer's own words, without a code that stands in it; undefined when there is nothing else. */
export function withoutCode(content: Text, wanted: HandleCode): Text | undefined {
  const { text } = content;
  const rest = findHandleCodes(text).find(({ code }) => code === wanted)?.rest ?? "";
  if (rest.trim() === "") return undefined;
  // Only what is cut off in one piece leaves the spans where they can be known.
  if (text.endsWith(rest)) return without(content, 0, text.length - rest.length);
  return text.startsWith(rest) ? without(content, rest.length, text.length) : { kind: "text", text: rest };
}
