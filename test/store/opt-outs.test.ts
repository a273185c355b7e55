import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { CanonicalId, ConversationId, LegId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY } from "../../src/model/time.ts";
import { createRandom } from "../../src/observe/random.ts";
import { openKeyring } from "../../src/privacy/keyring.ts";
import { NumberPool } from "../../src/store/number-pool.ts";
import { type OptOutScope, OptOuts, scopesOf } from "../../src/store/opt-outs.ts";
import { Vault } from "../../src/store/vault.ts";
import { MemoryKeyStore } from "../support/memory-key-store.ts";
import { silent } from "../support/redis.ts";
import {
  type Bench,
  dyingConnection,
  MATRIX,
  newId,
  openBench,
  PHONE,
  PHONES,
  type Process,
  SMS,
} from "./fixture.ts";

const DOOR = sensitive("+15550100100");
const POOL_NUMBER = sensitive("+15550100111");
const SERVICE: OptOutScope = { kind: "service" };
const alone = (number: typeof DOOR): readonly OptOutScope[] => [{ kind: "number", number }];

let bench: Bench;
let house: Process;
let optOuts: OptOuts;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  house = bench.begin();
  optOuts = new OptOuts(house.store, SMS);
});

const event = (): CanonicalId => newId<CanonicalId>();

describe("a phone that wants no more texts", () => {
  test("gets none from any number once it said so to one of them", async () => {
    expect(await optOuts.isOut(PHONE, scopesOf(POOL_NUMBER))).toBe(false);
    await optOuts.set(PHONE, scopesOf(POOL_NUMBER), event());
    for (const number of [POOL_NUMBER, DOOR]) expect(await optOuts.isOut(PHONE, scopesOf(number))).toBe(true);
  });

  test("gets them again from the number that it asked, not from another to which it said stop", async () => {
    await optOuts.set(PHONE, scopesOf(POOL_NUMBER), event());
    await optOuts.clear(PHONE, scopesOf(DOOR));
    expect(await optOuts.isOut(PHONE, scopesOf(DOOR))).toBe(false);
    expect(await optOuts.isOut(PHONE, scopesOf(POOL_NUMBER))).toBe(true);
    expect(await optOuts.isOut(PHONE, [SERVICE])).toBe(false);
    await optOuts.clear(PHONE, scopesOf(POOL_NUMBER));
    expect(await optOuts.isOut(PHONE, scopesOf(POOL_NUMBER))).toBe(false);
    expect(await bench.connection.command("DBSIZE")).toBe(0);
  });

  test("may be out of one number alone, as where a gateway says so of it", async () => {
    await optOuts.set(PHONE, alone(POOL_NUMBER), event());
    expect(await optOuts.isOut(PHONE, scopesOf(POOL_NUMBER))).toBe(true);
    expect(await optOuts.isOut(PHONE, scopesOf(DOOR))).toBe(false);
  });

  test("says nothing of other phones, nor of the same address elsewhere", async () => {
    await optOuts.set(PHONE, scopesOf(DOOR), event());
    expect(await optOuts.isOut(sensitive("+351912345679"), scopesOf(DOOR))).toBe(false);
    expect(await new OptOuts(house.store, MATRIX).isOut(PHONE, scopesOf(DOOR))).toBe(false);
  });

  test("may take back what it never said", async () => {
    await optOuts.clear(PHONE, scopesOf(DOOR));
    expect(await optOuts.isOut(PHONE, scopesOf(DOOR))).toBe(false);
  });

  test("asked for all at once costs one read, however many numbers", async () => {
    const reads: string[] = [];
    const watched = bench.begin({
      ...dyingConnection(bench.connection, Number.POSITIVE_INFINITY),
      command: (name, ...args) => {
        reads.push(name);
        return bench.connection.command(name, ...args);
      },
    });
    const many = ["1", "2", "3"].flatMap((last) => alone(sensitive(`+1555010020${last}`)));
    await new OptOuts(watched.store, SMS).isOut(PHONE, [SERVICE, ...many]);
    expect(reads).toEqual(["HMGET"]);
  });
});

