import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CONTRACT_VERSION } from "../../../src/adapter/version.ts";
import { ConfigError, loadConfig } from "../../../src/config/index.ts";
import { loadPackages } from "../../../src/daemon/packages/load.ts";
import { adapters, loadAdapters } from "../../../src/daemon.ts";

const ROOT = join(import.meta.dirname, "../../..");
let folder: string;
let config: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "footbridge-packages-"));
  config = join(folder, "config.yaml");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An adapter of a package, as JavaScript; it needs no schema of any library. */
const GOOD = `
import { networkName } from "footbridge/adapter";
const config = {
  safeParse: (input) =>
    typeof input.token === "string" || typeof input.token?.expose === "function"
      ? { success: true, data: input }
      : { success: false, error: { issues: [{ path: ["token"], message: "the pigeon's token" }] } },
};
export const adapter = {
  network: networkName("pigeon"),
  config,
  canonical: (text) => (text.startsWith("ring-") ? text : undefined),
  open: () => ({}),
};
`;

/** Installs a package beside the config; `more` goes over its package.json. */
function install(
  name: string,
  code: string,
  more: object = {},
  where = join(folder, "node_modules", name),
): void {
  mkdirSync(where, { recursive: true });
  const contract = { contract: `^${CONTRACT_VERSION}` };
  const file = { name, version: "1.2.3", type: "module", main: "main.js", footbridge: contract, ...more };
  writeFileSync(join(where, "package.json"), JSON.stringify(file));
  writeFileSync(join(where, "main.js"), code);
}

/** Writes the config. */
function write(packages: readonly string[], account = "{network: pigeon, token: coo}"): void {
  const entries = packages.map((name) => `  - package: ${name}\n`).join("");
  writeFileSync(config, `state: ./state\nadapters:\n${entries}accounts:\n  loft: ${account}\n`);
}

/** Loads the packages and then the config; what is wrong, without the file's name. */
async function problems(): Promise<string> {
  try {
    loadConfig(config, { adapters: await loadAdapters(config), env: {} });
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message.replaceAll(config, "");
    throw error;
  }
}

describe("a package that a config names", () => {
  it("brings its network, and its schema checks the accounts", async () => {
    install("footbridge-adapter-pigeon", GOOD);
    write(["footbridge-adapter-pigeon"]);
    const known = await loadAdapters(config);
    expect(known.map(({ network }) => network)).toEqual([
      ...adapters.map(({ network }) => network),
      "pigeon",
    ]);
    const { accounts, packages } = loadConfig(config, { adapters: known, env: {} });
    expect(accounts.map(({ account, network }) => [account, network])).toEqual([["loft", "pigeon"]]);
    expect(packages).toEqual(["footbridge-adapter-pigeon"]);
  });

  it("is found by its path from the config's folder, and under a scope", async () => {
    install("@someone/pigeon", GOOD, {}, join(folder, "mine"));
    write(["./mine"]);
    expect(await problems()).toBe("");
    install("@someone/pigeon", GOOD);
    write(['"@someone/pigeon"']);
    expect(await problems()).toBe("");
  });

  it("may say where its main file is by the conditions of exports", async () => {
    const exports = { ".": { types: "./x.d.ts", require: "./no.cjs", import: { default: "./main.js" } } };
    install("pigeon", GOOD, { main: "no.js", exports });
    write(["pigeon"]);
    expect(await problems()).toBe("");
  });

  it("may have a zod of its own, and uses our secret() in it", async () => {
    const schema = GOOD.replace(/const config[\s\S]*?};\n/, "").replace(
      "export const",
      'import { z } from "zod";\nimport { secret } from "footbridge/adapter";\n' +
        'const config = z.strictObject({ network: z.literal("pigeon"), token: secret(), age: z.int().max(9).optional() });\nexport const',
    );
    install("pigeon", schema);
    cpSync(join(ROOT, "node_modules/zod"), join(folder, "node_modules/zod"), { recursive: true });
    writeFileSync(join(folder, "token"), "coo", { mode: 0o600 });
    write(["pigeon"], "{network: pigeon, token: {file: token}}");
    expect(await problems()).toBe("");
    write(["pigeon"], "{network: pigeon, tokken: canary, age: 12}");
    const said = await problems();
    expect(said).toContain(
      'accounts.loft.tokken: found an unknown key, expected one of network, token, age (did you mean "token"?)',
    );
    expect(said).toContain("accounts.loft.age: found 12, expected a number of at most 9");
    expect(said).not.toContain("canary");
  });

  it("that has no schema library says in its own words what it expects", async () => {
    install("pigeon", GOOD);
    write(["pigeon"], "{network: pigeon}");
    expect(await problems()).toContain("accounts.loft.token: found nothing, expected the pigeon's token");
  });
});

