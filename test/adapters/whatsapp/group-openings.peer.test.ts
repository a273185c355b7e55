// Groups whose opening or closing goes wrong, or is asked for twice. Cara's phone (whatsmeow) shows how many there are.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias } from "../../support/account-host.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, type WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { BRIDGE, type Running, run, textEvent } from "./fixture.ts";
import { asked, CARA, groupsOf, heard, metInPrivate, open, opened, write } from "./group-fixture.ts";

describe.runIf(canRun("whatsmeow"))("a group that is opened or closed", () => {
  let server: WhatsAppServer;
  let bridge: Running;
  let leo: WhatsmeowPeer;
  let cara: WhatsmeowPeer;
  let us: string;
  let leoAddress: string;
  let caraAddress: string;

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

  it("is refused by who doesn't let us put them into one, and nobody is left in an empty group", async () => {
    server.account(CARA).settings.refusesGroups = true;
    const hers = portalAlias();
    const before = asked(server, "leave");
    expect(await open(bridge, caraAddress, hers)).toEqual({
      kind: "refused",
      reason: "forbidden",
      scope: "portal",
    });
    expect(await groupsOf(cara)).toEqual([]);
    expect(asked(server, "leave")).toBe(before + 1);
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
    const alias = portalAlias();
    const group = opened(await open(bridge, leoAddress, alias));
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
    expect(heard(bridge, since)).toEqual([leoAddress]);
    const again = opened(await open(bridge, leoAddress, alias));
    expect(again.jid).not.toBe(group.jid);
  });

  it("is the same after the account's link was ended and made anew: what is said in it is heard, also by the next process", async () => {
    const alias = portalAlias();
    const group = opened(await open(bridge, leoAddress, alias));
    done(await write(bridge, group, "before the new link"));
    await leo.text("before the new link");
    expect(await bridge.account.unpair?.()).toBe("unpaired");
    await bridge.pair();
    await bridge.stop();
    bridge = run(server, new MemoryHost(bridge.host));
    await bridge.connected();
    await leo.send(group.jid, "after the new link");
    const event = await textEvent(bridge, "after the new link");
    expect(event.chat.expose()).toBe(group.chat.expose());
    expect(opened(await open(bridge, leoAddress, alias)).jid).toBe(group.jid);
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
    const before = asked(server, "create");
    expect(await open(bridge, leoAddress, portalAlias())).toMatchObject({ kind: "retry", scope: "account" });
    expect(asked(server, "create")).toBe(before);
  });

  it("asks nothing that the server doesn't know", () => {
    expect(server.problems).toEqual([]);
  });
});