describe("the confirmation", () => {
  test("is due once, to the event that closed it, also when that is worked on again", async () => {
    const [first, second] = [event(), event()];
    expect(await optOuts.set(PHONE, scopesOf(DOOR), first)).toEqual({ confirm: true });
    expect(await optOuts.set(PHONE, scopesOf(DOOR), first)).toEqual({ confirm: true });
    expect(await optOuts.set(PHONE, scopesOf(DOOR), second)).toEqual({ confirm: false });
    expect(await optOuts.set(PHONE, scopesOf(POOL_NUMBER), event())).toEqual({ confirm: false });
  });

  test("is due to one of many who say so at the same moment", async () => {
    const processes = Array.from({ length: 4 }, () => new OptOuts(bench.begin().store, SMS));
    const asked = Array.from({ length: 100 }, (_, i) =>
      processes[i % 4]?.set(PHONE, scopesOf(DOOR), event()),
    );
    const due = (await Promise.all(asked)).filter((each) => each?.confirm === true);
    expect(due).toHaveLength(1);
  });

  test("is due after a crash between writing it down and saying so", async () => {
    for (const doneStill of [true, false]) {
      await bench.clear();
      const stop = event();
      const dying = new OptOuts(bench.begin(dyingConnection(bench.connection, 1, doneStill)).store, SMS);
      await expect(dying.set(PHONE, scopesOf(DOOR), stop)).rejects.toThrow();
      expect(await optOuts.set(PHONE, scopesOf(DOOR), stop)).toEqual({ confirm: true });
    }
  });

  test("is due again when they came back and leave again", async () => {
    await optOuts.set(PHONE, scopesOf(DOOR), event());
    await optOuts.clear(PHONE, scopesOf(DOOR));
    expect(await optOuts.set(PHONE, scopesOf(DOOR), event())).toEqual({ confirm: true });
  });
});

describe("an opt-out stays", () => {
  beforeEach(async () => {
    await optOuts.set(PHONE, scopesOf(POOL_NUMBER), event());
  });

  test("when the person is forgotten and their phone's numbers are", async () => {
    const person = await house.people.findOrCreate(SMS, PHONE);
    const pool = new NumberPool(house.store, {
      network: SMS,
      account: PHONES,
      frontDoor: DOOR,
      numbers: [DOOR],
    });
    await pool.allocate({ phone: PHONE, conversation: newId<ConversationId>(), leg: newId<LegId>() });
    await pool.forget(PHONE);
    await bench.connection.command("DEL", `{p:${person.id}}:r`);
    expect(await optOuts.isOut(PHONE, scopesOf(POOL_NUMBER))).toBe(true);
  });

  test("however much time passes: nothing ends it by itself", async () => {
    bench.clock.advance(3_650 * DAY);
    expect(await optOuts.isOut(PHONE, scopesOf(POOL_NUMBER))).toBe(true);
    const [key] = ((await bench.connection.command("KEYS", "*")) as readonly Buffer[]).map(String); // a list of names
    expect(await bench.connection.command("PTTL", key ?? "")).toBe(-1);
  });

  test("when the pepper of identities is replaced by a new one", async () => {
    const random = createRandom();
    const keys = new MemoryKeyStore(random, bench.clock);
    const process = (keyring: Awaited<ReturnType<typeof openKeyring>>) =>
      new OptOuts({ ...house.store, vault: new Vault(keyring, random, bench.clock) }, SMS);
    const open = () => openKeyring({ store: keys, clock: bench.clock, random, log: silent });
    const before = await open();
    await process(before).set(PHONE, alone(POOL_NUMBER), event());
    await keys.create({ purpose: "lookup", lookup: "identity", generation: 1 });
    const after = await open();
    expect(after.identity(SMS, PHONE.expose())).not.toBe(before.identity(SMS, PHONE.expose()));
    expect(await process(after).isOut(PHONE, alone(POOL_NUMBER))).toBe(true);
  });
});
