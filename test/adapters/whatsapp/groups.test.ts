import { describe, expect, it } from "vitest";
import type { BinaryNode } from "../../../adapters/whatsapp/baileys.ts";
import { type Begun, GroupBook, type GroupEntry } from "../../../adapters/whatsapp/groups/book.ts";
import { isHalfMade } from "../../../adapters/whatsapp/groups/half-made.ts";
import type { GroupInfo } from "../../../adapters/whatsapp/groups/info.ts";
import type { GroupParts } from "../../../adapters/whatsapp/groups/parts.ts";
import { GroupQueries, QueryRefused, QueryUnanswered } from "../../../adapters/whatsapp/groups/queries.ts";
import { subjectOf } from "../../../adapters/whatsapp/groups/subject.ts";
import { People } from "../../../adapters/whatsapp/people.ts";
import { chatOf, portalOfChat, portalRef, readPortal } from "../../../adapters/whatsapp/portal.ts";
import { DAY, MINUTE, SECOND, sensitive } from "../../../src/model/index.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";

const US = "11111111111111@lid";
const OWN = { number: "+15550000001", phone: "+15550000001", lid: US };
const LEO = "98765432101234@lid";
const LEO_PHONE = "15550000002@s.whatsapp.net";
const CARA = "98765432105555@lid";
const GROUP = "120363041234567890@g.us";
const NOW = 1_800_000_000_000;

const entry: GroupEntry = { alias: "abc", group: GROUP, to: LEO, also: [] };
const begun: Begun = { alias: "abc", to: LEO, subject: "Amber Fox", at: NOW };

describe("a group's subject", () => {
  it("is the title, or the name where there is none", () => {
    expect(subjectOf({ name: "Amber Fox", title: "Amber Fox · bike" })).toBe("Amber Fox · bike");
    expect(subjectOf({ name: "Amber Fox" })).toBe("Amber Fox");
  });

  it("is cut where it is too long, between two signs that people see", () => {
    const family = "👩‍👩‍👧‍👦";
    const cut = subjectOf({ name: family.repeat(20) });
    expect(cut).toBe(family.repeat(9));
    expect(cut.length).toBeLessThanOrEqual(100);
    expect(subjectOf({ name: "a".repeat(101) })).toBe("a".repeat(100));
  });
});

describe("a group's portal", () => {
  const portal = { number: OWN.number, to: LEO, group: GROUP };

  it("is read as it was written, and no other is", () => {
    expect(readPortal(portalRef(portal))).toEqual(portal);
    for (const group of ["1@lid", "120363041234567890", "status@broadcast", 7, null])
      expect(readPortal(sensitive(JSON.stringify({ ...portal, group })))).toBeUndefined();
  });

  it("has a lane of its own, which is no chat of two", () => {
    const two = chatOf({ number: OWN.number, to: LEO });
    expect(chatOf(portal).expose()).not.toBe(two.expose());
    expect(portalOfChat(two)).toEqual({ number: OWN.number, to: LEO });
    expect(portalOfChat(chatOf(portal))).toBeUndefined();
  });
});

describe("the book of groups", () => {
  it("finds a group by its alias and an alias by its group, in the next process too, until it is forgotten", async () => {
    const storage = new MemoryStorage();
    await new GroupBook(storage).keep(entry);
    const book = new GroupBook(storage);
    expect([await book.ofAlias("abc"), await book.ofGroup(GROUP)]).toEqual([entry, entry]);
    await book.forget(entry);
    expect([await book.ofAlias("abc"), await book.ofGroup(GROUP)]).toEqual([undefined, undefined]);
    expect(storage.records.size).toBe(0);
  });

  it("knows that a group has become ours which it said was none before", async () => {
    const book = new GroupBook(new MemoryStorage());
    expect(await book.ofGroup(GROUP)).toBeUndefined();
    await book.keep(entry);
    expect(await book.ofGroup(GROUP)).toEqual(entry);
  });

  it("keeps what was begun until it is there, or nothing came of it, or for a week", async () => {
    const storage = new MemoryStorage();
    const book = new GroupBook(storage);
    await Promise.all(["abc", "def", "ghi"].map((alias) => book.begin({ ...begun, alias })));
    const aliases = async () => (await new GroupBook(storage).begun()).map(({ alias }) => alias);
    expect(await aliases()).toEqual(["abc", "def", "ghi"]);
    await Promise.all([book.keep(entry), book.drop("def")]);
    expect(await aliases()).toEqual(["ghi"]);
    await book.begin({ ...begun, alias: "jkl", at: NOW + 7 * DAY });
    expect(await aliases()).toEqual(["jkl"]);
  });

  it("shows no address and no group in a name", async () => {
    const storage = new MemoryStorage();
    const book = new GroupBook(storage);
    await book.begin(begun);
    await book.keep(entry);
    await book.begin({ ...begun, alias: "def" });
    const plain = [...storage.records.keys()].filter((name) => !name.startsWith("#"));
    expect(plain).toHaveLength(2);
    expect(plain.join()).not.toMatch(/\d{5}|@/);
  });

  it("says nothing was begun or kept that couldn't be stored", async () => {
    let isAway = true;
    const storage = new MemoryStorage(new Map(), undefined, async () => {
      if (isAway) throw new Error("away");
    });
    const book = new GroupBook(storage);
    await expect(book.begin(begun)).rejects.toThrow("away");
    await expect(book.keep(entry)).rejects.toThrow("away");
    expect([await book.begun(), await book.ofGroup(GROUP)]).toEqual([[], undefined]);
    isAway = false;
    await book.begin(begun);
    expect(await book.begun()).toEqual([begun]);
  });
});

