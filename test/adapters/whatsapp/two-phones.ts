// What the tests of an account's connection and of its pairing begin and end with.

import { expect } from "vitest";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { mendSignatures, trustRoot } from "../../support/whatsapp/trust.ts";
import { Kept } from "./keeping.ts";

export const ANA = "15550000001";
export const LEO = "15550000002";

/** A server that this process trusts, with both phones. */
export async function serverOfTwo(): Promise<WhatsAppServer> {
  const server = await startWhatsAppServer();
  server.addAccount(ANA, "Ana");
  server.addAccount(LEO, "Leo");
  mendSignatures();
  trustRoot(server.root);
  return server;
}

/** Ends what a test began, and looks for numbers in what was logged and said. */
export async function endAll(running: { stop(): Promise<void> }[], server: WhatsAppServer): Promise<void> {
  const ended = running.splice(0);
  await Promise.all(ended.map((one) => one.stop()));
  await server.stop();
  const said = ended.map((one) => (one instanceof Kept ? [one.logs, one.remedies] : []));
  expect(JSON.stringify(said)).not.toMatch(/\d{5}/); // no number, no code, no LID
}
