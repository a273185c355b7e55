// docs/sms-provider.md: its table of statuses is the adapter's, and what it says about testing works as it stands there.

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { verdictOf } from "../../adapters/sms/outbound/statuses.ts";
import { freePort } from "../../demo/ports.ts";
import { type Block, ROOT, takeApart } from "./markdown.ts";
import { Sandbox } from "./sandbox.ts";

const FILE = "docs/sms-provider.md";
const TEXT = readFileSync(join(ROOT, FILE), "utf8");
const { blocks } = takeApart(FILE, TEXT);

const WORDS = { refused: "refused", temporary: "again", throttled: "slower" } as const;

it("docs/sms-provider.md says of each status what the adapter does with it", () => {
  const rows = [...TEXT.matchAll(/^\| `(0x[0-9a-f]+)`[^|]*\|[^|]+\| (\w+) \|/gm)];
  expect(rows.length).toBeGreaterThan(15);
  const wrong = rows.filter(([, status, word]) => WORDS[verdictOf(Number(status)).kind] !== word);
  expect(wrong.map(([row]) => row)).toEqual([]);
});

function block(language: string, has: string): Block {
  const found = blocks.find((one) => one.language === language && one.lines.join("\n").includes(has));
  if (found === undefined) throw new Error(`${FILE} has no ${language} block with "${has}"`);
  return found;
}

/** How long something may take on a busy machine. */
const BUSY = { timeout: 30_000 };

/** Lines of a process as they come. */
function linesOf(child: ChildProcess): string[] {
  const lines: string[] = [];
  let rest = "";
  child.stdout?.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts);
  });
  return lines;
}

it("docs/sms-provider.md: the loopback SMSC is started, texted and answered as it says", {
  timeout: 90_000,
}, async () => {
  const port = String(await freePort());
  const [command = ""] = block("sh", "smsc-main").lines;
  const [program = "", ...args] = command.replace("2775", port).split(" ");
  const smsc = spawn(program, args, { cwd: ROOT, stdio: ["pipe", "pipe", "inherit"] });
  const sandbox = new Sandbox();
  try {
    const said = linesOf(smsc);
    await expect.poll(() => said[0], BUSY).toContain("ready");
    const config = block("yaml", "state-test")
      .lines.join("\n")
      .replace("host: 127.0.0.1,", `host: 127.0.0.1, port: ${port},`);
    writeFileSync(join(sandbox.folder, "sms-test.yaml"), config, { mode: 0o600 });
    await sandbox.start(block("sh", "sms-test.yaml").lines[0]?.replace("npx ", "") ?? "");
    await expect
      .poll(async () => (await sandbox.run("footbridge status --config sms-test.yaml")).code, {
        timeout: 10_000,
      })
      .toBe(0);
    smsc.stdin?.write(`${block("json", '"do": "text"').lines.join("")}\n`);
    const answer = TEXT.match(/the answer is `([^`]+)`/)?.[1] ?? "";
    await expect.poll(() => said.includes('{"id":1,"status":[0]}'), BUSY).toBe(true);
    await expect.poll(() => said.join("\n"), BUSY).toContain(JSON.stringify(answer).slice(1, -1));
  } finally {
    await sandbox.close();
    smsc.kill();
    await once(smsc, "close");
  }
});
