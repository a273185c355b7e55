import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkLength, checkPlaces } from "../../scripts/check/files.ts";
import { checkImports } from "../../scripts/check/imports.ts";

const PACKAGES = { runtime: ["zod", "matrix-appservice-bridge"], development: ["vitest"] };
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "fb-imports-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What the checker says to a tree of files. */
function check(tree: Readonly<Record<string, string>>): string[] {
  write(tree);
  return checkImports(root, Object.keys(tree), PACKAGES);
}

function write(tree: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

describe("the import check", () => {
  it("lets imports go down, within a folder, and from the daemon to adapters", () => {
    const tree = {
      "src/model/a.ts": 'export const a = 1;\nimport "node:fs";\n',
      "src/model/b.ts": 'import { a } from "./a.ts";\n',
      "src/store/c.ts": 'import {\n  a,\n  type B,\n} from "../model/a.ts";\nimport { z } from "zod";\n',
      "src/daemon.ts": 'import { x } from "../adapters/sms/index.ts";\nawait import("./store/c.ts");\n',
      "adapters/sms/index.ts": 'export * from "../../src/adapter/index.ts";\n',
      "src/adapter/index.ts": 'export type { A } from "../model/a.ts";\n',
      "test/x.test.ts": 'import { it } from "vitest";\nimport "../adapters/sms/index.ts";\n',
    };
    expect(check(tree)).toEqual([]);
  });

  it.each([
    [
      "up",
      { "src/model/a.ts": 'import type { S } from "../store/s.ts";' },
      "src/model/a.ts: imports src/store/s.ts: goes up, from src/model to src/store",
    ],
    [
      "up, by a dynamic import",
      { "src/config/a.ts": 'const x = await import("../http/s.ts");' },
      "src/config/a.ts: imports src/http/s.ts: goes up, from src/config to src/http",
    ],
    [
      "up, by a re-export over several lines",
      { "src/observe/a.ts": 'export {\n  a,\n} from "../privacy/p.ts";' },
      "src/observe/a.ts: imports src/privacy/p.ts: goes up, from src/observe to src/privacy",
    ],
    [
      "between siblings",
      { "src/routing/a.ts": 'import "../safety/b.ts";' },
      "src/routing/a.ts: imports src/safety/b.ts: src/routing and src/safety are siblings",
    ],
    [
      "from the core to an adapter",
      { "src/pipeline/a.ts": 'import "../../adapters/sms/index.ts";' },
      "src/pipeline/a.ts: imports adapters/sms/index.ts: only the daemon knows adapters",
    ],
    [
      "from an adapter to the core",
      { "adapters/sms/a.ts": 'import "../../src/store/s.ts";' },
      "adapters/sms/a.ts: imports src/store/s.ts: an adapter sees its own folder, src/adapter and src/model",
    ],
    [
      "from an adapter to another",
      { "adapters/sms/a.ts": 'import "../matrix/index.ts";' },
      "adapters/sms/a.ts: imports adapters/matrix/index.ts: an adapter sees its own folder, src/adapter and src/model",
    ],
    [
      "from the product to a tool",
      { "src/main.ts": 'import "../test/support/x.ts";' },
      "src/main.ts: imports test/support/x.ts: the product needs no tools",
    ],
    [
      "of a dev dependency",
      { "src/model/a.ts": 'import { it } from "vitest";' },
      "src/model/a.ts: imports vitest: it is a dev dependency",
    ],
    [
      "of a package that isn't declared",
      { "src/model/a.ts": 'import x from "@scope/left-pad/deep";' },
      "src/model/a.ts: imports @scope/left-pad: package.json doesn't have it",
    ],
    [
      "in a folder that no layer knows",
      { "src/utils/a.ts": "" },
      "src/utils/a.ts: lies in no layer (scripts/check/layers.ts)",
    ],
  ])("finds an import %s", (_, tree, line) => {
    expect(check(tree)).toEqual([line]);
  });

  it("finds a circle once, also one of types alone", () => {
    const tree = {
      "src/model/c.ts": 'import type { A } from "./a.ts";\n',
      "src/model/a.ts": 'import type { B } from "./b.ts";\n',
      "src/model/b.ts": 'import type { C } from "./c.ts";\n',
      "src/model/outside.ts": 'import "./b.ts";\n',
    };
    expect(check(tree)).toEqual([
      "src/model/a.ts -> src/model/b.ts -> src/model/c.ts -> src/model/a.ts: a circle",
    ]);
  });

  it("finds a file that imports itself", () => {
    expect(check({ "src/model/a.ts": 'import "./a.ts";' })).toEqual([
      "src/model/a.ts -> src/model/a.ts: a circle",
    ]);
  });
});

describe("the file checks", () => {
  it("find a file of more than 400 lines, and no other", () => {
    write({ "long.ts": "x;\n".repeat(401), "fits.ts": "x;\n".repeat(400), "data.json": "\n".repeat(900) });
    expect(checkLength(root, ["long.ts", "fits.ts", "data.json"])).toEqual([
      "long.ts: 401 lines, at most 400: find its second idea",
    ]);
  });

  it("find what refers to a place outside the clone", () => {
    write({ "a.md": `see ${["..", "shared", "DESIGN.md"].join("/")}`, "b.md": "see docs" });
    expect(checkPlaces(root, ["a.md", "b.md"])).toEqual(["a.md: refers to a place outside the clone"]);
  });
});
