// Texts that cross between the same two people, while the key store takes 1 to 3 ms for each answer. The other one is
// whatsmeow, which shares no code with Baileys; what it shows is counted.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { DurableClient, SlowStorage, slowDown } from "./durable-client.ts";

const ANA = "15550000001";
const LEO = "15550000002";
const CARA = "15550000003";
const COUNT = 1_000;
/** So often at most. */
const BURSTS = 5;

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

  it("without our repository loses some: the test can fail", async () => {
    const { state } = await openAuth(new SlowStorage());
    slowDown(state.keys);
    const cara = new BaileysClient(server, { auth: state });
    cara.connect();
    server.scan(CARA, (await cara.waitFor("qr")).qr);
    await cara.open();
    const leo = await WhatsmeowPeer.linked(program, server, LEO, "Leo");
    try {
      const ignored = () => leo.events.filter(({ event }) => event === "log").length;
      // It is a race: on a quiet machine a burst may win it.
      let bursts = 0;
      while (ignored() === 0 && bursts < BURSTS) {
        await burst(cara, CARA, leo, COUNT);
        bursts += 1;
        // The last ones came, and each that is missing was ignored by Leo as old.
        await expect
          .poll(() => leo.texts().length + ignored(), { timeout: 20_000 })
          .toBeGreaterThanOrEqual(bursts * COUNT - 1);
      }
      expect(ignored()).toBeGreaterThan(0);
      expect(leo.texts().length).toBeLessThan(bursts * COUNT);
    } finally {
      await cara.close();
      await leo.stop();
    }
  }, 180_000);
});
