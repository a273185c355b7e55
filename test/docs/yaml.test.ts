// What the documents show of config.yaml has to be taken by the bridge; other YAML has to be some.

import { describe, expect, it } from "vitest";
import { loadPart, OTHER_YAML, yamlOf } from "./config-parts.ts";
import { documents, takeApart } from "./markdown.ts";

const blocks = documents()
  .flatMap((document) => document.blocks)
  .filter(({ language }) => /^ya?ml$/.test(language));

const isOther = (file: string, key: string | undefined): boolean =>
  OTHER_YAML.some((other) => other.file === file && other.key === key);

describe("YAML in the documents", () => {
  it.each(blocks.map((block) => [`${block.file}:${block.line}`, block] as const))(
    "at %s is right",
    (_, block) => {
      const part = yamlOf(block);
      if (!isOther(block.file, Object.keys(part)[0])) loadPart(part);
    },
  );

  it("that is of other programs is still there", () => {
    const there = blocks.map((block) => `${block.file} ${Object.keys(yamlOf(block))[0]}`);
    expect(there).toEqual(expect.arrayContaining(OTHER_YAML.map(({ file, key }) => `${file} ${key}`)));
  });

  it.each([
    ["a key that there isn't", "redis: {urll: x}", /urll: found an unknown key/],
    [
      "an account's key that there isn't",
      "accounts: {a: {network: sms, number: x}}",
      /number: found an unknown key/,
    ],
    ["a key of another place", "port: 1", /port: found an unknown key/],
    ["a value of the wrong kind", "accounts: {a: {network: sms, maxParts: many}}", /maxParts/],
    ["a list where a group stands", "- a", /expected a group/],
  ])("would be found wrong with %s", (_, text, why) => {
    const [block] = takeApart("a.md", `\`\`\`yaml\n${text}\n\`\`\``).blocks;
    if (block === undefined) throw new Error("there is one");
    expect(() => loadPart(yamlOf(block))).toThrow(why);
  });
});
