import { describe, expect, it } from "vitest";
import { runInProcess } from "./in-process.ts";

async function helpOf(command: readonly string[]): Promise<string> {
  const { code, out, err } = await runInProcess([...command, "--help"]);
  expect([code, err]).toEqual([0, []]);
  return out.join("\n");
}

/** Every command that there is, found as a user finds it: by the help of the one above. */
async function commandsUnder(command: readonly string[]): Promise<readonly (readonly string[])[]> {
  const [, list = ""] = (await helpOf(command)).split("\nCommands:\n");
  const names = [...(list.split("\n\n")[0] ?? "").matchAll(/^ {2}([a-z]+)/gm)].map(([, name = ""]) => name);
  const below = await Promise.all(names.map((name) => commandsUnder([...command, name])));
  return [command, ...below.flat()];
}

const ALL = await commandsUnder([]);
const named = ALL.filter((command) => command.length > 0).map((command) => [command.join(" ")] as const);

/** They report nothing that a program would read. */
const SPEAKING = ["run", "init", "register", "help"];

describe("the help", () => {
  it("leads to every command", () => {
    expect(named.flat()).toEqual(
      expect.arrayContaining([
        "run",
        "status",
        "audit",
        "buried",
        "buried list",
        "buried retry",
        "buried drop",
        "whatsapp pair",
      ]),
    );
  });

  it.each(named)(
    "of %s has its use, every option that it takes, what its exit code says, and an example",
    async (name) => {
      const help = await helpOf(name.split(" "));
      expect(help).toMatch(new RegExp(`^Usage: footbridge ${name} \\[options\\]`));
      expect(/\n {2}-c, --config <file> +the config file/.test(help)).toBe(name !== "help");
      expect(help).toMatch(/\n {2}-h, --help +show this help/);
      expect(help.includes("\n  --json ")).toBe(!SPEAKING.includes(name));
      expect(help).toMatch(/[Ee]xits\swith \d/);
      expect(help).toMatch(new RegExp(`\nExamples?:\n {2}footbridge ${name}`));
    },
  );

  it.each(ALL.map((command) => [command.join(" ")]))(
    "of '%s' fits a terminal of 88 columns",
    async (name) => {
      const help = await helpOf(name.split(" ").filter(Boolean));
      for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(88);
    },
  );
});

describe("footbridge help", () => {
  it.each([
    [[], []],
    [["init"], ["init"]],
    [
      ["buried", "retry"],
      ["buried", "retry"],
    ],
  ])("%j shows what --help shows", async (names, command) => {
    const { code, out, err } = await runInProcess(["help", ...names]);
    expect([code, err]).toEqual([0, []]);
    expect(out.join("\n")).toBe(await helpOf(command));
  });

  it("is understood behind a command that has others below it", async () => {
    const { code, out } = await runInProcess(["whatsapp", "help", "pair"]);
    expect([code, out.join("\n")]).toEqual([0, await helpOf(["whatsapp", "pair"])]);
    expect(await helpOf(["buried"])).not.toMatch(/\n {2}help/);
  });

  it("says of a command that there isn't that it is none", async () => {
    const { code, out, err } = await runInProcess(["help", "buried", "nope"]);
    expect([code, out, err[0]]).toEqual([2, [], "error: unknown command 'nope'"]);
  });
});

describe("a word that isn't ours", () => {
  it.each([
    ["start", "footbridge run"],
    ["stop", "SIGTERM"],
    ["restart", "footbridge run"],
    ["logs", "footbridge run"],
    ["version", "footbridge --version"],
    ["pair", "footbridge whatsapp pair"],
    ["check", "footbridge doctor"],
    ["setup", "footbridge init"],
  ])("%s is answered with what is meant", async (word, way) => {
    const { code, out, err } = await runInProcess([word]);
    expect([code, out, err]).toEqual([2, [], [expect.stringContaining(`unknown command '${word}': `)]]);
    expect(err[0]).toContain(way);
  });

  it("and -v shows the version, as --version does", async () => {
    const { code, out } = await runInProcess(["-v"]);
    expect([code, out]).toEqual([0, (await runInProcess(["--version"])).out]);
  });
});

it("an option that stands before its command is told where it stands", async () => {
  const said = async (line: string) => (await runInProcess(line.split(" "))).err.join("\n");
  expect(await said("--config a.yaml status")).toContain("options stand behind their command");
  expect(await said("status --confg a.yaml")).not.toContain("behind");
});

describe("the options of buried", () => {
  it.each([
    ["buried --json --config a.yaml"],
    ["buried list --json --config a.yaml"],
    ["buried --json --config a.yaml list"],
    ["buried retry x --json --config a.yaml"],
    ["buried --json --config a.yaml retry x"],
    ["buried --config a.yaml drop --json x"],
  ])("may stand before and behind its commands: %s", async (line) => {
    const { code, out, err } = await runInProcess(line.split(" "));
    expect([code, err.length]).toEqual([2, 1]);
    expect(err[0]).toContain("a.yaml: found no such file");
    expect(JSON.parse(out[0] ?? "").error).toBe(err[0]);
  });

  it("and a command that there isn't is said to be none", async () => {
    const { code, out, err } = await runInProcess(["buried", "rety", "x"]);
    expect([code, out]).toEqual([2, []]);
    expect(err[0]).toBe("error: unknown command 'rety'");
  });
});
