// What the server can be made to do wrong, as an unmodified Baileys client sees it.

import "./quiet-console.ts";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { BaileysClient } from "./client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "./index.ts";
import { mendSignatures, trustRoot } from "./trust.ts";

const ANA = "15550000001";
const LEO = "15550000002";
const CARA = "15550000003";
const BRIEF = { defaultQueryTimeoutMs: 1_000 };

let server: WhatsAppServer;
let ana: BaileysClient;
let leo: BaileysClient;
let anaJid: string;
let leoJid: string;
let last = 0;

beforeAll(async () => {
  server = await startWhatsAppServer();
  for (const [number, name] of [
    [ANA, "Ana"],
    [LEO, "Leo"],
    [CARA, "Cara"],
  ] as const)
    server.addAccount(number, name);
  mendSignatures();
  trustRoot(server.root);
  [ana, leo] = await Promise.all([
    BaileysClient.linked(server, ANA, BRIEF),
    BaileysClient.linked(server, LEO, BRIEF),
  ]);
  anaJid = server.account(ANA).jid("lid");
  leoJid = server.account(LEO).jid("lid");
  await ana.send(leoJid, { text: "first" });
  await leo.text("first");
  await leo.send(anaJid, { text: "second" });
  await ana.text("second");
});
afterAll(async () => {
  await Promise.all([ana.close(), leo.close()]);
  await server.stop();
});
beforeEach(() => server.faults.heal());

/** Sends a text of Ana's, and gives the server's answer to it: the error of its ack, or that none came. */
async function ackOf(text: string): Promise<string | undefined> {
  last += 1;
  const messageId = `FAULT${last}`;
  const answer = ana.socket.waitForMessage<{ tag: string; attrs: Record<string, string> }>(messageId, 700);
  await ana.send(leoJid, { text }, { messageId });
  const stanza = await answer;
  if (stanza === undefined) return "none";
  return stanza.tag === "ack" ? stanza.attrs.error : stanza.tag;
}

describe("a message", () => {
  it("is acknowledged when nothing goes wrong", async () => {
    expect(await ackOf("well")).toBeUndefined();
    await leo.text("well");
  });

  it("can arrive with no ack", async () => {
    server.faults.put(ANA, { kind: "drop-ack" });
    // The first stanza with its id is the receiver's receipt then.
    expect(await ackOf("unknown")).toBe("receipt");
    await leo.text("unknown");
  });

  it("can be lost on the way", async () => {
    server.faults.put(ANA, { kind: "lose-message" });
    expect(await ackOf("lost")).toBe("none");
    expect(leo.texts()).not.toContain("lost");
  });

  it("can be refused with 463 and other errors, and nobody gets it", async () => {
    server.faults.put(ANA, { kind: "refuse-message", code: 463 });
    server.faults.put(ANA, { kind: "refuse-message", code: 479 });
    expect([await ackOf("refused"), await ackOf("refused"), await ackOf("taken")]).toEqual([
      "463",
      "479",
      undefined,
    ]);
    await leo.text("taken");
    expect(leo.texts()).not.toContain("refused");
    await ana.waitFor("update", ({ update }) => update.messageStubParameters?.[0] === "463");
    await ana.waitFor("update", ({ update }) => update.messageStubParameters?.[0] === "479");
  });

  it("of a restricted account goes to those alone who gave it a token", async () => {
    server.addAccount("15550000009", "Somebody else");
    const stranger = server.account("15550000009").jid("lid");
    server.faults.put(ANA, { kind: "restricted" });
    expect(await ackOf("to a friend")).toBeUndefined();
    const refused = ana.socket.waitForMessage<{ attrs: Record<string, string> }>("STRANGER", 700);
    await ana.send(stranger, { text: "hello stranger" }, { messageId: "STRANGER" });
    expect((await refused)?.attrs.error).toBe("463");
  });

  it("can come twice", async () => {
    server.faults.put(LEO, { kind: "duplicate" });
    const since = leo.told.length;
    await ackOf("twice");
    await leo.text("twice");
    const passed = server.traffic.all(({ number, direction, stanza }) => {
      return (
        number === LEO &&
        direction === "out" &&
        stanza.attrs.id === `FAULT${last}` &&
        stanza.tag === "message"
      );
    });
    expect(passed.length).toBeGreaterThanOrEqual(2);
    // Baileys can't open the second one: it is a stub of the same id, it is asked for again, and so the text comes twice.
    await leo.waitFor("message", ({ message }) => message.messageStubType === 2, since);
    await expect.poll(() => leo.texts(since)).toEqual(["twice", "twice"]);
  });

  it("can come in another order than it was sent", async () => {
    server.faults.put(LEO, { kind: "reverse", count: 3 });
    const since = leo.told.length;
    for (const text of ["a", "b", "c"]) await ackOf(text);
    await leo.text("a");
    expect(leo.texts(since)).toEqual(["c", "b", "a"]);
  });

  it("that can't be opened is asked for again, and comes", async () => {
    server.faults.put(LEO, { kind: "garble" });
    await ackOf("garbled");
    await leo.text("garbled");
    const asked = server.traffic.all(({ number, stanza }) => number === LEO && stanza.attrs.type === "retry");
    expect(asked.length).toBeGreaterThanOrEqual(1);
  });
});

