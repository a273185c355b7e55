import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Conversation } from "../../src/model/conversation.ts";
import { type HandleCode, type HandleId, handleLabel, type LinkCode } from "../../src/model/handle.ts";
import type { CanonicalId, ChatKey, ConversationId, DeliveryId } from "../../src/model/ids.ts";
import { networkName } from "../../src/model/ids.ts";
import { LIMITS } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY, HOUR } from "../../src/model/time.ts";
import { takesOf } from "../../src/safety/limits.ts";
import { AccountLease } from "../../src/store/account-lease.ts";
import { accountStorage, StoredCursor } from "../../src/store/account-storage.ts";
import { canonicalOf, FINGERPRINT_LIFETIME, type Recognition } from "../../src/store/arrivals.ts";
import { Blocks } from "../../src/store/blocks.ts";
import { FAMILIES, type FamilyName } from "../../src/store/families.ts";
import { familyOf } from "../../src/store/family-of.ts";
import { fragmentStore } from "../../src/store/fragments.ts";
import { Handles } from "../../src/store/handles.ts";
import { keys } from "../../src/store/keys.ts";
import type { LaneName } from "../../src/store/lanes.ts";
import type { HeldLeg, Settlement, StoredDelivery } from "../../src/store/legs.ts";
import { Limits } from "../../src/store/limits.ts";
import { LinkCodes } from "../../src/store/link-codes.ts";
import { findByRef } from "../../src/store/message-map.ts";
import { claimSchema, type Fences } from "../../src/store/meta.ts";
import { NumberPool } from "../../src/store/number-pool.ts";
import { OptOuts, scopesOf } from "../../src/store/opt-outs.ts";
import { Timers } from "../../src/store/timers.ts";
import { MemoryMark } from "../support/memory-storage.ts";
import { acceptOne } from "./accept.ts";
import {
  type Bench,
  legsOf,
  MATRIX,
  MXID,
  makeConversation,
  NUMBER,
  newId,
  nothing,
  openBench,
  PHONE,
  PHONES,
  type Process,
  planned,
  ROOMS,
  SMS,
  textEvent,
} from "./fixture.ts";
import { allKeys, contents, forms } from "./leak-scan.ts";

const OTHER_NUMBER = sensitive("+15550100112");

const HANDLE_CODE = "k3v97qxm4t" as HandleCode; // of its form
const LINK_CODE = "48213067" as LinkCode; // of its form

/** What must never be read in Redis, in any of the usual forms. */
const CANARIES: readonly string[] = [
  PHONE.expose(),
  PHONE.expose().slice(1),
  PHONE.expose().slice(-9),
  NUMBER.expose().slice(1),
  OTHER_NUMBER.expose().slice(1),
  MXID.expose(),
  "ana.canary",
  "Ana Canary",
  "Canary of a blocked one",
  "Amber Fox",
  "room.canary",
  "text-canary",
  "token-canary",
  "label-canary",
  HANDLE_CODE,
  LINK_CODE,
  "ref-canary",
  "note-canary",
];

let bench: Bench;
let house: Process;
let fences: Fences;
let conversation: Conversation;

beforeAll(async () => {
  bench = await openBench();
  await bench.clear();
  fences = await bench.fences();
  house = bench.begin();
  await claimSchema(house.store);
});
afterAll(() => bench.stop());

const lane = (account: LaneName["account"]): LaneName => ({
  account,
  chat: conversation.legs.find((leg) => leg.account === account)?.chat ?? newId<ChatKey>(),
});

async function accept(to: LaneName, by: Recognition): Promise<void> {
  const canonical = by.kind === "id" ? canonicalOf(by) : undefined;
  const event = textEvent("text-canary +351912345678 @ana.canary:example.org", bench.clock.now(), canonical);
  const since =
    by.kind === "id" ? { since: house.store.vault.keyring.sinceCursor(to.account, "text-canary") } : {};
  await acceptOne(house, to, { ...event, ref: sensitive("ref-canary") }, { ...by, ...since }, fences.next());
}

async function takeIn(): Promise<void> {
  for (let i = 0; i < 5; i++) {
    await accept(lane(ROOMS), {
      kind: "id",
      lookups: bench.keyring.event(ROOMS, `$ref-canary${i}:example.org`),
    });
    const identity = {
      kind: "fingerprint",
      fingerprint: PHONE.map((phone) => `${phone} text-canary`),
      session: "AbCdEf",
      order: i,
      repeats: [],
    } as const;
    const lookups = bench.keyring.fingerprints(PHONES, identity.fingerprint.expose(), FINGERPRINT_LIFETIME);
    await accept(lane(PHONES), { kind: "fingerprint", lookups, identity });
  }
  const parts = fragmentStore(house.store, PHONES);
  const identity = { kind: "id", id: sensitive("ref-canary-part") } as const;
  const part = { identity, group: PHONE, index: 1, total: 2, payload: sensitive(Buffer.from("text-canary")) };
  await parts.add({ ...part, at: bench.clock.now() }, HOUR);
  const receipt = {
    canonical: newId<CanonicalId>(),
    from: PHONE,
    at: bench.clock.now(),
    acceptedAt: bench.clock.now(),
    body: { kind: "status", targets: [sensitive("ref-canary-0")], status: "delivered" },
  } as const;
  await house.lanes.accept(PHONES, [{ kind: "receipt", event: receipt }], fences.next(), nothing);
}

