// The ways in which people are named: by LID or number, with a number that nobody gives; and groups. Texts cross all the while.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { DurableClient, SlowStorage } from "./durable-client.ts";

const COUNT = 60;
const numbered = (who: string): string[] => Array.from({ length: COUNT }, (_, index) => `${who} ${index}`);

describe.runIf(canRun("whatsmeow"))("texts that cross", () => {
  let server: WhatsAppServer;
  let program: string;
  let last = 15550000100;
  let ana: DurableClient;
  let leo: WhatsmeowPeer;

  beforeAll(async () => {
    program = await buildWhatsmeow(WHATSMEOW_CACHE);
    server = await startWhatsAppServer();
    trustRoot(server.root);
  });
  afterAll(() => server.stop());
  afterEach(async () => {
    await ana.close();
    await leo.stop();
    expect(server.problems).toEqual([]);
  });

  async function two(settings: Parameters<WhatsAppServer["addAccount"]>[2]): Promise<[string, string]> {
    const [a, b] = [String(++last), String(++last)];
    for (const number of [a, b]) server.addAccount(number, number, settings);
    ana = await DurableClient.paired(server, a, new SlowStorage());
    leo = await WhatsmeowPeer.linked(program, server, b, "Leo");
    return [a, b];
  }

  async function cross(toLeo: string, toAna: string): Promise<void> {
    await Promise.all([
      Promise.all(numbered("ours").map((text) => ana.send(toLeo, { text }))),
      Promise.all(numbered("theirs").map((text) => leo.send(toAna, text))),
    ]);
    await expect.poll(() => leo.texts().length, { timeout: 20_000 }).toBe(COUNT);
    await expect.poll(() => ana.inbox.texts.length, { timeout: 20_000 }).toBe(COUNT);
    expect([leo.texts(), ana.inbox.texts]).toEqual([numbered("ours"), numbered("theirs")]);
    expect(server.traffic.all(({ stanza }) => stanza.attrs.type === "retry")).toEqual([]);
  }

  it("between people who are named by number", async () => {
    const [a, b] = await two({ addressing: "pn" });
    await cross(`${b}@s.whatsapp.net`, `${a}@s.whatsapp.net`);
  });

  it("between people whose numbers the server never gives", async () => {
    const [a, b] = await two({ hidesNumber: true });
    await cross(server.account(b).jid("lid"), server.account(a).jid("lid"));
  });

  it("when one names the other by LID, and is named by number", async () => {
    const [a, b] = await two({});
    await cross(`${b}@s.whatsapp.net`, server.account(a).jid("lid"));
  });

  it("in a group", async () => {
    const [a] = await two({});
    const { jid } = await leo.run("group", { name: "bikes", members: [`${a}@s.whatsapp.net`] });
    await cross(String(jid), String(jid));
  });
});
