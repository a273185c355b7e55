import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { Scene, type Servers, startServers, stopServers } from "./scene.ts";

let servers: Servers;
let scene: Scene;

beforeAll(async () => {
  servers = await startServers();
});
afterAll(() => stopServers(servers));
afterEach(() => scene.end());

it("leaves Redis, ports and binds alone beside a daemon that doesn't answer", async () => {
  scene = new Scene(servers);
  await scene.makeState();
  await scene.besideDaemon({ doctor: () => new Promise(() => undefined) });
  scene.writeConfig();
  const { code, lines } = await scene.examine();
  expect(code).toBe(1);
  expect(lines.filter((line) => line.startsWith("problem"))).toEqual([
    "problem  daemon: it runs, but didn't answer within 5 s: look into its log, and run this again: what only it knows wasn't checked",
  ]);
  expect(lines.filter((line) => /redis|none is running|link smsc-a/.test(line))).toEqual([]);
});
