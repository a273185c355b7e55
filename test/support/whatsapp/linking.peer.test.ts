// Clients that nobody here wrote are linked to accounts of the server, or refuse to be.

import "./quiet-console.ts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { canRun, WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../whatsmeow.ts";
import { BaileysClient } from "./client.ts";
import { startWhatsAppServer, type WhatsAppServer } from "./index.ts";
import { makeServerIdentity } from "./noise/certificates.ts";
import { mendSignatures, trustRoot, unmendSignatures } from "./trust.ts";

const ANA = "15550000001";
const LEO = "15550000002";

let server: WhatsAppServer;
const running: { stop(): Promise<void> }[] = [];

beforeEach(async () => {
  server = await startWhatsAppServer();
  server.addAccount(ANA, "Ana");
  server.addAccount(LEO, "Leo");
  mendSignatures();
  trustRoot(server.root);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  await server.stop();
});

function baileys(): BaileysClient {
  const client = new BaileysClient(server);
  running.push({ stop: () => client.close() });
  return client;
}

const codes = (client: BaileysClient) =>
  client.told.flatMap((told) => (told.event === "closed" ? [told.code] : []));

describe("Baileys", () => {
  it("is linked by QR, connects again when it is told to (515), and has the history at once", async () => {
    const client = baileys();
    client.connect();
    server.scan(ANA, (await client.waitFor("qr")).qr);
    await client.open();
    expect(codes(client)).toEqual([515]);
    const account = server.account(ANA);
    expect(client.creds.me).toMatchObject({ id: `${ANA}:1@s.whatsapp.net`, lid: `${account.lid}:1@lid` });
    await client.waitFor("message", ({ message }) => message.message?.protocolMessage != null);
    expect(account.devices.get(1)?.bundle.left).toBeGreaterThan(800);
    expect(server.problems).toEqual([]);
  });

  it("is linked by a code that is typed on the phone", async () => {
    const client = baileys();
    client.connect();
    await client.waitFor("qr");
    const code = await client.socket.requestPairingCode(ANA);
    await server.enterCode(ANA, code);
    await client.open();
    expect(client.creds.me?.id).toBe(`${ANA}:1@s.whatsapp.net`);
    expect(server.problems).toEqual([]);
  });

  it("isn't linked by a wrong code: the phone can't open what it sends", async () => {
    const client = baileys();
    client.connect();
    await client.waitFor("qr");
    await client.socket.requestPairingCode(ANA, "AAAAAAAA");
    await server.enterCode(ANA, "BBBBBBBB");
    await server.traffic.waitFor(({ stanza }) => JSON.stringify(stanza).includes("companion_finish"));
    await expect.poll(() => server.problems).toHaveLength(1);
    expect(server.account(ANA).companions).toEqual([]);
  });

  for (const forgery of ["signature", "hmac"] as const) {
    it(`refuses a pairing with a forged ${forgery}`, async () => {
      const client = baileys();
      client.connect();
      server.scan(ANA, (await client.waitFor("qr")).qr, forgery);
      await client.waitFor("closed");
      expect(codes(client)).toEqual([500]);
      expect(server.account(ANA).companions).toEqual([]);
    });
  }

  it("takes a forged signature when its check isn't mended, which is why it has to be", async () => {
    unmendSignatures();
    const client = baileys();
    client.connect();
    server.scan(ANA, (await client.waitFor("qr")).qr, "signature");
    await client.open();
    expect(server.account(ANA).companions).toHaveLength(1);
  });

  it("refuses a server whose root isn't the one it trusts, and takes any when its check isn't mended", async () => {
    trustRoot(makeServerIdentity().root);
    const client = baileys();
    client.connect();
    await client.waitFor("closed");
    expect(codes(client)).toEqual([400]);
    unmendSignatures();
    const careless = baileys();
    careless.connect();
    await careless.waitFor("qr");
  });

  it("that was linked and is taken off by its owner gets 401, connected or when it comes back", async () => {
    const client = await BaileysClient.linked(server, ANA);
    running.push({ stop: () => client.close() });
    server.unlink(ANA, 1);
    await client.waitFor("closed", ({ code }) => code === 401);
    client.connect();
    await expect.poll(() => codes(client)).toEqual([515, 401, 401]);
  });
});

describe.runIf(canRun("whatsmeow"))("whatsmeow", () => {
  async function whatsmeow(): Promise<WhatsmeowPeer> {
    const peer = await WhatsmeowPeer.start(await buildWhatsmeow(WHATSMEOW_CACHE), server, "Leo");
    running.push(peer);
    return peer;
  }

  it("is linked by QR: it checks the certificate chain, the account's signature and the HMAC by itself", async () => {
    const peer = await WhatsmeowPeer.linked(await buildWhatsmeow(WHATSMEOW_CACHE), server, LEO, "Leo");
    running.push(peer);
    expect(await peer.run("me")).toMatchObject({ jid: `${LEO}:1@s.whatsapp.net`, loggedIn: true });
    await peer.waitFor("history", ({ type }) => type === "RECENT");
    expect(server.problems).toEqual([]);
  });

  it("is linked by a code that is typed on the phone", async () => {
    const peer = await whatsmeow();
    await peer.linkByCode(LEO);
    expect(await peer.run("me")).toMatchObject({ jid: `${LEO}:1@s.whatsapp.net` });
    expect(server.problems).toEqual([]);
  });

  for (const forgery of ["signature", "hmac"] as const) {
    it(`refuses a pairing with a forged ${forgery}`, async () => {
      const peer = await whatsmeow();
      await peer.run("connect");
      const { codes } = await peer.waitFor("qr");
      server.scan(LEO, String((codes as string[])[0]), forgery);
      await peer.waitFor("pair-error");
      expect(server.account(LEO).companions).toEqual([]);
    });
  }

  it("refuses a server whose root isn't the one it trusts", async () => {
    const other = { url: server.url, ca: server.ca, root: makeServerIdentity().root };
    const network = { ...other, scan: () => undefined, enterCode: async () => undefined };
    const peer = await WhatsmeowPeer.start(await buildWhatsmeow(WHATSMEOW_CACHE), network, "Leo");
    running.push(peer);
    await expect(peer.run("connect")).rejects.toThrow("failed to verify intermediate cert signature");
  });

  it("logs out, and its device is gone", async () => {
    const peer = await WhatsmeowPeer.linked(await buildWhatsmeow(WHATSMEOW_CACHE), server, LEO, "Leo");
    running.push(peer);
    await peer.run("logout");
    expect(server.account(LEO).companions).toEqual([]);
  });
});
