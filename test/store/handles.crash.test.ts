import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newHandleCode } from "../../src/consent/handle-code.ts";
import type { Handles } from "../../src/store/handles.ts";
import { keys } from "../../src/store/keys.ts";
import type { PersonHandle } from "../../src/store/people.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import {
  type Bench,
  dyingConnection,
  MATRIX,
  MXID,
  nothing,
  openBench,
  PHONE,
  type Process,
  SMS,
} from "./fixture.ts";
import { handlesOf, leadsIn, makeHandle, wanted } from "./handles.fixture.ts";

let bench: Bench;
let house: Process;
let owner: PersonHandle;
let handles: Handles;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(begin);

async function begin(): Promise<void> {
  await bench.clear();
  house = bench.begin();
  owner = await house.people.findOrCreate(SMS, PHONE);
  handles = handlesOf(house);
}

const made = (name: string) => makeHandle(handles, owner, name);
const leads = () => leadsIn(bench.connection);

describe("a crash", () => {
  /** What a process does that dies at its first, second, ... call, whether or not Redis still does that one. */
  async function eachCrash(run: (dying: Handles) => Promise<void>): Promise<number> {
    let crashes = 0;
    for (let at = 1; at < 12; at++) {
      for (const doneStill of [false, true]) {
        await begin();
        const dying = bench.begin(dyingConnection(bench.connection, at, doneStill));
        await run(handlesOf(dying)).catch((error: unknown) => {
          if (!(error instanceof StoreAway)) throw error;
          crashes += 1;
        });
      }
    }
    return crashes;
  }

  test("while one is made, and the same again after it, makes one handle that is found", async () => {
    const crashes = await eachCrash(async (dying) => {
      const bike = wanted("bike");
      await dying.create(owner, bike).catch(nothing);
      const reply = await handles.create(owner, bike);
      if (reply.kind !== "made") throw new Error("not made");
      expect(await handles.find(reply.handle.code)).toMatchObject({ id: bike.id, owner: owner.id });
      expect(await handles.list(owner)).toEqual([reply.handle]);
      expect(await leads()).toHaveLength(1);
      await dying.list(owner); // rejected where it had died
    });
    expect(crashes).toBeGreaterThan(5);
  });

  test("while one is made leaves nothing, or one that the list shows and the code finds", async () => {
    await eachCrash(async (dying) => {
      await dying.create(owner, wanted("bike")).catch(nothing);
      const list = await handles.list(owner);
      for (const { code } of list) expect(await handles.find(code)).toBeDefined();
      expect(await leads()).toHaveLength(list.length);
    });
  });

  test("while one is ended leaves it as it was, or ended; ending it again ends it", async () => {
    await eachCrash(async (dying) => {
      const bike = await made("bike");
      await dying.revoke(owner, { id: bike.id }).catch(nothing);
      const isFound = (await handles.find(bike.code)) !== undefined;
      expect(await handles.list(owner)).toHaveLength(isFound ? 1 : 0);
      expect(await leads()).toHaveLength(isFound ? 1 : 0);
      expect(await handles.revoke(owner, { id: bike.id })).toEqual(bike);
      expect(await handles.find(bike.code)).toBeUndefined();
      expect(await leads()).toEqual([]);
    });
  });

  test("after which one is made again that was ended meanwhile doesn't bring it back", async () => {
    const bike = wanted("bike");
    await handles.create(owner, bike);
    await handles.revoke(owner, { id: bike.id });
    const again = await handles.create(owner, bike);
    expect(again).toMatchObject({ kind: "made", handle: bike });
    expect(await leads()).toEqual([]);
    expect(await handles.list(owner)).toEqual([]);
  });

  test("that leaves two at work on the same handle, whose code is taken, leaves one code that counts", async () => {
    const taken = await made("lamp");
    const other = await house.people.findOrCreate(MATRIX, MXID);
    const bike = wanted("bike");
    const [first, second] = [
      newHandleCode(house.store.vault.random),
      newHandleCode(house.store.vault.random),
    ];
    const late = handlesOf(house, () => second);
    const draws = [taken.code, first];
    let isFirst = true;
    const early = bench.begin({
      ...dyingConnection(bench.connection, Number.POSITIVE_INFINITY),
      command: async (name, ...args) => {
        if (name === "SET" && isFirst) {
          isFirst = false;
          await late.create(other, bike); // finds it in the list, and its code taken
        }
        return bench.connection.command(name, ...args);
      },
    });
    await handlesOf(early, () => draws.shift() ?? first).create(other, bike);
    expect((await handles.list(other)).map(({ code }) => code)).toEqual([first]);
    expect(await handles.find(first)).toMatchObject({ id: bike.id });
    expect(await handles.find(second)).toBeUndefined();
    expect(await handles.find(taken.code)).toMatchObject({ label: "lamp" });
  });

  test("can't bring back what was ended while somebody read the list", async () => {
    const bike = await made("bike");
    const slow = bench.begin({
      ...dyingConnection(bench.connection, Number.POSITIVE_INFINITY),
      command: async (name, ...args) => {
        const reply = await bench.connection.command(name, ...args);
        if (name === "HGETALL") {
          await handles.revoke(owner, { id: bike.id }); // between reading the list and mending it
        }
        return reply;
      },
    });
    await handlesOf(slow).list(owner);
    expect(await handles.find(bike.code)).toBeUndefined();
    await handles.list(owner);
    expect(await leads()).toEqual([]);
  });

  test("can't bring back what was dropped while somebody ended it", async () => {
    const bike = await made("bike");
    const slow = bench.begin({
      ...dyingConnection(bench.connection, Number.POSITIVE_INFINITY),
      command: async (name, ...args) => {
        const reply = await bench.connection.command(name, ...args);
        if (name === "HGETALL") await handles.forget(owner);
        return reply;
      },
    });
    await handlesOf(slow).revoke(owner, { id: bike.id });
    expect(await bench.connection.command("HEXISTS", keys.person(owner.id), `h:${bike.id}`)).toBe(0);
  });
});
