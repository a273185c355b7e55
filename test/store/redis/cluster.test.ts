// Three masters, as they are: what a connection promises of one server holds of each slot, whatever becomes of slots and nodes.

import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { sensitive } from "../../../src/model/sensitive.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import type { LogFields } from "../../../src/observe/log.ts";
import { type Connection, openConnection } from "../../../src/store/redis/connection.ts";
import { CrossSlot, StoreAway, StoreFull, StoreRefused } from "../../../src/store/redis/errors.ts";
import { inspectRedis } from "../../../src/store/redis/external.ts";
import { isSteady, scanKeys } from "../../../src/store/redis/scan.ts";
import { parseScript } from "../../../src/store/redis/scripts.ts";
import { slotOf } from "../../../src/store/redis/slots.ts";
import type { ClusterTarget } from "../../../src/store/redis/target.ts";
import { texts } from "../../../src/store/reply.ts";
import { SlotsMoved, scanNames } from "../../../src/store/scan.ts";
import { type ClusterNode, startCluster, type TestCluster } from "../../support/cluster-redis.ts";
import { freePort } from "../../support/free-port.ts";
import { startPlainRedis } from "../../support/plain-redis.ts";
import { connectTo, silent, whenUp } from "../../support/redis.ts";
import { documentedRights, OUR_TLS, PASSWORD, tlsSettings, USER } from "../../support/secure-redis.ts";

const script = (name: string, code: string) =>
  parseScript(name, `#!lua\n-- KEYS any\n-- ARGV any\n-- Returns what the test wants\n${code}`);
const append = script("append", "return redis.call('RPUSH', KEYS[1], ARGV[1])");
const drain = parseScript("drain", append.source.replace("#!lua", "#!lua flags=allow-oom"));
/** Says how many keys it sees, and how long two lists are. */
const both = script("both", "return { #KEYS, redis.call('LLEN', KEYS[1]), redis.call('LLEN', KEYS[2]) }");
const fails = script("fails", "local a = 1\nreturn redis.call('HGET', KEYS[1], 'x')");

let cluster: TestCluster;
let connection: Connection;

beforeAll(async () => {
  cluster = await startCluster();
});
afterEach(async () => {
  await connection?.close();
  await cluster.whole();
  for (const node of cluster.nodes) await node.ask("FLUSHALL");
});
afterAll(() => cluster.stop());

const connect = async (): Promise<Connection> => {
  const scripts = [append, both, fails];
  connection = openConnection(cluster.target, { log: silent, clock: systemClock, scripts });
  await whenUp(connection);
  return connection;
};
const other = (than: ClusterNode): ClusterNode => {
  const found = cluster.nodes.find(({ id }) => id !== than.id);
  if (found === undefined) throw new Error("a cluster has several nodes");
  return found;
};
const numbers = (count: number): string[] => Array.from({ length: count }, (_, i) => `${i}`);

