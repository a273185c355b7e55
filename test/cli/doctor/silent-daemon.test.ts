import { createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { askDaemon } from "../../../src/cli/doctor-daemon.ts";
import { controlSocketPath } from "../../../src/http/control-socket.ts";
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

it("says of a daemon that is frozen itself that it says nothing of its health either", async () => {
  scene = new Scene(servers);
  await scene.makeState();
  const taken = new Set<Socket>();
  const frozen = createServer((socket) => void taken.add(socket));
  await new Promise<void>((listening) => frozen.listen(controlSocketPath(scene.state), listening));
  try {
    expect(await askDaemon(scene.state)).toEqual({
      running: true,
      findings: [
        {
          ...{ check: "daemon", status: "problem" },
          found: "it runs, but didn't answer within 5 s, and says nothing of its health",
          remedy: "it is stopped or stuck: look into its log, and restart it",
        },
      ],
    });
  } finally {
    for (const socket of taken) socket.destroy();
    await new Promise((closed) => frozen.close(closed));
  }
}, 20_000);
