import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newHandleCode } from "../../src/consent/handle-code.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import type { Keyring } from "../../src/privacy/keyring.ts";
import { Handles, MOST_HANDLES, type NewHandle } from "../../src/store/handles.ts";
import { keys } from "../../src/store/keys.ts";
import { People, type PersonHandle } from "../../src/store/people.ts";
import { fields } from "../../src/store/reply.ts";
import { Vault } from "../../src/store/vault.ts";
import { type Bench, MATRIX, MXID, openBench, PHONE, type Process, SMS } from "./fixture.ts";
import { handlesOf, label, leadsIn, makeHandle, wanted } from "./handles.fixture.ts";
import { everythingIn, forms } from "./leak-scan.ts";

let bench: Bench;
let house: Process;
let owner: PersonHandle;
let handles: Handles;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
  owner = await house.people.findOrCreate(SMS, PHONE);
  handles = handlesOf(house);
});

const made = (name: string, more: Partial<NewHandle> = {}, by = owner) => makeHandle(handles, by, name, more);
const leads = () => leadsIn(bench.connection);

/** A ring from which one key is gone. */
function withoutKey(keyring: Keyring, gone: Buffer): Keyring {
  return new Proxy(keyring, {
    get: (ring, name) => {
      if (name === "resolve") return (id: Buffer) => (id.equals(gone) ? undefined : ring.resolve(id));
      const value: unknown = Reflect.get(ring, name, ring);
      return typeof value === "function" ? value.bind(ring) : value;
    },
  });
}

describe("a handle", () => {
  test("is found by its code, in another process too, as it was made", async () => {
    const expiresAt = bench.clock.now() + 30 * DAY;
    const handle = await made("bike", { expiresAt });
    expect(handle).toMatchObject({ label: "bike", policy: "ask", expiresAt });
    const found = await handlesOf(bench.begin()).find(handle.code);
    expect(found).toEqual({ ...handle, owner: owner.id });
  });

  test("that nobody has is undefined, as are ended and expired ones, and those of a forgotten owner", async () => {
    const ended = await made("bike");
    const expired = await made("lamp", { expiresAt: bench.clock.now() + MINUTE });
    const other = await house.people.findOrCreate(MATRIX, MXID);
    const forgotten = await made("sofa", {}, other);
    await handles.revoke(owner, { id: ended.id });
    bench.clock.advance(MINUTE);
    await bench.connection.command("DEL", keys.person(other.id));
    for (const code of [newHandleCode(house.store.vault.random), ended.code, expired.code, forgotten.code]) {
      expect(await handles.find(code)).toBeUndefined();
      expect(await handlesOf(bench.begin()).find(code)).toBeUndefined();
    }
  });

  test("of an owner whose keys were destroyed is undefined", async () => {
    const handle = await made("bike");
    const wrapped = await bench.connection.command("HGET", keys.person(owner.id), "k");
    const bucket = Buffer.isBuffer(wrapped) ? wrapped.subarray(1, 9) : Buffer.alloc(0);
    const { store } = house;
    const vault = new Vault(withoutKey(store.vault.keyring, bucket), store.vault.random, bench.clock);
    const after = { ...store, vault };
    expect(await new Handles(after, new People(after), newHandleCode).find(handle.code)).toBeUndefined();
  });

  test("goes from Redis by itself when it expires, and its label with the next look at the list", async () => {
    const handle = await made("bike", { expiresAt: bench.clock.now() + 40 });
    const [lead = ""] = await leads();
    expect(Number(await bench.connection.command("PTTL", lead))).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await leads()).toEqual([]);
    bench.clock.advance(40);
    expect(await handles.list(owner)).toEqual([]);
    expect(await bench.connection.command("HEXISTS", keys.person(owner.id), `h:${handle.id}`)).toBe(0);
  });

  test("that nobody limits has no end", async () => {
    await made("bike");
    const [lead = ""] = await leads();
    expect(await bench.connection.command("PTTL", lead)).toBe(-1);
  });

  test("whose time is over before it is made is made, and found by nobody", async () => {
    const handle = await made("bike", { expiresAt: bench.clock.now() - 1 });
    expect(await handles.find(handle.code)).toBeUndefined();
  });
});

