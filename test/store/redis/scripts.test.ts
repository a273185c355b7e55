import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadScripts, parseScript } from "../../../src/store/redis/scripts.ts";
import { connectTo, startTestRedis } from "../../support/redis.ts";

const SOURCE =
  "#!lua flags=allow-oom\n-- Does nothing.\n-- KEYS none\n-- ARGV 1 a number\n-- Returns it\nreturn tonumber(ARGV[1])\n";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "footbridge-lua-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("a folder of scripts", () => {
  test("gives each by its file's name, with the hash that Redis knows it by", async () => {
    await writeFile(join(folder, "one.lua"), SOURCE);
    await writeFile(join(folder, "README.md"), "no script");
    const scripts = loadScripts(pathToFileURL(folder), ["one"]);
    expect(Object.keys(scripts)).toEqual(["one"]);
    const redis = await startTestRedis();
    const connection = await connectTo(redis.target);
    try {
      expect(String(await connection.command("SCRIPT", "LOAD", scripts.one.source))).toBe(scripts.one.sha);
      expect(await connection.call(scripts.one, [], [7])).toBe(7);
    } finally {
      await connection.close();
      await redis.stop();
    }
  });

  test("has to hold exactly the named ones", async () => {
    await writeFile(join(folder, "one.lua"), SOURCE);
    expect(() => loadScripts(pathToFileURL(folder), ["one", "two"])).toThrow(/lacks \[two\]/);
    await writeFile(join(folder, "three.lua"), SOURCE);
    expect(() => loadScripts(pathToFileURL(folder), ["one"])).toThrow(/has \[three\]/);
  });

  test("the project's own all have their headers", () => {
    const scripts = loadScripts(new URL("../../../src/store/scripts/", import.meta.url));
    expect(Object.keys(scripts).length).toBeGreaterThan(5);
  });
});

describe("a script's header", () => {
  test.each([
    ["KEYS", SOURCE.replace("-- KEYS none\n", "")],
    ["ARGV", SOURCE.replace("-- ARGV 1 a number\n", "")],
    ["Returns", SOURCE.replace("-- Returns it\n", "")],
    ["Returns", SOURCE.replace("-- Returns it\nreturn", "return").concat("-- Returns it")],
    ["#!lua", SOURCE.replace("#!lua", "--")],
  ])("that lacks %s is refused", (what, source) => {
    expect(() => parseScript("one", source)).toThrow(what);
  });
});
