// What `npm pack` makes, installed as an operator installs it: into an empty folder, and with -g. There are no overrides and no
// workspaces there, so the package has to bring what must not come from elsewhere.

import { execFile, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDaemonProcess } from "../support/daemon-process.ts";
import { TwoParties } from "../support/two-parties.ts";

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, "../..");
const CRYPTO = "@matrix-org/matrix-sdk-crypto-nodejs";
const QUIET = ["--prefer-offline", "--no-audit", "--no-fund"];

/** npm as a person runs it: without what npm tells the scripts that it runs, such as these tests. */
async function npm(cwd: string, ...args: readonly string[]): Promise<string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
  const env = { ...Object.fromEntries(kept), NODE_ENV: "" };
  const { stdout, stderr } = await run("npm", args, { cwd, env, maxBuffer: 64e6 });
  return `${stdout}${stderr}`;
}

describe("the npm package", () => {
  const folder = mkdtempSync(join(tmpdir(), "footbridge-npm-"));
  const places = {
    local: join(folder, "local/node_modules"),
    global: join(folder, "global/lib/node_modules"),
  };
  let tarball: string;
  let said: readonly string[];

  beforeAll(async () => {
    const packed = await npm(ROOT, "pack", "--json", "--pack-destination", folder);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? packed);
    const local = join(folder, "local");
    mkdirSync(local);
    writeFileSync(join(local, "package.json"), '{"private":true}');
    // --foreground-scripts: what a package's own script does is said.
    said = await Promise.all([
      npm(local, "install", ...QUIET, "--foreground-scripts", tarball),
      npm(
        folder,
        "install",
        ...QUIET,
        "--foreground-scripts",
        "-g",
        "--prefix",
        join(folder, "global"),
        tarball,
      ),
    ]);
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const bin = () => join(folder, "global/bin/footbridge");
  /** Not synchronously: the servers that it may ask are in this process. */
  const footbridge = (...args: readonly string[]) =>
    run(process.execPath, [bin(), ...args], { cwd: folder }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
        code,
        stdout,
        stderr,
      }),
    );

  test("has what runs and what is built, and no sources", () => {
    const place = join(places.global, "footbridge");
    expect(readdirSync(place).toSorted()).toEqual(
      [
        ...["CHANGELOG.md", "LICENSE", "README.md", "bin", "config.example.yaml", "dist", "docs"],
        ...["node_modules", "package.json", "packaging"],
      ].toSorted(),
    );
    expect(existsSync(join(place, "dist/src/store/scripts/accept.lua"))).toBe(true);
    // For those who write an adapter: the contract, and the suite that it has to pass.
    for (const each of ["src/adapter/index", "test/conformance"])
      for (const kind of ["js", "d.ts"])
        expect(existsSync(join(place, `dist/${each}.${kind}`)), each).toBe(true);
  });

  test.each(["local", "global"] as const)("brings our crypto package, and no other comes (%s)", (where) => {
    const found = findAll(places[where], CRYPTO);
    expect(found).toHaveLength(1);
    const { description } = JSON.parse(readFileSync(join(found[0] ?? "", "package.json"), "utf8"));
    expect(description).toContain("Footbridge's own package");
    expect(findAll(places[where], "@vector-im/matrix-bot-sdk")).toHaveLength(1);
    for (const words of said) expect(words).not.toContain("matrix-sdk-crypto");
  });

  test("leaves a tree that npm finds nothing wrong with, also after something else was installed", async () => {
    const local = join(folder, "local");
    await npm(local, "install", ...QUIET, "uqr@0.1.3");
    expect(await npm(local, "ls", CRYPTO)).toContain(`${CRYPTO}@0.4.0`);
    expect(findAll(places.local, CRYPTO)).toHaveLength(1);
  }, 120_000);

  test("says its version and its commands", async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    expect(await footbridge("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    expect((await footbridge("--help")).stdout).toContain("footbridge run --config");
  });

  test("says what it needs on a machine with an older Node", () => {
    const { status, stderr } = spawnSync(...oldNode(bin()), { encoding: "utf8" });
    expect(stderr).toMatch(/^footbridge: found Node \d+\.\d+\.\d+, needs Node 24 or newer: /);
    expect(status).toBe(1);
  });

  test("runs, carries a text each way, and is examined by its doctor", async () => {
    const parties = await TwoParties.start();
    const place = join(folder, "run");
    mkdirSync(place);
    const daemon = await startDaemonProcess(place, parties.config(), {}, bin());
    try {
      await parties.talk("Is the bike still there?", "Yes, come by");
      const { code, stdout } = await footbridge("doctor", "--config", daemon.config, "--json");
      const { checks }: { checks: { status: string }[] } = JSON.parse(stdout);
      expect(checks.filter((check) => check.status === "problem")).toEqual([]);
      expect([code, checks.length > 10]).toEqual([0, true]);
      expect(await daemon.end("SIGTERM")).toBe(0);
    } finally {
      await daemon.end("SIGKILL");
      await parties.stop();
    }
  }, 60_000);
});

/** A Node of this machine that is too old; where there is none, the one that runs says that it is 20. */
function oldNode(program: string): [string, string[]] {
  for (const path of ["/usr/bin/node", "/usr/local/bin/node"]) {
    const { status, stdout } = spawnSync(path, ["-p", "process.versions.node"], { encoding: "utf8" });
    if (status === 0 && Number.parseInt(stdout, 10) < 24) return [path, [program]];
  }
  const old = 'Object.defineProperty(process, "versions", { value: { node: "20.0.0" } })';
  return [process.execPath, ["--import", `data:text/javascript,${encodeURIComponent(old)}`, program]];
}

/** Where a package lies under a folder of npm's, at any depth. */
function findAll(folder: string, name: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => `/${path}`.endsWith(`/${name}`))
    .map((path) => join(folder, path));
}
