import { randomBytes } from "node:crypto";
import { Redis } from "ioredis";
import { median } from "../support/stat.ts";

/** How many writes go out together, and so are in flight. */
export const IN_FLIGHT = 256;
/** What the streams and queues of the bench carry. */
export const PAYLOAD_OCTETS = 1_024;
export const LANES = 1_000;

const PAYLOAD = randomBytes(PAYLOAD_OCTETS);

/**
 * P: how many XADD of 1 KiB a second Redis takes from one client in explicit pipelines of 256, each answered only when it is on
 * the disk. Nothing durable can be faster, so that ratios to it hold on any disk.
 */
export async function measureFloor(socket: string, ms: number): Promise<number> {
  const redis = new Redis({ path: socket });
  const began = performance.now();
  let count = 0;
  while (performance.now() - began < ms) {
    const pipeline = redis.pipeline();
    for (let i = 0; i < IN_FLIGHT; i++)
      pipeline.xadd(`{bench}:floor:${(count + i) % LANES}`, "*", "p", PAYLOAD);
    await pipeline.exec();
    count += IN_FLIGHT;
  }
  const rate = (count * 1_000) / (performance.now() - began);
  await redis.flushall();
  redis.disconnect();
  return rate;
}

/** How long one durable write of 1 KiB alone takes, in ms: the middle of some. */
export async function measureFsync(socket: string, ms: number): Promise<number> {
  const redis = new Redis({ path: socket });
  await redis.ping();
  const times: number[] = [];
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const began = performance.now();
    await redis.set("{bench}:fsync", PAYLOAD);
    times.push(performance.now() - began);
  }
  redis.disconnect();
  return median(times);
}