describe("a connection to a cluster", () => {
  test("takes each call to the node that has its slot", async () => {
    const { call, command } = wrap(await connect());
    const tags = numbers(60).map((i) => `{t${i}}:list`);
    await Promise.all(tags.map((key) => call(append, [key], ["a"])));
    await Promise.all(tags.map((key) => command("RPUSH", key, "b")));
    const lists = await Promise.all(tags.map((key) => command("LRANGE", key, 0, -1)));
    expect(new Set(lists.map((list) => texts(list).join()))).toEqual(new Set(["a,b"]));
    const sizes = await Promise.all(cluster.nodes.map(({ ask }) => ask("DBSIZE")));
    expect(sizes.every((size) => Number(size) > 5)).toBe(true);
  });

  test("cuts names as Redis does", async () => {
    const names = [
      "a",
      "{a}",
      "{}a",
      "a{}{b}",
      "a{{b}}",
      "{a}{b}",
      "é",
      "{é}",
      "}{",
      "{c0}:q:x",
      "123456789",
    ];
    const [node] = cluster.nodes;
    expect(await Promise.all(names.map((name) => node?.ask("CLUSTER", "KEYSLOT", name)))).toEqual(
      names.map(slotOf),
    );
  });

  test("shows a script the keys that it was called with, and names the lines of its file", async () => {
    const { call, command } = wrap(await connect());
    expect(await call(both, ["{a}:1", "{a}:2"], [])).toEqual([2, 0, 0]);
    await command("RPUSH", "{a}:1", "x");
    await expect(call(fails, ["{a}:1"], [])).rejects.toMatchObject({ code: "WRONGTYPE", line: 6 });
  });

  test("refuses keys of several slots, before anything is sent", async () => {
    const { call } = wrap(await connect());
    await expect(call(both, ["{a}:1", "{b}:2"], [])).rejects.toThrow(CrossSlot);
  });

  test("refuses what names no key: it is asked of each server", async () => {
    const { command } = wrap(await connect());
    for (const name of ["INFO", "TIME", "SCAN"])
      await expect(command(name, "0")).rejects.toThrow(StoreRefused);
    const sizes = await Promise.all(connection.servers.map((server) => server.command("DBSIZE")));
    expect(sizes).toEqual([0, 0, 0]);
    expect(connection.servers.map(({ slots }) => slots).sort()).toEqual(
      ["0-5460", "10922-16383", "5461-10921"].sort(),
    );
  });
});

describe("a slot that moves", () => {
  const lists = ["{moving}:a", "{moving}:b", "{moving}:c"];
  const slot = slotOf(lists[0] ?? "");

  test("keeps the order of its calls: nothing is lost, nothing done twice", async () => {
    const { call, command } = wrap(await connect());
    const others = numbers(5).map((i) => `{other${i}}`);
    let goesOn = true;
    let last = 0;
    const appended: Promise<unknown>[] = [];
    const flood = (async () => {
      while (goesOn) {
        for (let i = 0; i < 20; i++, last++)
          for (const key of [...lists, ...others]) appended.push(call(append, [key], [last]));
        await systemClock.sleep(1);
      }
    })();
    const home = await cluster.ownerOf(slot);
    for (const to of [other(home), home]) {
      await systemClock.sleep(50);
      const move = await cluster.beginMove(slot, to);
      await systemClock.sleep(30);
      while (await move.takeKeys(1)) await systemClock.sleep(10);
      await move.finish();
    }
    await systemClock.sleep(50);
    goesOn = false;
    await flood;
    await Promise.all(appended);
    for (const key of [...lists, ...others])
      expect(texts(await command("LRANGE", key, 0, -1)), key).toEqual(numbers(last));
    expect(last).toBeGreaterThan(100);
  });

  test("lets none of its calls overtake another, although the later one could be done", async () => {
    const { call } = wrap(await connect());
    await call(append, [lists[0] ?? ""], ["x"]);
    const home = await cluster.ownerOf(slot);
    const move = await cluster.beginMove(slot, other(home));
    const done: string[] = [];
    const said = (name: string) => () => void done.push(name);
    // Of the first call a key is missing there; the second one's key is still at home.
    const calls = [
      call(append, ["{moving}:new"], ["1"]).then(said("first")),
      call(append, [lists[0] ?? ""], ["2"]).then(said("second")),
    ];
    await systemClock.sleep(100);
    expect(done).toEqual([]);
    while (await move.takeKeys(10));
    await move.finish();
    await Promise.all(calls);
    expect(done).toEqual(["first", "second"]);
  });

  test("doesn't hold up the others", async () => {
    const { call, command } = wrap(await connect());
    const move = await cluster.beginMove(slot, other(await cluster.ownerOf(slot)));
    const waits = call(append, [lists[0] ?? ""], ["1"]);
    expect(await command("RPUSH", "{other}:a", "1")).toBe(1);
    await expect.poll(() => connection.held).toBeGreaterThan(0);
    await move.finish();
    expect(await waits).toBe(1);
    expect(connection.held).toBe(0);
  });
});

