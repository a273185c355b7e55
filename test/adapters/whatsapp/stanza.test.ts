import { describe, expect, it } from "vitest";
import { readCall } from "../../../adapters/whatsapp/inbound/calls.ts";
import { readMembership } from "../../../adapters/whatsapp/inbound/membership.ts";
import { readReceipts, readTyping } from "../../../adapters/whatsapp/inbound/receipts.ts";
import { readEnvelope } from "../../../adapters/whatsapp/inbound/stanza.ts";

const OWN = { number: "+15550000001", phone: "+15550000001", lid: "11111111111111@lid" };
const NOW = 1_800_000_000_000;
const LID = "98765432101234:2@lid";
const GROUP = "120363041234567890@g.us";
const PHONE_JID = "15550000002@s.whatsapp.net";

const message = (attrs: Record<string, string>) => readEnvelope({ tag: "message", attrs }, OWN, NOW);

describe("a message's envelope", () => {
  it("has the sender in both forms, the second by the addressing mode", () => {
    const t = "1799999990";
    const byLid = { id: "M", from: LID, sender_pn: PHONE_JID, addressing_mode: "lid", t };
    expect(message(byLid)).toEqual({
      id: "M",
      kind: "person",
      jid: LID,
      otherJid: PHONE_JID,
      at: 1_799_999_990_000,
      timing: "live",
    });
    const byNumber = { id: "M", from: PHONE_JID, sender_lid: LID, addressing_mode: "pn", t, offline: "3" };
    expect(message(byNumber)).toMatchObject({ jid: PHONE_JID, otherJid: LID, timing: "caughtUp" });
    expect(message({ id: "M", from: LID, t })?.otherJid).toBeUndefined();
  });

  it.each([
    ["person", { from: LID }],
    ["group", { from: GROUP, participant: LID }],
    ["own", { from: GROUP, participant: "11111111111111:0@lid" }],
    ["own", { from: "15550000001:0@s.whatsapp.net", recipient: LID }],
    ["own", { from: "11111111111111:0@lid", recipient: LID }],
    ["peer", { from: "15550000001:0@s.whatsapp.net" }],
    ["peer", { from: "15550000001@s.whatsapp.net", category: "peer" }],
    ["other", { from: "status@broadcast", participant: LID }],
    ["other", { from: "120363041234567890@newsletter" }],
  ] as const)("is from: %s", (kind, attrs) => {
    expect(message({ id: "M", ...attrs })?.kind).toBe(kind);
  });

  it("says no time to come, and the time of arrival where it says none", () => {
    expect(message({ id: "M", from: LID, t: "1900000000" })?.at).toBe(NOW);
    expect(message({ id: "M", from: LID, t: "soon" })?.at).toBe(NOW);
    expect(message({ id: "M", from: LID })?.at).toBe(NOW);
  });

  it("is none without an id or a sender", () => {
    expect(message({ from: LID })).toBeUndefined();
    expect(message({ id: "M" })).toBeUndefined();
  });
});

describe("a call", () => {
  const call = (offer: Record<string, string>) =>
    readCall(
      { tag: "call", attrs: { from: LID }, content: [{ tag: "offer", attrs: { "call-id": "C", ...offer } }] },
      NOW,
    );

  it("is of whom the server says, whoever its client says it is of", () => {
    const phone = { caller_pn: PHONE_JID };
    expect(call({ "call-creator": "98765432101234:5@lid", ...phone })).toMatchObject({
      jid: LID,
      otherJid: PHONE_JID,
    });
    const forged = call({ "call-creator": "22222222222222@lid", ...phone });
    expect([forged?.jid, forged?.otherJid]).toEqual([LID, undefined]);
  });

  it("isn't heard in a group", () => {
    expect(call({ "group-jid": GROUP })).toBeUndefined();
  });
});