async function keepAccount(): Promise<void> {
  const storage = await accountStorage(house.store, ROOMS, new MemoryMark());
  await storage.set("session", sensitive(`token-canary ${MXID.expose()}`));
  await storage.set(sensitive(`session ${MXID.expose()}`), sensitive("named after somebody"));
  const cursor = new StoredCursor(house.store, ROOMS, storage);
  await cursor.save(sensitive("token-canary"));
  await accept(lane(ROOMS), { kind: "id", lookups: bench.keyring.event(ROOMS, "since") });
  await new AccountLease(house.store, PHONES, newId<string>()).hold();
  const [, phone] = legsOf(conversation);
  await house.numberPairs.claim(PHONE, NUMBER, { conversation: conversation.id, leg: phone.id });
}

/** A person who made a handle, and wants to link an account. */
async function keepCodes(): Promise<void> {
  const person = await house.people.findOrCreate(MATRIX, MXID);
  const label = handleLabel("label-canary");
  if (label === undefined) throw new RangeError("a label");
  const handles = new Handles(house.store, house.people, () => HANDLE_CODE);
  await handles.create(person, { id: newId<HandleId>(), label, policy: "ask" });
  await new LinkCodes(house.store, () => LINK_CODE).issue(person, conversation.id);
}

/** A phone that has a number, is unknown, and wants no more texts. */
async function keepPhone(): Promise<void> {
  const [, { id }] = legsOf(conversation);
  const pool = { network: SMS, account: PHONES, frontDoor: NUMBER, numbers: [NUMBER, OTHER_NUMBER] };
  const request = { phone: PHONE, conversation: newId<ConversationId>(), leg: id, texted: NUMBER };
  await new NumberPool(house.store, pool).allocate(request);
  await new OptOuts(house.store, SMS).set(PHONE, scopesOf(NUMBER), newId<CanonicalId>());
  await new Timers(house.store).set({
    kind: "request",
    conversation: conversation.id,
    at: bench.clock.now(),
  });
}

/** Somebody blocked whoever has the phone. */
async function keepBlock(): Promise<void> {
  const person = await house.people.findOrCreate(MATRIX, MXID);
  const name = "Canary of a blocked one";
  await new Blocks(house.store).add(person, "block", { name, at: 1 }, [{ network: SMS, address: PHONE }]);
}

/** A text to the phone, which all the limits of texts count, asked for under a ticket. */
async function countText(): Promise<void> {
  const to = { kind: "identity", network: networkName("sms"), address: PHONE } as const;
  const destination = { kind: "ordinary", prefix: PHONE.expose().slice(0, 6), cost: 1 } as const;
  const text = takesOf({ kind: "sms", account: PHONES, to, destination, parts: 2 });
  await new Limits(house.store, LIMITS).take(text, newId<CanonicalId>());
}

/** Commits to both legs; one delivery of each kind of end, the rest stays. */
async function send(): Promise<void> {
  const now = bench.clock.now();
  for (const leg of conversation.legs) {
    for (const end of ["done", "park", "bury", "stay", "stay"] as const) {
      const content = {
        kind: "text",
        text: "text-canary",
        spans: [{ start: 0, end: 4, style: "bold" }],
      } as const;
      const delivery = planned(leg.id, now, undefined, { kind: "send", content, at: now });
      const canonical = newId<CanonicalId>();
      const what = { conversation, canonical, acceptedAt: now, changes: [], deliveries: [delivery] };
      const source = { leg: leg.id, ref: sensitive("$ref-canary:example.org") };
      const fence = fences.next();
      await house.commits.commit({ ...what, source }, ["mark"], fence, nothing);
      const held: HeldLeg = { id: leg.id, account: leg.account, conversation: conversation.id, fence };
      await house.legs.progress(held, delivery.id, sensitive("note-canary"));
      if (end !== "stay") await settle(held, delivery.id, end);
    }
  }
}