describe("a look at all keys", () => {
  test("sees those of every node", async () => {
    const { command } = wrap(await connect());
    const names = numbers(500).map((i) => `{t${i}}:x`);
    await Promise.all(names.map((name) => command("SET", name, "")));
    const seen: string[] = [];
    for await (const page of scanKeys(connection, { match: "{t*", page: 50 })) seen.push(...page.map(String));
    expect(seen.sort()).toEqual(names.sort());
  });

  test("isn't steady while a slot is on its way, nor when one came or went meanwhile, also there and back", async () => {
    await connect();
    const slot = slotOf("{a}");
    const home = await cluster.ownerOf(slot);
    const nothing = async (): Promise<void> => undefined;
    const moveTo = async (to: ClusterNode): Promise<void> => {
      const move = await cluster.beginMove(slot, to);
      while (await move.takeKeys(100));
      await move.finish();
    };
    expect(await isSteady(connection, nothing)).toBe(true);
    const thereAndBack = async (): Promise<void> => {
      await moveTo(other(home));
      await moveTo(home);
    };
    expect(await isSteady(connection, thereAndBack)).toBe(false);
    expect(await isSteady(connection, nothing)).toBe(true);
    const move = await cluster.beginMove(slot, other(home));
    expect(await isSteady(connection, nothing)).toBe(false);
    await expect(readAll(scanNames(connection))).rejects.toThrow(SlotsMoved); // what a backup, say, reads may not be whole
    await move.finish();
    expect(await isSteady(connection, nothing)).toBe(true);
    await moveTo(home);
  });
});

/** Reads to the end. */
async function readAll(pages: AsyncIterable<unknown>): Promise<void> {
  for await (const _ of pages);
}

describe("a node that is full", () => {
  test("closes intake everywhere, and what goes on from there is done", async () => {
    const { call, command } = wrap(await connect());
    const [node] = cluster.nodes;
    const elsewhere =
      numbers(60)
        .map((i) => `{t${i}}:list`)
        .find((key) => slotOf(key) > 8_000) ?? "";
    expect(await call(append, [elsewhere], ["1"])).toBe(1);
    await node?.ask("CONFIG", "SET", "maxmemory", 1);
    try {
      await expect
        .poll(() => call(append, [elsewhere], ["2"]).catch((error: unknown) => error), { timeout: 5_000 })
        .toBeInstanceOf(StoreFull);
      const length = Number(await command("LLEN", elsewhere));
      expect(await call(drain, [elsewhere], ["3"])).toBe(length + 1);
    } finally {
      await node?.ask("CONFIG", "SET", "maxmemory", 0);
    }
    await expect
      .poll(() => call(append, [elsewhere], ["4"]).catch((error: unknown) => error), { timeout: 5_000 })
      .toBeTypeOf("number");
  });
});

describe("a node that goes", () => {
  test("takes the whole connection down, then it is there again with all that was answered", async () => {
    const { call } = wrap(await connect());
    const said: string[] = [];
    connection.onDown(() => said.push("down"));
    const tags = numbers(30).map((i) => `{t${i}}:list`);
    await Promise.all(tags.map((key) => call(append, [key], ["before"])));
    const victim = cluster.nodes[1] as ClusterNode;
    const flights = tags.map((key) =>
      call(append, [key], ["flight"]).catch((error: unknown) => {
        said.push(error instanceof StoreAway ? "away" : "other");
      }),
    );
    connection.flush();
    await victim.redis.kill();
    await Promise.all(flights);
    for (let i = 0; i < 200 && connection.up; i++) await systemClock.sleep(5);
    expect(said[0]).toBe("down");
    expect(said).not.toContain("other");
    await expect(call(append, [tags[0] ?? ""], ["x"])).rejects.toThrow(StoreAway);
    await victim.redis.restart();
    await cluster.whole();
    await whenUp(connection);
    for (const key of tags) {
      const list = texts(await connection.command("LRANGE", key, 0, -1));
      expect(["before", "before,flight"], key).toContain(list.join());
    }
  });
});

