// Many texts at a time in a group, where each brings the sender's key through the very sessions that the chat of two uses.

import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import type { AccountStorage } from "../../../src/adapter/index.ts";
import { deliveryId, done, MemoryHost, portalAlias } from "../../support/account-host.ts";
import type { MemoryStorage } from "../../support/memory-storage.ts";
import type { WhatsAppServer } from "../../support/whatsapp/index.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { SlowStorage } from "./durable-client.ts";
import { AT_ONCE, BRIDGE, linked, type Running, run, serverWith, textEvent } from "./fixture.ts";
import { type Opened, open, opened, write } from "./group-fixture.ts";

const LEO = "15550000002";
const COUNT = 200;
const BESIDE = 50;
const KILLS = 3;
const EACH = 40;
const numbered = (who: string, count = COUNT): string[] =>
  Array.from({ length: count }, (_, at) => `${who} ${at}`);

/** A host whose store takes 1 to 3 ms for everything, and 25 ms for an event. */
class SlowHost extends MemoryHost {
  override gate = (): Promise<void> => sleep(25);
  override readonly storage: AccountStorage = slowed(this);
}

/** The storage that a host in memory has, with time; a write of nothing is how it waits as that one does. */
function slowed({ storage }: MemoryHost): AccountStorage {
  const plain = storage as MemoryStorage; // what a MemoryHost makes
  return new SlowStorage(plain, () => plain.setAll(new Map()));
}

describe.runIf(canRun("whatsmeow"))("texts that cross in a group", () => {
  let server: WhatsAppServer;
  let bridge: Running;
  let leo: WhatsmeowPeer;
  let us: string;
  let leoAddress: string;
  let group: Opened;

  beforeAll(async () => {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    server = await serverWith({ [LEO]: "Leo" });
    bridge = await linked(server, new SlowHost(), AT_ONCE);
    leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    us = server.account(BRIDGE).jid("lid");
    leoAddress = server.account(LEO).jid("lid");
    await leo.send(us, "first");
    await textEvent(bridge, "first");
    group = opened(await open(bridge, leoAddress, portalAlias()));
  });
  afterAll(async () => {
    await bridge?.stop();
    await leo?.stop();
    await server?.stop();
  });

  /** What Leo's phone shows of those that begin so: one message for an id, as the apps do. */
  const shown = (who: string): string[] => {
    const texts = leo.events.flatMap(({ event, id, kind, text }) =>
      event === "message" && kind === "text" && String(text).startsWith(`${who} `)
        ? [[String(id), String(text)] as const]
        : [],
    );
    return [...new Map(texts).values()];
  };
  const taken = (who: string): string[] => bridge.host.texts().filter((text) => text.startsWith(`${who} `));
  const complaints = () => leo.events.filter(({ event }) => event === "log" || event === "undecryptable");

  it(`lose none of ${COUNT} each way, nor of those in the chat of two beside them, and keep their order`, async () => {
    const ours = async (texts: readonly string[], send: (text: string) => Promise<unknown>) => {
      for (const text of texts) await send(text);
    };
    await Promise.all([
      ours(numbered("ours"), async (text) => done(await write(bridge, group, text))),
      ours(numbered("beside", BESIDE), async (text) => done(await bridge.send(leoAddress, text))),
      Promise.all(numbered("theirs").map((text) => leo.send(group.jid, text))),
      Promise.all(numbered("private", BESIDE).map((text) => leo.send(us, text))),
    ]);
    await expect.poll(() => shown("ours").length, { timeout: 20_000 }).toBe(COUNT);
    await expect.poll(() => taken("theirs").length, { timeout: 20_000 }).toBe(COUNT);
    await expect.poll(() => taken("private").length, { timeout: 20_000 }).toBe(BESIDE);
    expect(shown("ours")).toEqual(numbered("ours"));
    expect(shown("beside")).toEqual(numbered("beside", BESIDE));
    expect(taken("theirs")).toEqual(numbered("theirs"));
    expect(taken("private")).toEqual(numbered("private", BESIDE));
    expect(complaints()).toEqual([]);
  }, 120_000);

  it("lose none over a process that is killed again and again, and show none twice", async () => {
    const [mine, theirs] = [numbered("mine", KILLS * EACH), numbered("later", KILLS * EACH)];
    for (let kill = 0; kill < KILLS; kill += 1) {
      const part = <T>(all: readonly T[]): readonly T[] => all.slice(kill * EACH, (kill + 1) * EACH);
      const letters = part(mine).map((text) => ({ text, id: deliveryId() }));
      const writing = Promise.all(part(theirs).map((text) => leo.send(group.jid, text)));
      const sent = new Set<string>();
      void (async () => {
        for (const { text, id } of letters) {
          if ((await write(bridge, group, text, { id })).kind !== "done") return;
          sent.add(id);
        }
      })();
      await sleep(120 + kill * 90);
      const isEarly = sent.size < EACH;
      bridge.host.freeze();
      server.end(BRIDGE, "unavailable");
      await Promise.race([bridge.account.stop(100), sleep(200)]);
      expect(isEarly, "it was killed in the middle").toBe(true);
      bridge = run(server, new SlowHost(bridge.host), AT_ONCE);
      await bridge.connected();
      // Again, under the same id, as the house does with what has no outcome.
      for (const { text, id } of letters) if (!sent.has(id)) done(await write(bridge, group, text, { id }));
      await writing;
    }
    await expect.poll(() => shown("mine").length, { timeout: 20_000 }).toBe(mine.length);
    await expect.poll(() => taken("later").length, { timeout: 20_000 }).toBe(theirs.length);
    expect(shown("mine").toSorted()).toEqual(mine.toSorted());
    expect(taken("later").toSorted()).toEqual(theirs.toSorted());
  }, 120_000);

  it("ask nothing that the server doesn't know", () => {
    expect(server.problems).toEqual([]);
  });
});