describe("a package that can't be used is named with its line", () => {
  const at = ":3:14: adapters[0].package: found ";
  it.each([
    [
      "isn't there",
      undefined,
      {},
      'no such package, expected a package that is installed ("npm install pigeon" in',
    ],
    ["names no contract", GOOD, { footbridge: {} }, "a package that names no contract"],
    [
      "is for another contract",
      GOOD,
      { footbridge: { contract: "^9.1.0" } },
      `a package for contract >=9.1.0 <10.0.0-0, expected one that fits contract ${CONTRACT_VERSION}`,
    ],
    [
      "has a contract that is none",
      GOOD,
      { footbridge: { contract: "latest please" } },
      "a package whose contract is no range of versions",
    ],
    [
      "wasn't built",
      GOOD,
      { main: "dist/main.js" },
      "a package whose main file isn't there, expected the file that its package.json names (it may have to be built first (npm run build))",
    ],
    [
      "throws",
      'throw new RangeError("+15550123 canary")',
      {},
      "a package that throws when it is loaded (RangeError)",
    ],
    [
      "throws, with what to type to see it",
      "throw null",
      {},
      `a package that throws when it is loaded (object), expected a package that can be loaded (ask who wrote pigeon; node -e 'import(process.argv[1]).then(console.log)' '/`,
    ],
    [
      "throws what can't be looked at",
      "throw new Proxy(new Error(), { get() { throw new RangeError('canary') } })",
      {},
      "a package that throws when it is loaded (",
    ],
    [
      "throws when its adapter is looked at",
      "export const adapter = { get network() { throw new RangeError('canary') } }",
      {},
      "a package that throws when it is loaded (RangeError)",
    ],
    ["isn't JavaScript", "export const = 1", {}, "a package that throws when it is loaded (SyntaxError)"],
    ["lacks a dependency", 'import "not-there-at-all"', {}, "a package that lacks something that it imports"],
    ["exports nothing", "export const x = 1", {}, "a module that exports no adapter"],
    ["has no open", GOOD.replace("open: () => ({}),", ""), {}, "an adapter whose open isn't a function"],
    [
      "has no schema",
      GOOD.replace("  config,", "  config: {},"),
      {},
      "an adapter whose config has no safeParse",
    ],
    [
      "is for a network that is built in",
      GOOD.replace('"pigeon"', '"matrix"'),
      {},
      "a package for matrix, which is built in",
    ],
    [
      "has a network's name that none may have",
      GOOD.replace('networkName("pigeon")', '"pigeon 7"'),
      {},
      "an adapter whose network has another name",
    ],
  ] as const)("when it %s", async (_, code, more, words) => {
    if (code !== undefined) install("pigeon", code, more);
    write(["pigeon"]);
    const said = await problems();
    expect(said).toContain(`${at}${words}`);
    expect(said).not.toContain("canary");
  });

  it("when it isn't loaded in time, with what to do", async () => {
    install("pigeon", "await new Promise(() => {})");
    const asked: number[] = [];
    const clock = { sleep: async (ms: number) => void asked.push(ms) };
    const loaded = loadPackages(config, [{ package: "pigeon", key: "adapters" }], adapters, clock);
    await expect(loaded).rejects.toThrow(
      "adapters: found a package that isn't loaded after 10 s, expected a package that can be loaded (ask who wrote pigeon: ",
    );
    expect(asked).toEqual([10_000]);
  });

  it("when two are for one network, and says all of them at once", async () => {
    install("pigeon", GOOD);
    install("other-pigeon", GOOD);
    write(["pigeon", "other-pigeon", "no-such-pigeon"]);
    expect((await problems()).split("\n")).toEqual([
      expect.stringContaining(":4:14: adapters[1].package: found a second package for pigeon"),
      expect.stringContaining(":5:14: adapters[2].package: found no such package"),
    ]);
  });

  it("when its package.json isn't one", async () => {
    install("pigeon", GOOD);
    writeFileSync(join(folder, "node_modules/pigeon/package.json"), "{");
    write(["pigeon"]);
    expect(await problems()).toContain("found a package.json that can't be read");
  });
});

it.each(["Not A Package", "../x\u0001", 7])(
  "what can't name a package is said by the config's check: %j",
  async (name) => {
    const entries = `[{package: ${JSON.stringify(name)}}]`;
    const account = "{network: loopback, port: 1, token: t}";
    writeFileSync(config, `state: ./state\nadapters: ${entries}\naccounts: {x: ${account}}\n`);
    expect(await problems()).toContain(
      "expected the name of an npm package, or a path that begins with ./, ../ or /",
    );
  },
);

it("a package that npm linked is found where the link leads", async () => {
  install("pigeon", GOOD, {}, join(folder, "elsewhere"));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(join(folder, "elsewhere"), join(folder, "node_modules/pigeon"));
  write(["pigeon"]);
  expect(await problems()).toBe("");
});
