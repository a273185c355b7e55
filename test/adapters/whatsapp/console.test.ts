// libsignal writes whole sessions, private keys and all, to the console. Nothing of that leaves a process of the product.

import "../../support/whatsapp/quiet-console.ts";
import { fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BaileysClient } from "../../support/whatsapp/client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { mendSignatures, trustRoot } from "../../support/whatsapp/trust.ts";

const LEO = "15550000002";
let server: WhatsAppServer;
let leo: BaileysClient;

beforeAll(async () => {
  server = await startWhatsAppServer();
  server.addAccount(LEO, "Leo");
  mendSignatures();
  trustRoot(server.root);
  leo = await BaileysClient.linked(server, LEO);
});
afterAll(async () => {
  await leo.close();
  await server.stop();
});

/** All that a process writes while it is linked, loses its sessions, and is asked again. */
async function run(number: string, mode: "quiet" | "loud"): Promise<{ output: string; dropped: number }> {
  server.addAccount(number, "Ana");
  const program = path.join(import.meta.dirname, "console-child.ts");
  const child = fork(program, [server.url, server.root.toString("hex"), mode], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  const closed = once(child, "close");
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (octets: Buffer) => {
      output += octets.toString();
    });
  }
  const texts: string[] = [];
  let isLinked = false;
  let dropped = 0;
  child.on("message", (message: { qr?: string; linked?: true; text?: string; dropped?: number }) => {
    if (message.qr !== undefined) server.scan(number, message.qr);
    if (message.linked) isLinked = true;
    dropped = message.dropped ?? dropped;
    if (message.text !== undefined) texts.push(message.text);
  });
  try {
    await expect.poll(() => isLinked, { timeout: 15_000 }).toBe(true);
    const jid = server.account(number).jid("lid");
    const say = async (text: string): Promise<void> => {
      await leo.send(jid, { text });
      await expect.poll(() => texts, { timeout: 10_000 }).toContain(text);
    };
    child.send({ send: server.account(LEO).jid("lid"), text: `hello from ${number}` });
    await leo.text(`hello from ${number}`);
    await say("one");
    leo.keys.lose("session");
    await say("with a new session");
    server.faults.put(number, { kind: "garble" });
    await say("asked for again");
  } finally {
    if (child.connected) child.send({ quit: true });
    await closed;
  }
  return { output, dropped };
}

test("Baileys as it comes writes private keys to the console: the test can fail", async () => {
  const { output } = await run("15550000011", "loud");
  expect(output).toContain("privKey: <Buffer");
  expect(output).toContain("rootKey: <Buffer");
}, 60_000);

test("with the adapter nothing at all is written, over pairing, loss of sessions and a retry", async () => {
  const { output, dropped } = await run("15550000012", "quiet");
  expect(output).toBe("");
  expect(dropped).toBeGreaterThan(0);
}, 60_000);
