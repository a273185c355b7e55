import { describe, expect, it } from "vitest";
import { PeopleNotes } from "../../../adapters/whatsapp/notes.ts";
import { addressOf, canonicalAddress, jidOf, People } from "../../../adapters/whatsapp/people.ts";
import { chatOf, portalOfChat, portalRef, readPortal } from "../../../adapters/whatsapp/portal.ts";
import { messageRef, readRef, stanzaId } from "../../../adapters/whatsapp/refs.ts";
import { sensitive } from "../../../src/model/index.ts";
import { deliveryId } from "../../support/account-host.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";

const LID = "98765432101234@lid";
const PHONE = "+15550000002";
const PHONE_JID = "15550000002@s.whatsapp.net";

describe("a JID", () => {
  it.each([
    [PHONE_JID, PHONE],
    ["15550000002:7@s.whatsapp.net", PHONE],
    ["15550000002@c.us", PHONE],
    ["15550000002:99@hosted", PHONE],
    [LID, LID],
    ["98765432101234:3@lid", LID],
    ["98765432101234:99@hosted.lid", LID],
    ["120363041234567890@g.us", undefined],
    ["status@broadcast", undefined],
    ["120363041234567890@newsletter", undefined],
    ["s.whatsapp.net", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("%s is the address %s", (jid, address) => {
    expect(addressOf(jid)).toBe(address);
  });

  it.each([
    [PHONE, PHONE_JID],
    [LID, LID],
    ["15550000002", undefined],
    ["+1555x", undefined],
    ["120363041234567890@g.us", undefined],
  ])("that reaches %s is %s", (address, jid) => {
    expect(jidOf(address)).toBe(jid);
  });

  it.each([
    [" +1 555 000 0002 ", PHONE],
    [` ${LID} `, LID],
    ["15550000002", undefined],
    [PHONE_JID, undefined],
    ["@", undefined],
    ["+", undefined],
  ])("%j stands in a config for %s", (text, address) => {
    expect(canonicalAddress(text)).toBe(address);
  });
});

/** People, with what Baileys knows of LIDs. */
function people(known: Readonly<Record<string, string>> = {}, storage = new MemoryStorage()) {
  const notes = new PeopleNotes(storage);
  const lids = { ...known };
  const book = {
    lidOf: async (jid: string) => lids[jid],
    phoneOf: async (lid: string) =>
      Object.entries(lids).find(([, one]) => one.startsWith(lid.split("@")[0] ?? ""))?.[0],
    goesByPhone: (phone: string) => notes.goesByPhone(phone),
    nameByPhone: (phone: string) => notes.nameByPhone(phone),
  };
  const all = new People(book);
  const of = async (jid: string, other?: string) => {
    const person = await all.of(jid, other);
    return person && [person.address.expose(), person.also?.expose()];
  };
  return { of, lids, storage };
}

describe("a person", () => {
  it("goes by the LID, and the number is the other form, whichever a stanza has first", async () => {
    const { of } = people();
    expect(await of(LID, PHONE_JID)).toEqual([LID, PHONE]);
    expect(await of("15550000002:3@s.whatsapp.net", "98765432101234:3@lid")).toEqual([LID, PHONE]);
  });

  it("goes by the LID alone where nobody is told the number", async () => {
    expect(await people().of(LID)).toEqual([LID, undefined]);
  });

  it("goes by the LID that Baileys knows where a stanza has only the number", async () => {
    expect(await people({ [PHONE_JID]: "98765432101234:0@lid" }).of(PHONE_JID)).toEqual([LID, PHONE]);
  });

  it("who was first met by number alone stays the same person when the LID becomes known, over a restart too", async () => {
    const first = people();
    expect(await first.of(PHONE_JID)).toEqual([PHONE, undefined]);
    expect(await first.of(LID, PHONE_JID)).toEqual([PHONE, LID]);
    const second = people({}, first.storage);
    expect(await second.of(LID, PHONE_JID)).toEqual([PHONE, LID]);
    expect(await second.of(PHONE_JID, LID)).toEqual([PHONE, LID]);
    // A receipt has the LID alone.
    expect(await people({ [PHONE_JID]: LID }, first.storage).of(LID)).toEqual([PHONE, LID]);
  });

  it("is nobody behind a group's JID", async () => {
    expect(await people().of("120363041234567890@g.us")).toBeUndefined();
  });
});

describe("names of our own", () => {
  it("a portal is read as it was written, and nothing else is one", () => {
    const portal = { number: "+15550000001", to: LID };
    expect(readPortal(portalRef(portal))).toEqual(portal);
    expect(portalOfChat(chatOf(portal))).toEqual(portal);
    for (const odd of ["", "null", "{}", "[]", '["+1"]', '{"number":"+1","to":"x"}', '{"number":1,"to":2}']) {
      expect(readPortal(sensitive(odd))).toBeUndefined();
      expect(portalOfChat(sensitive(odd))).toBeUndefined();
    }
  });

  it("a ref says who wrote the message, so that one side's never names the other's", () => {
    const theirs = { with: LID, author: "them", id: "M1" } as const;
    expect(readRef(messageRef(theirs))).toEqual(theirs);
    expect(messageRef(theirs).expose()).not.toBe(messageRef({ ...theirs, author: "us" }).expose());
    for (const odd of ["", "{}", "[1,2,3]", '["a","b","c"]']) expect(readRef(sensitive(odd))).toBeUndefined();
  });

  it("a message's id is its delivery's, and looks as WhatsApp's do", () => {
    const id = deliveryId();
    expect(stanzaId(id)).toMatch(/^3EB0[0-9A-F]{18}$/);
    expect(stanzaId(id)).toBe(stanzaId(id));
    expect(stanzaId(id)).not.toBe(stanzaId(deliveryId()));
  });
});
