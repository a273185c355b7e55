import type { Content } from "../model/content.ts";
import type { Conversation, Leg, Seat } from "../model/conversation.ts";
import { behind } from "../model/spans.ts";
import type { Circumstances } from "./effects.ts";

/**
 * What somebody says, as a leg can take it: without spans where there is no markup, and behind their name where several
 * conversations are led in one chat.
 */
export function shapeFor(
  leg: Leg,
  content: Content,
  from: Seat,
  conversation: Conversation,
  circumstances: Circumstances,
): Content {
  if (content.kind !== "text") return content;
  const named = circumstances.isShared(leg)
    ? behind(circumstances.texts.said({ ...asSeen(from, conversation), text: "" }), content)
    : content;
  const hasMarkup = circumstances.capabilitiesOf(leg.account).features.formatted !== "none";
  return hasMarkup ? named : { kind: "text", text: named.text };
}

/** That a conversation has ended, as its other side reads it: where several are led in one chat, which of them it was. */
export function endedText(
  leg: Leg,
  other: Seat,
  conversation: Pick<Conversation, "record">,
  { isShared, texts }: Circumstances,
): string {
  const text = texts.ended();
  return isShared(leg) ? texts.said({ ...asSeen(other, conversation), text }) : text;
}

/** How the others know somebody: their name, and of a guest also for what they came. */
export function asSeen(
  seat: Seat,
  { record }: Pick<Conversation, "record">,
): { readonly name: string; readonly label?: string } {
  const isGuest = record.origin === "contact" && record.owner !== seat.id;
  return isGuest ? { name: seat.name, label: record.label } : { name: seat.name };
}
