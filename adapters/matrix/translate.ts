import type { InboundBody, InboundEvent } from "../../src/adapter/index.ts";
import { sensitive, type Timestamp } from "../../src/model/index.ts";
import { contentOfMessage, replaces, repliesTo } from "./content-in.ts";
import { isRecord, recordAt, textAt } from "./json.ts";
import { ENCRYPTION } from "./sync-response.ts";

/** What a translation needs to know beside the event. */
interface TranslationContext {
  readonly room: string;
  readonly timing: InboundEvent["timing"];
  /** The wall clock; an event that claims to be later happened now. */
  readonly now: Timestamp;
  /** The event by which the bot came into the room, where that is among these events. */
  readonly entry?: string | undefined;
  /** Whether a user is our bot or one of our ghosts. */
  isOurs(user: string): boolean;
}

/**
 * What an event of a room means for the house, or why it means nothing. `unreadable`: it has no id or sender, so that it can
 * concern nobody; `echo`: we did it ourselves; `irrelevant`: nothing that a person said or did to others.
 */
export type Translation =
  | { readonly kind: "event"; readonly event: InboundEvent }
  | { readonly kind: "none"; readonly why: "unreadable" | "echo" | "irrelevant" };

/** An event's fields that everything needs. */
interface Base {
  readonly type: string;
  readonly id: string;
  readonly sender: string;
  readonly content: unknown;
  readonly event: Readonly<Record<string, unknown>>;
}

/** Translates one event of a `/sync` or `/messages` answer. Never throws, whatever it holds. */
export function translate(raw: unknown, context: TranslationContext): Translation {
  const base = baseOf(raw);
  if (base === undefined) return { kind: "none", why: "unreadable" };
  if (base.type === "m.room.member") return memberEvent(base, context);
  if (context.isOurs(base.sender)) return { kind: "none", why: "echo" };
  if (base.type === ENCRYPTION && base.event.state_key === "") return encryptionEvent(base, context);
  if ("state_key" in base.event || isRedacted(base)) return { kind: "none", why: "irrelevant" };
  const body = bodyOf(base);
  return body === undefined
    ? { kind: "none", why: "irrelevant" }
    : { kind: "event", event: inbound(base, base.sender, body, context) };
}

function baseOf(raw: unknown): Base | undefined {
  if (!isRecord(raw)) return undefined;
  const type = textAt(raw, "type");
  const id = textAt(raw, "event_id");
  const sender = textAt(raw, "sender");
  if (type === undefined || id === undefined || sender === undefined) return undefined;
  return { type, id, sender, content: raw.content, event: raw };
}

function inbound(base: Base, from: string, body: InboundBody, context: TranslationContext): InboundEvent {
  return {
    identity: { kind: "id", id: sensitive(base.id) },
    chat: sensitive(context.room),
    from: sensitive(from),
    at: timeOf(base.event.origin_server_ts, context.now),
    timing: context.timing,
    ref: sensitive(base.id),
    body,
  };
}

function timeOf(value: unknown, now: Timestamp): Timestamp {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? Math.min(value, now) : now;
}

/** Taken back before we saw it: nothing of it is left. */
function isRedacted({ event }: Base): boolean {
  return isRecord(recordAt(event, "unsigned").redacted_because);
}

function bodyOf(base: Base): InboundBody | undefined {
  switch (base.type) {
    case "m.room.message":
      return messageBody(base.content);
    case "m.room.encrypted":
      return ENCRYPTED;
    case "m.sticker":
      return { kind: "message", content: { kind: "unbridgeable", what: "sticker" } };
    case "m.poll.start":
    case "org.matrix.msc3381.poll.start":
      return { kind: "message", content: { kind: "unbridgeable", what: "poll" } };
    case "m.reaction":
      return reactionBody(base.content);
    case "m.room.redaction":
      return redactionBody(base);
    default:
      return unknownBody(base.content);
  }
}

const ENCRYPTED: InboundBody = { kind: "message", content: { kind: "unbridgeable", what: "encrypted" } };

/**
 * The room is encrypted from here on: that is told before anybody writes in vain. Once for each time that the bot comes in:
 * whoever invites it again has it said again.
 */
function encryptionEvent(base: Base, context: TranslationContext): Translation {
  const id = context.entry === undefined ? base.id : `${base.id} ${context.entry}`;
  const event = inbound(base, base.sender, ENCRYPTED, context);
  return { kind: "event", event: { ...event, identity: { kind: "id", id: sensitive(id) } } };
}

function messageBody(content: unknown): InboundBody {
  const target = replaces(content);
  const said = contentOfMessage(target === undefined ? content : recordAt(content, "m.new_content"));
  if (said === undefined) return { kind: "malformed", what: "other" };
  if (target !== undefined) return { kind: "edit", target: sensitive(target), content: said };
  const replyTo = repliesTo(content);
  return {
    kind: "message",
    content: said,
    ...(replyTo === undefined ? {} : { replyTo: sensitive(replyTo) }),
  };
}

function reactionBody(content: unknown): InboundBody {
  const relation = recordAt(content, "m.relates_to");
  const target = textAt(relation, "event_id");
  const emoji = textAt(relation, "key");
  if (target === undefined || emoji === undefined) return { kind: "malformed", what: "other" };
  return { kind: "reaction", target: sensitive(target), emoji };
}

/** The target is in the content since room version 11, before it at the top. */
function redactionBody({ event, content }: Base): InboundBody {
  const target = textAt(content, "redacts") ?? textAt(event, "redacts");
  if (target === undefined) return { kind: "malformed", what: "other" };
  return { kind: "delete", targets: [sensitive(target)] };
}

/** Of what we don't know, that which shows a text to people is told to its sender as not bridged; the rest is protocol. */
function unknownBody(content: unknown): InboundBody | undefined {
  const isShown =
    textAt(content, "body") !== undefined ||
    textAt(content, "org.matrix.msc1767.text") !== undefined ||
    (isRecord(content) && Array.isArray(content["m.text"]));
  return isShown ? { kind: "message", content: { kind: "unbridgeable", what: "other" } } : undefined;
}

const CHANGES: Readonly<Record<string, "joined" | "left" | "invited">> = {
  join: "joined",
  leave: "left",
  ban: "left",
  invite: "invited",
};

/** A user's membership; the person is the state key, whoever did it (a moderator's kick names the one who was kicked). */
function memberEvent(base: Base, context: TranslationContext): Translation {
  const user = textAt(base.event, "state_key");
  if (user === undefined) return { kind: "none", why: "unreadable" };
  if (context.isOurs(user)) return { kind: "none", why: "echo" };
  const membership = textAt(base.content, "membership") ?? "";
  const before = textAt(recordAt(recordAt(base.event, "unsigned"), "prev_content"), "membership");
  const change = CHANGES[membership];
  const isEchoOfOurs = change === "invited" && context.isOurs(base.sender);
  if (change === undefined || membership === before || isEchoOfOurs)
    return { kind: "none", why: "irrelevant" };
  return { kind: "event", event: inbound(base, user, { kind: "membership", change }, context) };
}
