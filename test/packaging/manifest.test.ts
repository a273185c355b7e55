import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const CRYPTO = "@matrix-org/matrix-sdk-crypto-nodejs";

interface Manifest {
  readonly version: string;
  readonly private?: boolean;
  readonly files?: readonly string[];
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly bundleDependencies?: readonly string[];
}

const read = (file: string): Manifest => JSON.parse(readFileSync(file, "utf8"));
const manifest = read(join(ROOT, "package.json"));

describe("our package in the place of the native crypto module", () => {
  const ours = read(join(ROOT, "packages/matrix-crypto/package.json"));

  test("has the very version that is asked for: any other, and npm would bring the one that downloads a binary", () => {
    const bridge = createRequire(createRequire(import.meta.url).resolve("matrix-appservice-bridge"));
    const sdk = bridge.resolve("@vector-im/matrix-bot-sdk/package.json");
    expect(read(sdk).dependencies?.[CRYPTO]).toBe(ours.version);
    expect(manifest.dependencies?.[CRYPTO]).toBe(ours.version);
    expect(manifest.workspaces).toContain("packages/matrix-crypto");
  });

  test("is what is installed here, and the only one of its name", () => {
    expect(lstatSync(join(ROOT, "node_modules", CRYPTO)).isSymbolicLink()).toBe(true);
    const lock = readFileSync(join(ROOT, "package-lock.json"), "utf8");
    expect(lock.match(/node_modules\/@matrix-org\/matrix-sdk-crypto-nodejs": \{/g)).toHaveLength(1);
  });

  test("is carried by the package, with the package through which it is needed", () => {
    expect(manifest.bundleDependencies).toEqual([CRYPTO, "matrix-appservice-bridge"]);
  });
});

describe("the package", () => {
  test("can't be published by mistake", () => {
    expect(manifest.private).toBe(true);
  });

  test("takes along only what is in the repository, and what is built", () => {
    const built = ["dist"];
    for (const each of manifest.files ?? [])
      expect(built.includes(each) || existsSync(join(ROOT, each)), each).toBe(true);
    const ignored = execFileSync("git", ["check-ignore", ...built.map((each) => `${each}/`)], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(ignored.trim().split("\n")).toEqual(built.map((each) => `${each}/`));
  });
});
