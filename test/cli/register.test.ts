import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type MatrixConfig, registrationOf } from "../../adapters/matrix/index.ts";
import { loadConfig } from "../../src/config/index.ts";
import { adapters } from "../../src/daemon.ts";
import { runInProcess } from "./in-process.ts";
import { filesIn } from "./init-bench.ts";

const matrix = (port: number, tokens = "secrets") => `
    network: matrix
    homeserver: {url: "http://127.0.0.1:8008", name: example.org}
    appservice:
      port: ${port}
      asToken: {file: ${tokens}/as-token}
      hsToken: {file: ${tokens}/hs-token}
`;
const CONFIG = `state: ./state\naccounts:\n  matrix:${matrix(9993)}`;

let folder: string;
let config: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-register-"));
  config = join(folder, "config.yaml");
  writeFileSync(config, CONFIG, { mode: 0o600 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const register = (...args: readonly string[]) =>
  runInProcess(["register", "-c", config, ...args], {}, async () => ({
    loadAdapters: async () => adapters,
    startDaemon: () => Promise.reject(new Error("not started here")),
  }));
const wanted = (at = 0) => {
  const account = loadConfig(config, { adapters, env: {} }).accounts[at];
  return registrationOf(account?.config as MatrixConfig); // made by its adapter's schema
};
const registration = (name = "registration.yaml"): unknown => parse(filesIn(folder)[name]?.text ?? "");

describe("footbridge register", () => {
  it("writes the registration that the config wants, and the tokens that aren't there, and shows none", async () => {
    const { code, out } = await register();
    expect(code).toBe(0);
    const modes = Object.entries(filesIn(folder)).map(([path, { mode }]) => `${mode} ${path}`);
    expect(modes).toEqual([
      "600 config.yaml",
      "600 registration.yaml",
      "600 secrets/as-token",
      "600 secrets/hs-token",
    ]);
    expect(registration()).toEqual(wanted());
    expect(wanted().as_token).toMatch(/^[0-9a-f]{64}$/);
    expect(wanted().hs_token).not.toBe(wanted().as_token);
    for (const token of [wanted().as_token, wanted().hs_token]) expect(out.join("\n")).not.toContain(token);
  });

  it("changes nothing the second time", async () => {
    await register();
    const before = filesIn(folder);
    expect(await register()).toMatchObject({
      code: 0,
      out: [expect.stringContaining("says what the config wants")],
    });
    expect(filesIn(folder)).toEqual(before);
  });

  it("keeps the tokens that the config has", async () => {
    mkdirSync(join(folder, "secrets"));
    writeFileSync(join(folder, "secrets/as-token"), "mine\n", { mode: 0o600 });
    await register();
    expect(registration()).toMatchObject({
      as_token: "mine",
      hs_token: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it("keeps the tokens of a registration whose files are gone", async () => {
    await register();
    const before = filesIn(folder);
    rmSync(join(folder, "secrets"), { recursive: true });
    expect((await register()).code).toBe(0);
    expect(filesIn(folder)).toEqual(before);
  });

  it("doesn't replace one that says something else, and names where, without a token", async () => {
    await register();
    const before = filesIn(folder);
    writeFileSync(config, CONFIG.replace("9993", "9994"));
    const { code, err } = await register();
    expect(code).toBe(1);
    expect(err).toEqual([
      `footbridge: ${folder}/registration.yaml is there and says something else than the config (url): look at it, then "footbridge register --force" writes it anew`,
    ]);
    expect(filesIn(folder)["registration.yaml"]).toEqual(before["registration.yaml"]);
    expect((await register("--force")).code).toBe(0);
    expect(registration()).toEqual(wanted());
  });

  it("names keys of its own alone, whatever else stands there", async () => {
    writeFileSync(join(folder, "registration.yaml"), "id: footbridge\n'+12025550123': x\n");
    const { err } = await register();
    expect(err[0]).toMatch(/than the config \(.*other keys.*\)/);
    expect(err[0]).not.toContain("2025550123");
  });

  it("refuses to take for a registration what is none", async () => {
    for (const text of ["", "- a\n", "a: [\n"]) {
      writeFileSync(join(folder, "registration.yaml"), text);
      expect(await register("--force")).toMatchObject({
        code: 2,
        err: [expect.stringContaining("is no registration file: move it away")],
      });
    }
  });

  it("closes one that all may read, and leaves it to a group that was given it", async () => {
    await register();
    const path = join(folder, "registration.yaml");
    const modes = [0o644, 0o640].map((mode) => async () => {
      chmodSync(path, mode);
      await register();
      return (statSync(path).mode & 0o777).toString(8);
    });
    expect([await modes[0]?.(), await modes[1]?.()]).toEqual(["600", "640"]);
  });

  it("asks which account is meant, where there are several, and writes each where it is told to", async () => {
    writeFileSync(config, `${CONFIG}  second:${matrix(9994, "second")}`);
    expect(await register()).toMatchObject({
      code: 2,
      err: ['footbridge: several accounts need one: "footbridge register NAME", with one of matrix, second'],
    });
    expect((await register("second", "-o", join(folder, "second.yaml"))).code).toBe(0);
    expect(registration("second.yaml")).toEqual(wanted(1));
    expect(await register("third")).toMatchObject({
      code: 2,
      err: [expect.stringContaining("no account third")],
    });
  });

  it("says where a config has nothing to register, and what is wrong in one", async () => {
    writeFileSync(config, 'state: ./state\naccounts:\n  wa: {network: whatsapp, number: "+12025550155"}\n');
    expect(await register()).toMatchObject({
      code: 2,
      err: [expect.stringContaining("needs a registration")],
    });
    writeFileSync(config, CONFIG.replace("port: 9993", "prot: 9993"));
    const { code, err } = await register();
    expect([code, err[0]]).toEqual([2, expect.stringContaining("appservice")]);
    expect(Object.keys(filesIn(folder))).toEqual(["config.yaml"]);
  });

  it("says what can't be read or written", async () => {
    mkdirSync(join(folder, "registration.yaml"));
    expect(await register()).toMatchObject({
      code: 1,
      err: [expect.stringContaining("can't be read (EISDIR)")],
    });
    const nowhere = join(config, "below/registration.yaml");
    const { code, err } = await register("-o", nowhere);
    expect([code, err]).toEqual([1, [expect.stringMatching(/can't be (?:read|written) \(/)]]);
  });
});
