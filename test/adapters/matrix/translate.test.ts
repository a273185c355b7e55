import fc from "fast-check";
import { expect, test } from "vitest";
import { messageOfContent } from "../../../adapters/matrix/content-out.ts";
import { namesOf } from "../../../adapters/matrix/names.ts";
import { syncBatchOf } from "../../../adapters/matrix/sync-response.ts";
import { type Translation, translate } from "../../../adapters/matrix/translate.ts";
import type { InboundBody } from "../../../src/adapter/index.ts";
import { Sensitive } from "../../../src/model/index.ts";

const names = namesOf({ homeserver: { name: "hs" }, bot: "footbridge", ghostPrefix: "_fb_" });
const NOW = 1_700_000_000_000;

function read(event: unknown, entry?: string): Translation {
  return translate(event, { room: "!r", timing: "live", now: NOW, isOurs: names.isOurs, entry });
}

function said(content: unknown, more: object = {}): unknown {
  return {
    type: "m.room.message",
    event_id: "$1",
    sender: "@ana:hs",
    origin_server_ts: NOW - 5,
    content,
    ...more,
  };
}

/** The body as plain values, or why there is none. */
function plain(translation: Translation): unknown {
  return translation.kind === "none" ? translation.why : exposed(translation.event.body);
}

function exposed(value: unknown): unknown {
  if (value instanceof Sensitive) return value.expose();
  if (Array.isArray(value)) return value.map(exposed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, exposed(inner)]));
}

const text = (body: string): InboundBody => ({ kind: "message", content: { kind: "text", text: body } });

test.each(["m.text", "m.notice", "m.emote"])("a user's %s is a text", (msgtype) => {
  expect(plain(read(said({ msgtype, body: "hi" })))).toEqual(text("hi"));
});

test("an event keeps its id, room, sender and time", () => {
  const translation = read(said({ msgtype: "m.text", body: "hi" }));
  if (translation.kind !== "event") throw new Error("expected an event");
  const { identity, chat, from, at, ref, timing } = translation.event;
  expect([
    identity.kind === "id" && identity.id.expose(),
    chat.expose(),
    from.expose(),
    ref?.expose(),
  ]).toEqual(["$1", "!r", "@ana:hs", "$1"]);
  expect({ at, timing }).toEqual({ at: NOW - 5, timing: "live" });
});

test.each([NOW + 3_600_000, "soon", -1, undefined, 1.5])(
  "a time that can't be (%s) is now",
  (origin_server_ts) => {
    const translation = read(said({ msgtype: "m.text", body: "hi" }, { origin_server_ts }));
    expect(translation.kind === "event" && translation.event.at).toBe(NOW);
  },
);

test("formatted text brings its spans", () => {
  const content = {
    msgtype: "m.text",
    body: "**hi**",
    format: "org.matrix.custom.html",
    formatted_body: "<b>hi</b>",
  };
  expect(plain(read(said(content)))).toEqual({
    kind: "message",
    content: { kind: "text", text: "hi", spans: [{ start: 0, end: 2, style: "bold" }] },
  });
});

test("a reply names its target and loses the quote that names people", () => {
  const content = {
    msgtype: "m.text",
    body: "> <@bob:hs> old\n> more\n\nnew\n> kept",
    "m.relates_to": { "m.in_reply_to": { event_id: "$0" } },
  };
  expect(plain(read(said(content)))).toEqual({ ...text("new\n> kept"), replyTo: "$0" });
});

test("a message of a thread is no reply to the one before it", () => {
  const relation = {
    rel_type: "m.thread",
    event_id: "$t",
    is_falling_back: true,
    "m.in_reply_to": { event_id: "$0" },
  };
  expect(plain(read(said({ msgtype: "m.text", body: "a", "m.relates_to": relation })))).toEqual(text("a"));
});

test("an edit names its target and brings the new content", () => {
  const content = {
    msgtype: "m.text",
    body: "* new",
    "m.new_content": { msgtype: "m.text", body: "new" },
    "m.relates_to": { rel_type: "m.replace", event_id: "$0" },
  };
  expect(plain(read(said(content)))).toEqual({
    kind: "edit",
    target: "$0",
    content: { kind: "text", text: "new" },
  });
});

test.each([
  ["m.image", "image"],
  ["m.video", "video"],
  ["m.audio", "audio"],
  ["m.file", "file"],
  ["m.location", "location"],
  ["m.key.verification.request", "other"],
])("a %s can't be bridged and says what it is", (msgtype, what) => {
  expect(plain(read(said({ msgtype, body: "x" })))).toEqual({
    kind: "message",
    content: { kind: "unbridgeable", what },
  });
});

test.each([
  ["m.room.encrypted", "encrypted"],
  ["m.sticker", "sticker"],
  ["m.poll.start", "poll"],
  ["org.matrix.msc3381.poll.start", "poll"],
  ["com.example.game", "other"],
])("an event of type %s can't be bridged and says what it is", (type, what) => {
  expect(plain(read({ type, event_id: "$1", sender: "@ana:hs", content: { body: "x" } }))).toEqual({
    kind: "message",
    content: { kind: "unbridgeable", what },
  });
});

test("a reaction, and redactions of both shapes, name their targets", () => {
  const reaction = { rel_type: "m.annotation", event_id: "$0", key: "👍" };
  const base = { event_id: "$1", sender: "@ana:hs" };
  expect(plain(read({ ...base, type: "m.reaction", content: { "m.relates_to": reaction } }))).toEqual({
    kind: "reaction",
    target: "$0",
    emoji: "👍",
  });
  expect(plain(read({ ...base, type: "m.room.redaction", content: { redacts: "$0" } }))).toEqual({
    kind: "delete",
    targets: ["$0"],
  });
  expect(plain(read({ ...base, type: "m.room.redaction", content: {}, redacts: "$0" }))).toEqual({
    kind: "delete",
    targets: ["$0"],
  });
});

