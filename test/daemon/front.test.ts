// Who listens when two daemons start with one state folder.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Desk, frontOf } from "../../src/daemon/desk.ts";
import type { Front } from "../../src/daemon/front.ts";
import { Health } from "../../src/daemon/health.ts";
import { Metrics } from "../../src/daemon/metrics.ts";
import { askHealth } from "../../src/http/health-client.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { freePort } from "../peers/synapse/index.ts";
import { skippingClock } from "../support/skipping-clock.ts";

const log = createLogger({ level: "silent" });
let state: string;
let port: number;
let fronts: Front[];

beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), "fb-front-"));
  port = await freePort();
  fronts = [];
});
afterEach(async () => {
  await Promise.all(fronts.map((front) => front.close()));
  rmSync(state, { recursive: true, force: true });
});

function daemon(clock = skippingClock()) {
  const desk: Desk = { health: new Health(clock), metrics: new Metrics(clock), handlers: undefined };
  const front = frontOf(desk, { state, http: { bind: "127.0.0.1", port } }, { clock, log });
  fronts.push(front);
  return { clock, desk, front };
}
/** Whom the sockets lead to: only the first one stops. */
async function leadsTo(): Promise<readonly string[]> {
  const socket = await askHealth(state, "ready");
  const web = await fetch(`http://127.0.0.1:${port}/health/ready`).then((response) => response.text());
  return [socket.json ?? "", web].map((text) => (text.includes('"stopping"') ? "first" : "second"));
}

test("the one that has them keeps them; the other gets them as soon as it lets go", async () => {
  const [first, second] = [daemon(), daemon()];
  first.desk.health.stopping();
  await first.front.openFree();
  await second.front.openFree();
  expect(await leadsTo()).toEqual(["first", "first"]);
  const all = second.front.openAll();
  await first.front.close();
  second.clock.skip(250);
  await all;
  expect(await leadsTo()).toEqual(["second", "second"]);
});

test("one whose socket another took for a dead one's opens it anew", async () => {
  const [first, second] = [daemon(), daemon()];
  first.desk.health.stopping();
  await first.front.openFree();
  rmSync(join(state, "control.sock"));
  await second.front.openFree();
  expect(await leadsTo()).toEqual(["second", "first"]);
  await second.front.close();
  await first.front.openAll();
  expect(await leadsTo()).toEqual(["first", "first"]);
});

test("a place that stays taken is said, in the end", async () => {
  const [first, second] = [daemon(), daemon()];
  await first.front.openFree();
  const all = second.front.openAll();
  const said = expect(all).rejects.toThrow(/^a daemon is running already with this state folder/);
  for (let i = 0; i < 60; i++) {
    second.clock.skip(250);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await said;
});

test("what was closed while it opened is closed", async () => {
  const { front } = daemon();
  const opening = front.openFree();
  await front.close();
  await opening;
  expect(await askHealth(state, "live")).toMatchObject({ verdict: "away" });
  await expect(fetch(`http://127.0.0.1:${port}/health/live`)).rejects.toThrow();
});
