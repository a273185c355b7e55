// Texts that cross between the same two people, while the key store takes 1 to 3 ms for each answer. The other one is
// whatsmeow, which shares no code with Baileys; what it shows is counted.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import type { SignalKeys } from "../../../adapters/whatsapp/auth/signal-keys.ts";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { crossCommits, DurableClient, SlowStorage, slowDown } from "./durable-client.ts";

const ANA = "15550000001";
const LEO = "15550000002";
const CARA = "15550000003";
const COUNT = 1_000;

const numbered = (who: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${who} ${index}`);

describe.runIf(canRun("whatsmeow"))("a two-way burst", () => {
  let server: WhatsAppServer;
  let program: string;

  beforeAll(async () => {
    program = await buildWhatsmeow(WHATSMEOW_CACHE);
    server = await startWhatsAppServer({ keepTraffic: false });
    for (const number of [ANA, LEO, CARA]) server.addAccount(number, number);
    trustRoot(server.root);
  });
  afterAll(() => server.stop());

  /** Both write to each other at the same time; what each sent, in its order. */
  async function burst(
    client: BaileysClient,
    own: string,
    peer: WhatsmeowPeer,
    count: number,
  ): Promise<void> {
    const lid = server.account(own).jid("lid");
    await Promise.all([
      Promise.all(
        numbered("ours", count).map((text) => client.send(server.account(LEO).jid("lid"), { text })),
      ),
      Promise.all(numbered("theirs", count).map((text) => peer.send(lid, text))),
    ]);
  }

  it(`of ${COUNT} texts each way loses none and keeps their order`, async () => {
    const ana = await DurableClient.on(server, new SlowStorage());
    slowDown(ana.auth.state.keys);
    await ana.pair(server, ANA);
    const leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    try {
      await burst(ana, ANA, leo, COUNT);
      await expect.poll(() => leo.texts().length, { timeout: 20_000 }).toBe(COUNT);
      await expect.poll(() => ana.inbox.texts.length, { timeout: 20_000 }).toBe(COUNT);
      expect(leo.texts()).toEqual(numbered("ours", COUNT));
      expect(ana.inbox.texts).toEqual(numbered("theirs", COUNT));
      expect(leo.events.filter(({ event }) => event === "log" || event === "undecryptable")).toEqual([]);
    } finally {
      await ana.close();
      await leo.stop();
    }
  });

  /**
   * A text of Leo's is being taken in while one goes out to him, which is committed first. What is said to him after that, he
   * shows or ignores as old.
   */
  async function crossing(client: BaileysClient, keys: SignalKeys, own: string, peer: WhatsmeowPeer) {
    const [to, lid] = [server.account(LEO).jid("lid"), server.account(own).jid("lid")];
    const ignored = () => peer.events.filter(({ event }) => event === "log").length;
    await client.send(to, { text: "hello" });
    await expect.poll(() => peer.texts()).toEqual(["hello"]);
    // The next one has the same ratchet key: taking it in changes nothing for what goes out but by an old copy.
    await peer.send(lid, "before");
    await client.text("before");
    const { held } = crossCommits(keys, 1_000);
    await peer.send(lid, "crossing");
    await held;
    await client.send(to, { text: "crossed" });
    await client.text("crossing");
    await client.send(to, { text: "after" });
    await expect.poll(() => peer.texts().length + ignored()).toBe(3);
    return peer.texts();
  }

  it("whose commits cross loses none", async () => {
    const ana = await DurableClient.on(server, new SlowStorage());
    await ana.pair(server, ANA);
    const leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    try {
      expect(await crossing(ana, ana.auth.state.keys, ANA, leo)).toEqual(["hello", "crossed", "after"]);
    } finally {
      await ana.close();
      await leo.stop();
    }
  });

  it("loses one without our repository: the test can fail", async () => {
    const { state } = await openAuth(new SlowStorage());
    const cara = new BaileysClient(server, { auth: state });
    cara.connect();
    server.scan(CARA, (await cara.waitFor("qr")).qr);
    await cara.open();
    const leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    try {
      expect(await crossing(cara, state.keys, CARA, leo)).toEqual(["hello", "crossed"]);
    } finally {
      await cara.close();
      await leo.stop();
    }
  });
});
