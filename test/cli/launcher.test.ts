import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startDaemonProcess } from "../support/daemon-process.ts";
import { processes } from "../support/processes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-launcher-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const link = { name: "a", host: "127.0.0.1", port: 1, systemId: "test", password: "secret" };
const config = { accounts: { sms: { network: "sms", numbers: ["+12025550111"], links: [link] } } };
const optionsOf = (pid: number) => processes().find((each) => each.pid === pid)?.args;

test("the daemon keeps the pid it was started with, and little memory for young objects", async () => {
  const daemon = await startDaemonProcess(folder, config);
  expect(optionsOf(daemon.pid)).toContain("--expose-gc --max-semi-space-size=4");
  expect(await daemon.end("SIGTERM")).toBe(0);
});

test("an operator's own limit stays", async () => {
  const daemon = await startDaemonProcess(folder, config, { NODE_OPTIONS: "--max-semi-space-size=8" });
  const options = optionsOf(daemon.pid);
  expect(options).toContain("--expose-gc");
  expect(options).not.toContain("--max-semi-space-size");
  await daemon.end("SIGTERM");
});
