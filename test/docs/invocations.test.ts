// Every `footbridge ...` and `npm run ...` that a document names has to be there, with its options.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Command, CommanderError } from "commander";
import { describe, expect, it } from "vitest";
import type { Io } from "../../src/cli/io.ts";
import { describeProgram } from "../../src/cli/program.ts";
import { COMING_COMMANDS } from "./coming.ts";
import { documents, ROOT, type Spot } from "./markdown.ts";
import { commandsOf, footbridgeCalls } from "./shell.ts";

/** What commander says against a command line; nothing when it would be carried out. Nothing is. */
async function refusal(args: readonly string[]): Promise<string | undefined> {
  const io: Io = {
    env: {},
    out: () => undefined,
    err: () => undefined,
    loadDaemon: () => Promise.reject(new Error("nothing is started here")),
    loadBackups: () => Promise.reject(new Error("nothing is read here")),
  };
  const program = describeProgram(io, () => undefined);
  disarm(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? undefined : error.message;
    throw error;
  }
}

function disarm(command: Command): void {
  if (command.commands.length === 0 || command.name() === "buried") command.action(() => undefined);
  for (const below of command.commands) disarm(below);
}

const isComing = ([word = ""]: readonly string[]): boolean => COMING_COMMANDS.includes(word);

/** A command in running text: `footbridge status`; `footbridge` alone, or with a word in capitals, names the program. */
const inText = (spot: Spot): boolean => /^(?:\$ )?(?:npx )?footbridge [a-z-]/.test(spot.text);

/** A line with those on which it goes on. */
function wholeLine(lines: readonly string[], at: number): string {
  const text = lines[at]?.trim() ?? "";
  return text.endsWith("\\") ? `${text.slice(0, -1)}${wholeLine(lines, at + 1)}` : text;
}

const ALL = documents();
const calls = ALL.flatMap((document) => [
  ...commandsOf(document),
  ...document.codes.filter(inText),
  // Examples in what --help prints.
  ...document.blocks
    .filter(({ language }) => language === "text")
    .flatMap((block) =>
      block.lines
        .map((_, at) => ({ file: block.file, line: block.line + 1 + at, text: wholeLine(block.lines, at) }))
        .filter(({ text }) => /^footbridge [a-z]/.test(text)),
    ),
]).flatMap((spot) => footbridgeCalls(spot.text).map((args) => ({ ...spot, args })));

describe("the command lines in the documents", () => {
  it("exist, with all their options", async () => {
    expect(calls.length).toBeGreaterThan(50);
    const refused = await Promise.all(
      calls.map(async ({ file, line, args }) => {
        const why = await refusal(args.filter((word) => word !== "--help"));
        if (args.includes("--help") && why?.includes("missing required argument") === true) return [];
        return why === undefined || isComing(args)
          ? []
          : [`${file}:${line}: footbridge ${args.join(" ")}: ${why}`];
      }),
    );
    expect(refused.flat()).toEqual([]);
  });

  it.each([["statu"], ["status --jsn"], ["buried retry"], ["whatsapp pair a b"], ["run extra"]])(
    "footbridge %s would be found wrong",
    async (line) => {
      expect(await refusal(line.split(" "))).toMatch(/^error: /);
    },
  );

  it.each(COMING_COMMANDS)(
    "footbridge %s isn't there yet: take it out of coming.ts when it is",
    async (name) => {
      expect(await refusal([name])).toMatch(/unknown command/);
    },
  );

  it.each([
    ["npx footbridge status --json | jq .", [["status", "--json"]]],
    ["docker compose exec bridge footbridge doctor", [["doctor"]]],
    ["sudo systemctl restart footbridge", []],
    ["journalctl -u footbridge -f", []],
    ["FOOTBRIDGE_CONFIG=a.yaml footbridge buried retry ID && echo done", [["buried", "retry", "ID"]]],
    ["docker run --name footbridge footbridge run", [["run"]]],
    ["docker run -d --name footbridge --read-only -p 1:1 footbridge", []],
    ["docker build -t footbridge --build-arg VERSION=1 .", []],
  ])("are recognised in %s", (line, expected) => {
    expect(footbridgeCalls(line)).toEqual(expected);
  });
});

describe("npm scripts in the documents", () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(
    readFileSync(join(ROOT, "package.json"), "utf8"),
  );

  /** Those have packages of their own. */
  const isElsewhere = (file: string): boolean =>
    file.startsWith("examples/") || file === "docs/writing-an-adapter.md";

  it("exist", () => {
    const named = ALL.filter(({ file }) => !isElsewhere(file)).flatMap((document) =>
      [...commandsOf(document), ...document.codes].flatMap(({ file, line, text }) =>
        [...text.matchAll(/\bnpm (?:run ([\w:-]+)|(test|start)\b)/g)].map((match) => ({
          at: `${file}:${line}`,
          script: match[1] ?? match[2] ?? "",
        })),
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ script }) => scripts[script] === undefined)).toEqual([]);
  });
});