describe("a receipt", () => {
  const receipt = (attrs: Record<string, string>, items: readonly string[] = []) => {
    const list = items.map((id) => ({ tag: "item", attrs: { id } }));
    const content = items.length === 0 ? {} : { content: [{ tag: "list", attrs: {}, content: list }] };
    const [first, ...others] = readReceipts(
      { tag: "receipt", attrs: { t: "1799999990", ...attrs }, ...content },
      OWN,
      NOW,
    );
    expect(others).toEqual([]);
    return first;
  };

  it("says that one or several of ours were delivered or read", () => {
    const at = 1_799_999_990_000;
    expect(receipt({ id: "A", from: LID })).toEqual({ jid: LID, ids: ["A"], status: "delivered", at });
    expect(receipt({ id: "A", from: LID, type: "read" }, ["B", "C"])).toMatchObject({
      ids: ["A", "B", "C"],
      status: "read",
    });
    expect(receipt({ id: "A", from: LID, type: "played" })?.status).toBe("read");
  });

  it("of a group names the group and whoever got it, one by one or several at once", () => {
    const at = 1_799_999_990_000;
    const one = { jid: LID, group: GROUP, ids: ["A"], status: "read", at };
    expect(receipt({ id: "A", from: GROUP, participant: LID, type: "read" })).toEqual(one);
    const user = (jid: string) => ({ tag: "user", attrs: { jid, t: "1799999990" } });
    const content = [
      { tag: "participants", attrs: { key: "A" }, content: [user(LID), user("11111111111111@lid")] },
      { tag: "participants", attrs: { key: "B" }, content: [user(LID)] },
    ];
    const stanza = { tag: "receipt", attrs: { id: "A", from: GROUP, type: "read" }, content };
    expect(readReceipts(stanza, OWN, NOW)).toEqual([one, { ...one, ids: ["B"] }]);
  });

  it.each([
    ["asks again", { id: "A", from: LID, type: "retry" }],
    ["is of a client that isn't looked at", { id: "A", from: LID, type: "inactive" }],
    ["is of our own device", { id: "A", from: "11111111111111:0@lid", type: "read" }],
    ["is of our own device in a group", { id: "A", from: GROUP, participant: "11111111111111:0@lid" }],
    ["is of a status", { id: "A", from: "status@broadcast", participant: LID }],
    ["is of nobody in a group", { id: "A", from: GROUP }],
    ["has no id", { from: LID }],
  ])("is none for us when it %s", (_, attrs) => {
    expect(receipt(attrs)).toBeUndefined();
  });
});

describe("typing", () => {
  const typing = (from: string, state: string, more = {}) =>
    readTyping({ tag: "chatstate", attrs: { from, ...more }, content: [{ tag: state, attrs: {} }] }, OWN);

  it("is heard in the chat of two and in groups, and nowhere else", () => {
    expect(typing(LID, "composing")).toEqual({ jid: LID, typing: true });
    expect(typing(LID, "paused")).toEqual({ jid: LID, typing: false });
    expect(typing(LID, "dancing")).toBeUndefined();
    expect(typing(GROUP, "composing", { participant: LID })).toEqual({
      jid: LID,
      group: GROUP,
      typing: true,
    });
    expect(typing(GROUP, "composing")).toBeUndefined();
    expect(typing(GROUP, "composing", { participant: "11111111111111:0@lid" })).toBeUndefined();
    expect(typing("status@broadcast", "composing", { participant: LID })).toBeUndefined();
    expect(typing("11111111111111:0@lid", "composing")).toBeUndefined();
  });
});

describe("news of a group", () => {
  const news = (tag: string, attrs: Record<string, string> = {}) => {
    const participant = { tag: "participant", attrs: { jid: LID, phone_number: PHONE_JID } };
    const content = [{ tag, attrs: {}, content: [participant] }];
    const all = { id: "N", from: GROUP, type: "w:gp2", participant: LID, t: "1799999990", ...attrs };
    return readMembership({ tag: "notification", attrs: all, content }, NOW);
  };

  it("say who came and who went, by themselves or not", () => {
    const base = {
      id: "N",
      group: GROUP,
      members: [{ jid: LID, otherJid: PHONE_JID }],
      at: 1_799_999_990_000,
    };
    expect(news("remove")).toEqual({ ...base, change: "left", timing: "live" });
    expect(news("add", { offline: "1" })).toEqual({ ...base, change: "joined", timing: "caughtUp" });
    expect(news("remove", { participant: "11111111111111@lid" })?.change).toBe("left");
  });

  it.each([
    ["are of something else", "subject", {}],
    ["are of no group", "remove", { from: LID }],
    ["are of another kind", "remove", { type: "devices" }],
    ["have no id", "remove", { id: "" }],
  ] as const)("say nothing of that when they %s", (_, tag, attrs) => {
    expect(news(tag, attrs)).toBeUndefined();
  });
});
