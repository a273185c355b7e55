// The search that the demo ends with: what it finds, and what it passes over on purpose.

import "../support/whatsapp/quiet-console.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { addresses, BOT, CAST, digits, WHATSAPP_NUMBER } from "../../demo/cast.ts";
import { FORMS } from "../../demo/forms.ts";
import { eventPlace, filePlace, requestPlace, submitPlace, textPlace } from "../../demo/places.ts";
import { foundOf, plant, scan } from "../../demo/scan.ts";
import { decryptedPlace, envelopePlace, stanzaPlace } from "../../demo/stanzas.ts";
import { textParts } from "../support/smsc-messages.ts";

const MXID = CAST.ana.mxid;
const PHONE = CAST.leo.phone;
const SECRETS = addresses();

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-scan-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Whose secrets are found in an event, a request or an SMS. */
const foundIn = (place: Parameters<typeof scan>[0][number]): readonly string[] => [
  ...new Set(scan([place], SECRETS).map(({ secret }) => secret)),
];
const submitOf = (from: string, to: string, text: string) =>
  textParts(from, to, text, 7).map((fields) => ({
    command: "submit_sm" as const,
    status: 0,
    sequence: 1,
    ...fields,
  }));

describe("the search", () => {
  test("finds each number and id in each form, in files, events, SMS, stanzas and messages, and takes none for another one", () => {
    const planted = plant(SECRETS, folder);
    expect(FORMS.length).toBeGreaterThanOrEqual(7);
    // 4 numbers in all forms; a LID in all but those of phone numbers; 2 ids, their local parts and a name as text, base64, hex, UTF-16.
    expect(planted).toHaveLength(5 * (4 * 12 + 9 + 5 * 5));
    expect(foundOf(planted, SECRETS)).toBe(planted.length);
    for (const { place, secret } of planted) {
      const [person] = secret.split("'");
      expect(foundIn(place).every((name) => name.startsWith(person ?? ""))).toBe(true);
    }
  });

  test("finds none of them where there is none", () => {
    expect(foundIn(filePlace(folder, "zeros", Buffer.alloc(100_000)))).toEqual([]);
    expect(
      foundIn(eventPlace("e", { sender: BOT, content: { body: "+1 202 555 0100, 12025550111" } })),
    ).toEqual([]);
  });

  test.each([0, 1, 2, 3])("finds base64 and hex that begin %i octets before the number", (before) => {
    for (const coding of ["base64", "base64url", "hex"] as const) {
      const text = Buffer.from(`${"x".repeat(before)}${PHONE}yz`).toString(coding);
      expect(foundIn(filePlace(folder, `f${before}${coding}`, Buffer.from(text)))).toEqual(["Leo's number"]);
    }
  });

  test("finds a LID as an integer of 56 and 64 bits", () => {
    for (const octets of [7, 8]) {
      const wide = Buffer.alloc(8);
      wide.writeBigUInt64BE(BigInt(CAST.ana.lid));
      const big = wide.subarray(8 - octets);
      for (const content of [big, Buffer.from(big).reverse()])
        expect(foundIn(filePlace(folder, `l${octets}`, content))).toEqual(["Ana's LID"]);
    }
  });

  test("finds integers of 40, 48 and 64 bits", () => {
    for (const octets of [5, 6]) {
      const [little, big] = [Buffer.alloc(octets), Buffer.alloc(octets)];
      little.writeUIntLE(Number(PHONE), 0, octets);
      big.writeUIntBE(Number(PHONE), 0, octets);
      for (const content of [little, big])
        expect(foundIn(filePlace(folder, `i${octets}`, content))).toEqual(["Leo's number"]);
    }
  });
});

describe("a Matrix id at its own homeserver", () => {
  test("may stand as who sent an event, and as whose membership it is", () => {
    const invite = { type: "m.room.member", sender: BOT, state_key: MXID, content: { membership: "invite" } };
    expect(foundIn(eventPlace("invite", invite))).toEqual([]);
    expect(foundIn(eventPlace("text", { type: "m.room.message", sender: MXID, content: {} }))).toEqual([]);
  });

  test("is found everywhere else in an event", () => {
    const both = ["Ana's Matrix id", "Ana's local part"];
    for (const event of [
      { type: "m.room.topic", sender: BOT, state_key: MXID, content: {} },
      { type: "m.room.member", sender: BOT, state_key: "", content: { sender: MXID } },
      { type: "m.room.power_levels", sender: BOT, state_key: "", content: { users: { [MXID]: 50 } } },
      { type: "m.room.message", sender: `${MXID} `, content: {} },
    ])
      expect(foundIn(eventPlace("elsewhere", event))).toEqual(both);
  });

  test("may be invited by a request, and be in nothing else of it", () => {
    const start = "/_matrix/client/v3";
    const create = { method: "POST", url: `${start}/createRoom?user_id=${BOT}`, body: { invite: [MXID] } };
    expect(foundIn(requestPlace(create, 1))).toEqual([]);
    const invite = { method: "POST", url: `${start}/rooms/!a/invite`, body: { user_id: MXID } };
    expect(foundIn(requestPlace(invite, 1))).toEqual([]);
    for (const request of [
      { ...create, body: { name: MXID } },
      { ...create, url: `${start}/profile/${MXID}`, body: undefined },
      { ...invite, body: { user_id: MXID, reason: PHONE } },
    ])
      expect(foundIn(requestPlace(request, 1))).not.toEqual([]);
  });
});

