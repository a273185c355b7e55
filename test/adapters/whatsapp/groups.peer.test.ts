// Groups for conversations: the account is ours, Leo's and Cara's phones are whatsmeow, and what they show is what counts.

import { inspect } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import type { InboundEvent } from "../../../src/adapter/index.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { BRIDGE, event, linked, type Running, run, serverWith, textEvent } from "./fixture.ts";
import { groupsOf, type Opened, open, opened, write } from "./group-fixture.ts";

const LEO = "15550000002";
const CARA = "15550000003";
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
    server = await serverWith({ [LEO]: "Leo Fischer", [CARA]: "Cara" });
    bridge = await linked(server);
    leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo Fischer");
    cara = await WhatsmeowPeer.linked(program, server, CARA, "Cara");
    us = server.account(BRIDGE).jid("lid");
    leoAddress = server.account(LEO).jid("lid");
    caraAddress = server.account(CARA).jid("lid");
    await leo.send(us, "first");
    await cara.send(us, "hers first");
    await textEvent(bridge, "first");
    await textEvent(bridge, "hers first");
  });
  afterAll(async () => {
    await bridge?.stop();
    await Promise.all([leo?.stop(), cara?.stop()]);
    await server?.stop();
  });
  afterEach(() => server.faults.heal());

  const change = (kind: string, since = 0) =>
    event(bridge, (one) => {
      const isLater = bridge.host.events.indexOf(one) >= since;
      return isLater && one.body.kind === "membership" && one.body.change === kind;
    });
  const asked = (tag: string, since = 0) =>
    server.traffic
      .all(({ direction, number, stanza }) => direction === "in" && number === BRIDGE && stanza.tag === "iq")
      .slice(since)
      .filter(({ stanza }) => Array.isArray(stanza.content) && stanza.content[0]?.tag === tag).length;
  /** The next stanza with this tag that goes out from us. */
  const nextOf = (tag: string) =>
    new Promise<void>((resolve) => {
      const stop = server.traffic.watch(({ direction, number, stanza }) => {
        if (direction !== "in" || number !== BRIDGE || stanza.tag !== tag) return;
        stop();
        resolve();
      });
    });
  /** Who was heard saying or doing something since then. */
  const heard = (since: number) =>
    bridge.host.events
      .slice(since)
      .flatMap(({ body, from }) => (body.kind === "status" ? [] : [from.expose()]));
  const members = async (phone: WhatsmeowPeer, jid: string) =>
    (await groupsOf(phone)).find((one) => one.jid === jid)?.members.toSorted();

  it("is opened with its person alone, called as its conversation, and nobody but we can change it", async () => {
    const attempt = new MemoryAttempt();
    let made: number | undefined;
    attempt.onMark = () => {
      made ??= asked("create");
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
    expect((await members(leo, group.jid))?.length).toBe(2);
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
    const before = asked("create");
    expect(done(await open(bridge, leoAddress, portalAlias(), "bridge")).opened).toBeUndefined();
    expect(await open(bridge, "no address", portalAlias())).toMatchObject({
      kind: "refused",
      reason: "unreachable",
    });
    expect(asked("create")).toBe(before);
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
    const gone = nextOf("message");
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
    const left = await change("left");
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
    expect((await change("joined", since)).from.expose()).toBe(leoAddress);
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
    const other = await BaileysClient.linked(server, BRIDGE);
    try {
      await other.socket.groupParticipantsUpdate(group.jid, [caraAddress], "add");
      await cara.waitFor("joined", ({ jid }) => jid === group.jid);
      const since = bridge.host.events.length;
      await cara.send(group.jid, "may I join in");
      await other.send(group.jid, { text: "from the operator" });
      await other.socket.groupParticipantsUpdate(group.jid, [caraAddress], "remove");
      await leo.text("from the operator");
      await leo.send(group.jid, "only I am heard");
      await textEvent(bridge, "only I am heard");
      expect(heard(since)).toEqual([leoAddress]);
      expect(bridge.host.texts()).not.toContain("may I join in");
    } finally {
      const device = Number(other.creds.me?.id.split(":")[1]?.split("@")[0]);
      await other.close();
      server.unlink(BRIDGE, device);
    }
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
    expect(heard(since)).toEqual([leoAddress]);
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
    const before = asked("subject");
    done(await rename());
    await leo.waitFor("group", ({ name }) => JSON.stringify(name ?? null).includes("Blue Heron · car"));
    done(await rename());
    expect(asked("subject")).toBe(before + 1);
  });

  it("is refused by who doesn't let us put them into one, and nobody is left in an empty group", async () => {
    server.account(CARA).settings.refusesGroups = true;
    const hers = portalAlias();
    const before = asked("leave");
    expect(await open(bridge, caraAddress, hers)).toEqual({
      kind: "refused",
      reason: "forbidden",
      scope: "portal",
    });
    expect(await groupsOf(cara)).toEqual([]);
    expect(asked("leave")).toBe(before + 1);
    server.account(CARA).settings.refusesGroups = false;
    const now = opened(await open(bridge, caraAddress, hers));
    expect((await groupsOf(cara)).map(({ jid }) => jid)).toEqual([now.jid]);
    await cara.run("group-leave", { jid: now.jid });
    server.account(CARA).settings.refusesGroups = true;
    expect(await write(bridge, now, "come back")).toMatchObject({ kind: "refused", scope: "portal" });
    server.account(CARA).settings.refusesGroups = false;
  });

  it("is made once, when the answer to its making got lost: it is found again, with what was said in it", async () => {
    const lost = portalAlias();
    const before = (await groupsOf(cara)).length;
    server.faults.put(BRIDGE, { kind: "drop-group-answer" });
    const trying = open(bridge, caraAddress, lost);
    await cara.waitFor("joined", ({ name }) => name === "Amber Fox · bike", 5_000, cara.events.length);
    const [made] = (await groupsOf(cara)).slice(before);
    server.end(BRIDGE, "unavailable");
    expect(await trying).toEqual({ kind: "unknown", reason: "unsure" });
    await bridge.connected();
    await cara.send(made?.jid ?? "", "am I alone here");
    const early = await textEvent(bridge, "am I alone here");
    const found = opened(await open(bridge, caraAddress, lost));
    expect(found.jid).toBe(made?.jid);
    expect(early.chat.expose()).toBe(found.chat.expose());
    expect(await groupsOf(cara)).toHaveLength(before + 1);
    const shown = (await groupsOf(cara)).find(({ jid }) => jid === found.jid);
    expect([shown?.locked, shown?.addMode]).toEqual([true, "admin_add"]);
  });

  it("is made once, when the process was killed before the answer came", async () => {
    const lost = portalAlias();
    const title = "Grey Owl · lamp";
    server.faults.put(BRIDGE, { kind: "drop-group-answer" });
    void open(bridge, caraAddress, lost, { name: "Grey Owl", title });
    await cara.waitFor("joined", ({ name }) => name === title);
    const since = [leo, cara].map((phone) => [phone, phone.events.length] as const);
    await bridge.kill();
    await Promise.all(since.map(([phone, from]) => phone.waitFor("connected", () => true, 10_000, from)));
    bridge = run(server, new MemoryHost(bridge.host));
    await bridge.connected();
    const found = opened(
      await open(bridge, caraAddress, lost, { name: "Grey Owl", title: "Grey Owl · shade" }),
    );
    const hers = (await groupsOf(cara)).filter(({ name }) => name.startsWith("Grey Owl"));
    expect(hers.map(({ jid, name }) => [jid, name])).toEqual([[found.jid, "Grey Owl · shade"]]);
  });

  it("is left when it is closed, also when that was done already, and then nothing can be said in it", async () => {
    const close = () =>
      bridge.account.perform(
        { kind: "closePortal", id: deliveryId(), portal: group.portal },
        new MemoryAttempt(),
      );
    done(await close());
    await leo.waitFor(
      "group",
      ({ jid, leave }) => jid === group.jid && Array.isArray(leave) && leave.includes(us),
    );
    done(await close());
    expect(await write(bridge, group, "anybody")).toEqual({
      kind: "refused",
      reason: "gone",
      scope: "portal",
    });
    const since = bridge.host.events.length;
    await leo.send(group.jid, "to myself");
    await leo.send(us, "after the end");
    await textEvent(bridge, "after the end");
    expect(heard(since)).toEqual([leoAddress]);
    const again = opened(await open(bridge, leoAddress, alias));
    expect(again.jid).not.toBe(group.jid);
  });

  it("waits when there were too many, and when the account is restricted nothing more is tried", async () => {
    server.faults.put(BRIDGE, { kind: "refuse-group", code: 429 });
    expect(await open(bridge, leoAddress, portalAlias())).toMatchObject({
      kind: "retry",
      reason: "throttled",
      scope: "account",
      counts: false,
    });
    server.faults.put(BRIDGE, { kind: "refuse-group", code: 500 });
    expect(await open(bridge, leoAddress, portalAlias())).toMatchObject({ kind: "retry", counts: true });
    server.faults.put(BRIDGE, { kind: "refuse-group", code: 463 });
    expect(await open(bridge, leoAddress, portalAlias())).toMatchObject({
      kind: "retry",
      reason: "forbidden",
      scope: "account",
    });
    expect(bridge.host.states.at(-1)?.kind).toBe("restricted");
    const before = asked("create");
    expect(await open(bridge, leoAddress, portalAlias())).toMatchObject({ kind: "retry", scope: "account" });
    expect(asked("create")).toBe(before);
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
