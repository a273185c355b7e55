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
const SPEAKING = ["run", "init", "register"];

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
      expect(help).toMatch(/\n {2}-c, --config <file> +the config file/);
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
