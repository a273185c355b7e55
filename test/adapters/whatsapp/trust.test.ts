// Who may be the server, and who may link us.

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Curve, proveSignatures } from "../../../adapters/whatsapp/baileys.ts";
import { mendSignatures } from "../../../adapters/whatsapp/signatures.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { DurableClient } from "./durable-client.ts";

const ANA = "15550000001";
let server: WhatsAppServer;

beforeAll(async () => {
  server = await startWhatsAppServer();
  server.addAccount(ANA, "Ana");
});
afterAll(() => server.stop());
afterEach(() => mendSignatures(Curve));

/** As baileys checks a signature when nobody mends it: anything passes. */
function unmend(): void {
  Curve.verify = () => true;
}

describe("the check of signatures", () => {
  it("is proved as it is", () => {
    expect(proveSignatures).not.toThrow();
  });

  it("isn't proved when anything passes, nor when nothing does", () => {
    unmend();
    expect(proveSignatures).toThrow("a garbage signature passes");
    Curve.verify = () => false;
    expect(proveSignatures).toThrow("a genuine signature is refused");
  });

  it("isn't proved when something but garbage passes: a changed signature, another key's, another message's", () => {
    const genuine = Curve.verify;
    const isGarbage = (signature: Uint8Array): boolean => signature.every((octet) => octet === 9);
    const seen: Uint8Array[] = [];
    Curve.verify = (_, __, signature) => !isGarbage(signature);
    expect(proveSignatures).toThrow("a changed signature passes");
    // It refuses the first two of the four wrong ones, and takes the third.
    Curve.verify = (key, message, signature) => {
      seen.push(signature);
      return seen.length === 3 || genuine(key, message, signature);
    };
    expect(proveSignatures).toThrow("a signature by another key passes");
    seen.length = 0;
    Curve.verify = (key, message, signature) => {
      seen.push(signature);
      return seen.length === 4 || genuine(key, message, signature);
    };
    expect(proveSignatures).toThrow("a signature of another message passes");
  });
});

describe("a server", () => {
  async function codeOf(): Promise<number | undefined> {
    const client = await DurableClient.on(server, new MemoryStorage());
    client.connect();
    try {
      const first = await Promise.race([client.waitFor("closed"), client.waitFor("qr")]);
      return first.event === "closed" ? first.code : undefined;
    } finally {
      await client.close();
    }
  }

  it("with another root than WhatsApp's is refused", async () => {
    expect(await codeOf()).toBe(400);
  });

  it("would be taken if nobody mended the check: the test can fail", async () => {
    unmend();
    expect(await codeOf()).toBeUndefined();
  });
});

describe("a pairing", () => {
  beforeAll(() => trustRoot(server.root));

  async function pair(
    forgery?: "signature" | "hmac",
  ): Promise<{ code: number | undefined; isPaired: boolean }> {
    const client = await DurableClient.on(server, new MemoryStorage());
    client.connect();
    server.scan(ANA, (await client.waitFor("qr")).qr, forgery);
    const { code } = await client.waitFor("closed");
    const { isPaired } = client.auth;
    if (isPaired) await client.open();
    await client.close();
    return { code, isPaired };
  }

  it("that is genuine links us (515: connect again)", async () => {
    expect(await pair()).toEqual({ code: 515, isPaired: true });
  });

  for (const forgery of ["signature", "hmac"] as const) {
    it(`with a forged ${forgery} links nobody`, async () => {
      expect(await pair(forgery)).toEqual({ code: 500, isPaired: false });
    });
  }

  it("with a forged signature would link us if nobody mended the check: the test can fail", async () => {
    unmend();
    expect(await pair("signature")).toEqual({ code: 515, isPaired: true });
  });
});
