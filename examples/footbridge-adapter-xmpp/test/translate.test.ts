import { type Element, xml } from "@xmpp/component";
import { describe, expect, it } from "vitest";
import { canonicalJid, localPart, personOf } from "../src/address.ts";
import { chatMessage, refusal, vcard } from "../src/compose.ts";
import { conditionOf, outcomeOfError, reasonOf } from "../src/conditions.ts";
import { chatOf, idOf, portalOfChat, portalRef, readPortal, refOf } from "../src/portal.ts";
import { translate } from "../src/translate.ts";

const PORTAL = { ours: "abc", person: "leo@example.org" };
const NOW = Date.parse("2026-11-30T12:00:00Z");
const FROM = { from: "leo@example.org/phone", to: "abc@bridge.example.org", type: "chat", id: "m1" };

let nonces = 0;
const read = (stanza: Element) => translate(stanza, PORTAL, NOW, () => `nonce-${++nonces}`);
const message = (...children: readonly Element[]) => xml("message", FROM, ...children);
const body = (text: string) => xml("body", {}, text);

/** The event of a message, with what is wrapped laid open. */
function event(stanza: Element) {
  const translated = read(stanza);
  if (translated.kind !== "event") throw new Error(`found ${translated.kind}, expected an event`);
  return translated.event;
}
const identity = (stanza: Element): string => {
  const { identity: found } = event(stanza);
  return found.kind === "id" ? found.id.expose() : "";
};
const targets = (stanza: Element) => {
  const { body: said } = event(stanza);
  return "targets" in said ? said.targets.map(idOf) : "target" in said ? [idOf(said.target)] : [];
};

