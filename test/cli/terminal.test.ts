// The questions on a real terminal: a pseudo-terminal, made by Python, where that is.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../peers/synapse/process.ts";
import { smallHomeserver } from "./small-homeserver.ts";

const LAUNCHER = join(import.meta.dirname, "../../bin/footbridge.cjs");
const PTY = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
const PASSWORD = "canary-7 password";
const [CTRL_C, CTRL_D] = ["\u0003", "\u0004"];
const hasPython = spawnSync("python3", ["-c", "import os, pty; os.waitstatus_to_exitcode"]).status === 0;

describe.runIf(hasPython)("on a terminal", () => {
  let home: Awaited<ReturnType<typeof smallHomeserver>>;
  let folder: string;
  let port: string;
  let child: ChildProcess;
  let shown = "";

  beforeAll(async () => {
    home = await smallHomeserver({ name: "example.org", users: ["@admin:example.org"] });
  });
  afterAll(() => home.stop());
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "fb-terminal-"));
    port = String(await freePort());
    shown = "";
    const command = [process.execPath, LAUNCHER, "init", "--no-wait", "--compose", "no"];
    child = spawn("python3", ["-c", PTY, ...command], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
    child.stdout?.on("data", (part: Buffer) => {
      shown += part.toString();
    });
  });
  afterEach(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  const type = (text: string): void => void child.stdin?.write(text);
  async function asked(question: string): Promise<void> {
    await expect.poll(() => shown, { timeout: 10_000, interval: 20 }).toContain(question);
    shown = shown.slice(shown.lastIndexOf(question) + question.length);
  }
  async function answer(question: string, text: string): Promise<void> {
    await asked(question);
    type(`${text}\r`);
  }
  async function code(): Promise<unknown> {
    const [status] = await once(child, "exit");
    return status;
  }

  it("what is typed is taken, line by line or pasted at once, and a password isn't shown", async () => {
    await answer("The homeserver:", home.url);
    await asked("Its server name");
    type(`\radmin\r${port}\r\rsmsc.example.net\r`); // pasted: five answers
    await answer("Its port", "");
    await answer("TLS", "");
    await answer("The system_id", "bridge");
    await asked("The password");
    type(`${PASSWORD}\r`);
    await answer("The numbers", "+12025550111");
    await answer("WhatsApp", "");
    expect(shown).not.toContain("canary");
    await answer("Write them?", "");
    expect(await code()).toBe(0);
    expect(shown).not.toContain("canary");
    expect(readFileSync(join(folder, "secrets/smsc-password"), "utf8")).toBe(`${PASSWORD}\n`);
    expect(readFileSync(join(folder, "config.yaml"), "utf8")).toContain("@admin:example.org");
  });

  it.each([
    ["Ctrl-C", CTRL_C],
    ["Ctrl-D", CTRL_D],
  ])("%s in the middle ends it, and leaves nothing behind", async (_name, key) => {
    await answer("The homeserver:", home.url);
    await asked("Its server name");
    type(key ?? "");
    expect(await code()).toBe(1);
    expect(shown).toContain("footbridge: stopped, and nothing more was done");
    expect(readdirSync(folder)).toEqual([]);
  });
});