describe("a group that was half made", () => {
  const info: GroupInfo = {
    group: GROUP,
    subject: "Amber Fox",
    created: NOW + SECOND,
    creator: US,
    members: [{ jid: US }, { jid: LEO, otherJid: LEO_PHONE }],
    isLocked: true,
    onlyAdminsAdd: false,
    timer: undefined,
    byLid: true,
  };

  async function isIt(change: Partial<GroupInfo>, one = begun, kept?: GroupEntry): Promise<boolean> {
    const book = new GroupBook(new MemoryStorage());
    if (kept !== undefined) await book.keep(kept);
    const unknown = async () => undefined;
    const none = { goesByPhone: async () => false, nameByPhone: unknown };
    const people = new People({ lidOf: unknown, phoneOf: unknown, ...none });
    const parts: Pick<GroupParts, "own" | "people" | "book"> = { own: () => OWN, people, book };
    return isHalfMade({ ...info, ...change }, one, parts);
  }

  it("is one that we made since then, called so, with its person or without", async () => {
    expect(await isIt({})).toBe(true);
    expect(await isIt({ members: [{ jid: US }] })).toBe(true);
    expect(await isIt({ members: [{ jid: "15550000001@s.whatsapp.net" }, { jid: LEO }] })).toBe(true);
    expect(await isIt({ creator: "15550000001@s.whatsapp.net" })).toBe(true);
    // Their number is the address that they go by.
    expect(await isIt({}, { ...begun, to: "+15550000002" })).toBe(true);
    // WhatsApp's clock is behind ours.
    expect(await isIt({ created: NOW - 4 * MINUTE })).toBe(true);
  });

  it.each<[string, Partial<GroupInfo>]>([
    ["was made before", { created: NOW - 6 * MINUTE }],
    ["says no time", { created: Number.NaN }],
    ["is called otherwise", { subject: "Blue Heron" }],
    ["somebody else made", { creator: LEO }],
    ["nobody is said to have made", { creator: undefined }],
    ["has somebody else in it", { members: [{ jid: US }, { jid: LEO }, { jid: CARA }] }],
    ["is somebody else's", { members: [{ jid: US }, { jid: CARA }] }],
  ])("isn't one that %s", async (_, change) => {
    expect(await isIt(change)).toBe(false);
  });

  it("isn't one that an alias has", async () => {
    expect(await isIt({}, begun, { ...entry, alias: "def" })).toBe(false);
  });
});

describe("what is asked about groups", () => {
  const answering = (answer: () => Promise<BinaryNode | undefined>) => new GroupQueries({ query: answer });
  const result = (...content: BinaryNode[]): BinaryNode => ({
    tag: "iq",
    attrs: { type: "result" },
    content,
  });

  it("is refused with the server's code", async () => {
    const error = Object.assign(new Error("rate-overlimit"), { data: 429 });
    const queries = answering(() => Promise.reject(error));
    const refusal = await queries.create("a", LEO, "KEY").catch((reason: unknown) => reason);
    expect(refusal).toBeInstanceOf(QueryRefused);
    expect((refusal as QueryRefused).code).toBe("429");
    expect((refusal as QueryRefused).message).not.toContain("rate-overlimit");
  });

  it.each<[string, () => Promise<BinaryNode | undefined>]>([
    ["no answer came in time", async () => undefined],
    ["the connection broke", () => Promise.reject(Object.assign(new Error("closed"), { data: null }))],
    ["the answer is empty", async () => result()],
  ])("is unanswered, and never taken for none, when %s", async (_, answer) => {
    await expect(answering(answer).all()).rejects.toThrow(QueryUnanswered);
    await expect(answering(answer).create("a", LEO, "KEY")).rejects.toThrow(QueryUnanswered);
  });

  it("is waited for no longer than the try lasts", async () => {
    const stopping = new AbortController();
    const queries = new GroupQueries({ query: () => new Promise(() => undefined) }, stopping.signal);
    const asked = queries.leave(GROUP);
    stopping.abort();
    await expect(asked).rejects.toThrow(QueryUnanswered);
  });

  it("says of a group all that is looked at, and who can't be put into it", async () => {
    const group = {
      tag: "group",
      attrs: { id: GROUP.replace("@g.us", ""), subject: "s", creation: "1800000000", addressing_mode: "lid" },
      content: [
        { tag: "participant", attrs: { jid: LEO, phone_number: LEO_PHONE, error: "403" } },
        { tag: "locked", attrs: {} },
        { tag: "member_add_mode", attrs: {}, content: Buffer.from("admin_add") },
        { tag: "ephemeral", attrs: { expiration: "86400" } },
      ],
    };
    expect(await answering(async () => result(group)).info(GROUP)).toEqual({
      group: GROUP,
      subject: "s",
      created: NOW,
      creator: undefined,
      members: [{ jid: LEO, otherJid: LEO_PHONE, error: "403" }],
      isLocked: true,
      onlyAdminsAdd: true,
      timer: 86_400,
      byLid: true,
    });
    const added = { tag: "add", attrs: {}, content: [{ tag: "participant", attrs: { jid: LEO } }] };
    expect(await answering(async () => result(added)).add(GROUP, LEO)).toBeUndefined();
  });
});