describe("what comes", () => {
  it("can be without its content, as a message to be viewed once", async () => {
    server.faults.put(LEO, { kind: "unavailable", type: "view_once" });
    const since = leo.told.length;
    await ackOf("only once");
    const { message } = await leo.waitFor("message", () => true, since);
    expect(message.key).toMatchObject({ id: `FAULT${last}`, isViewOnce: true });
    expect(message.message ?? undefined).toBeUndefined();
  });

  it("can be a call that nobody answered", async () => {
    const since = ana.told.length;
    server.missCall(LEO, ANA);
    // Baileys makes a message of it: CALL_MISSED_VOICE.
    const { message } = await ana.waitFor("message", () => true, since);
    expect(message).toMatchObject({ messageStubType: 40, key: { remoteJid: leoJid, fromMe: false } });
  });
});

describe("keys", () => {
  it("can be slow: the first message to somebody waits for them, stanzas from others don't", async () => {
    server.faults.put(ANA, { kind: "slow-keys", ms: 400 });
    const began = performance.now();
    const sent = ana.send(server.account(CARA).jid("lid"), { text: "who are you" });
    await leo.send(anaJid, { text: "meanwhile" });
    await ana.text("meanwhile");
    const other = performance.now() - began;
    await sent;
    const whole = performance.now() - began;
    expect(whole).toBeGreaterThanOrEqual(400);
    expect(other).toBeLessThan(whole);
  });
});

describe("a connection", () => {
  const codes = (client: BaileysClient, since: number) =>
    client.told.slice(since).flatMap((told) => (told.event === "closed" ? [told.code] : []));

  for (const [ending, code] of [
    ["restart", 515],
    ["replaced", 440],
    ["removed", 401],
    ["unavailable", 503],
  ] as const) {
    it(`can end with ${code} (${ending})`, async () => {
      const since = ana.told.length;
      server.end(ANA, ending);
      await ana.waitFor("closed", () => true, since);
      expect(codes(ana, since)).toEqual([code]);
      // The client comes back by itself after 515.
      if (code !== 515) ana.connect();
      await ana.open(since);
    });
  }

  it("is replaced by a second one of the same device (440)", async () => {
    const since = ana.told.length;
    ana.connect();
    await ana.waitFor("closed", () => true, since);
    expect(codes(ana, since)).toEqual([440]);
    await ana.open(since);
  });

  for (const reason of [401, 403, 405, 503]) {
    it(`can be refused at login with ${reason}`, async () => {
      server.faults.put(ANA, { kind: "refuse-login", reason });
      await ana.close();
      const since = ana.told.length;
      ana.connect();
      await ana.waitFor("closed", () => true, since);
      expect(codes(ana, since)).toEqual([reason]);
      ana.connect();
      await ana.open(since);
    });
  }

  it("can be deaf: queries are answered, nothing comes; a new one brings it all", async () => {
    server.upset(ANA, "deaf");
    await leo.send(anaJid, { text: "can you hear me" });
    expect(await ana.socket.onWhatsApp(LEO)).toMatchObject([{ exists: true }]);
    await delay(200);
    expect(ana.texts()).not.toContain("can you hear me");
    await ana.reconnect();
    await ana.text("can you hear me");
  });

  it("can be silent: nothing is answered, and the socket stays open", async () => {
    server.upset(ANA, "silent");
    const since = ana.told.length;
    await leo.send(anaJid, { text: "anybody there" });
    expect(await ana.socket.onWhatsApp(LEO).catch(() => "no answer")).not.toMatchObject([{ exists: true }]);
    expect(codes(ana, since)).toEqual([]);
    await ana.reconnect();
    await ana.text("anybody there");
  });

  it("breaks when the server is away, and what was sent meanwhile comes when it is back", async () => {
    const since = ana.told.length;
    await Promise.all([server.away(), ana.waitFor("closed", () => true, since), leo.waitFor("closed")]);
    await server.back();
    leo.connect();
    await leo.send(anaJid, { text: "after the outage" }).catch(() => undefined);
    await leo.open(0);
    ana.connect();
    await ana.open(since);
    await leo.send(anaJid, { text: "we are back" });
    await ana.text("we are back");
  });
});

describe("an account", () => {
  it("can be kept from writing to strangers for a time, and is told", async () => {
    const until = Math.floor(Date.now() / 1_000) + 3_600;
    server.timeLock(ANA, until);
    const { state } = await ana.waitFor(
      "connection",
      (told) => told.state.reachoutTimeLock?.isActive === true,
    );
    expect(state.reachoutTimeLock?.timeEnforcementEnds).toEqual(new Date(until * 1_000));
    expect(await ana.socket.fetchAccountReachoutTimelock()).toMatchObject({ isActive: true });
    server.timeLock(ANA, undefined);
    await ana.waitFor("connection", (told) => told.state.reachoutTimeLock?.isActive === false);
  });
});

it("nothing came that the server doesn't know", () => {
  expect(server.problems).toEqual([]);
});
