// Every command that a document tells people to type is run here, or its row in ways.ts says who runs it, or why nobody can.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { documents, ROOT } from "./markdown.ts";
import { openHouse, type Ran, Sandbox } from "./sandbox.ts";
import { commandsOf, type Typed } from "./shell.ts";
import { type Trial, WAYS, type Way } from "./ways.ts";

const typed = documents().flatMap(commandsOf);

const fits = (way: Way, { file, text }: Typed): boolean =>
  (way.file === undefined || way.file === file) &&
  (typeof way.command === "string" ? way.command === text : way.command.test(text));

const wayOf = (command: Typed): Way | undefined => WAYS.find((way) => fits(way, command));

/** All commands of one kind, as rows for `it.each`: what a document says twice is run once. */
function of<K extends Trial["kind"]>(kind: K): readonly (readonly [string, Extract<Trial, { kind: K }>])[] {
  const found = new Map<string, Extract<Trial, { kind: K }>>();
  for (const command of typed) {
    const way = wayOf(command)?.way;
    if (way !== undefined && isKind(way, kind)) found.set(command.text, way);
  }
  return [...found];
}

function isKind<K extends Trial["kind"]>(way: Trial, kind: K): way is Extract<Trial, { kind: K }> {
  return way.kind === kind;
}

function expectRan(ran: Ran, { code = 0, shows }: { code?: number; shows?: RegExp }): void {
  expect(ran.code, ran.output).toBe(code);
  if (shows !== undefined) expect(ran.output).toMatch(shows);
}

describe("the commands in the documents", () => {
  it("each have a row in ways.ts", () => {
    expect(typed.length).toBeGreaterThan(10);
    const without = typed.filter((command) => wayOf(command) === undefined);
    // To be put into ways.ts, with the way in which it is tried.
    expect(
      without.map(
        ({ file, text }) => `{ file: ${JSON.stringify(file)}, command: ${JSON.stringify(text)}, way: .. },`,
      ),
    ).toEqual([]);
  });

  it.each(WAYS.map((way) => [`${way.file ?? "any document"}: ${way.command}`, way] as const))(
    "%s is still what one of them says",
    (_, way) => {
      expect(typed.some((command) => wayOf(command) === way)).toBe(true);
    },
  );

  it.each(WAYS.flatMap(({ way }) => (way.kind === "elsewhere" ? [[way.test, way.words] as const] : [])))(
    "that %s runs are named there",
    (file, words) => {
      expect(existsSync(join(ROOT, file))).toBe(true);
      expect(readFileSync(join(ROOT, file), "utf8").includes(words)).toBe(true);
    },
  );
});

/** A busy machine takes its time: each command starts a Node. */
const PATIENCE = { timeout: 90_000 };

describe("beside a running bridge", PATIENCE, () => {
  // Not before: where none of these tests is wanted, nobody would end it.
  let house: Sandbox | undefined;
  beforeAll(async () => {
    house = await openHouse();
  }, PATIENCE.timeout);
  afterAll(() => house?.close());

  it.each(of("house"))("%s does what its document says", async (text, way) => {
    if (house === undefined) throw new Error("it isn't running");
    const sandbox = house;
    await expect.poll(async () => (await sandbox.run("footbridge status")).code, { timeout: 30_000 }).toBe(0);
    expectRan(await sandbox.run(text), way);
  });
});

const SHOWN =
  /^(?:sudo |\\$ )?(?:npx|npm|footbridge|docker|podman|systemctl|journalctl|curl|git|openssl|redis-cli|synctl) /;

describe("a block without a language", () => {
  it("has no command in it: those belong into one of sh, or behind $", () => {
    const hidden = documents()
      .flatMap((document) => document.blocks)
      .filter(({ language }) => language === "")
      .flatMap(({ file, line, lines }) =>
        lines.filter((text) => SHOWN.test(text)).map((text) => `${file}:${line}: ${text}`),
      )
      .filter((text) => !text.includes(": $ "));
    expect(hidden).toEqual([]);
  });
});

const FOLLOWED = [...new Set(typed.map(({ file }) => file))].filter((file) =>
  typed.some((command) => command.file === file && wayOf(command)?.way.kind === "clone"),
);

describe("from top to bottom in a fresh clone", PATIENCE, () => {
  it("npx finds the clone's own footbridge", async () => {
    const sandbox = new Sandbox();
    try {
      expectRan(await sandbox.run("npx footbridge --version", "real"), { shows: /^\d+\.\d+\.\d+\n$/ });
    } finally {
      await sandbox.close();
    }
  });

  it.each(FOLLOWED)("%s can be followed", async (file) => {
    const sandbox = new Sandbox();
    try {
      for (const command of typed.filter((one) => one.file === file)) {
        const way = wayOf(command)?.way;
        if (way?.kind === "daemon") await sandbox.start(command.text);
        if (way?.kind !== "clone") continue;
        if (way.byHand === "addresses") await sandbox.setAddresses();
        expectRan(await sandbox.run(command.text), way);
      }
    } finally {
      await sandbox.close();
    }
  });
});