test.each([
  ["join", "joined"],
  ["leave", "left"],
  ["ban", "left"],
])("a user's %s is a membership", (membership, change) => {
  const event = {
    type: "m.room.member",
    event_id: "$1",
    sender: "@mod:hs",
    state_key: "@ana:hs",
    content: { membership },
  };
  const translation = read(event);
  expect(plain(translation)).toEqual({ kind: "membership", change });
  expect(translation.kind === "event" && translation.event.from.expose()).toBe("@ana:hs");
});

test("that a room is encrypted is told as something that can't be read, once for each time that the bot comes in", () => {
  const encryption = {
    ...{ type: "m.room.encryption", event_id: "$1", sender: "@ana:hs", state_key: "" },
    content: { algorithm: "m.megolm.v1.aes-sha2" },
  };
  const encrypted = { kind: "message", content: { kind: "unbridgeable", what: "encrypted" } };
  const identities = [undefined, undefined, "$join", "$join again"].map((entry) => {
    const translation = read(encryption, entry);
    expect(plain(translation)).toEqual(encrypted);
    return translation.kind === "event" && translation.event.identity;
  });
  expect(identities.map(exposed)).toEqual([
    { kind: "id", id: "$1" },
    { kind: "id", id: "$1" },
    { kind: "id", id: "$1 $join" },
    { kind: "id", id: "$1 $join again" },
  ]);
  expect(plain(read({ ...encryption, sender: "@footbridge:hs" }))).toBe("echo");
  expect(plain(read({ ...encryption, state_key: "other" }))).toBe("irrelevant");
});

test("a new display name and our own invites are no membership", () => {
  const member = { type: "m.room.member", event_id: "$1", state_key: "@ana:hs" };
  const renamed = {
    ...member,
    sender: "@ana:hs",
    content: { membership: "join" },
    unsigned: { prev_content: { membership: "join" } },
  };
  expect(plain(read(renamed))).toBe("irrelevant");
  expect(plain(read({ ...member, sender: "@footbridge:hs", content: { membership: "invite" } }))).toBe(
    "irrelevant",
  );
});

test.each(["@footbridge:hs", "@_fb_abc:hs"])("what %s says is an echo of ours", (sender) => {
  expect(plain(read(said({ msgtype: "m.text", body: "x" }, { sender })))).toBe("echo");
});

test("a user elsewhere with a ghost's localpart is no ghost", () => {
  expect(plain(read(said({ msgtype: "m.text", body: "x" }, { sender: "@_fb_abc:other" })))).toEqual(
    text("x"),
  );
});

test.each([
  ["no content", undefined],
  ["a number for a body", { msgtype: "m.text", body: 1 }],
  ["no type", { body: "x" }],
  ["a list for content", []],
])("a message with %s is malformed, with its id", (_name, content) => {
  expect(plain(read(said(content)))).toEqual({ kind: "malformed", what: "other" });
});

test("a message that was taken back before we saw it says nothing", () => {
  expect(plain(read(said({}, { unsigned: { redacted_because: {} } })))).toBe("irrelevant");
});

test("no event and no answer of /sync, whatever is in it, makes an exception", () => {
  const keys = fc.constantFrom(
    "type",
    "event_id",
    "sender",
    "content",
    "state_key",
    "unsigned",
    "m.relates_to",
    "msgtype",
    "body",
    "rooms",
    "join",
    "timeline",
    "events",
    "next_batch",
    "limited",
    "invite",
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 5 },
      fc.constantFrom<unknown>(null, 1, true, "", "m.room.message", "m.room.member", "m.text", "$1"),
      tie("record"),
      fc.array(tie("any"), { maxLength: 3 }),
    ),
    record: fc.dictionary(keys, tie("any"), { maxKeys: 6 }),
  }));
  fc.assert(
    fc.property(value.any, (json) => {
      read(json);
      const batch = syncBatchOf(json, names.bot);
      expect(batch === undefined || typeof batch.next === "string").toBe(true);
    }),
    { numRuns: 2_000 },
  );
});

test("a content goes out as text, with HTML when it is styled, as a notice when the bridge speaks", () => {
  const bold = [{ start: 0, end: 1, style: "bold" }] as const;
  expect(messageOfContent({ kind: "text", text: "a<b" }, undefined)?.body).toEqual({
    msgtype: "m.text",
    body: "a<b",
  });
  expect(messageOfContent({ kind: "text", text: "a<b", spans: bold }, "$0")?.body).toEqual({
    msgtype: "m.text",
    body: "a<b",
    format: "org.matrix.custom.html",
    formatted_body: "<strong>a</strong>&lt;b",
    "m.relates_to": { "m.in_reply_to": { event_id: "$0" } },
  });
  expect(messageOfContent({ kind: "notice", text: "n" }, undefined)?.body).toEqual({
    msgtype: "m.notice",
    body: "n",
  });
  expect(messageOfContent({ kind: "unbridgeable", what: "image" }, undefined)).toBeUndefined();
});

test("a styled text that would be too large goes out plain, and says what it lost", () => {
  const long = "a".repeat(40_000);
  const message = messageOfContent(
    { kind: "text", text: long, spans: [{ start: 0, end: 1, style: "bold" }] },
    undefined,
  );
  expect(message?.loss).toEqual(["formatted"]);
  expect(message?.body).toEqual({ msgtype: "m.text", body: long });
});
