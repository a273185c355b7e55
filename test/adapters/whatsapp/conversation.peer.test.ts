// The account is ours, Leo's and Cara's phones are whatsmeow, an implementation that shares no code with Baileys.

import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import type { InboundEvent } from "../../../src/adapter/index.ts";
import { deliveryId, done, MemoryHost } from "../../support/account-host.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { BRIDGE, event, linked, NUMBER, type Running, run, serverWith, textEvent } from "./fixture.ts";

const LEO = "15550000002";
const CARA = "15550000003";

describe.runIf(canRun("whatsmeow"))("a WhatsApp account and other people's phones", () => {
  let server: WhatsAppServer;
  let bridge: Running;
  let leo: WhatsmeowPeer;
  let cara: WhatsmeowPeer;
  /** The bridge, as they name it; and they, as we do. */
  let us: string;
  let leoAddress: string;
  let caraAddress: string;

  beforeAll(async () => {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    server = await serverWith({ [LEO]: "Leo Fischer", [CARA]: "Cara" });
    server.account(CARA).settings.hidesNumber = true;
    bridge = await linked(server);
    leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo Fischer");
    cara = await WhatsmeowPeer.linked(program, server, CARA, "Cara");
    us = server.account(BRIDGE).jid("lid");
    leoAddress = server.account(LEO).jid("lid");
    caraAddress = server.account(CARA).jid("lid");
  });
  afterAll(async () => {
    await bridge?.stop();
    await Promise.all([leo?.stop(), cara?.stop()]);
    await server?.stop();
  });

  it("a text with styles and emoji comes with its sender's LID, and the number beside it", async () => {
    await leo.send(us, "*is* it _still_ there 🚲?");
    const got = await textEvent(bridge, "is it still there 🚲?");
    expect(got.body).toEqual({
      kind: "message",
      content: {
        kind: "text",
        text: "is it still there 🚲?",
        spans: [
          { start: 0, end: 2, style: "bold" },
          { start: 6, end: 11, style: "italic" },
        ],
      },
    });
    expect([got.from.expose(), got.alsoFrom?.map((one) => one.expose()), got.timing]).toEqual([
      leoAddress,
      [`+${LEO}`],
      "live",
    ]);
    expect(got.at).toBeGreaterThan(Date.now() - 10_000);
  });

  it("a text with styles and emoji goes out, end to end encrypted, and its ref is what receipts name", async () => {
    const spans = [{ start: 0, end: 3, style: "bold" }] as const;
    const { refs } = done(
      await bridge.send(leoAddress, { kind: "text", text: "yes it is 👍", spans: [...spans] }),
    );
    expect(await leo.text("*yes* it is 👍")).toMatchObject({ chat: us, kind: "text" });
    expect(server.traffic.holding("it is 👍")).toEqual([]);
    const [ref] = refs.map((one) => one.expose());
    const names = ({ body }: InboundEvent, status: string) =>
      body.kind === "status" && body.status === status && body.targets.some((one) => one.expose() === ref);
    await event(bridge, (one) => names(one, "delivered"));
    const { id } = await leo.text("*yes* it is 👍");
    await leo.run("read", { to: us, ids: [id] });
    const read = await event(bridge, (one) => names(one, "read"));
    expect(read.chat.expose()).toBe((await textEvent(bridge, "is it still there 🚲?")).chat.expose());
  });

  it("a quote names the quoted message in both directions, with its words and nobody's number", async () => {
    const asked = done(await bridge.send(leoAddress, "which colour"));
    const question = await leo.text("which colour");
    await leo.send(us, "green", { quote: question.id });
    const answer = await textEvent(bridge, "green");
    expect(answer.body.kind === "message" && answer.body.replyTo?.expose()).toBe(asked.refs[0]?.expose());
    const { ref } = answer;
    if (ref === undefined) throw new Error("a message has a ref");
    expect(done(await bridge.send(leoAddress, "nice", { replyTo: ref })).loss).toBeUndefined();
    expect((await leo.text("nice")).quote).toMatchObject({ text: "green", participant: leoAddress });
    const [own] = asked.refs;
    if (own === undefined) throw new Error("a message of ours has a ref");
    done(await bridge.send(leoAddress, "I asked that", { replyTo: own }));
    expect((await leo.text("I asked that")).quote).toMatchObject({ id: question.id, text: "which colour" });
  });

  it("a quote of another chat's message falls away, and that is said", async () => {
    await cara.send(us, "hers");
    const { ref } = await textEvent(bridge, "hers");
    if (ref === undefined) throw new Error("a message has a ref");
    const outcome = done(await bridge.send(leoAddress, "no quote", { replyTo: ref }));
    expect(outcome.loss).toEqual(["reply"]);
    expect((await leo.text("no quote")).quote).toBeUndefined();
  });

  it("edits, reactions and deletions name the message that they are about", async () => {
    const mine = done(await bridge.send(leoAddress, "at six")).refs[0]?.expose();
    const { id: mineId } = await leo.text("at six");
    await leo.run("react", { to: us, sender: us, target: mineId, text: "👍" });
    const reaction = await event(bridge, ({ body }) => body.kind === "reaction");
    expect(reaction.body.kind === "reaction" && [reaction.body.target.expose(), reaction.body.emoji]).toEqual(
      [mine, "👍"],
    );
    await leo.run("react", { to: us, sender: us, target: mineId, text: "" });
    await event(bridge, ({ body }) => body.kind === "reaction" && body.emoji === null);

    const theirs = await leo.send(us, "bring cash");
    const { ref } = await textEvent(bridge, "bring cash");
    await leo.run("edit", { to: us, target: theirs, text: "bring a *lock*" });
    const edit = await event(bridge, ({ body }) => body.kind === "edit");
    expect(edit.body).toMatchObject({ kind: "edit", content: { text: "bring a lock" } });
    expect(edit.body.kind === "edit" && edit.body.target.expose()).toBe(ref?.expose());
    await leo.run("revoke", { to: us, target: theirs });
    const revoke = await event(bridge, ({ body }) => body.kind === "delete");
    expect(revoke.body.kind === "delete" && revoke.body.targets.map((one) => one.expose())).toEqual([
      ref?.expose(),
    ]);
  });

  it("nobody edits or deletes what another wrote, not even with a client that tries", async () => {
    done(await bridge.send(leoAddress, "ours to keep"));
    const { id } = await leo.text("ours to keep");
    const before = bridge.host.events.length;
    const key = { ID: id, fromMe: false, remoteJID: us };
    await leo.run("raw", { to: us, raw: { protocolMessage: { type: "REVOKE", key } } });
    const editedMessage = { conversation: "theirs now" };
    await leo.run("raw", { to: us, raw: { protocolMessage: { type: "MESSAGE_EDIT", key, editedMessage } } });
    // One that says that it is its own names only what Leo wrote: nothing.
    const lied = { ...key, fromMe: true };
    await leo.run("raw", { to: us, raw: { protocolMessage: { type: "REVOKE", key: lied } } });
    await leo.send(us, "after the tricks");
    await textEvent(bridge, "after the tricks");
    const bodies = bridge.host.events.slice(before).map(({ body }) => body);
    const told = bodies.flatMap((body) =>
      body.kind === "delete" ? body.targets.map((one) => one.expose()) : [],
    );
    expect(bodies.filter(({ kind }) => kind === "edit")).toEqual([]);
    expect(told).toHaveLength(1);
    expect(told[0]).not.toContain('"us"');
  });

  it("what can't be bridged is said as such: a card, a place, a view-once message without its content", async () => {
    const since = bridge.host.events.length;
    const vcard = "BEGIN:VCARD\nTEL;waid=15550000009:+1 555 000 0009\nEND:VCARD";
    await leo.run("raw", { to: us, raw: { contactMessage: { displayName: "Somebody", vcard } } });
    await leo.run("raw", { to: us, raw: { locationMessage: { degreesLatitude: 1, degreesLongitude: 2 } } });
    await leo.run("poll", { to: us, text: "When", options: ["six", "seven"], choices: 1 });
    server.faults.put(BRIDGE, { kind: "unavailable", type: "view_once" });
    await leo.send(us, "only once");
    const kinds = () =>
      bridge.host.events
        .slice(since)
        .flatMap(({ body }) =>
          body.kind === "message" && body.content.kind === "unbridgeable" ? [body.content.what] : [],
        );
    await bridge.host.until(() => kinds().length === 4);
    expect(kinds()).toEqual(["contact", "location", "poll", "other"]);
  });

  it("a timer that somebody sets is kept to by what we send", async () => {
    await leo.run("disappearing", { to: us, seconds: 86_400 });
    await leo.send(us, "now it disappears");
    await textEvent(bridge, "now it disappears");
    done(await bridge.send(leoAddress, "gone tomorrow"));
    expect(await leo.text("gone tomorrow")).toMatchObject({ expiration: 86_400 });
    await leo.run("disappearing", { to: us, seconds: 0 });
    await leo.send(us, "now it stays");
    await textEvent(bridge, "now it stays");
    done(await bridge.send(leoAddress, "stays"));
    expect((await leo.text("stays")).expiration ?? 0).toBe(0);
  });

  it("somebody whose number nobody is told writes and is answered by the LID alone", async () => {
    await cara.send(us, "guess who");
    const got = await textEvent(bridge, "guess who");
    expect([got.from.expose(), got.alsoFrom]).toEqual([caraAddress, undefined]);
    done(await bridge.send(caraAddress, "no idea"));
    await cara.text("no idea");
  });

  it("a person is one, in whichever form they are named", async () => {
    await leo.send(us, "by my LID");
    await leo.send(`${BRIDGE}@s.whatsapp.net`, "by my number");
    const [one, other] = [await textEvent(bridge, "by my LID"), await textEvent(bridge, "by my number")];
    expect(other.from.expose()).toBe(one.from.expose());
    expect(other.chat.expose()).toBe(one.chat.expose());
  });

  it("typing is passed on in both directions", async () => {
    const since = bridge.host.signals.length;
    await leo.run("presence", { state: "available" });
    await leo.run("typing", { to: us, state: "composing" });
    const heard = await bridge.host.until(() => bridge.host.signals[since]);
    expect([heard.from.expose(), heard.typing]).toEqual([leoAddress, true]);
    const { chat } = await textEvent(bridge, "green");
    expect(heard.chat.expose()).toBe(chat.expose());
    const desk = await bridge.account.deskOf?.(chat, heard.from);
    if (desk === undefined) throw new Error("the chat has a desk");
    expect(desk.number?.expose()).toBe(NUMBER);
    bridge.account.signal?.({ kind: "typing", portal: desk.portal, typing: true });
    await leo.waitFor("typing", ({ state }) => state === "composing");
  });

  it("what was written while we were away comes in its order, as caught up", async () => {
    await bridge.stop();
    for (let at = 1; at <= 20; at += 1) await leo.send(us, `away ${at}`);
    bridge = run(server, new MemoryHost(bridge.host));
    await textEvent(bridge, "away 20");
    const away = bridge.host.texts().filter((text) => text.startsWith("away "));
    expect(away).toEqual(Array.from({ length: 20 }, (_, at) => `away ${at + 1}`));
    expect((await textEvent(bridge, "away 7")).timing).toBe("caughtUp");
    await bridge.connected();
  });

  it("what couldn't be opened is sent once more from the durable copy, by the next process too", async () => {
    await leo.run("disconnect");
    const id = deliveryId();
    done(await bridge.send(leoAddress, "for later", { id }));
    await bridge.stop();
    await leo.run("lose", { what: "sessions" });
    bridge = run(server, new MemoryHost(bridge.host));
    await bridge.connected();
    await leo.run("connect");
    const got = await leo.text("for later", 15_000);
    expect(got.retry).toBeGreaterThanOrEqual(1);
  });

  it("nothing that is handed on names a person but the fields that are meant to", () => {
    expect(bridge.host.events.length).toBeGreaterThan(40);
    const secrets = [LEO, CARA, BRIDGE, "Leo Fischer", "Cara", "15550000009", "@lid", "s.whatsapp.net"];
    for (const { from, alsoFrom, chat, identity, ref, ...rest } of bridge.host.events) {
      expect([from, alsoFrom, chat, identity, ref].map(String).join()).not.toMatch(/\d{5}/);
      for (const secret of secrets) expect(inspect(rest, { depth: 9 })).not.toContain(secret);
    }
    const shown = inspect([bridge.host.logs, bridge.host.states], { depth: 9, maxArrayLength: null });
    for (const secret of secrets) expect(shown).not.toContain(secret);
  });

  it("nothing came that the server doesn't know", () => {
    expect(server.problems).toEqual([]);
  });
});