describe("what comes in", () => {
  it("is a text with its sender, its chat, its ref and its time", () => {
    const found = event(message(body("hello")));
    expect(found.body).toEqual({ kind: "message", content: { kind: "text", text: "hello" } });
    expect([found.from.expose(), found.chat.expose()]).toEqual(["leo@example.org", chatOf(PORTAL).expose()]);
    expect(found.ref?.expose()).toBe(refOf(PORTAL, "m1").expose());
    expect([found.at, found.timing]).toEqual([NOW, "live"]);
  });

  it("has the time at which it was written when it comes late, and never one to come", () => {
    const delayed = (stamp: string) =>
      event(message(body("x"), xml("delay", { xmlns: "urn:xmpp:delay", stamp })));
    expect(delayed("2026-11-30T11:00:00Z")).toMatchObject({ at: NOW - 3_600_000, timing: "caughtUp" });
    expect(delayed("2031-01-01T00:00:00Z").at).toBe(NOW);
    expect(delayed("nonsense")).toMatchObject({ at: NOW, timing: "live" });
  });

  it("is the same event when its client sends it again, and another when it counts from 1 again", () => {
    expect(identity(message(body("hello")))).toBe(identity(message(body("hello"))));
    expect(identity(message(body("hello")))).not.toBe(identity(message(body("something else"))));
    const without = xml("message", { ...FROM, id: undefined }, body("hello"));
    expect(identity(without)).not.toBe(identity(without));
  });

  it("is an edit, a reaction, a retraction", () => {
    const edit = message(body("better"), xml("replace", { xmlns: "urn:xmpp:message-correct:0", id: "m0" }));
    expect(event(edit).body).toMatchObject({ kind: "edit", content: { text: "better" } });
    const like = message(
      xml("reactions", { xmlns: "urn:xmpp:reactions:0", id: "m0" }, xml("reaction", {}, "👍")),
    );
    expect(event(like).body).toMatchObject({ kind: "reaction", emoji: "👍" });
    const unlike = message(xml("reactions", { xmlns: "urn:xmpp:reactions:0", id: "m0" }));
    expect(event(unlike).body).toMatchObject({ kind: "reaction", emoji: null });
    const gone = message(
      xml("retract", { xmlns: "urn:xmpp:message-retract:1", id: "m0" }),
      body("/me retracted"),
    );
    expect(event(gone).body).toMatchObject({ kind: "delete" });
    expect([edit, like, gone].map(targets)).toEqual([["m0"], ["m0"], ["m0"]]);
  });

  it("is a reply without the quoted text that it brings for old clients, counted in letters", () => {
    const quote = "> it 🦊\n";
    const range = { start: "0", end: String([...quote].length) };
    const fallback = xml(
      "fallback",
      { xmlns: "urn:xmpp:fallback:0", for: "urn:xmpp:reply:0" },
      xml("body", range),
    );
    const reply = xml("reply", { xmlns: "urn:xmpp:reply:0", id: "m0", to: "x" });
    const { body: said } = event(message(body(`${quote}yes`), fallback, reply));
    expect(said).toMatchObject({ kind: "message", content: { text: "yes" } });
    expect(said.kind === "message" && said.replyTo && idOf(said.replyTo)).toBe("m0");
  });

  it("says of a file and of an encrypted text what they are, and not what stands beside them", () => {
    const file = (url: string) =>
      message(body(url), xml("x", { xmlns: "jabber:x:oob" }, xml("url", {}, url)));
    const contents = [
      file("https://files.example.org/a/b.JPG?x=1"),
      file("https://files.example.org/voice.ogg"),
      file("not a url"),
      message(
        body("I sent you an encrypted message"),
        xml("encrypted", { xmlns: "eu.siacs.conversations.axolotl" }),
      ),
    ].map((stanza) => event(stanza).body);
    expect(contents.map((said) => said.kind === "message" && said.content)).toEqual(
      ["image", "audio", "file", "encrypted"].map((what) => ({ kind: "unbridgeable", what })),
    );
  });

  it("is a receipt, read or delivered, or that it failed after all", () => {
    const received = message(xml("received", { xmlns: "urn:xmpp:receipts", id: "o1" }));
    const displayed = message(xml("displayed", { xmlns: "urn:xmpp:chat-markers:0", id: "o1" }));
    const reason = xml("remote-server-not-found", { xmlns: "urn:ietf:params:xml:ns:xmpp-stanzas" });
    const error = xml(
      "message",
      { ...FROM, type: "error", id: "o1" },
      body("x"),
      xml("error", { type: "cancel" }, reason),
    );
    expect(event(received).body).toMatchObject({ kind: "status", status: "delivered" });
    expect(event(displayed).body).toMatchObject({ kind: "status", status: "read" });
    expect(event(error).body).toMatchObject({ kind: "status", status: "failed", reason: "unreachable" });
    expect([received, displayed, error].map(targets)).toEqual([["o1"], ["o1"], ["o1"]]);
  });

  it("wants a receipt only where its client asks for one", () => {
    const asked = read(message(body("x"), xml("request", { xmlns: "urn:xmpp:receipts" })));
    expect(asked).toMatchObject({ kind: "event", receipt: "m1" });
    expect(read(message(body("x")))).not.toHaveProperty("receipt");
  });

  it("is refused from a room, where one address is many people", () => {
    expect(read(xml("message", { ...FROM, type: "groupchat" }, body("x"))).kind).toBe("refused");
    expect(read(message(body("x"), xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }))).kind).toBe(
      "refused",
    );
  });

  it("is somebody's typing, or nothing", () => {
    const state = (name: string) =>
      read(message(xml(name, { xmlns: "http://jabber.org/protocol/chatstates" })));
    expect([state("composing"), state("paused")]).toEqual([
      { kind: "typing", typing: true },
      { kind: "typing", typing: false },
    ]);
    expect(read(message())).toEqual({ kind: "nothing" });
  });
});

