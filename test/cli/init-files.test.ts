// What init does where files are already.

import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type MatrixConfig, registrationOf } from "../../adapters/matrix/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { adapters } from "../../src/daemon.ts";
import { freePort } from "../peers/synapse/process.ts";
import { filesIn, runInit } from "./init-bench.ts";
import { smallHomeserver } from "./small-homeserver.ts";

let home: Awaited<ReturnType<typeof smallHomeserver>>;
let folder: string;
let config: string;
let port: string;

beforeAll(async () => {
  home = await smallHomeserver({ name: "example.org", users: ["@admin:example.org", "@other:example.org"] });
});
afterAll(() => home.stop());
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "fb-init-"));
  config = join(folder, "config.yaml");
  port = String(await freePort());
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = () => loadConfig(config, { adapters, env: {} });
const matrixPart = () => load().accounts[0]?.config as MatrixConfig; // made by its adapter's schema
const flags = () => ({
  homeserver: home.url,
  serverName: "example.org",
  operator: "@admin:example.org",
  port,
});

describe("beside files that are there", () => {
  const again = (more: object = {}) => runInit(config, { yes: true, flags: flags(), ...more });

  it("asks nothing the second time, changes nothing, and says which options did nothing", async () => {
    await again();
    const before = filesIn(folder);
    const { code, out, err } = await again();
    expect(code).toBe(0);
    expect(out.slice(0, 2)).toEqual([
      `there    ${config}: nothing is asked`,
      `there    ${folder}/registration.yaml`,
    ]);
    expect(err[0]).toMatch(/^warning: --homeserver, --server-name, --operator, --port changed nothing/);
    expect(filesIn(folder)).toEqual(before);
  });

  it("writes the registration that was lost, with the tokens that are there", async () => {
    await again();
    const before = filesIn(folder);
    rmSync(join(folder, "registration.yaml"));
    expect((await again({ flags: {} })).code).toBe(0);
    expect(filesIn(folder)).toEqual(before);
  });

  it("keeps tokens and the key of a run before, and the tokens of a registration that is there", async () => {
    mkdirSync(join(folder, "secrets"));
    writeFileSync(join(folder, "secrets/as-token"), "mine\n", { mode: 0o600 });
    const key = `${Buffer.alloc(32, 7).toString("base64")}\n`;
    writeFileSync(join(folder, "secrets/kek"), key, { mode: 0o600 });
    expect((await again()).code).toBe(0);
    expect(matrixPart().appservice.asToken.expose()).toBe("mine");
    expect(filesIn(folder)["secrets/kek"]?.text).toBe(key);
    const tokens = matrixPart().appservice.hsToken.expose();
    rmSync(join(folder, "secrets"), { recursive: true });
    rmSync(config);
    expect((await again()).code).toBe(0);
    expect(matrixPart().appservice.hsToken.expose()).toBe(tokens);
  });

  it("replaces nothing unless it is told to, and then keeps what was there beside it", async () => {
    writeFileSync(join(folder, "registration.yaml"), "id: something-else\n", { mode: 0o600 });
    const { code, err } = await again();
    expect([code, err.join("")]).toEqual([1, expect.stringContaining("registration.yaml would be replaced")]);
    expect(Object.keys(filesIn(folder))).toEqual(["registration.yaml"]);
    expect((await again({ force: true })).code).toBe(0);
    expect(filesIn(folder)["registration.yaml.old"]?.text).toBe("id: something-else\n");
    expect(parse(filesIn(folder)["registration.yaml"]?.text ?? "")).toEqual(registrationOf(matrixPart()));
  });

  it("--force writes the config anew, but never the key, and keeps the tokens", async () => {
    await again();
    const before = filesIn(folder);
    const { code } = await again({ force: true, flags: { ...flags(), operator: "@other:example.org" } });
    expect(code).toBe(0);
    const after = filesIn(folder);
    expect(after["config.yaml"]?.text).toContain("@other:example.org");
    expect(after["config.yaml.old"]).toEqual(before["config.yaml"]);
    for (const kept of ["secrets/kek", "secrets/as-token", "secrets/hs-token", "registration.yaml"])
      expect(after[kept]).toEqual(before[kept]);
  });

  it("says what is wrong in a config that is there, and touches nothing", async () => {
    writeFileSync(config, "state: ./state\nacounts: {}\n");
    const { code, err } = await again();
    expect([code, err.at(-1)]).toEqual([2, expect.stringContaining("in the config: nothing was done")]);
    expect(Object.keys(filesIn(folder))).toEqual(["config.yaml"]);
  });

  it("makes no second key for a state folder that has one", async () => {
    mkdirSync(join(folder, "state"));
    writeFileSync(join(folder, "state/kek"), "there\n");
    expect((await again()).code).toBe(0);
    expect(load().keys.kek).toBeUndefined();
    expect(Object.keys(filesIn(folder))).not.toContain("secrets/kek");
  });

  it("makes no key for keys that another one wraps", async () => {
    mkdirSync(join(folder, "state/keys"), { recursive: true });
    writeFileSync(join(folder, "state/keys/0123456789abcdef.key"), "sealed");
    const { code, err } = await again();
    expect([code, err.join("")]).toEqual([
      1,
      expect.stringContaining("no file with the key that wraps them"),
    ]);
    expect(Object.keys(filesIn(folder))).toEqual(["state/keys/0123456789abcdef.key"]);
  });

  it("says that nothing can be written where that is so", async () => {
    writeFileSync(join(folder, "file"), "");
    const { code, err } = await runInit(join(folder, "file/config.yaml"), { yes: true, flags: flags() });
    expect([code, err.join("")]).toEqual([
      1,
      expect.stringMatching(/can't be written \(a part of its path is a file\)/),
    ]);
  });
});

describe("where others can write", () => {
  const run = (more: object = {}) => runInit(config, { yes: true, flags: flags(), ...more });

  it("nothing is written where everybody can, unless nobody can take away what is ours there", async () => {
    chmodSync(folder, 0o777);
    const { code, err } = await run();
    expect([code, err.join("")]).toEqual([
      1,
      expect.stringContaining(`can write to ${folder}: run chmod go-w`),
    ]);
    expect(filesIn(folder)).toEqual({});
    chmodSync(folder, 0o1777);
    expect(await run()).toMatchObject({ code: 0, err: [] });
  });

  it("a group that can is warned of", async () => {
    chmodSync(folder, 0o770);
    const { code, err } = await run();
    expect([code, err]).toEqual([0, [expect.stringMatching(/^warning: the group of .* run chmod g-w/)]]);
  });

  it("a secrets folder that everybody can write to is refused", async () => {
    mkdirSync(join(folder, "secrets"));
    chmodSync(join(folder, "secrets"), 0o777);
    expect((await run()).err.join("")).toContain(`can write to ${folder}/secrets`);
    expect(filesIn(folder)).toEqual({});
  });

  it.each(["registration.yaml", "config.yaml", "secrets/kek", "secrets/hs-token"])(
    "a link that leads nowhere is in the way (%s)",
    async (path) => {
      mkdirSync(join(folder, "secrets"), { mode: 0o700 });
      symlinkSync("/nowhere/at-all", join(folder, path));
      const { code, err } = await run();
      expect([code, err.join("")]).toEqual([
        1,
        expect.stringMatching(/nothing was written: .*(?:would be replaced|leads nowhere)/),
      ]);
      expect(filesIn(folder)).toEqual({});
    },
  );

  it.runIf(process.getuid?.() === 0).each(["secrets/kek", "secrets/as-token", "registration.yaml"])(
    "what another user put there is no secret (%s)",
    async (path) => {
      expect((await run()).code).toBe(0);
      rmSync(config);
      const before = filesIn(folder);
      chownSync(join(folder, path), 12_345, 12_345);
      const { code, err } = await run({ force: true });
      expect([code, err.join("")]).toEqual([
        1,
        expect.stringContaining(`${path} belongs to another user, who knows what is in it`),
      ]);
      expect(filesIn(folder)).toEqual(before);
      expect(existsSync(config)).toBe(false);
    },
  );
});

describe.runIf(process.getuid?.() === 0)("in the folder of another user", () => {
  it("root is told that this one can't read what it writes", async () => {
    chownSync(folder, 12_345, 12_345);
    const { code, err } = await runInit(config, { yes: true, flags: flags() });
    expect([code, err]).toEqual([
      0,
      [expect.stringContaining("belongs to another user, who can't read these files")],
    ]);
  });
});
