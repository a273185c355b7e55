// Alone in its file: the root is looked at when the adapter is loaded.

import "../../support/whatsapp/quiet-console.ts";
import { WA_CERT_DETAILS } from "baileys";
import { expect, it } from "vitest";

it("a baileys that trusts another root than WhatsApp's is refused, whatever it trusts later", async () => {
  const genuine = Buffer.from(WA_CERT_DETAILS.PUBLIC_KEY);
  WA_CERT_DETAILS.PUBLIC_KEY = Buffer.alloc(32, 7);
  const { proveSignatures } = await import("../../../adapters/whatsapp/baileys.ts");
  expect(proveSignatures).toThrow("another root than WhatsApp's");
  WA_CERT_DETAILS.PUBLIC_KEY = genuine;
  expect(proveSignatures).toThrow("another root than WhatsApp's");
});
