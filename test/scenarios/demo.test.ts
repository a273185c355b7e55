import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addresses } from "../../demo/cast.ts";
import { width } from "../../demo/paint.ts";
import { scan } from "../../demo/scan.ts";
import { processes } from "../support/processes.ts";

const DEMO = fileURLToPath(new URL("../../demo/run.ts", import.meta.url));

interface Report {
  readonly steps: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  readonly networks: readonly string[];
  readonly seconds: number;
  readonly scan: Readonly<Record<"places" | "forms" | "hits" | "planted" | "plantedFound", number>>;
}

let temporary = "";

beforeEach(() => {
  temporary = mkdtempSync(join(tmpdir(), "fb-demo-test-"));
});
afterEach(() => rmSync(temporary, { recursive: true, force: true }));

/** Starts the demo with a temporary folder of its own. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [DEMO, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary, ...env },
  });
  const said = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  const ended = once(child, "close").then(([code]) => code as number | null); // what Node says of an exit
  return { child, said, ended };
}

function reportOf(out: string): Report {
  return JSON.parse(out.trimEnd().split("\n").at(-1) ?? "") as Report; // looked at by each test
}

/** The processes that were started with something in that folder. */
function processesIn(folder: string): readonly string[] {
  return processes().flatMap(({ args }) => (args.includes(folder) ? [args] : []));
}

describe("npm run demo", () => {
  it("sees every step, says so in one object, and leaves nothing behind", async () => {
    const { said, ended } = start(["--json"]);
    expect(await ended, said.err).toBe(0);
    const report = reportOf(said.out);
    expect(said.out.trimEnd().split("\n")).toHaveLength(1);
    expect(report.steps.filter(({ ok }) => !ok)).toEqual([]);
    const names = report.steps.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["first contact", "linking", "STOP", "twenty each way"]));
    expect(report.steps.every(({ detail }) => detail.length > 10)).toBe(true);
    expect(report.networks).toEqual(["matrix", "sms", "whatsapp"]);
    expect(report.seconds).toBeLessThan(60);
    expect(report.scan).toMatchObject({ hits: 0, planted: report.scan.plantedFound });
    expect(report.scan.places).toBeGreaterThan(100);
    expect(report.scan.forms).toBeGreaterThanOrEqual(7);
    expect(report.scan.planted).toBeGreaterThan(100);
    expect(said.err).toBe("");
    expect(readdirSync(temporary)).toEqual([]);
    expect(processesIn(temporary)).toEqual([]);
  });

  it("shows people all phones in 100 columns, without an address and without colour in a pipe", async () => {
    const { said, ended } = start([]);
    expect(await ended, said.err).toBe(0);
    for (const title of [
      "Ana's computer, Matrix",
      "Ana's phone, WhatsApp",
      "Leo's phone, SMS",
      "Vic's phone, SMS",
    ])
      expect(said.out).toContain(title);
    expect(said.out).toContain("What Redis holds");
    expect(scan([{ name: "stdout", pieces: [Buffer.from(said.out)] }], addresses())).toEqual([]);
    expect(said.out).not.toContain("\u001b[");
    expect(said.out.split("\n").filter((line) => width(line) > 100)).toEqual([]);
  });

  it("says what it didn't see and where the log is, and keeps that", async () => {
    const broken = join(temporary, "redis-server");
    writeFileSync(broken, "#!/bin/sh\necho 'out of order'\nexit 1\n");
    chmodSync(broken, 0o755);
    const { said, ended } = start(["--json"], { PATH: `${temporary}${delimiter}${process.env.PATH}` });
    expect(await ended).toBe(1);
    const { scan: search, steps } = reportOf(said.out);
    expect(search.places).toBe(0);
    expect(steps[0]).toMatchObject({ name: "start", ok: false });
    expect(steps.slice(1).every(({ ok, detail }) => !ok && detail === "not reached")).toBe(true);
    expect(said.err).toContain('The demo stopped at "start": the daemon didn\'t start');
    const log = /log: (\S+)/.exec(said.err)?.[1] ?? "";
    expect(existsSync(log)).toBe(true);
    expect(readFileSync(log, "utf8")).toContain("out of order");
  });

  it("ends everything and removes its folder on Ctrl-C", async () => {
    const { child, said, ended } = start([]);
    while (!said.out.includes("✓ a chat")) await new Promise((resolve) => setTimeout(resolve, 5));
    child.kill("SIGINT");
    expect(await ended).toBe(130);
    await expect.poll(() => processesIn(temporary), { timeout: 5_000 }).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
