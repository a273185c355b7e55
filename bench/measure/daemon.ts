import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { startDaemonProcess } from "../../test/support/daemon-process.ts";
import { NUMBER, type Ports, phoneOf, type Question, userOf } from "../peers/calls.ts";
import type { BenchChild } from "../support/child.ts";
import { childNamed, cpuMs, rssMb } from "../support/processes.ts";
import { freePort, networksOf, SECRETS } from "./config.ts";

/** How many conversations the daemon carries. */
export const CONVERSATIONS = 20;
/** How long they are left alone before their memory is looked at: the daemon gives back what its start left after a second or two. */
const REST_MS = 3_000;
/** How long Redis needs to forget its buffers. */
const REDIS_REST_MS = 1_000;

/** The real daemon between the loopback networks, with its embedded Redis. */
export interface BenchDaemon {
  /** From the spawn until it is ready, in ms. */
  readonly readyMs: number;
  /** MB of both when the daemon had started and before the first message. */
  readonly idle: { readonly daemon: number; readonly redis: number };
  /** CPU time of both together so far, in ms. */
  cpu(): number;
  /** What the daemon logged, for when something goes wrong. */
  output(): string;
  /** MB of the daemon now. */
  rss(): number;
  /** Octets that Redis holds, without what its connections use for the moment. */
  usedBytes(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts it, binds it to the networks and opens its rooms. */
export async function startBenchDaemon(networks: BenchChild<Question>, ports: Ports): Promise<BenchDaemon> {
  const folder = await mkdtemp(join(tmpdir(), "footbridge-bench-"));
  const appservicePort = await freePort();
  const daemon = await startDaemonProcess(folder, configOf(ports, appservicePort));
  const redisPid = childNamed(daemon.pid, /^(redis|valkey)-server/);
  await networks.ask({
    do: "connect",
    url: `http://127.0.0.1:${appservicePort}`,
    hsToken: SECRETS.hsToken,
  });
  await rest(REST_MS);
  const idle = { daemon: rssMb(daemon.pid), redis: rssMb(redisPid) };
  const open = await networks.ask<number>({ do: "open" });
  if (open !== CONVERSATIONS) throw new Error(`found ${open} open rooms, expected ${CONVERSATIONS}`);
  const redis = new Redis({ path: join(folder, "state", "redis", "redis.sock") });
  return {
    readyMs: daemon.readyMs,
    idle,
    cpu: () => cpuMs(daemon.pid) + cpuMs(redisPid),
    output: () => daemon.output(),
    rss: () => rssMb(daemon.pid),
    usedBytes: async () => {
      await rest(REDIS_REST_MS);
      return usedBytes(await redis.info("memory"));
    },
    stop: async () => {
      redis.disconnect();
      await daemon.end();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configOf(ports: Ports, appservicePort: number): Readonly<Record<string, unknown>> {
  return {
    ...networksOf(ports, appservicePort),
    pairs: Array.from({ length: CONVERSATIONS }, (_, i) => ({
      matrix: userOf(i),
      sms: `+${phoneOf(i)}`,
      account: "sms",
      number: `+${NUMBER}`,
      names: { matrix: `Ana ${i}`, sms: `Leo ${i}` },
    })),
  };
}

/** Memory of the data alone: buffers of clients and of the append-only file come and go. */
function usedBytes(info: string): number {
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, "m").exec(info)?.[1] ?? 0);
  return field("used_memory") - field("mem_clients_normal") - field("mem_aof_buffer");
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