async function settle(held: HeldLeg, id: DeliveryId, end: "done" | "park" | "bury"): Promise<void> {
  const stored = await house.legs.byId(id);
  if ("why" in stored) throw new Error("it was just committed");
  const until = bench.clock.now() + HOUR;
  const refs = [`ref-canary-${id}`];
  const settlements: Readonly<Record<typeof end, Settlement>> = {
    done: { kind: "done", refs, legIndex: 0 },
    park: { kind: "park", until, reason: "unsure", refs, legIndex: 0 },
    bury: { kind: "bury", until, reason: "internal" },
  };
  await house.legs.settle(held, stored, settlements[end], undefined, nothing);
  const found = await findByRef(house.store, held.account, refs[0] ?? "", bench.clock.now());
  if (found !== undefined) await house.receipts.merge(found, "delivered", bench.clock.now());
}

async function buryEvent(): Promise<void> {
  const fence = fences.next();
  await house.lanes.claim(PHONES, fence, 10, true);
  await house.lanes.bury(
    lane(PHONES),
    fence,
    newId<string>(),
    "{}",
    bench.clock.now() + HOUR,
    () => undefined,
  );
}

/** Goes when what waits is worked off. */
function drains(family: FamilyName): boolean {
  return FAMILIES[family].record === "waiting items" || family === "sinceCursor";
}

async function workOff(): Promise<void> {
  for (const account of [ROOMS, PHONES]) {
    const fence = fences.next();
    for (const { chat } of await house.lanes.claim(account, fence, 100, true)) {
      await house.lanes.pop(account, [{ chat, fence, count: 1_000 }], nothing);
    }
    for (const id of await house.legs.claim(account, fence, 100, true)) {
      const held: HeldLeg = { id, account, conversation: conversation.id, fence };
      const queue = (await house.legs.read(id, 0, 1_000)) as readonly StoredDelivery[]; // nothing was lost
      for (const delivery of queue)
        await house.legs.settle(held, delivery, { kind: "drop" }, undefined, nothing);
    }
    await house.lanes.endBuried(account, bench.clock.now() + DAY, 100);
    for (const { id } of await house.receipts.due(account, bench.clock.now() + DAY, 100)) {
      await house.receipts.drop(account, id);
    }
  }
  for (const from of ["parked", "buried"] as const) {
    for (const id of await house.legs.kept(from, "+inf", 100)) await house.legs.endKept(id, from);
  }
  const timers = new Timers(house.store);
  for (const timer of await timers.due(bench.clock.now(), 100)) await timers.drop(timer);
  await new StoredCursor(house.store, ROOMS, await accountStorage(house.store, ROOMS, new MemoryMark())).save(
    sensitive("s"),
  );
  bench.clock.advance(2 * HOUR);
  const parts = fragmentStore(house.store, PHONES);
  for (const { id } of await parts.due()) await parts.drop(id);
}

describe("Redis after a mixed run", () => {
  let names: string[];

  beforeAll(async () => {
    conversation = await makeConversation(house);
    await takeIn();
    await keepAccount();
    await keepCodes();
    await keepPhone();
    await keepBlock();
    await countText();
    await send();
    await buryEvent();
    names = await allKeys(bench.connection);
  });

  test("holds a key of every family, and none that no row explains", () => {
    expect(new Set(names.map(familyOf))).toEqual(new Set(Object.keys(keys)));
  });

  test("shows no address, name, text, token or native id, in no name and no value", async () => {
    const hits: string[] = [];
    const wanted = CANARIES.flatMap((canary) => forms(canary).map((form) => [canary, form] as const));
    for (const name of names) {
      const all = [Buffer.from(name), ...(await contents(bench.connection, name))];
      for (const [canary, form] of wanted) {
        if (all.some((each) => each.includes(form))) hits.push(`${canary} in ${name}`);
      }
    }
    expect(hits).toEqual([]);
  });

  test("gives an end to what has one, as its row says, and none to what waits", async () => {
    for (const name of names) {
      const family = familyOf(name);
      const life = family && FAMILIES[family].life;
      const left = Number(await bench.connection.command("PTTL", name));
      if (life?.kind !== "ttl") expect([name, left]).toEqual([name, -1]);
      else {
        expect(left).toBeGreaterThan(0);
        expect(left).toBeLessThanOrEqual(life.most);
      }
    }
  });

  test("keeps nothing of what was worked off", async () => {
    await workOff();
    const left = (await allKeys(bench.connection)).map(familyOf).filter((family) => family !== undefined);
    expect(left.filter(drains)).toEqual([]);
  });
});

describe("the canaries' forms", () => {
  test("are found wherever a text stands inside another", () => {
    const found = (hay: Buffer, canary: string): boolean => forms(canary).some((form) => hay.includes(form));
    for (let before = 0; before < 4; before++) {
      const hidden = Buffer.from(`${"x".repeat(before)}+351912345678 and more`);
      for (const hay of [
        hidden,
        Buffer.from(hidden.toString("base64")),
        Buffer.from(hidden.toString("hex")),
        Buffer.from(hidden.toString(), "utf16le"),
      ])
        expect(found(hay, "+351912345678")).toBe(true);
    }
  });
});
