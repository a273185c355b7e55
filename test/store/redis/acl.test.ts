// The user of docs/redis.md: it may do what Footbridge does, and no more.

import { globSync, readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { auditKeys } from "../../../src/daemon/audit.ts";
import { systemClock } from "../../../src/observe/clock.ts";
import { StoreRefused } from "../../../src/store/redis/errors.ts";
import { requireSafeRedis } from "../../../src/store/redis/external.ts";
import { text } from "../../../src/store/reply.ts";
import { connectTo } from "../../support/redis.ts";
import { documentedRights, startSecureRedis } from "../../support/secure-redis.ts";
import { openWorld, read, ready, until, type World } from "../../support/test-house.ts";

const ROOT = new URL("../../../", import.meta.url);
/** Not by a literal `command("NAME"`: the connection's own, and those of the embedded server alone. */
const OWN = ["eval", "evalsha", "script|load"];
const EMBEDDED = ["bgrewriteaof"];

/** The commands that the sources name. */
function usedCommands(): Set<string> {
  const used = new Set(OWN);
  const sources = globSync("src/**/*.{ts,lua}", { cwd: ROOT });
  for (const file of sources) {
    const source = readFileSync(new URL(file, ROOT), "utf8");
    const named = file.endsWith(".lua")
      ? source.matchAll(/\bcall\('([A-Z]+)'/g)
      : source.matchAll(/\bcommand\(\s*"([A-Z]+)"(?:,\s*"([A-Z]+)")?/g);
    for (const [, ...names] of named) {
      const [name, sub] = names.filter((each) => each !== undefined);
      if (name !== undefined) used.add([name, sub].filter(Boolean).join("|").toLowerCase());
    }
  }
  for (const command of EMBEDDED) used.delete(command);
  return used;
}

describe("the user of docs/redis.md", () => {
  let world: World | undefined;
  afterEach(() => world?.close());

  test("may run the commands that the sources name, and no others", () => {
    const rights = documentedRights().filter((word) => word.startsWith("+"));
    expect(rights.map((word) => word.slice(1)).sort()).toEqual([...usedCommands()].sort());
  });

  test("can do all of a house's work", async () => {
    const redis = await startSecureRedis({ fsync: "always" });
    world = await openWorld({ startRedis: async () => redis });
    const house = await world.open();
    await ready(world);
    await house.say("rooms", "hello");
    await house.say("phones", "hello too");
    await until(() => read(world as World, "phones").length + read(world as World, "rooms").length === 2);
    expect(await requireSafeRedis(house.connection, [])).toEqual([]);
    const { unexplained, families } = await auditKeys(house.connection, systemClock);
    expect(unexplained).toEqual([]);
    expect(families.every(({ bytes }) => bytes !== null)).toBe(true);
    const operator = await connectTo({ kind: "socket", path: redis.socket });
    expect(await operator.command("ACL", "LOG")).toEqual([]); // nothing was refused
    await operator.close();
  });

  test("may touch no key of another form, and none of the commands that end or change a server", async () => {
    const redis = await startSecureRedis();
    const connection = await connectTo(redis.target);
    const refused = [
      ["GET", "other"],
      ["FLUSHALL"],
      ["CONFIG", "SET", "appendonly", "no"],
      ["SHUTDOWN"],
      ["KEYS", "*"],
      ["ACL", "LIST"],
    ] as const;
    for (const [name, ...args] of refused)
      await expect(connection.command(name, ...args), name).rejects.toThrow(StoreRefused);
    expect(text(await connection.command("SET", "{meta}", "1"))).toBe("OK");
    await connection.close();
    await redis.stop();
  });
});
