import type { InboundBody, InboundEvent } from "../../src/adapter/index.ts";
import { assertNever, type Content, type Span, sensitive, type Timestamp } from "../../src/model/index.ts";
import { chatOf } from "./portal.ts";
import { type NetworkEvent, readWhat, type What } from "./protocol.ts";

/**
 * An event of the network as the house knows it. Whatever it holds becomes an event: what can't be read is kept for the
 * operator, and acknowledged like the rest, so that it never comes again and never stalls what follows.
 */
export function translate(event: NetworkEvent, now: Timestamp): InboundEvent {
  const what = readWhat(event);
  return {
    identity: { kind: "id", id: sensitive(event.id) },
    chat: chatOf(event.thread),
    from: sensitive(event.from),
    at: Math.min(event.at, now),
    timing: event.late ? "caughtUp" : "live",
    ...(event.message === undefined ? {} : { ref: sensitive(event.message) }),
    body: what === undefined ? { kind: "malformed", what: "other" } : bodyOf(what),
  };
}

function bodyOf(what: What): InboundBody {
  switch (what.kind) {
    case "text":
      return {
        kind: "message",
        content: contentOf(what),
        ...(what.replyTo === undefined ? {} : { replyTo: sensitive(what.replyTo) }),
      };
    case "edit":
      return { kind: "edit", target: sensitive(what.target), content: contentOf(what) };
    case "reaction":
      return { kind: "reaction", target: sensitive(what.target), emoji: what.emoji };
    case "delete":
      return { kind: "delete", targets: what.targets.map((target) => sensitive(target)) };
    case "receipt":
      return {
        kind: "status",
        targets: what.targets.map((target) => sensitive(target)),
        status: what.status,
      };
    case "member":
      return { kind: "membership", change: what.change };
    case "attachment":
      return { kind: "message", content: { kind: "unbridgeable", what: what.type } };
    default:
      return assertNever(what);
  }
}

function contentOf({ text, spans = [] }: { text: string; spans?: readonly Span[] }): Content {
  const inText = spans.filter(({ end }) => end <= text.length);
  return inText.length === 0 ? { kind: "text", text } : { kind: "text", text, spans: inText };
}
