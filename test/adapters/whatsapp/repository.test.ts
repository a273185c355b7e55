import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import {
  Curve,
  encodeWAMessage,
  type LIDMapping,
  proto,
  signedKeyPair,
} from "../../../adapters/whatsapp/baileys.ts";
import { durableRepository } from "../../../adapters/whatsapp/signal/repository.ts";
import { StanzaBook } from "../../../adapters/whatsapp/signal/stanzas.ts";
import { patientLookup } from "../../../adapters/whatsapp/signal/unanswered.ts";
import { MINUTE } from "../../../src/model/index.ts";
import { clock } from "../../support/account-host.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";
import { SILENT, SlowStorage, slowDown } from "./durable-client.ts";

const JID = "77@lid";

async function repository() {
  const storage = new MemoryStorage();
  const { creds, keys } = (await openAuth(storage)).state;
  const book = new StanzaBook({ inbox: { take: async () => undefined }, clock });
  return durableRepository({ keys, book, clock })({ creds, keys }, SILENT);
}

/** A public key as libsignal has it. */
function typed(key: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(5), key]);
}

/** What a server says of a device. */
function bundle() {
  const identity = Curve.generateKeyPair();
  const signed = signedKeyPair(identity, 1);
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

describe("two accounts in one process, to whom one person writes at a time", () => {
  /** An account, its address, and whether a session of it was stored when the inbox got something. */
  async function party(jid: string) {
    const storage = new SlowStorage();
    const { creds, keys } = (await openAuth(storage)).state;
    slowDown(keys);
    const sessions = (): number =>
      [...storage.records.keys()].filter((name) => name.includes(" session ")).length;
    const before: number[] = [];
    const inbox = { take: async () => void before.push(sessions()) };
    const book = new StanzaBook({ inbox, clock });
    const repository = durableRepository({ keys, book, clock })({ creds, keys }, SILENT);
    return { jid, creds, repository, before, sessions, line: new EventEmitter(), book };
  }

  it("each keep the message before the session moves on", async () => {
    const [sender, ...receivers] = await Promise.all(["77@lid", "1@lid", "2@lid"].map(party));
    if (sender === undefined) throw new Error("there are three");
    const opened = receivers.map(async ({ jid, creds, repository, book, line }) => {
      const signed = creds.signedPreKey;
      await sender.repository.injectE2ESession({
        jid,
        session: {
          registrationId: creds.registrationId,
          identityKey: typed(creds.signedIdentityKey.public),
          signedPreKey: {
            keyId: signed.keyId,
            publicKey: typed(signed.keyPair.public),
            signature: signed.signature,
          },
        },
      });
      const data = encodeWAMessage(proto.Message.fromObject({ conversation: "hello" }));
      const { ciphertext } = await sender.repository.encryptMessage({ jid, data });
      return () => {
        const stanza = {
          tag: "message",
          attrs: { id: "A", from: sender.jid },
          content: [{ tag: "enc", attrs: { type: "pkmsg" }, content: ciphertext }],
        };
        const { promise, resolve } = Promise.withResolvers<Uint8Array>();
        line.on("CB:message", () =>
          repository.decryptMessage({ jid: sender.jid, type: "pkmsg", ciphertext }).then(resolve),
        );
        book.watch(Object.assign(line, { close: () => undefined }));
        line.emit("CB:message", stanza);
        return promise;
      };
    });
    await Promise.all((await Promise.all(opened)).map((open) => open()));
    expect(receivers.map(({ before }) => before)).toEqual([[0], [0]]);
    expect(receivers.map(({ sessions }) => sessions())).toEqual([1, 1]);
  });
});

describe("somebody's LID", () => {
  it("isn't asked for again for a minute when the server has none", async () => {
    const time = fakeClock();
    const asked: string[][] = [];
    const known: LIDMapping = { pn: "1@s.whatsapp.net", lid: "11@lid" };
    const lookup = patientLookup(async (numbers) => {
      asked.push(numbers);
      return numbers.includes(known.pn) ? [known] : [];
    }, time);
    expect(await lookup([known.pn, "2@s.whatsapp.net"])).toEqual([known]);
    expect(await lookup(["2@s.whatsapp.net"])).toBeUndefined();
    expect(await lookup([known.pn, "2@s.whatsapp.net"])).toEqual([known]);
    time.advance(MINUTE);
    await lookup(["2@s.whatsapp.net"]);
    expect(asked).toEqual([[known.pn, "2@s.whatsapp.net"], [known.pn], ["2@s.whatsapp.net"]]);
  });
});
