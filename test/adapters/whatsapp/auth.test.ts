import { describe, expect, it } from "vitest";
import { forgetAuth, openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import { decode, encode } from "../../../adapters/whatsapp/auth/codec.ts";
import { AuthRolledBack, AuthUnreadable } from "../../../adapters/whatsapp/auth/errors.ts";
import { initAuthCreds, proto } from "../../../adapters/whatsapp/baileys.ts";
import { GroupBook } from "../../../adapters/whatsapp/groups/book.ts";
import { PeopleNotes } from "../../../adapters/whatsapp/notes.ts";
import { StorageUnreadable } from "../../../src/adapter/index.ts";
import { type Sensitive, sensitive } from "../../../src/model/index.ts";
import { clock } from "../../support/account-host.ts";
import { MemoryMark, MemoryStorage } from "../../support/memory-storage.ts";

const NUMBER = "15550000001";
const pair = (octet: number) => ({ public: Buffer.alloc(32, octet), private: Buffer.alloc(32, octet + 1) });

/** Counts writes. */
class CountingStorage extends MemoryStorage {
  readonly writes: number[] = [];
  reads = 0;

  override async setAll(...args: Parameters<MemoryStorage["setAll"]>): Promise<void> {
    this.writes.push(args[0].size);
    await super.setAll(...args);
  }

  override async getAll(...args: Parameters<MemoryStorage["getAll"]>): ReturnType<MemoryStorage["getAll"]> {
    this.reads += 1;
    return super.getAll(...args);
  }
}

describe("an account's keys", () => {
  it("are there for a later process as they were", async () => {
    const storage = new MemoryStorage();
    const { state, saveCreds } = await opened(storage);
    const account = proto.ADVSignedDeviceIdentity.fromObject({
      details: Buffer.from("d"),
      deviceSignature: Buffer.of(1, 2),
    });
    Object.assign(state.creds, {
      account,
      me: { id: `${NUMBER}:1@s.whatsapp.net` },
      routingInfo: Buffer.from("r"),
    });
    await saveCreds();
    const later = await openAuth(storage);
    expect(later.isPaired).toBe(true);
    const { account: found, ...creds } = later.state.creds;
    const { account: _, ...expected } = state.creds;
    expect(creds).toEqual(JSON.parse(JSON.stringify(expected), revive));
    expect(proto.ADVSignedDeviceIdentity.encode(found ?? {}).finish()).toEqual(
      proto.ADVSignedDeviceIdentity.encode(account).finish(),
    );
  });

  it("of every type come back as they were set, and go when they are set to null", async () => {
    const storage = new MemoryStorage();
    const { state } = await opened(storage);
    const values = {
      "pre-key": { 7: pair(1) },
      session: { [`${NUMBER}.0`]: Buffer.from("session") },
      "sender-key": { "g::1::0": Buffer.from("sender") },
      "sender-key-memory": { "1@g.us": { [`${NUMBER}@s.whatsapp.net`]: true } },
      "app-state-sync-key": {
        AAA: proto.Message.AppStateSyncKeyData.fromObject({ keyData: Buffer.from("k"), timestamp: 5 }),
      },
      "app-state-sync-version": {
        regular: { version: 1, hash: Buffer.alloc(4, 1), indexValueMap: { a: { valueMac: Buffer.of(1) } } },
      },
      "lid-mapping": { [NUMBER]: "77" },
      "device-list": { [NUMBER]: ["0", "1"] },
      tctoken: { "7@lid": { token: Buffer.from("t"), timestamp: "1" } },
      "identity-key": { "7_1.0": Buffer.alloc(33, 5) },
    };
    await state.keys.set(values);
    const { keys } = (await openAuth(storage)).state;
    for (const [type, entries] of Object.entries(values)) {
      const ids = Object.keys(entries);
      const found = await keys.get(type as keyof typeof values, [...ids, "unknown"]); // the table's own types
      expect(found).toEqual(type === "app-state-sync-key" ? entries : { ...entries });
      await keys.set({ [type]: Object.fromEntries(ids.map((id) => [id, null])) });
      expect(await keys.get(type as keyof typeof values, ids)).toEqual({});
    }
  });

  it("keep a session with numbers under numeric names", () => {
    const chain = { messageKeys: { 3: "a", 4: "b" }, counters: { 0: 1, 1: 2 } };
    expect(decode(encode(chain))).toEqual(chain);
  });

  it("stand under names that the store sees no address in", async () => {
    const storage = new MemoryStorage();
    const { state } = await opened(storage);
    await state.keys.set({ session: { [`${NUMBER}.0`]: Buffer.from("s") } });
    // The storage hides what is given to it as sensitive, and shows it here with a mark.
    expect([...storage.records.keys()].filter((name) => !name.startsWith("#"))).toEqual(["writes"]);
  });

  it("are written once for each set, with what counts the prekeys", async () => {
    const storage = new CountingStorage();
    const { state } = await opened(storage);
    await state.keys.set({ "pre-key": { 1: pair(1), 2: pair(3) }, session: { a: Buffer.from("a") } });
    expect(storage.writes).toEqual([5]); // the prekeys, the session, creds, and the count of writes
    await state.keys.set({ "pre-key": { 1: null } });
    expect(storage.writes).toEqual([5, 2]);
    await state.keys.set({});
    expect(storage.writes).toHaveLength(2);
  });

  it("that are written while a write is under way go together, in their order", async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const records = new Map<string, Sensitive<string>>();
    const storage = new MemoryStorage(records, new MemoryMark(), () => gate);
    const { state } = await opened(storage);
    const set = (list: string) => state.keys.set({ "device-list": { a: [list], [list]: [list] } });
    const first = set("1");
    await clock.sleep(5);
    const sets = [first, set("2"), set("3")];
    open();
    await Promise.all(sets);
    expect(storage.mark.value).toBe(2);
    expect(await state.keys.get("device-list", ["a", "1", "3"])).toEqual({ a: ["3"], 1: ["1"], 3: ["3"] });
  });

  it("are asked for once", async () => {
    const storage = new CountingStorage();
    const { state } = await opened(storage);
    const before = storage.reads;
    for (let time = 0; time < 3; time += 1) await state.keys.get("session", ["a", "b"]);
    expect(storage.reads - before).toBe(1);
  });

  it("that a reader changes are unchanged for the next", async () => {
    const { state } = await opened(new MemoryStorage());
    await state.keys.set({ "device-list": { a: ["0"] } });
    (await state.keys.get("device-list", ["a"])).a?.push("1");
    expect(await state.keys.get("device-list", ["a"])).toEqual({ a: ["0"] });
  });
});

