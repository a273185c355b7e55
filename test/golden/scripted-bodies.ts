// What the house hears on a scripted network of what people do.

import { contentOfMarks } from "../../adapters/whatsapp/inbound/marks.ts";
import type { InboundBody } from "../../src/adapter/event.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import type { Deed } from "./transcript.ts";

/** Something that only its writer's devices could read, or a place in which all is such. */
export const ENCRYPTED: InboundBody = {
  kind: "message",
  content: { kind: "unbridgeable", what: "encrypted" },
};

/** A text whose styles are marks in it, as on WhatsApp. */
export function marked(text: string): InboundBody {
  return { kind: "message", content: contentOfMarks(text) };
}

/** They left the place. */
export const LEFT: InboundBody = { kind: "membership", change: "left" };

/** Whether it is done to what somebody wrote themselves. */
export function isOwn({ kind }: Deed): boolean {
  return kind === "edit" || kind === "delete";
}

/** A deed, done to a message. */
export function bodyOf(deed: Deed, ref: string) {
  const target = sensitive(ref);
  switch (deed.kind) {
    case "reaction":
      return { kind: "reaction", target, emoji: deed.emoji } as const;
    case "edit":
      return { kind: "edit", target, content: { kind: "text", text: deed.text } } as const;
    case "reply":
      return { kind: "message", content: { kind: "text", text: deed.text }, replyTo: target } as const;
    case "delete":
      return { kind: "delete", targets: [target] } as const;
  }
}