describe("a cluster that gets another node", () => {
  test("is known anew as soon as a slot has gone there", async () => {
    const grown = await startCluster({ slotless: 1 });
    connection = await connectTo(grown.target, [append]);
    expect(connection.servers).toHaveLength(3);
    const key = "{a}:list";
    await connection.call(append, [key], ["1"]);
    const [newcomer] = grown.nodes.slice(3);
    if (newcomer === undefined) throw new Error("it has four nodes");
    const move = await grown.beginMove(slotOf(key), newcomer);
    while (await move.takeKeys(10));
    await move.finish();
    await expect(connection.call(append, [key], ["lost"])).rejects.toThrow(StoreAway);
    await whenUp(connection);
    expect(connection.servers).toHaveLength(4);
    expect(await connection.call(append, [key], ["2"])).toBe(2);
    await connection.close();
    await grown.stop();
  });
});

describe("what isn't a whole cluster", () => {
  /** The code with which a connection says that it can't come about. */
  async function codeOf(target: ClusterTarget): Promise<string> {
    const said = Promise.withResolvers<string>();
    const warn = (event: string, { code = "none" }: LogFields = {}): void => {
      if (event === "store.connection.broken") said.resolve(String(code));
    };
    const log = { ...silent, warn };
    connection = openConnection(target, { log, clock: systemClock });
    const code = await said.promise;
    expect(connection.up).toBe(false);
    return code;
  }

  test("is said: one server alone", async () => {
    const port = await freePort();
    const redis = await startPlainRedis({ more: ["--port", `${port}`, "--bind", "127.0.0.1"] });
    expect(await codeOf({ kind: "cluster", nodes: [{ kind: "tcp", host: "127.0.0.1", port }] })).toBe(
      "NOCLUSTER",
    );
    await redis.stop();
  });

  test("is said: slots that are nobody's", async () => {
    const slot = 5_000;
    const owner = await cluster.ownerOf(slot);
    for (const { ask } of cluster.nodes) await ask("CLUSTER", "DELSLOTS", slot);
    expect(await codeOf(cluster.target)).toBe("CLUSTERDOWN");
    await owner.ask("CLUSTER", "ADDSLOTS", slot);
    await whenUp(connection);
  });

  test("is said: nobody there", async () => {
    const port = await freePort();
    expect(await codeOf({ kind: "cluster", nodes: [{ kind: "tcp", host: "127.0.0.1", port }] })).toBe(
      "ECONNREFUSED",
    );
  });
});

describe("a cluster behind TLS", () => {
  test("is spoken to as the user of docs/redis.md", async () => {
    const { folder, settings } = await tlsSettings();
    const user = ["--user", USER, "on", `>${PASSWORD}`, ...documentedRights()];
    const tls = await startCluster({
      moreOf: (port) => [
        "--tls-port",
        `${port}`,
        "--port",
        "0",
        "--tls-cluster",
        "yes",
        ...settings,
        ...user,
      ],
      way: { username: USER, password: sensitive(PASSWORD), tls: OUR_TLS },
    });
    connection = await connectTo(tls.target, [append]);
    expect(await connection.call(append, ["{a}:list"], ["1"])).toBe(1);
    expect(await connection.command("GET", "{b}:none")).toBeNull();
    expect((await inspectRedis(connection)).map(({ kind }) => kind)).toEqual([
      "everysec",
      "everysec",
      "everysec",
    ]);
    await connection.close();
    await tls.stop();
    await rm(folder, { recursive: true });
  });
});

/** Methods of a connection, to be written shorter. */
function wrap(of: Connection) {
  return {
    call: (...args: Parameters<Connection["call"]>) => of.call(...args),
    command: (...args: Parameters<Connection["command"]>) => of.command(...args),
  };
}
