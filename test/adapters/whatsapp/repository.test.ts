import { describe, expect, it } from "vitest";
import { openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import { Curve, type LIDMapping, signedKeyPair } from "../../../adapters/whatsapp/baileys.ts";
import { durableRepository } from "../../../adapters/whatsapp/signal/repository.ts";
import { StanzaBook } from "../../../adapters/whatsapp/signal/stanzas.ts";
import { patientLookup } from "../../../adapters/whatsapp/signal/unanswered.ts";
import { MINUTE } from "../../../src/model/index.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";
import { SILENT } from "./durable-client.ts";

const JID = "77@lid";

async function repository() {
  const storage = new MemoryStorage();
  const { creds, keys } = (await openAuth(storage)).state;
  const clock = fakeClock();
  const book = new StanzaBook({ inbox: { take: async () => undefined }, clock });
  return durableRepository({ keys, book, clock })({ creds, keys }, SILENT);
}

/** What a server says of a device. */
function bundle() {
  const identity = Curve.generateKeyPair();
  const signed = signedKeyPair(identity, 1);
  const typed = (key: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(5), key]);
  return {
    registrationId: 7,
    identityKey: typed(identity.public),
    signedPreKey: { keyId: 1, publicKey: typed(signed.keyPair.public), signature: signed.signature },
    preKey: { keyId: 2, publicKey: typed(Curve.generateKeyPair().public) },
  };
}

describe("a session with a device", () => {
  it("begins with the prekey that the device signed", async () => {
    const made = await repository();
    await made.injectE2ESession({ jid: JID, session: bundle() });
    expect(await made.validateSession(JID)).toEqual({ exists: true });
    expect((await made.encryptMessage({ jid: JID, data: Buffer.from("hi") })).type).toBe("pkmsg");
  });

  it("doesn't begin with a prekey that somebody else put in its place", async () => {
    const made = await repository();
    const forged = { ...bundle(), signedPreKey: bundle().signedPreKey };
    await expect(made.injectE2ESession({ jid: JID, session: forged })).rejects.toThrow("isn't signed");
    expect((await made.validateSession(JID)).exists).toBe(false);
  });
});

describe("somebody's LID", () => {
  it("isn't asked for again for a minute when the server has none", async () => {
    const clock = fakeClock();
    const asked: string[][] = [];
    const known: LIDMapping = { pn: "1@s.whatsapp.net", lid: "11@lid" };
    const lookup = patientLookup(async (numbers) => {
      asked.push(numbers);
      return numbers.includes(known.pn) ? [known] : [];
    }, clock);
    expect(await lookup([known.pn, "2@s.whatsapp.net"])).toEqual([known]);
    expect(await lookup(["2@s.whatsapp.net"])).toBeUndefined();
    expect(await lookup([known.pn, "2@s.whatsapp.net"])).toEqual([known]);
    clock.advance(MINUTE);
    await lookup(["2@s.whatsapp.net"]);
    expect(asked).toEqual([[known.pn, "2@s.whatsapp.net"], [known.pn], ["2@s.whatsapp.net"]]);
  });
});
