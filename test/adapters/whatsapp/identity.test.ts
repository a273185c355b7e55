// A message is told from all others by its chat and the id that its sender chose.

import { expect, it } from "vitest";
import { Words } from "../../../adapters/whatsapp/inbound/heard.ts";
import { WhatsAppInbox } from "../../../adapters/whatsapp/inbound/inbox.ts";
import { Rooms } from "../../../adapters/whatsapp/inbound/rooms.ts";
import { PeopleNotes } from "../../../adapters/whatsapp/notes.ts";
import { People } from "../../../adapters/whatsapp/people.ts";
import { MemoryHost } from "../../support/account-host.ts";

const OWN = { number: "+15550000001", phone: "+15550000001", lid: "11111111111111@lid" };
const LEO = "98765432101234@lid";
const MIA = "98765432105678@lid";

/** An account's inbox, and the texts that the house has after it. */
function inbox() {
  const host = new MemoryHost();
  const notes = new PeopleNotes(host.storage);
  const nobody = async () => undefined;
  const people = new People({
    ...{ lidOf: nobody, phoneOf: nobody },
    goesByPhone: (phone) => notes.goesByPhone(phone),
    nameByPhone: (phone) => notes.nameByPhone(phone),
  });
  const rooms = new Rooms({
    ...{ own: () => OWN, people },
    groups: { mayBeOurs: async () => false, of: async () => undefined },
  });
  const it = new WhatsAppInbox({ host, own: () => OWN, rooms, notes, words: new Words() });
  const come = (from: string, id: string, text: string) =>
    it.take({ tag: "message", attrs: { from, id, t: "1799999990" } }, 1, { conversation: text });
  return { come, texts: () => host.texts() };
}

it("two people may choose the same id: both are heard", async () => {
  const { come, texts } = inbox();
  await come(`${LEO}`, "3EB0AA", "from Leo");
  await come(`${MIA}`, "3EB0AA", "from Mia");
  expect(texts()).toEqual(["from Leo", "from Mia"]);
});

it("another id of the same person is another message", async () => {
  const { come, texts } = inbox();
  await come(LEO, "3EB0AA", "one");
  await come(LEO, "3EB0AB", "two");
  expect(texts()).toEqual(["one", "two"]);
});

it("the same message again, from another of their devices' names or not, is taken once", async () => {
  const { come, texts } = inbox();
  await come(LEO, "3EB0AA", "once");
  await come(LEO.replace("@", ":2@"), "3EB0AA", "once");
  expect(texts()).toEqual(["once"]);
});