describe("keys that can't be read", () => {
  it("are an error, and never new ones", async () => {
    const storage = new MemoryStorage();
    await (await openAuth(storage)).saveCreds();
    const before = new Map(storage.records);
    for (const broken of ["not JSON", "{}", JSON.stringify({ ...initAuthCreds(), noiseKey: {} })]) {
      storage.records.set("#creds", sensitive(broken));
      await expect(openAuth(storage)).rejects.toThrow(AuthUnreadable);
      expect(storage.records.get("#creds")?.expose()).toBe(broken);
    }
    storage.records.set("#creds", before.get("#creds") ?? sensitive(""));
    storage.getAll = async () => {
      throw new StorageUnreadable();
    };
    await expect(openAuth(storage)).rejects.toThrow(AuthUnreadable);
  });

  it("are an error while the storage is away, and what it says is passed on", async () => {
    const storage = new MemoryStorage();
    const away = new Error("away");
    storage.get = async () => {
      throw away;
    };
    await expect(openAuth(storage)).rejects.toBe(away);
  });

  it("one by one are an error, of which listeners hear first", async () => {
    const storage = new MemoryStorage();
    const { state } = await opened(storage);
    const heard: unknown[] = [];
    const end = state.keys.onFailure((error) => heard.push(error));
    storage.getAll = async () => {
      throw new StorageUnreadable();
    };
    await expect(state.keys.get("session", ["a"])).rejects.toThrow(AuthUnreadable);
    expect(heard).toHaveLength(1);
    end();
    await expect(state.keys.get("session", ["a"])).rejects.toThrow(AuthUnreadable);
    expect(heard).toHaveLength(1);
  });
});

