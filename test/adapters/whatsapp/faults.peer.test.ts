// What the server does wrong, and what becomes of texts then as Leo's phone (whatsmeow) shows it. Each of these tests fails
// without what the adapter does about its fault.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import type { InboundEvent, StorageName } from "../../../src/adapter/index.ts";
import { HOUR } from "../../../src/model/index.ts";
import { deliveryId, done, MemoryHost } from "../../support/account-host.ts";
import { type SkippingClock, skippingClock } from "../../support/skipping-clock.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { BRIDGE, event, linked, type Running, run, serverWith, textEvent } from "./fixture.ts";

const LEO = "15550000002";
const BRIEF = 200;
const pause = (ms = BRIEF) => new Promise((resolve) => setTimeout(resolve, ms));

/** A host whose time can be put forward. */
class SkippingHost extends MemoryHost {
  override readonly clock: SkippingClock;

  constructor(before?: SkippingHost) {
    super(before);
    this.clock = before?.clock ?? skippingClock();
  }
}

describe.runIf(canRun("whatsmeow"))("a WhatsApp account", () => {
  let server: WhatsAppServer;
  let host: SkippingHost;
  let bridge: Running;
  let leo: WhatsmeowPeer;
  let us: string;
  let leoAddress: string;

  beforeAll(async () => {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    server = await serverWith({ [LEO]: "Leo" });
    host = new SkippingHost();
    bridge = await linked(server, host);
    leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    us = server.account(BRIDGE).jid("lid");
    leoAddress = server.account(LEO).jid("lid");
    await leo.send(us, "first");
    await textEvent(bridge, "first");
    done(await bridge.send(leoAddress, "second"));
    await leo.text("second");
  });
  afterAll(async () => {
    await bridge?.stop();
    await leo?.stop();
    await server?.stop();
  });
  beforeEach(() => server.faults.heal());
  afterEach(() => host.clock.skip(1_000)); // the pace of the chat

  /** What Leo's phone shows: one message for an id, as the apps do. */
  const shown = (text: string): number => {
    const ids = leo.events.filter((one) => one.event === "message" && one.text === text).map(({ id }) => id);
    return new Set(ids).size;
  };
  /** How many messages of ours the server saw with these ids. */
  const stanzas = (since: number) =>
    server.traffic
      .all(
        ({ direction, number, stanza }) =>
          direction === "in" && number === BRIDGE && stanza.tag === "message",
      )
      .slice(since);
  const countOfStanzas = (): number => stanzas(0).length;

  /** Waits for the answer's time-out, without waiting. */
  async function timeOut<T>(work: Promise<T>): Promise<T> {
    const since = countOfStanzas();
    await expect.poll(countOfStanzas).toBeGreaterThan(since);
    host.clock.skip(10_000);
    return work;
  }

  /** Sends as the house does: again while it is told to come again. (Put forward, the clock also brings a fresh socket.) */
  async function sendAnyway(text: string, id = deliveryId()): Promise<void> {
    await expect
      .poll(async () => (await bridge.send(leoAddress, text, { id })).kind, { timeout: 8_000, interval: 100 })
      .toBe("done");
  }

  describe("sends", () => {
    it("again under the same id what was lost on the way: unknown first, then done, shown once", async () => {
      const id = deliveryId();
      server.faults.put(BRIDGE, { kind: "lose-message" });
      const first = await timeOut(bridge.send(leoAddress, "lost once", { id }));
      expect(first).toMatchObject({ kind: "unknown", reason: "unsure" });
      expect(shown("lost once")).toBe(0);
      const second = done(await bridge.send(leoAddress, "lost once", { id }));
      expect(second.refs[0]?.expose()).toBe(first.kind === "unknown" && first.refs?.[0]?.expose());
      await leo.text("lost once");
    });

    it("nothing for a message that it doesn't know any more: an empty one would end their asking", async () => {
      const { storage } = host;
      const get = storage.get.bind(storage);
      const isSent = (name: StorageName): boolean =>
        typeof name !== "string" && name.expose().startsWith("sent ");
      storage.get = async (name) => (isSent(name) ? undefined : get(name));
      const since = countOfStanzas();
      server.faults.put(LEO, { kind: "garble" });
      done(await bridge.send(leoAddress, "not known any more"));
      const id = stanzas(since)[0]?.stanza.attrs.id;
      const asks = server.traffic.waitFor(
        ({ direction, number, stanza: { attrs, tag } }) =>
          direction === "out" &&
          number === BRIDGE &&
          tag === "receipt" &&
          attrs.type === "retry" &&
          attrs.id === id,
      );
      await asks;
      await pause(1_000);
      expect(stanzas(since)).toHaveLength(1);
      storage.get = get;
      host.clock.skip(1_000);
      server.faults.put(LEO, { kind: "garble" });
      done(await bridge.send(leoAddress, "still known"));
      await leo.text("still known");
      expect(stanzas(since)).toHaveLength(3);
    });

    it("what arrived and was never acknowledged: their receipt says so, and a repeat has the same id", async () => {
      const id = deliveryId();
      server.faults.put(BRIDGE, { kind: "drop-ack" });
      const since = countOfStanzas();
      done(await bridge.send(leoAddress, "no ack", { id }));
      await leo.text("no ack");
      // Leo isn't there: nobody says anything.
      await leo.run("disconnect");
      const other = deliveryId();
      server.faults.put(BRIDGE, { kind: "drop-ack" });
      expect((await timeOut(bridge.send(leoAddress, "no word", { id: other }))).kind).toBe("unknown");
      done(await bridge.send(leoAddress, "no word", { id: other }));
      const ids = stanzas(since).map(({ stanza }) => stanza.attrs.id);
      expect(ids).toHaveLength(3);
      expect(ids[1]).toBe(ids[2]);
      await leo.run("connect");
      await leo.text("no word");
      await pause();
      expect([shown("no ack"), shown("no word")]).toEqual([1, 1]);
    });

    it("nothing more for a while once it is restricted (463), and says so; then it goes on", async () => {
      server.faults.put(BRIDGE, { kind: "refuse-message", code: 463 });
      const before = countOfStanzas();
      const outcome = await bridge.send(leoAddress, "refused");
      expect(outcome).toMatchObject({ kind: "retry", reason: "forbidden", scope: "account", counts: false });
      expect(outcome.kind === "retry" && outcome.after).toBeGreaterThanOrEqual(HOUR - 1_000);
      await expect.poll(() => host.states.at(-1)?.kind).toBe("restricted");
      const again = await bridge.send(leoAddress, "not even tried");
      expect(again).toMatchObject({ kind: "retry", scope: "account" });
      expect(countOfStanzas()).toBe(before + 1);
      // It still reads.
      await leo.send(us, "are you there");
      await textEvent(bridge, "are you there");

      host.clock.skip(2 * HOUR);
      await expect.poll(() => host.states.at(-1)?.kind, { timeout: 8_000 }).toBe("connected");
      await sendAnyway("back again");
      await leo.text("back again");
    });

    it("nothing after a restart either, while the restriction lasts", async () => {
      server.faults.put(BRIDGE, { kind: "refuse-message", code: 463 });
      const reason = async () => {
        const outcome = await bridge.send(leoAddress, "refused");
        return outcome.kind === "retry" && outcome.reason;
      };
      await expect.poll(reason, { timeout: 8_000, interval: 100 }).toBe("forbidden");
      await bridge.stop();
      const next = new SkippingHost(host);
      bridge = run(server, next);
      await next.until(() => next.states.at(-1)?.kind === "restricted", 15_000);
      expect(await bridge.send(leoAddress, "not tried")).toMatchObject({ kind: "retry", scope: "account" });
      host = next;
      host.clock.skip(2 * HOUR);
      await sendAnyway("allowed again");
    });

    it("nothing while a time lock lasts, which WhatsApp tells and takes back", async () => {
      server.timeLock(BRIDGE, Math.floor(host.clock.now() / 1_000) + 3_600);
      await expect.poll(() => host.states.at(-1)?.kind).toBe("restricted");
      expect(await bridge.send(leoAddress, "locked")).toMatchObject({ kind: "retry", scope: "account" });
      server.timeLock(BRIDGE, undefined);
      await expect.poll(() => host.states.at(-1)?.kind).toBe("connected");
      done(await bridge.send(leoAddress, "unlocked"));
    });

    it.each([
      [403, { kind: "refused", reason: "forbidden", scope: "delivery" }],
      [400, { kind: "refused", reason: "rejected", scope: "delivery" }],
      [479, { kind: "retry", reason: "rejected", scope: "delivery", counts: true }],
      [500, { kind: "retry", reason: "network-error", scope: "delivery", counts: true }],
      [429, { kind: "retry", reason: "throttled", scope: "account", counts: false, after: 60_000 }],
    ])("and says what an ack with %d means", async (code, outcome) => {
      server.faults.put(BRIDGE, { kind: "refuse-message", code });
      expect(await bridge.send(leoAddress, `refused with ${code}`)).toEqual(outcome);
      expect(shown(`refused with ${code}`)).toBe(0);
    });

    it("says unknown at once when the connection breaks under it, and the repeat is shown once", async () => {
      const id = deliveryId();
      server.faults.put(BRIDGE, { kind: "drop-ack" });
      await leo.run("disconnect");
      const since = countOfStanzas();
      const sending = bridge.send(leoAddress, "broken", { id });
      await expect.poll(countOfStanzas).toBeGreaterThan(since);
      const broke = performance.now();
      server.end(BRIDGE, "unavailable");
      expect((await sending).kind).toBe("unknown");
      expect(performance.now() - broke).toBeLessThan(5_000); // not after the time-out
      host.clock.skip(5_000);
      await sendAnyway("broken", id);
      await leo.run("connect");
      await leo.text("broken");
      await pause();
      expect(shown("broken")).toBe(1);
    });
  });

  describe("takes", () => {
    it("what comes twice, once", async () => {
      server.faults.put(BRIDGE, { kind: "duplicate" }, 3);
      for (const text of ["twice 1", "twice 2", "twice 3"]) await leo.send(us, text);
      await textEvent(bridge, "twice 3");
      await pause();
      expect(host.texts().filter((text) => text.startsWith("twice"))).toEqual([
        "twice 1",
        "twice 2",
        "twice 3",
      ]);
    });

    it("what comes in another order in the order in which it came, and all of it", async () => {
      server.faults.put(BRIDGE, { kind: "reverse", count: 3 });
      for (const text of ["a", "b", "c"]) await leo.send(us, `turned ${text}`);
      await textEvent(bridge, "turned a");
      expect(host.texts().filter((text) => text.startsWith("turned"))).toEqual([
        "turned c",
        "turned b",
        "turned a",
      ]);
    });

    it("what couldn't be opened when it is sent once more, under the same id", async () => {
      server.faults.put(BRIDGE, { kind: "garble" });
      const id = await leo.send(us, "garbled");
      const got = await textEvent(bridge, "garbled");
      expect(got.ref?.expose()).toContain(id);
      await pause();
      expect(host.texts().filter((text) => text === "garbled")).toHaveLength(1);
    });

    it("a call, which is turned away at once; the house hears of it once a day", async () => {
      const rejections = () =>
        server.traffic
          .all(
            ({ direction, number, stanza }) => direction === "out" && number === LEO && stanza.tag === "call",
          )
          .flatMap(({ stanza: { content } }) => (Array.isArray(content) ? content : []));
      const isCall = ({ body }: InboundEvent): boolean =>
        body.kind === "message" && body.content.kind === "unbridgeable" && body.content.what === "call";
      server.ring(LEO, BRIDGE);
      const heard = await event(bridge, isCall);
      expect(heard).toMatchObject({ timing: "live" });
      expect(heard.from.expose()).toBe(leoAddress);
      await expect.poll(() => rejections().map(({ tag }) => tag)).toEqual(["reject"]);
      expect(rejections()[0]?.attrs["call-creator"]).toBe(leoAddress);
      server.missCall(LEO, BRIDGE);
      await expect.poll(() => rejections().length).toBe(2);
      await pause();
      expect(host.events.filter(isCall)).toHaveLength(1);
      expect(server.problems).toEqual([]);
    });

    it("nothing while the house can't keep it: the server brings all of it again, in order", async () => {
      host.refuse = true;
      const since = leo.events.length;
      const texts = ["kept 1", "kept 2", "kept 3"];
      for (const text of texts) await leo.send(us, text);
      await expect.poll(() => host.states.at(-1)?.kind).not.toBe("connected");
      expect(host.texts().filter((text) => text.startsWith("kept"))).toEqual([]);
      host.refuse = false;
      host.clock.skip(5_000);
      await textEvent(bridge, "kept 3", 15_000);
      expect(host.texts().filter((text) => text.startsWith("kept"))).toEqual(texts);
      expect(leo.events.slice(since).filter(({ event: name }) => name === "undecryptable")).toEqual([]);
    });

    it("a burst of 60 in both directions, in its order, and nothing is lost", async () => {
      const theirs = Array.from({ length: 60 }, (_, at) => `burst in ${at}`);
      const ours = Array.from({ length: 20 }, (_, at) => `burst out ${at}`);
      const reading = (async () => {
        for (const text of theirs) await leo.send(us, text);
      })();
      for (const text of ours) {
        host.clock.skip(1_500);
        await sendAnyway(text);
      }
      await reading;
      await Promise.all([textEvent(bridge, "burst in 59"), leo.text("burst out 19")]);
      expect(host.texts().filter((text) => text.startsWith("burst in"))).toEqual(theirs);
      expect(leo.texts().filter((text) => text.startsWith("burst out"))).toEqual(ours);
    });

    it("nothing into the conversation that was written in a group", async () => {
      const group = await leo.run("group", { name: "Bikes", members: [us] });
      await leo.send(String(group.jid), "to all of you");
      await leo.send(us, "to you alone");
      await textEvent(bridge, "to you alone");
      expect(host.texts()).not.toContain("to all of you");
    });

    it("nothing more after its intake was stopped, which comes in the next life", async () => {
      await bridge.account.stopIntake();
      await leo.send(us, "too late");
      done(await bridge.send(leoAddress, "still sending"));
      await leo.text("still sending");
      await pause();
      expect(host.texts()).not.toContain("too late");
      await bridge.stop();
      host = new SkippingHost(host);
      bridge = run(server, host);
      expect(
        (
          await event(
            bridge,
            ({ body }) =>
              body.kind === "message" && body.content.kind === "text" && body.content.text === "too late",
          )
        ).timing,
      ).toBe("caughtUp");
    });
  });

  it("nothing came that the server doesn't know", () => {
    expect(server.problems).toEqual([]);
  });
});