describe("a code", () => {
  test("that somebody has is never given to another: another one is drawn", async () => {
    const taken = await made("bike");
    const other = await house.people.findOrCreate(MATRIX, MXID);
    const draws = [taken.code, taken.code];
    const clumsy = handlesOf(house, (random) => draws.shift() ?? newHandleCode(random));
    const reply = await clumsy.create(other, wanted("lamp"));
    if (reply.kind !== "made") throw new Error("not made");
    expect(reply.handle.code).not.toBe(taken.code);
    expect(await handles.find(taken.code)).toMatchObject({ owner: owner.id, label: "bike" });
    expect(await handles.find(reply.handle.code)).toMatchObject({ owner: other.id, label: "lamp" });
    expect((await handles.list(other)).map(({ code }) => code)).toEqual([reply.handle.code]);
  });

  test("that can't be drawn anew is an error, and takes nothing from who has it", async () => {
    const taken = await made("bike");
    const stuck = handlesOf(house, () => taken.code);
    const lamp = wanted("lamp");
    await expect(stuck.create(owner, lamp)).rejects.toThrow("randomness");
    await handles.revoke(owner, { id: lamp.id });
    expect(await handles.find(taken.code)).toMatchObject({ label: "bike" });
  });
});

describe("ending a handle", () => {
  test("works by label in any case, at once, once for all, and leaves the others", async () => {
    const bike = await made("Bike");
    const lamp = await made("lamp");
    expect(await handles.revoke(owner, { label: label("bIKE") })).toEqual(bike);
    expect(await handles.find(bike.code)).toBeUndefined();
    expect(await handles.list(owner)).toEqual([lamp]);
    expect(await leads()).toHaveLength(1);
  });

  test("can be repeated for a day, and finds nothing after it", async () => {
    const bike = await made("bike");
    for (let i = 0; i < 2; i++) expect(await handles.revoke(owner, { label: label("bike") })).toEqual(bike);
    bench.clock.advance(DAY);
    expect(await handles.revoke(owner, { label: label("bike") })).toBeUndefined();
    expect(await bench.connection.command("HEXISTS", keys.person(owner.id), `h:${bike.id}`)).toBe(0);
  });

  test("of none, and of somebody else's, does nothing", async () => {
    const bike = await made("bike");
    const other = await house.people.findOrCreate(MATRIX, MXID);
    expect(await handles.revoke(other, { id: bike.id })).toBeUndefined();
    expect(await handles.revoke(owner, { label: label("lamp") })).toBeUndefined();
    expect(await handles.find(bike.code)).toBeDefined();
  });

  test("frees the label; then the new one is meant", async () => {
    const first = await made("bike");
    await handles.revoke(owner, { id: first.id });
    const second = await made("bike");
    expect(await handles.revoke(owner, { label: label("bike") })).toEqual(second);
  });
});

describe("a label", () => {
  test("names one live handle of a person, in any case", async () => {
    const bike = await made("Bike");
    expect(await handles.create(owner, wanted("bike"))).toEqual({ kind: "label-taken", handle: bike });
    const other = await house.people.findOrCreate(MATRIX, MXID);
    expect((await handles.create(other, wanted("bike"))).kind).toBe("made");
  });

  test("goes to one of twenty who want it at the same moment, in several processes", async () => {
    const processes = Array.from({ length: 4 }, () => handlesOf(bench.begin()));
    const replies = await Promise.all(
      Array.from({ length: 20 }, (_, i) => processes[i % 4]?.create(owner, wanted("bike"))),
    );
    expect(replies.filter((reply) => reply?.kind === "made")).toHaveLength(1);
    expect(await handles.list(owner)).toHaveLength(1);
    expect(await leads()).toHaveLength(1);
  });

  test("of an expired handle is free", async () => {
    await made("bike", { expiresAt: bench.clock.now() + MINUTE });
    bench.clock.advance(MINUTE);
    expect((await handles.create(owner, wanted("bike"))).kind).toBe("made");
  });
});

