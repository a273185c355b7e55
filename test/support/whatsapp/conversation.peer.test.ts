// Ana's client is Baileys, Leo's whatsmeow: each opens what the other encrypted. The server between them sees ciphertext.

import "./quiet-console.ts";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import tls from "node:tls";
import { downloadMediaMessage, proto } from "baileys";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../whatsmeow.ts";
import { BaileysClient } from "./client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "./index.ts";
import { mendSignatures, trustRoot } from "./trust.ts";

const ANA = "15550000001";
const LEO = "15550000002";
const CARA = "15550000003";
const { Status } = proto.WebMessageInfo;

describe.runIf(canRun("whatsmeow"))("Baileys and whatsmeow", () => {
  let program: string;
  let folder: string;
  let server: WhatsAppServer;
  let ana: BaileysClient;
  let leo: WhatsmeowPeer;
  /** Leo, as Ana names him. */
  const LEO_JID = `${LEO}@s.whatsapp.net`;
  let anaLid: string;
  let leoLid: string;
  const running: { stop(): Promise<void> }[] = [];
  const usual = tls.getCACertificates("default");

  beforeAll(async () => {
    program = await buildWhatsmeow(WHATSMEOW_CACHE);
    folder = await mkdtemp(path.join(tmpdir(), "fb-media-"));
    server = await startWhatsAppServer();
    for (const [number, name] of [
      [ANA, "Ana"],
      [LEO, "Leo"],
      [CARA, "Cara"],
    ] as const)
      server.addAccount(number, name);
    mendSignatures();
    trustRoot(server.root);
    tls.setDefaultCACertificates([...usual, server.ca]);
    ana = await BaileysClient.linked(server, ANA);
    leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    anaLid = server.account(ANA).jid("lid");
    leoLid = server.account(LEO).jid("lid");
  });
  afterAll(async () => {
    tls.setDefaultCACertificates(usual);
    await ana.close();
    await Promise.all([leo, ...running].map((one) => one.stop()));
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function newPeer(number: string, name: string): Promise<WhatsmeowPeer> {
    const peer = await WhatsmeowPeer.linked(program, server, number, name);
    running.push(peer);
    return peer;
  }

  /** Waits until a message of Ana's has this status. */
  async function status(id: string, wanted: proto.WebMessageInfo.Status): Promise<void> {
    await ana.waitFor("update", ({ key, update }) => key.id === id && update.status === wanted);
  }

  it("texts go both ways, with the sender's LID and number, and the server can't read them", async () => {
    await ana.send(LEO_JID, { text: "how is the bike" });
    const got = await leo.text("how is the bike");
    expect(got).toMatchObject({ chat: anaLid, alt: `${ANA}:1@s.whatsapp.net`, push: "Ana", fromMe: false });
    await leo.send(anaLid, "still rolling");
    expect((await ana.text("still rolling")).key).toMatchObject({ remoteJid: leoLid, remoteJidAlt: LEO_JID });
    expect(server.traffic.holding("how is the bike")).toEqual([]);
    expect(server.traffic.holding("still rolling")).toEqual([]);
  });

  it("each quotes the other", async () => {
    const question = await ana.send(LEO_JID, { text: "which colour" });
    await leo.text("which colour");
    await leo.send(anaLid, "green", { quote: question });
    const answer = await ana.text("green");
    expect(answer.message?.extendedTextMessage?.contextInfo?.stanzaId).toBe(question);
    await ana.send(leoLid, { text: "nice" }, { quoted: answer });
    expect((await leo.text("nice")).quote).toMatchObject({ id: answer.key.id, text: "green" });
  });

  it("reactions, edits and deletions go both ways", async () => {
    const mine = await ana.send(leoLid, { text: "at six" });
    await leo.text("at six");
    await leo.run("react", { to: anaLid, sender: anaLid, target: mine, text: "👍" });
    expect((await ana.waitFor("reaction")).text).toBe("👍");
    await ana.send(leoLid, { text: "at seven", edit: { remoteJid: leoLid, fromMe: true, id: mine } });
    await leo.waitFor("message", ({ kind, text }) => kind === "message_edit" && text === "at seven");
    await ana.send(leoLid, { delete: { remoteJid: leoLid, fromMe: true, id: mine } });
    const revoked = await leo.waitFor("message", ({ kind }) => kind === "revoke");
    expect(revoked.target).toMatchObject({ id: mine });

    const theirs = await leo.send(anaLid, "bring cash");
    const { key } = await ana.text("bring cash");
    await ana.send(leoLid, { react: { text: "👌", key } });
    await leo.waitFor("message", ({ kind, text }) => kind === "reaction" && text === "👌");
    await leo.run("edit", { to: anaLid, target: theirs, text: "bring a lock" });
    const edited = ana.waitFor("update", ({ update }) => update.message?.editedMessage != null);
    expect((await edited).key.id).toBe(theirs);
    await leo.run("revoke", { to: anaLid, target: theirs });
    await ana.waitFor("update", ({ key: { id }, update }) => id === theirs && update.message === null);
  });

  it("a message is delivered, then read, in both directions", async () => {
    const mine = await ana.send(leoLid, { text: "read this" });
    await leo.text("read this");
    await status(mine, Status.DELIVERY_ACK);
    await leo.run("read", { to: anaLid, ids: [mine] });
    await status(mine, Status.READ);

    const theirs = await leo.send(anaLid, "and this");
    const { key } = await ana.text("and this");
    await ana.socket.readMessages([key]);
    await leo.waitFor(
      "receipt",
      ({ type, ids }) => type === "read" && Array.isArray(ids) && ids.includes(theirs),
    );
  });

  it("each sees the other typing, and coming and going", async () => {
    await leo.run("typing", { to: anaLid, state: "composing" });
    await ana.waitFor("presence", ({ chat, state }) => chat === leoLid && state === "composing");
    await ana.socket.sendPresenceUpdate("composing", leoLid);
    await leo.waitFor("typing", ({ chat, state }) => chat === anaLid && state === "composing");
    await ana.socket.presenceSubscribe(leoLid);
    await leo.run("presence", { state: "available" });
    await ana.waitFor("presence", ({ chat, state }) => chat === leoLid && state === "available");
  });

  it("encrypted files go both ways over HTTPS, and the host has only ciphertext", async () => {
    const photo = Buffer.concat([Buffer.from("a photo of a bicycle, not really"), Buffer.alloc(50_000, 7)]);
    const sent = await ana.send(leoLid, { document: photo, mimetype: "image/png", fileName: "bike.png" });
    expect(await leo.waitFor("message", ({ id }) => id === sent)).toMatchObject({
      kind: "document",
      name: "bike.png",
    });
    const digest = createHash("sha256").update(photo).digest("hex");
    expect(await leo.run("download", { target: sent })).toEqual({ octets: photo.length, sha256: digest });

    const file = path.join(folder, "voice.ogg");
    await writeFile(file, photo);
    const { id } = await leo.run("audio", { to: anaLid, file, mime: "audio/ogg", voice: true });
    const { message } = await ana.waitFor("message", (told) => told.message.key.id === id);
    expect(message.message?.audioMessage?.ptt).toBe(true);
    expect(await downloadMediaMessage(message, "buffer", {})).toEqual(photo);
    expect(server.media.files.size).toBe(2);
    for (const stored of server.media.files.values()) expect(stored.includes("bicycle")).toBe(false);
  });

  it("polls and votes: what was asked and that it was answered arrives", async () => {
    const values = ["six", "seven"];
    const asked = await ana.send(leoLid, { poll: { name: "When", values, selectableCount: 1 } });
    const poll = await leo.waitFor("message", ({ id }) => id === asked);
    expect(poll).toMatchObject({ kind: "poll", text: "When", options: values });
    await leo.run("vote", { target: asked, options: ["six"] });
    const vote = await ana.waitFor("message", ({ message }) => message.message?.pollUpdateMessage != null);
    expect(vote.message.message?.pollUpdateMessage?.pollCreationMessageKey?.id).toBe(asked);
  });

  it("timers: one who sets a chat's timer tells the other, and a text says when it ends", async () => {
    await leo.run("disappearing", { to: anaLid, seconds: 86_400 });
    const set = await ana.waitFor("message", ({ message }) => timerIn(message.message) !== undefined);
    expect(timerIn(set.message.message)).toBe(86_400);
    await ana.send(leoLid, { text: "gone tomorrow" }, { ephemeralExpiration: 86_400 });
    expect(await leo.text("gone tomorrow")).toMatchObject({ expiration: 86_400 });
  });

  it("what was sent to somebody who was away comes in its order, as `append` or counted as offline", async () => {
    await ana.close();
    for (const text of ["one", "two", "three"]) await leo.send(anaLid, `away ${text}`);
    const since = ana.told.length;
    ana.connect();
    await ana.text("away three");
    expect(ana.texts(since)).toEqual(["away one", "away two", "away three"]);
    const kinds = ana.told.slice(since).flatMap((told) => (told.event === "message" ? [told.kind] : []));
    expect(new Set(kinds)).toEqual(new Set(["append"]));

    await leo.run("disconnect");
    for (const text of ["four", "five"]) await ana.send(leoLid, { text: `away ${text}` });
    await leo.run("connect");
    await leo.text("away five");
    expect(leo.texts().slice(-2)).toEqual(["away four", "away five"]);
    await leo.waitFor("offline", ({ count }) => Number(count) >= 2);
  });

  it("a message that can't be opened is asked for again and arrives, in both directions", async () => {
    await leo.run("lose", { what: "sessions" });
    await ana.send(leoLid, { text: "after his loss" });
    await leo.text("after his loss");
    ana.keys.lose("session");
    await leo.send(anaLid, "after her loss");
    await ana.text("after her loss");
    const asked = server.traffic.all(
      ({ direction, stanza }) => direction === "in" && stanza.attrs.type === "retry",
    );
    expect(new Set(asked.map(({ number }) => number))).toEqual(new Set([ANA, LEO]));
  });

  it("a second device of either gets what the other writes, and the copies of what its owner writes elsewhere", async () => {
    const tablet = await newPeer(LEO, "Leo's tablet");
    await ana.send(leoLid, { text: "to both" });
    await Promise.all([leo.text("to both"), tablet.text("to both")]);
    await leo.send(anaLid, "from the phone");
    expect(await tablet.text("from the phone")).toMatchObject({ fromMe: true, chat: anaLid });

    const laptop = await BaileysClient.linked(server, ANA);
    running.push({ stop: () => laptop.close() });
    // The phone's history says who Leo is before he writes.
    await expect
      .poll(() => laptop.keys.get("lid-mapping", [LEO]))
      .toEqual({ [LEO]: server.account(LEO).lid });
    await leo.send(anaLid, "to both of hers");
    await Promise.all([ana.text("to both of hers"), laptop.text("to both of hers")]);
    await laptop.send(leoLid, { text: "from the laptop" });
    const copy = await ana.text("from the laptop");
    expect(copy.key).toMatchObject({ fromMe: true, remoteJid: leoLid, remoteJidAlt: LEO_JID });

    server.unlink(LEO, 2);
    await tablet.waitFor("logged-out");
    await ana.send(leoLid, { text: "one left" });
    await leo.text("one left");
  });

  it("somebody whose number nobody is told is reached and answers by LID", async () => {
    server.account(CARA).settings.hidesNumber = true;
    const cara = await newPeer(CARA, "Cara");
    const caraLid = server.account(CARA).jid("lid");
    await cara.send(anaLid, "guess who");
    const { key } = await ana.text("guess who");
    expect(key).toMatchObject({ remoteJid: caraLid });
    expect(key.remoteJidAlt).toBeUndefined();
    await ana.send(caraLid, { text: "no idea" });
    await cara.text("no idea");
    const told = server.traffic.all(({ direction, number }) => direction === "out" && number === ANA);
    expect(JSON.stringify(told.map(({ stanza }) => stanza))).not.toContain(CARA);
  });

  it("groups: sender keys, texts from each, members who come and go, and one who can't be added", async () => {
    const cara = running.find(
      (one): one is WhatsmeowPeer => one instanceof WhatsmeowPeer && one.name === "Cara",
    );
    if (cara === undefined) throw new Error("Cara isn't there");
    const group = await ana.socket.groupCreate("Bikes", [leoLid]);
    await leo.waitFor("joined", ({ jid, name }) => jid === group.id && name === "Bikes");
    await ana.send(group.id, { text: "hello all" });
    expect(await leo.text("hello all")).toMatchObject({
      chat: group.id,
      group: true,
      sender: `${anaLid.replace("@", ":1@")}`,
    });
    await leo.send(group.id, "hello back");
    expect((await ana.text("hello back")).key).toMatchObject({
      remoteJid: group.id,
      participantAlt: LEO_JID,
    });

    await ana.socket.groupParticipantsUpdate(group.id, [server.account(CARA).jid("lid")], "add");
    await leo.send(group.id, "welcome");
    await Promise.all([ana.text("welcome"), cara.text("welcome")]);
    await ana.send(group.id, { text: "who is in" });
    await Promise.all([leo.text("who is in"), cara.text("who is in")]);
    await ana.socket.groupParticipantsUpdate(group.id, [leoLid], "remove");
    await leo.waitFor("group", ({ leave }) => Array.isArray(leave) && leave.includes(leoLid));
    await ana.send(group.id, { text: "without him" });
    await cara.text("without him");
    expect(leo.texts()).not.toContain("without him");

    await ana.socket.groupToggleEphemeral(group.id, 86_400);
    await cara.waitFor("group", ({ ephemeral }) => JSON.stringify(ephemeral ?? null).includes("86400"));

    server.account(LEO).settings.refusesGroups = true;
    const [refused] = await ana.socket.groupParticipantsUpdate(group.id, [leoLid], "add");
    expect(refused).toMatchObject({ status: "403", jid: leoLid });
  });

  it("nothing came that the server doesn't know", () => {
    expect(server.problems).toEqual([]);
  });
});

/** The timer that a message sets. */
function timerIn(message: proto.IMessage | null | undefined): number | undefined {
  return message?.protocolMessage?.ephemeralExpiration ?? undefined;
}
