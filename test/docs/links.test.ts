// Links between the documents, and to files of the clone.

import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { COMING_DOCUMENTS } from "./coming.ts";
import { documents, ROOT, takeApart } from "./markdown.ts";

const ALL = documents();
const anchors = new Map(ALL.map((document) => [document.file, document.anchors]));
const links = ALL.flatMap((document) => document.links).filter(({ text }) => !/^[a-z]+:/.test(text));

/** What is wrong with a link; nothing when it leads somewhere. */
function fault(from: string, target: string): string | undefined {
  const [path = "", anchor] = target.split("#");
  const file = path === "" ? from : normalize(join(dirname(from), path));
  if (file.startsWith("..")) return "leads out of the clone";
  if (isComing(file)) return undefined;
  if (!existsSync(join(ROOT, file))) return "leads to nothing";
  if (anchor === undefined) return undefined;
  return anchors.get(file)?.has(anchor) === true ? undefined : "names a heading that isn't there";
}

const isComing = (file: string): boolean =>
  COMING_DOCUMENTS.some((coming) => !existsSync(join(ROOT, coming)) && `${file}/`.startsWith(`${coming}/`));

describe("the links of the documents", () => {
  it("all lead somewhere, and to a heading that is there", () => {
    expect(links.length).toBeGreaterThan(40);
    const broken = links.flatMap(({ file, line, text }) => {
      const wrong = fault(file, text);
      return wrong === undefined ? [] : [`${file}:${line}: ${text} ${wrong}`];
    });
    expect(broken).toEqual([]);
  });

  it("are found wrong where they are", () => {
    expect(fault("docs/people.md", "nowhere.md")).toBe("leads to nothing");
    expect(fault("docs/people.md", "limits.md#nowhere")).toBe("names a heading that isn't there");
    expect(fault("docs/people.md", "../../elsewhere.md")).toBe("leads out of the clone");
    expect(fault("docs/people.md", "#desk")).toBeUndefined();
  });

  it.each(COMING_DOCUMENTS)("%s isn't there yet: take its line out of coming.ts when it is", (file) => {
    expect(existsSync(join(ROOT, file))).toBe(false);
  });

  it("lead from the index to every document that isn't a decision", () => {
    const index = ALL.find(({ file }) => file === "docs/README.md");
    const named = new Set(index?.links.map(({ text }) => normalize(join("docs", text.split("#")[0] ?? ""))));
    const missing = ALL.map(({ file }) => file).filter(
      (file) => /^docs\/[^/]+\.md$/.test(file) && file !== "docs/README.md" && !named.has(file),
    );
    expect(missing).toEqual([]);
  });

  it("to headings are read as the repository's host makes them", () => {
    const { anchors: made } = takeApart(
      "a.md",
      "# What it *is*: `a b`\n## [X](y.md), Z\n## Twice\n## Twice\n```sh\n# no heading\n```\n",
    );
    expect([...made]).toEqual(["what-it-is-a-b", "x-z", "twice", "twice-1"]);
  });
});