describe("a person's handles", () => {
  test("are listed oldest first", async () => {
    const names = ["bike", "lamp", "sofa"];
    for (const name of [...names].reverse()) {
      await made(name);
      bench.clock.jump(-MINUTE); // so that the order in which they were stored says nothing
    }
    bench.clock.jump(3 * MINUTE);
    expect((await handlesOf(bench.begin()).list(owner)).map(({ label: each }) => each)).toEqual(names);
  });

  test("are so many and no more", async () => {
    for (let i = 0; i < MOST_HANDLES; i++) await made(`thing ${i}`);
    expect(await handles.create(owner, wanted("one more"))).toEqual({ kind: "too-many", most: MOST_HANDLES });
    await handles.revoke(owner, { label: label("thing 7") });
    expect((await handles.create(owner, wanted("one more"))).kind).toBe("made");
  });

  test("all go before the person is forgotten", async () => {
    const live = await made("bike");
    const ended = await made("lamp");
    await handles.revoke(owner, { id: ended.id });
    await handles.forget(owner);
    expect(await leads()).toEqual([]);
    expect(await handles.find(live.code)).toBeUndefined();
    const left = fields(await bench.connection.command("HGETALL", keys.person(owner.id)));
    expect([...left.keys()].filter((field) => field.startsWith("h:"))).toEqual([]);
  });

  test("aren't made for a person who was forgotten: nothing of them comes back", async () => {
    const bike = await made("bike");
    await bench.connection.command("DEL", keys.person(owner.id));
    await expect(handles.create(owner, wanted("lamp"))).rejects.toThrow("isn't there");
    await handles.revoke(owner, { id: bike.id });
    expect(await bench.connection.command("EXISTS", keys.person(owner.id))).toBe(0);
  });
});

describe("Redis", () => {
  test("shows no code, label or number in clear, in no name and no value", async () => {
    const handle = await made("canary bike", { expiresAt: bench.clock.now() + DAY });
    await made("canary lamp");
    const { code } = handle;
    const shown = `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
    const wantedForms = [
      code,
      shown,
      code.toUpperCase(),
      "canary bike",
      "canary lamp",
      PHONE.expose().slice(1),
    ].flatMap(forms);
    const all = await everythingIn(bench.connection);
    expect(all.some((each) => wantedForms.some((form) => each.includes(form)))).toBe(false);
  });

  test("shows nothing that two handles of a person have in common, and that others haven't", async () => {
    const other = await house.people.findOrCreate(MATRIX, sensitive("@leo:example.org"));
    await made("bike");
    await made("lamp");
    await made("sofa", {}, other);
    const values = await Promise.all((await leads()).map((name) => bench.connection.command("GET", name)));
    const hash = fields(await bench.connection.command("HGETALL", keys.person(owner.id)));
    expect(values).toHaveLength(3);
    const pieces = values.map((value) => piecesOf(Buffer.isBuffer(value) ? value : Buffer.alloc(0)));
    const [one = new Set(), two = new Set(), three = new Set()] = pieces;
    // Five octets in common would be part of an id, of a key or a person; random ones meet once in millions of runs.
    for (const [a, b] of [
      [one, two],
      [two, three],
      [one, three],
    ] as const)
      expect([...a].filter((piece) => b.has(piece))).toEqual([]);
    expect(new Set(values.map((value) => (Buffer.isBuffer(value) ? value.length : 0))).size).toBe(1);
    for (const [field, value] of hash)
      for (const piece of [...piecesOf(value), ...piecesOf(Buffer.from(field))])
        expect([one, two, three].some((each) => each.has(piece))).toBe(false);
  });

  function piecesOf(value: Buffer): Set<string> {
    const pieces = new Set<string>();
    for (let at = 0; at + 5 <= value.length; at++) pieces.add(value.toString("hex", at, at + 5));
    return pieces;
  }

  test("gives nobody another's handle who moves a lead to another code", async () => {
    const bike = await made("bike");
    const lamp = await made("lamp");
    const { keyring } = house.store.vault;
    const nameOf = ({ code }: { readonly code: string }) => keys.handle(keyring.code("handle", code));
    const [from, to] = [nameOf(bike), nameOf(lamp)];
    await bench.connection.command("COPY", from, to, "REPLACE");
    await expect(handles.find(lamp.code)).rejects.toThrow();
    expect(await handles.find(bike.code)).toBeDefined();
  });
});
