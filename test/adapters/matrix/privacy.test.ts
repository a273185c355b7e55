import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("over refusals and an outage nothing personal is printed, logged or reported", async () => {
  const script = join(import.meta.dirname, "outage-child.ts");
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script], { timeout: 15_000 });
  const lines = stdout.trim().split("\n");
  const { secrets } = JSON.parse(lines.at(-1) ?? "") as { secrets: readonly string[] }; // the child's own line
  const printed = [...lines.slice(0, -1), stderr].join("\n");
  expect(printed).toContain("matrix.sync.failed");
  expect(secrets.length).toBeGreaterThan(5);
  for (const secret of secrets) expect(printed).not.toContain(secret);
});

test("the bridge package loads with our crypto package in its place, and is loaded only when a portal needs it", async () => {
  const code = [
    'const { matrix } = await import("./adapters/matrix/index.ts");',
    'const loaded = Object.keys((await import("node:module")).default._cache ?? {});',
    'const isEarly = loaded.some((path) => path.includes("matrix-appservice-bridge"));',
    'const { Bridge } = await import("matrix-appservice-bridge");',
    'const { OlmMachine, UserId } = await import("@matrix-org/matrix-sdk-crypto-nodejs");',
    "console.log(JSON.stringify({ network: matrix.network, isEarly, bridge: typeof Bridge, olm: typeof OlmMachine, user: typeof UserId }));",
  ].join("\n");
  const root = join(import.meta.dirname, "../../..");
  const args = ["--input-type=module-typescript", "-e", code];
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root });
  expect(JSON.parse(stdout)).toEqual({
    network: "matrix",
    isEarly: false,
    bridge: "function",
    olm: "function",
    user: "function",
  });
});