describe("an SMS", () => {
  test("may have the number that it goes to as its destination", () => {
    const [submit] = submitOf("+12025550100", PHONE, "hello");
    expect(submit && foundIn(submitPlace(submit, 1))).toEqual([]);
  });

  test("may have it nowhere else, nor anybody else's", () => {
    for (const [from, text] of [
      ["+12025550100", `call ${PHONE}`],
      [PHONE, "hello"],
      ["+12025550100", "Grüße 😀 (202) 555-0123"],
    ] as const) {
      const [submit] = submitOf(from, PHONE, text);
      expect(submit && foundIn(submitPlace(submit, 1))).toEqual(["Leo's number"]);
    }
  });

  test("may not have it over two parts", () => {
    const text = `${"a".repeat(150)}${PHONE}`;
    const parts = submitOf("+12025550100", "+12025550199", text);
    expect(parts.length).toBe(2);
    expect(parts.flatMap((part) => foundIn(submitPlace(part, 1)))).toEqual([]);
    const whole = { from: "+12025550100", to: "", text, parts: 2, ids: [], dataCoding: 0, at: 0 };
    expect(foundIn(textPlace(whole, 1))).toEqual(["Leo's number"]);
  });
});

describe("a stanza to WhatsApp", () => {
  const { lid, phone } = CAST.ana;
  const [byLid, byNumber] = [`${lid}:1@lid`, `${digits(phone)}@s.whatsapp.net`];
  const message = (attrs: Record<string, string>, inside: Record<string, string> = {}) => ({
    tag: "message",
    attrs: { id: "A", ...attrs },
    content: [{ tag: "participants", attrs: {}, content: [{ tag: "to", attrs: inside }] }],
  });

  test("may name the person whom it is for, and each of their devices that a part is encrypted for", () => {
    for (const jid of [byLid, byNumber])
      expect(foundIn(stanzaPlace(message({ to: jid }, { jid }), 1))).toEqual([]);
  });

  test("may ask for the devices and the keys of a person", () => {
    const user = { tag: "user", attrs: { jid: byLid } };
    for (const tag of ["list", "key"])
      expect(
        foundIn(stanzaPlace({ tag: "iq", attrs: {}, content: [{ tag, attrs: {}, content: [user] }] }, 1)),
      ).toEqual([]);
  });

  test("may name nobody in any other field, and have nothing but a JID in these", () => {
    for (const [attrs, inside] of [
      [{ to: "1@lid", participant: byLid }, {}],
      [{ to: "1@lid", notify: lid }, {}],
      [{ to: lid }, {}],
      [{ to: `${byLid} ` }, {}],
      [{ to: byLid }, { jid: byLid, name: lid }],
    ] as const)
      expect(foundIn(stanzaPlace(message(attrs, inside), 1))).toEqual(["Ana's LID"]);
  });

  test("may not have a number among its octets", () => {
    const content = Buffer.from(`x${phone}y`);
    expect(foundIn(stanzaPlace({ tag: "iq", attrs: {}, content }, 1))).toEqual(["Ana's number"]);
  });
});

describe("a message on WhatsApp", () => {
  const key = { id: "A", remoteJid: `${digits(WHATSAPP_NUMBER)}@s.whatsapp.net` };

  test("may come from the bridge, and name nobody else in its envelope, its text or what it quotes", () => {
    const envelope = { tag: "message", attrs: { from: key.remoteJid, notify: "The bridge" } };
    expect(foundIn(envelopePlace(envelope, 1))).toEqual([]);
    expect(foundIn(decryptedPlace({ key, message: { conversation: "hello" } }, 1))).toEqual([]);
    const sender_pn = `${digits(PHONE)}@s.whatsapp.net`;
    expect(foundIn(envelopePlace({ ...envelope, attrs: { ...envelope.attrs, sender_pn } }, 1))).toEqual([
      "Leo's number",
    ]);
    const quoting = { text: "yes", contextInfo: { participant: sender_pn } };
    for (const message of [{ conversation: `call ${PHONE}` }, { extendedTextMessage: quoting }])
      expect(foundIn(decryptedPlace({ key, message }, 1))).toEqual(["Leo's number"]);
  });
});
