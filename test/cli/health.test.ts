import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ControlServer, openControlServer } from "../../src/http/control-server.ts";
import { type HealthReport, healthReport } from "../../src/http/health.ts";
import { withoutRights } from "../support/without-rights.ts";
import { runInProcess } from "./in-process.ts";

let folder: string;
let config: string;
let server: ControlServer | undefined;
let live: HealthReport;
let ready: HealthReport;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "fb-health-"));
  config = join(folder, "config.yaml");
  writeFileSync(config, "state: .\n");
  live = healthReport([{ check: "lanes", ok: true, found: "moves" }]);
  ready = healthReport([{ check: "redis", ok: false, found: "doesn't answer" }]);
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A control socket before the daemon's handlers are there. */
async function open(): Promise<void> {
  server = await openControlServer({
    stateFolder: folder,
    handlers: () => undefined,
    health: { live: () => live, ready: async () => ready },
    onError: () => undefined,
  });
}
const footbridge = (...args: string[]) => runInProcess([...args, "--config", config]);

describe("footbridge health", () => {
  it("exits with 1 and says what isn't ready, with 0 when all is", async () => {
    await open();
    expect(await footbridge("health")).toEqual({
      code: 1,
      out: ["not ready", "redis: doesn't answer"],
      err: [],
    });
    ready = healthReport([{ check: "redis", ok: true, found: "answers" }], { all: 2, working: 1 });
    expect(await footbridge("health")).toEqual({ code: 0, out: ["ready"], err: [] });
    const { code, out } = await footbridge("health", "--json");
    expect([code, JSON.parse(out[0] ?? "")]).toEqual([0, ready]);
  });

  it("asks with --live whether a restart would help", async () => {
    await open();
    expect(await footbridge("health", "--live")).toMatchObject({ code: 0, out: ["live"] });
    live = healthReport([{ check: "lanes", ok: false, found: "no step for long" }]);
    expect(await footbridge("health", "--live")).toMatchObject({
      code: 1,
      out: ["not live", "lanes: no step for long"],
    });
  });

  it("exits with 1, and no other code, when no daemon runs or the config can't be read", async () => {
    expect(await footbridge("health")).toEqual({ code: 1, out: ["no daemon answers"], err: [] });
    rmSync(config);
    const { code, err } = await footbridge("health");
    expect(code).toBe(1);
    expect(err.join()).toMatch(/found no such file/);
  });

  it("tells a daemon that says nothing, and one that this user may not ask, from none", async () => {
    const stuck = createServer().listen(join(folder, "control.sock"));
    await once(stuck, "listening");
    expect(await footbridge("health")).toEqual({
      code: 1,
      out: ["a daemon is there, and doesn't answer in time"],
      err: [],
    });
    const { out } = await footbridge("health", "--json");
    expect(JSON.parse(out[0] ?? "")).toEqual({ error: "a daemon is there, and doesn't answer in time" });
    chmodSync(join(folder, "control.sock"), 0);
    const script = `const { askHealth } = await import("./src/http/health-client.ts");
      process.stdout.write((await askHealth(process.argv[1], "ready")).verdict);`;
    expect(withoutRights(script, folder)).toBe("forbidden");
    stuck.close();
  }, 15_000);

  it("is answered while the daemon starts, when nothing else is", async () => {
    await open();
    const { code, err } = await footbridge("status");
    expect([code, err]).toEqual([1, ["footbridge: the daemon is starting: ask again in a moment"]]);
    expect((await footbridge("health")).code).toBe(1);
  });
});
