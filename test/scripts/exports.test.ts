import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkExports } from "../../scripts/check/exports.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fb-exports-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What the checker finds in a tree of files, as `file name`. */
function unused(tree: Readonly<Record<string, string>>): string[] {
  for (const [file, text] of Object.entries(tree)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return checkExports(root, Object.keys(tree)).map((line) =>
    line.replace(/^(.+): exports (\w+|\*), which nobody imports: .+$/, "$1 $2"),
  );
}

describe("the check of exports", () => {
  it("finds each kind of declaration that nobody imports, and none that isn't exported", () => {
    const text = [
      "export function one() {}\nexport async function two() {}\nexport function* three() {}",
      "export class Four {}\nexport abstract class Five {}\nexport const six = 1;\nexport interface Seven {}",
      "export type Eight = 1;\nconst nine = 1;\nexport { nine, nine as ten };\nfunction inner() {}",
    ].join("\n");
    const names = ["one", "two", "three", "Four", "Five", "six", "Seven", "Eight", "nine", "ten"];
    expect(unused({ "src/a.ts": text })).toEqual(names.map((name) => `src/a.ts ${name}`));
  });

  it.each([
    ["by name", 'import { a } from "../src/a.ts";'],
    [
      "by another name, among others over several lines",
      'import x, {\n  type B,\n  a as c,\n} from "../src/a.ts";',
    ],
    ["as a type", 'import type { a } from "../src/a.ts";'],
    ["with all of its module", 'import * as all from "../src/a.ts";'],
    ["late, by name", 'const { a: b } = await import("../src/a.ts");'],
    ["late, by name of what comes", 'import(\n  "../src/a.ts"\n).then(({ a }) => a);'],
    ["late, with all of its module", 'load(() => import("../src/a.ts"));'],
    [
      "to pass it on where that is nobody's to look at",
      'export { a } from "../src/a.ts";\nexport * from "../src/a.ts";',
    ],
  ])("lets be what is imported %s", (_, text) => {
    const importer = { "test/b.test.ts": `${text}\n`, "test/c.ts": 'import { a } from "./b.test.ts";\n' };
    expect(unused({ "src/a.ts": "export const a = 1;\n", ...importer })).toEqual([]);
  });

  it("finds what another file of the same name exports", () => {
    const tree = {
      "src/a.ts": "export const a = 1;\n",
      "src/b/a.ts": "export const a = 1;\n",
      "src/b/c.ts": 'import { a } from "./a.ts";\n',
    };
    expect(unused(tree)).toEqual(["src/a.ts a"]);
  });

  it("looks through what is passed on, by name or as a whole, and finds that nobody takes it there", () => {
    const tree = {
      "src/x/a.ts": "export const a = 1;\nexport const b = 1;\nexport const c = 1;\n",
      "src/x/index.ts": 'export { a, b as d } from "./a.ts";\n',
      "src/y/a.ts": "export const e = 1;\nexport const f = 1;\n",
      "src/y/index.ts": 'export * from "./a.ts";\n',
      "src/main.ts": 'import { a } from "./x/index.ts";\nimport { e } from "./y/index.ts";\n',
    };
    expect(unused(tree)).toEqual(["src/x/a.ts b", "src/x/a.ts c", "src/x/index.ts d", "src/y/a.ts f"]);
  });

  it("finds a file that passes all on to nobody", () => {
    const tree = {
      "src/x/a.ts": "export const a = 1;\n",
      "src/x/index.ts": 'export * from "./a.ts";\n',
      "src/main.ts": 'import { a } from "./x/a.ts";\n',
    };
    expect(unused(tree)).toEqual(["src/x/index.ts *"]);
  });

  it("lets be what the contract, the model and an adapter offer to whoever comes", () => {
    const tree = {
      "src/model/a.ts": "export const a = 1;\n",
      "src/model/index.ts": 'export * from "./a.ts";\nexport * from "./d.ts";\n',
      "src/model/d.ts": "export const d = 1;\n",
      "src/main.ts": 'import { d } from "./model/index.ts";\n',
      "src/adapter/index.ts": 'export { b } from "./b.ts";\n',
      "src/adapter/b.ts": "export const b = 1;\nexport const c = 1;\n",
      "adapters/sms/index.ts": "export const sms = 1;\n",
    };
    expect(unused(tree)).toEqual(["src/adapter/b.ts c"]);
  });

  it("looks at no export of tests, the demo and the benchmarks, but at what supports tests", () => {
    const text = "export const a = 1;\n";
    expect(
      unused({ "test/a.ts": text, "demo/a.ts": text, "bench/a.ts": text, "test/support/a.ts": text }),
    ).toEqual(["test/support/a.ts a"]);
  });
});
