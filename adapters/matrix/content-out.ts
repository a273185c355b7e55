import type { Degradation } from "../../src/adapter/index.ts";
import { assertNever, type Content } from "../../src/model/index.ts";
import { htmlOfContent } from "./html-out.ts";

/** The content of an `m.room.message`, and what was lost on the way. */
interface MessageContent {
  readonly body: Readonly<Record<string, unknown>>;
  readonly loss: readonly Degradation[];
}

/** Above this the HTML is left out: an event has at most 65,536 bytes (specification, "Size limits"), its envelope included. */
const MAX_CONTENT_BYTES = 60_000;

/** Writes a content as an `m.room.message`, or undefined for what this version can't carry. */
export function messageOfContent(content: Content, replyTo: string | undefined): MessageContent | undefined {
  const relation =
    replyTo === undefined ? {} : { "m.relates_to": { "m.in_reply_to": { event_id: replyTo } } };
  switch (content.kind) {
    case "notice":
      return { body: { msgtype: "m.notice", body: content.text, ...relation }, loss: [] };
    case "text": {
      const plain = { msgtype: "m.text", body: content.text, ...relation };
      const html = htmlOfContent(content.text, content.spans ?? []);
      if (html === undefined) return { body: plain, loss: [] };
      const formatted = { ...plain, format: "org.matrix.custom.html", formatted_body: html };
      const isTooLarge = Buffer.byteLength(JSON.stringify(formatted)) > MAX_CONTENT_BYTES;
      return isTooLarge ? { body: plain, loss: ["formatted"] } : { body: formatted, loss: [] };
    }
    case "unbridgeable":
      return undefined;
    default:
      return assertNever(content);
  }
}
