// Groups for conversations: the account is ours, Leo's and Cara's phones are whatsmeow, and what they show is what counts.

import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import type { InboundEvent } from "../../../src/adapter/index.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, type WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { BRIDGE, event, type Running, run, textEvent } from "./fixture.ts";
import {
  asked,
  CARA,
  groupsOf,
  heard,
  LEO,
  membership,
  metInPrivate,
  nextOf,
  type Opened,
  open,
  opened,
  withOtherDevice,
  write,
} from "./group-fixture.ts";

const BRIEF = 200;
const pause = (ms = BRIEF) => new Promise((resolve) => setTimeout(resolve, ms));

describe.runIf(canRun("whatsmeow"))("a group for a conversation", () => {
  let server: WhatsAppServer;
  let bridge: Running;
  let leo: WhatsmeowPeer;
  let cara: WhatsmeowPeer;
  let us: string;
  let leoAddress: string;
  let caraAddress: string;
  const alias = portalAlias();
  let group: Opened;

  beforeAll(async () => {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    ({ server, bridge, leo, cara, us, leoAddress, caraAddress } = await metInPrivate(program));
  });
  afterAll(async () => {
    await bridge?.stop();
    await Promise.all([leo?.stop(), cara?.stop()]);
    await server?.stop();
  });
  afterEach(() => server.faults.heal());

  it("is opened with its person alone, called as its conversation, and nobody but we can change it", async () => {
    const attempt = new MemoryAttempt();
    let made: number | undefined;
    attempt.onMark = () => {
      made ??= asked(server, "create");
    };
    group = opened(await open(bridge, leoAddress, alias, undefined, attempt));
    expect(made).toBe(0);
    await leo.waitFor("joined", ({ jid, name }) => jid === group.jid && name === "Amber Fox · bike");
    expect(await groupsOf(leo)).toEqual([
      {
        jid: group.jid,
        name: "Amber Fox · bike",
        members: expect.arrayContaining([us, leoAddress]),
        locked: true,
        addMode: "admin_add",
      },
    ]);
    expect((await groupsOf(leo))[0]?.members).toHaveLength(2);
    await expect(leo.run("group-name", { jid: group.jid, name: "mine" })).rejects.toThrow("403");
    await expect(leo.run("group-add", { jid: group.jid, members: [caraAddress] })).rejects.toThrow("403");
  });

  it("is the same however often its alias is asked for, by the next process too, and another alias has another", async () => {
    expect(opened(await open(bridge, leoAddress, alias))).toEqual(group);
    await bridge.stop();
    bridge = run(server, new MemoryHost(bridge.host));
    await bridge.connected();
    expect(opened(await open(bridge, leoAddress, alias)).portal.expose()).toBe(group.portal.expose());
    const other = opened(await open(bridge, leoAddress, portalAlias(), { name: "Blue Heron" }));
    expect(other.jid).not.toBe(group.jid);
    expect((await groupsOf(leo)).map(({ name }) => name).toSorted()).toEqual([
      "Amber Fox · bike",
      "Blue Heron",
    ]);
  });

  it("isn't opened where the bridge speaks by itself, nor for what is no address", async () => {
    const before = asked(server, "create");
    expect(done(await open(bridge, leoAddress, portalAlias(), "bridge")).opened).toBeUndefined();
    expect(await open(bridge, "no address", portalAlias())).toMatchObject({
      kind: "refused",
      reason: "unreachable",
    });
    expect(asked(server, "create")).toBe(before);
  });

  it("carries texts with styles both ways, end to end encrypted, in a lane of its own", async () => {
    const spans = [{ start: 0, end: 3, style: "bold" }] as const;
    const { refs } = done(
      await write(bridge, group, { kind: "text", text: "yes it is 👍", spans: [...spans] }),
    );
    expect(await leo.text("*yes* it is 👍")).toMatchObject({ chat: group.jid, kind: "text", group: true });
    expect(server.traffic.holding("it is 👍")).toEqual([]);
    expect(refs).toHaveLength(1);
    await leo.send(group.jid, "is it _still_ there 🚲?");
    const got = await textEvent(bridge, "is it still there 🚲?");
    expect(got.body).toMatchObject({ content: { spans: [{ start: 6, end: 11, style: "italic" }] } });
    expect(got.chat.expose()).toBe(group.chat.expose());
    expect([got.from.expose(), got.alsoFrom?.map((one) => one.expose()), got.timing]).toEqual([
      leoAddress,
      [`+${LEO}`],
      "live",
    ]);
    await leo.send(us, "and to you alone");
    expect((await textEvent(bridge, "and to you alone")).chat.expose()).not.toBe(group.chat.expose());
    expect(await bridge.account.deskOf?.(group.chat, got.from)).toBeUndefined();
  });

  it("says of each of our texts that it was delivered, and read", async () => {
    const [ref] = done(await write(bridge, group, "have you got it")).refs.map((one) => one.expose());
    const { id } = await leo.text("have you got it");
    const names = ({ body }: InboundEvent, status: string) =>
      body.kind === "status" && body.status === status && body.targets.some((one) => one.expose() === ref);
    await event(bridge, (one) => names(one, "delivered"));
    await leo.run("read", { to: group.jid, ids: [id], sender: us });
    const read = await event(bridge, (one) => names(one, "read"));
    expect([read.chat.expose(), read.from.expose()]).toEqual([group.chat.expose(), leoAddress]);
  });

  it("carries quotes both ways, of theirs and of ours", async () => {
    const question = done(await write(bridge, group, "which colour")).refs[0]?.expose() ?? "";
    const { id } = await leo.text("which colour");
    await leo.send(group.jid, "green", { quote: id });
    const answer = await textEvent(bridge, "green");
    expect(answer.body.kind === "message" && answer.body.replyTo?.expose()).toBe(question);
    expect(
      done(await write(bridge, group, "nice", { replyTo: answer.ref?.expose() ?? "" })).loss,
    ).toBeUndefined();
    expect((await leo.text("nice")).quote).toMatchObject({ text: "green", participant: leoAddress });
    done(await write(bridge, group, "I asked that", { replyTo: question }));
    expect((await leo.text("I asked that")).quote).toMatchObject({
      id,
      text: "which colour",
      participant: us,
    });
    await leo.send(us, "beside it");
    const { ref } = await textEvent(bridge, "beside it");
    const lost = done(await write(bridge, group, "of another chat", { replyTo: ref?.expose() ?? "" }));
    expect(lost.loss).toEqual(["reply"]);
  });

  it("names what an edit, a reaction or a deletion is about", async () => {
    const mine = done(await write(bridge, group, "at six")).refs[0]?.expose();
    const { id: mineId } = await leo.text("at six");
    await leo.run("react", { to: group.jid, sender: us, target: mineId, text: "👍" });
    const reaction = await event(bridge, ({ body }) => body.kind === "reaction");
    expect(reaction.body.kind === "reaction" && reaction.body.target.expose()).toBe(mine);
    const theirs = await leo.send(group.jid, "bring cash");
    const { ref } = await textEvent(bridge, "bring cash");
    await leo.run("edit", { to: group.jid, target: theirs, text: "bring a lock" });
    const edit = await event(bridge, ({ body }) => body.kind === "edit");
    expect(edit.body.kind === "edit" && edit.body.target.expose()).toBe(ref?.expose());
    await leo.run("revoke", { to: group.jid, target: theirs });
    const revoke = await event(bridge, ({ body }) => body.kind === "delete");
    expect(revoke.body.kind === "delete" && revoke.body.targets[0]?.expose()).toBe(ref?.expose());
  });

  it("passes typing on in both directions", async () => {
    const since = bridge.host.signals.length;
    await leo.run("presence", { state: "available" });
    await leo.run("typing", { to: group.jid, state: "composing" });
    const heard = await bridge.host.until(() => bridge.host.signals[since]);
    expect([heard.chat.expose(), heard.from.expose(), heard.typing]).toEqual([
      group.chat.expose(),
      leoAddress,
      true,
    ]);
    bridge.account.signal?.({ kind: "typing", portal: group.portal, typing: true });
    await leo.waitFor("typing", ({ state, chat }) => state === "composing" && chat === group.jid);
  });

  it("repeats a text whose ack was lost under the same id, so that it is shown once", async () => {
    const id = deliveryId();
    server.faults.put(BRIDGE, { kind: "lose-message" });
    const gone = nextOf(server, "message");
    const first = write(bridge, group, "once, please", { id });
    await gone;
    server.end(BRIDGE, "unavailable");
    expect(await first).toMatchObject({ kind: "unknown" });
    await bridge.connected();
    const { refs } = done(await write(bridge, group, "once, please", { id }));
    const again = done(await write(bridge, group, "once, please", { id }));
    expect(again.refs.map((one) => one.expose())).toEqual(refs.map((one) => one.expose()));
    await leo.text("once, please");
    await pause();
    const shown = leo.events.filter(({ text }) => text === "once, please").map((one) => one.id);
    expect(new Set(shown).size).toBe(1);
  });

  it("sends once more what a phone couldn't open, from the durable copy", async () => {
    await leo.run("lose", { what: "sessions" });
    await leo.run("lose", { what: "sender_keys" });
    done(await write(bridge, group, "after a backup"));
    expect(Number((await leo.text("after a backup", 15_000)).retry)).toBeGreaterThanOrEqual(1);
    await leo.send(group.jid, "and back");
    await textEvent(bridge, "and back");
  });

  it("brings what was said while we were away in its order, then that they left, and asks them in again", async () => {
    await bridge.stop();
    for (let at = 1; at <= 20; at += 1) await leo.send(group.jid, `away ${at}`);
    await leo.run("group-leave", { jid: group.jid });
    bridge = run(server, new MemoryHost(bridge.host));
    const left = await membership(bridge, "left");
    expect([left.chat.expose(), left.from.expose(), left.timing]).toEqual([
      group.chat.expose(),
      leoAddress,
      "caughtUp",
    ]);
    const away = bridge.host.texts(group.chat.expose()).filter((text) => text.startsWith("away "));
    expect(away).toEqual(Array.from({ length: 20 }, (_, at) => `away ${at + 1}`));
    expect(bridge.host.events.at(-1)).toBe(left);
    await bridge.connected();
    const since = bridge.host.events.length;
    const again = opened(
      await open(bridge, leoAddress, alias, { name: "Amber Fox", title: "Amber Fox · car" }),
    );
    expect(again.portal.expose()).toBe(group.portal.expose());
    expect((await membership(bridge, "joined", since)).from.expose()).toBe(leoAddress);
    const shown = (await groupsOf(leo)).find(({ jid }) => jid === group.jid);
    expect([shown?.name, shown?.members.length]).toEqual(["Amber Fox · car", 2]);
    done(await write(bridge, group, "welcome back"));
    await leo.text("welcome back");
  });

  it("asks in again whoever left, before a text that was on its way", async () => {
    await leo.run("group-leave", { jid: group.jid });
    done(await write(bridge, group, "don't go"));
    await leo.text("don't go");
  });

  it("hears nobody but its person, and nothing of ours from another device", async () => {
    await withOtherDevice(server, async (other) => {
      await other.socket.groupParticipantsUpdate(group.jid, [caraAddress], "add");
      await cara.waitFor("joined", ({ jid }) => jid === group.jid);
      const since = bridge.host.events.length;
      await cara.send(group.jid, "may I join in");
      await other.send(group.jid, { text: "from the operator" });
      await other.socket.groupParticipantsUpdate(group.jid, [caraAddress], "remove");
      await leo.text("from the operator");
      await leo.send(group.jid, "only I am heard");
      await textEvent(bridge, "only I am heard");
      expect(heard(bridge, since)).toEqual([leoAddress]);
      expect(bridge.host.texts()).not.toContain("may I join in");
    });
  });

  it("shows what is said to nobody whom another device of ours has put into it: they are put out again", async () => {
    await withOtherDevice(server, async (other) => {
      await other.socket.groupParticipantsUpdate(group.jid, [caraAddress], "add");
      await cara.waitFor("joined", ({ jid }) => jid === group.jid);
      done(await write(bridge, group, "for Leo's eyes"));
      await leo.text("for Leo's eyes");
      // Who has left isn't taken for there because somebody else is.
      await other.socket.groupParticipantsUpdate(group.jid, [caraAddress], "add");
      await leo.run("group-leave", { jid: group.jid });
      done(await write(bridge, group, "come back"));
      await leo.text("come back");
      await cara.send(us, "what did I miss");
      await textEvent(bridge, "what did I miss");
      const read = cara.events.filter((one) => ["for Leo's eyes", "come back"].includes(String(one.text)));
      expect(read).toEqual([]);
      const shown = (await groupsOf(leo)).find(({ jid }) => jid === group.jid);
      expect(shown?.members.length).toBe(2);
    });
  });

  it("has a timer, which each of our texts keeps to", async () => {
    await withOtherDevice(server, (other) => other.socket.groupToggleEphemeral(group.jid, 86_400));
    done(await write(bridge, group, "gone tomorrow"));
    expect(await leo.text("gone tomorrow")).toMatchObject({ expiration: 86_400 });
  });

  it("isn't what others make with us in it: nothing of it is taken in, and it doesn't come again", async () => {
    const { jid } = await leo.run("group", { name: "not ours", members: [us] });
    const since = bridge.host.events.length;
    const id = await leo.send(String(jid), "to all of you");
    await server.traffic.waitFor(
      ({ direction, number, stanza }) =>
        direction === "in" && number === BRIDGE && stanza.tag === "receipt" && stanza.attrs.id === id,
    );
    await leo.run("group-leave", { jid });
    await leo.send(us, "after the foreign one");
    await textEvent(bridge, "after the foreign one");
    expect(heard(bridge, since)).toEqual([leoAddress]);
    expect(bridge.host.logs).toContainEqual({ event: "whatsapp.message.left", fields: { kind: "group" } });
    await bridge.stop();
    const brought = () =>
      server.traffic.all(
        ({ direction, number, stanza }) =>
          direction === "out" && number === BRIDGE && stanza.tag === "message" && stanza.attrs.id === id,
      ).length;
    expect(brought()).toBe(1);
    bridge = run(server, new MemoryHost(bridge.host));
    await bridge.connected();
    await pause();
    expect(brought()).toBe(1);
  });

  it("is called anew, and what it is called already isn't said once more", async () => {
    const profile = { name: "Blue Heron", title: "Blue Heron · car" };
    const rename = () =>
      bridge.account.perform(
        { kind: "updatePortal", id: deliveryId(), portal: group.portal, profile },
        new MemoryAttempt(),
      );
    const before = asked(server, "subject");
    done(await rename());
    await leo.waitFor("group", ({ name }) => JSON.stringify(name ?? null).includes("Blue Heron · car"));
    done(await rename());
    expect(asked(server, "subject")).toBe(before + 1);
  });

  it("hands on nothing that names a person or a group but the fields that are meant to", () => {
    expect(bridge.host.events.length).toBeGreaterThan(40);
    const secrets = [LEO, CARA, BRIDGE, "Leo Fischer", "Cara", "@lid", "s.whatsapp.net", "@g.us", "120363"];
    for (const { from, alsoFrom, chat, identity, ref, ...rest } of bridge.host.events) {
      expect([from, alsoFrom, chat, identity, ref].map(String).join()).not.toMatch(/\d{5}/);
      for (const secret of secrets) expect(inspect(rest, { depth: 9 })).not.toContain(secret);
    }
    const shown = inspect([bridge.host.logs, bridge.host.states], { depth: 9, maxArrayLength: null });
    for (const secret of secrets) expect(shown).not.toContain(secret);
    // A name without `#` is stored as it is.
    const plain = [...bridge.host.records.keys()].filter((name) => !name.startsWith("#"));
    for (const secret of ["@", "120363"]) expect(plain.join()).not.toContain(secret);
  });

  it("asks nothing that the server doesn't know", () => {
    expect(server.problems).toEqual([]);
  });
});