describe("addresses", () => {
  it("are bare, in lower case, and whole", () => {
    expect(canonicalJid(" Ana@Example.ORG ")).toBe("ana@example.org");
    expect(personOf("ana@example.org/Phone one")).toBe("ana@example.org");
    for (const odd of [
      "",
      "example.org",
      "a@b@c",
      "a b@example.org",
      "@example.org",
      "a@",
      "a@x..y",
      "a@b/c",
      "<a>@b",
    ])
      expect(canonicalJid(odd)).toBeUndefined();
    expect(localPart("ABC@bridge.example.org/x", "bridge.example.org")).toBe("abc");
    expect(localPart("abc@other.example.org", "bridge.example.org")).toBeUndefined();
    expect(localPart("bridge.example.org", "bridge.example.org")).toBeUndefined();
  });

  it("come back whole from a chat, a portal and a ref", () => {
    expect(portalOfChat(chatOf(PORTAL))).toEqual(PORTAL);
    expect(readPortal(portalRef({ ...PORTAL, own: true }))).toEqual({ ...PORTAL, own: true });
    expect(idOf(refOf(PORTAL, "an id with spaces"))).toBe("an id with spaces");
  });
});

describe("what goes out", () => {
  const between = { from: "abc@bridge.example.org", to: "leo@example.org" };

  it("holds nothing that would end the stream, and loses no letter", () => {
    const text = 'a\u0000b\u0008c\ud800d\ufffee <&> "x"\nf 🦊';
    const sent = chatMessage(between, { id: "1", text });
    expect(sent.getChild("body")?.text()).toBe('abc\ufffdde <&> "x"\nf 🦊');
    expect(sent.toString()).toContain("&lt;&amp;&gt;");
    expect(vcard("<Amber>").toString()).toContain("&lt;Amber&gt;");
  });

  it("asks for a receipt and has the operation's id", () => {
    const sent = chatMessage(between, {
      id: "op-1",
      text: "x",
      replyTo: { id: "m0", to: "leo@example.org" },
    });
    expect(sent.attrs).toMatchObject({ id: "op-1", type: "chat", ...between });
    expect(sent.getChild("request", "urn:xmpp:receipts")).toBeDefined();
    expect(sent.getChild("reply", "urn:xmpp:reply:0")?.attrs).toMatchObject({
      id: "m0",
      to: "leo@example.org",
    });
  });

  it("tells a sender under their own id what wasn't taken, and repeats no word of it", () => {
    const back = refusal(message(body("a secret")), "wait", "resource-constraint");
    expect(back.attrs).toEqual({ from: FROM.to, to: FROM.from, id: "m1", type: "error" });
    expect(back.toString()).not.toContain("secret");
  });
});

describe("an error stanza", () => {
  const error = (condition: string, ns = "urn:ietf:params:xml:ns:xmpp-stanzas") =>
    xml("message", { type: "error" }, xml("error", { type: "cancel" }, xml(condition, { xmlns: ns })));

  it("is one of the RFC's conditions, whatever it holds", () => {
    expect(conditionOf(error("gone"))).toBe("gone");
    expect(conditionOf(error("constructor"))).toBe("undefined-condition");
    expect(conditionOf(error("gone", "urn:other"))).toBe("undefined-condition");
    expect(conditionOf(xml("message", { type: "error" }))).toBe("undefined-condition");
  });

  it.each([
    ["resource-constraint", { kind: "retry", reason: "throttled", counts: false }],
    ["remote-server-timeout", { kind: "retry", reason: "network-error", counts: true }],
    ["service-unavailable", { kind: "refused", reason: "unreachable", scope: "delivery" }],
    ["not-acceptable", { kind: "refused", reason: "rejected", scope: "delivery" }],
    ["undefined-condition", { kind: "refused", reason: "rejected", scope: "delivery" }],
  ])("%s ends a try as %o", (condition, outcome) => {
    expect(outcomeOfError(condition)).toMatchObject(outcome);
    expect(outcomeOfError(condition)).toHaveProperty("reason", reasonOf(condition));
  });
});
