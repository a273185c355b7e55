import { z } from "zod";
import { secret } from "../../src/adapter/index.ts";

/** The part of the config file that belongs to one loopback account. */
export const loopbackConfig = z.strictObject({
  network: z.literal("loopback").describe("The network that the account is on"),
  host: z.string().min(1).max(253).default("127.0.0.1").describe("Where the network listens"),
  port: z.int().min(1).max(65_535).describe("Its TCP port"),
  token: secret().describe("What the network knows us by"),
  concurrency: z.int().min(1).max(1_000).default(16).describe("How many requests may be under way at a time"),
  timeoutMs: z
    .int()
    .min(100)
    .max(300_000)
    .default(10_000)
    .describe("How long an answer may take before the outcome counts as unknown, in ms"),
});

/** The checked config of one loopback account. */
export type LoopbackConfig = z.output<typeof loopbackConfig>;
