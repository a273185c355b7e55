import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDaemonProcess } from "../support/daemon-process.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-launcher-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const link = { name: "a", host: "127.0.0.1", port: 1, systemId: "test", password: "secret" };
const config = { accounts: { sms: { network: "sms", numbers: ["+12025550111"], links: [link] } } };
const optionsOf = (pid: number) =>
  spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout;

test("the daemon keeps the pid it was started with, and little memory for young objects", async () => {
  const daemon = await startDaemonProcess(folder, config);
  expect(optionsOf(daemon.pid)).toContain("--expose-gc --max-semi-space-size=4");
  expect(await daemon.end("SIGTERM")).toBe(0);
});

test("an operator's own limit stays", async () => {
  const daemon = await startDaemonProcess(folder, config, { NODE_OPTIONS: "--max-semi-space-size=8" });
  expect(optionsOf(daemon.pid)).not.toContain("--max-semi-space-size");
  await daemon.end("SIGTERM");
});