describe("keys that were put back to an older state", () => {
  it("are found, whatever was restored, and can be forgotten", async () => {
    const storage = new MemoryStorage();
    const { state, saveCreds } = await opened(storage);
    await saveCreds();
    const backup = new Map(storage.records);
    await state.keys.set({ session: { a: Buffer.from("a") } });
    for (const restored of [backup, new Map<string, Sensitive<string>>()]) {
      const old = new MemoryStorage(new Map(restored), storage.mark);
      await expect(openAuth(old)).rejects.toThrow(AuthRolledBack);
      await forgetAuth(old);
      const anew = await openAuth(old);
      expect(anew.isPaired).toBe(false);
      expect(anew.state.creds.noiseKey).not.toEqual(state.creds.noiseKey);
    }
  });

  it("aren't found where the mark only lags", async () => {
    const storage = new MemoryStorage();
    await (await openAuth(storage)).saveCreds();
    await (await openAuth(storage)).saveCreds();
    storage.mark.value = 1;
    expect((await openAuth(storage)).state.creds.noiseKey.private).toHaveLength(32);
  });
});

describe("an account that is logged out", () => {
  it("forgets all, and has new keys for its next pairing", async () => {
    const storage = new MemoryStorage();
    const auth = await openAuth(storage);
    const { creds, keys } = auth.state;
    const { noiseKey } = creds;
    creds.me = { id: `${NUMBER}@s.whatsapp.net` };
    await auth.saveCreds();
    await keys.set({ session: { a: Buffer.from("a") } });
    await storage.set("something else", sensitive("x"));
    await auth.forget();
    expect([...storage.records.keys()]).toEqual(["writes"]);
    expect(auth.state.creds).toBe(creds);
    expect(creds.me).toBeUndefined();
    expect(creds.noiseKey).not.toEqual(noiseKey);
    expect(await keys.get("session", ["a"])).toEqual({});
    await auth.saveCreds();
    expect((await openAuth(storage)).state.creds.noiseKey).toEqual(creds.noiseKey);
  });

  it("keeps its groups and by what people go, which outlive a link, where they can be read", async () => {
    const storage = new MemoryStorage();
    const auth = await openAuth(storage);
    const book = new GroupBook(storage);
    const entry = { alias: "abc", group: "120363041234567890@g.us", to: "98765432101234@lid", also: [] };
    await book.keep(entry);
    await book.begin({ alias: "def", to: entry.to, subject: "Amber Fox", at: 1 });
    const phones = Array.from({ length: 100 }, (_, at) => `+15550${at + 100_000}`);
    const notes = new PeopleNotes(storage);
    await Promise.all(phones.map((phone) => notes.nameByPhone(phone)));
    await auth.forget();
    const known = new PeopleNotes(storage);
    for (const phone of phones) expect(await known.goesByPhone(phone)).toBe(true);
    expect(await known.goesByPhone(`+${NUMBER}`)).toBe(false);
    const later = new GroupBook(storage);
    expect([await later.ofGroup(entry.group), (await later.begun()).length]).toEqual([entry, 1]);
    storage.getAll = () => Promise.reject(new StorageUnreadable());
    await auth.forget();
    expect([...storage.records.keys()]).toEqual(["writes"]);
  });

  it("is told from a pairing code that nobody entered", async () => {
    const auth = await openAuth(new MemoryStorage());
    const { creds } = auth.state;
    Object.assign(creds, { me: { id: `${NUMBER}@s.whatsapp.net`, name: "~" }, pairingCode: "ABCD1234" });
    auth.tidyPairing();
    expect([creds.me, creds.pairingCode]).toEqual([undefined, undefined]);
    Object.assign(creds, { me: { id: `${NUMBER}@s.whatsapp.net` }, account: {} });
    auth.tidyPairing();
    expect([auth.isPaired, creds.me?.id]).toEqual([true, `${NUMBER}@s.whatsapp.net`]);
  });
});

async function opened(storage: MemoryStorage) {
  const auth = await openAuth(storage);
  return { state: auth.state, saveCreds: () => auth.saveCreds() };
}

/** Octets as Node's own JSON has them. */
function revive(_: string, value: unknown): unknown {
  const isOctets =
    typeof value === "object" && value !== null && "data" in value && Array.isArray(value.data);
  return isOctets ? Buffer.from(value.data as number[]) : value;
}
