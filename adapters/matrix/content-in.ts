import type { Content, Unbridgeable } from "../../src/model/index.ts";
import { contentOfHtml } from "./html-in.ts";
import { isRecord, recordAt, textAt } from "./json.ts";

/** Message types that hold no text (m.room.message msgtypes). */
const MEDIA: Readonly<Record<string, Unbridgeable>> = {
  "m.image": "image",
  "m.video": "video",
  "m.audio": "audio",
  "m.file": "file",
  "m.location": "location",
};
const TEXTS = new Set(["m.text", "m.emote", "m.notice"]);

/**
 * The content of an `m.room.message`, or undefined when it can't be read. Where there is HTML, text and spans come from it;
 * the quote that a reply repeats for old clients is cut off, since it names people by their native ids.
 */
export function contentOfMessage(content: unknown): Content | undefined {
  if (!isRecord(content)) return undefined;
  const type = textAt(content, "msgtype");
  if (type === undefined) return undefined;
  const media = MEDIA[type];
  if (media !== undefined) return { kind: "unbridgeable", what: media };
  if (!TEXTS.has(type)) return { kind: "unbridgeable", what: "other" };
  if (typeof content.body !== "string") return undefined;
  return textContent(content, content.body);
}

function textContent(content: Readonly<Record<string, unknown>>, body: string): Content {
  const html = content.format === "org.matrix.custom.html" ? textAt(content, "formatted_body") : undefined;
  if (html !== undefined) {
    const { text, spans } = contentOfHtml(html);
    if (text.trim() !== "")
      return spans.length === 0 ? { kind: "text", text } : { kind: "text", text, spans };
  }
  return { kind: "text", text: repliesTo(content) === undefined ? body : withoutFallback(body) };
}

/** The message that this one answers, or undefined. A message of a thread only names the one before it. */
export function repliesTo(content: unknown): string | undefined {
  const relation = recordAt(content, "m.relates_to");
  if (relation.rel_type === "m.thread" && relation.is_falling_back === true) return undefined;
  return textAt(recordAt(relation, "m.in_reply_to"), "event_id");
}

/** The message that this one replaces, or undefined. */
export function replaces(content: unknown): string | undefined {
  const relation = recordAt(content, "m.relates_to");
  return relation.rel_type === "m.replace" ? textAt(relation, "event_id") : undefined;
}

/** Cuts `> <@user:server> quoted text` and the empty line after it from a reply (rich replies before Matrix 1.13). */
function withoutFallback(body: string): string {
  if (!/^> (?:<@|\* <@)/.test(body)) return body;
  const lines = body.split("\n");
  const first = lines.findIndex((line) => !line.startsWith("> "));
  if (first === -1) return body;
  return lines.slice(lines[first] === "" ? first + 1 : first).join("\n");
}
