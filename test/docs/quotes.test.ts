// What the documents quote of the program has to be in it: its words to people, and the names of its log lines.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ourFiles } from "../../scripts/check/files.ts";
import { documents, ROOT } from "./markdown.ts";

const SOURCE = ourFiles(ROOT)
  .filter((file) => /^(?:src|adapters)\/.*\.(?:ts|lua)$/.test(file))
  .map((file) => readFileSync(join(ROOT, file), "utf8"))
  .join("\n");

const [, AFTER = ""] = readFileSync(join(ROOT, "docs/operating.md"), "utf8").split("\n### Troubleshooting\n");
const symptoms = (AFTER.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("| "));
const quoted = symptoms.flatMap((line) => [...line.matchAll(/"([^"]{6,})"/g)].map(([, words = ""]) => words));

/** Every key of the config, as the generated reference has it: `accounts` and networks left out, without `[]`. */
const keys = [
  ...readFileSync(join(ROOT, "docs/configuration.md"), "utf8").matchAll(/^\| `([^`]+)` \|/gm),
].map(([, key = ""]) => key.replaceAll("[]", ""));

/** `sms.link.down`, `delivery.attempts`, `tls.ca`: a log line or a key, by what it begins with. */
const NAME =
  /^(?:appservice|delivery|destination|homeserver|keys|limits|log|matrix|operator|pacing|pairs|redis|sms|source|state|store|timer|tls|whatsapp)(?:\.[a-zA-Z-]+)+$/;
const ENDINGS = /\.(?:md|ts|yaml|conf|json|sh|py|lua)$/;
const names = documents()
  .filter(({ file }) => /^(?:docs\/[^/]+|README|SECURITY|CONTRIBUTING)\.md$/.test(file))
  .flatMap(({ codes }) => codes)
  .filter(({ text }) => NAME.test(text) && !ENDINGS.test(text));

/** A key, the end of one (`tls.ca` of a link), or a group of them (`limits.smsSpend`). */
const isKey = (name: string): boolean => keys.some((key) => `.${key}.`.includes(`.${name}.`));

describe("what the documents quote", () => {
  it("of the program's words, in the table of troubles, is in the program", () => {
    expect(quoted.length).toBeGreaterThan(3);
    expect(quoted.filter((words) => !SOURCE.includes(words))).toEqual([]);
  });

  it("of its log is the name of a line in it, and of its config a key of it", () => {
    expect(names.length).toBeGreaterThan(30);
    const unknown = names.filter(({ text }) => !SOURCE.includes(`"${text}"`) && !isKey(text));
    expect(unknown.map(({ file, line, text }) => `${file}:${line}: ${text}`)).toEqual([]);
    expect([isKey("tls.ca"), isKey("tls.caa"), isKey("delivery.attempts")]).toEqual([true, false, true]);
  });
});
