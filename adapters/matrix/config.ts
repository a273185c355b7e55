import { z } from "zod";
import { secret } from "../../src/adapter/index.ts";

const localpart = /^[a-z0-9._=/-]{1,64}$/;

/** The part of the config file that belongs to one Matrix account. */
export const matrixConfig = z.strictObject({
  network: z.literal("matrix").describe("The network that the account is on"),
  homeserver: z.strictObject({
    url: z
      .url({ protocol: /^https?$/, error: "the homeserver's address: http://HOST:PORT or https://HOST" })
      .describe("Where we reach the homeserver's client API"),
    name: z
      .string()
      .regex(/^[A-Za-z0-9.:[\]-]{1,230}$/, "a server name: example.org")
      .describe("Its server name: what stands after the colon of its users' names"),
  }),
  appservice: z.strictObject({
    id: z
      .string()
      .regex(/^[A-Za-z0-9._-]{1,64}$/, "letters, digits, dots, dashes")
      .default("footbridge")
      .describe("The name of the bridge in the homeserver's registration file"),
    bind: z.string().default("127.0.0.1").describe("The address that we listen on for the homeserver"),
    port: z.int().min(1).max(65_535).describe("The TCP port that we listen on"),
    url: z
      .url({ protocol: /^https?$/, error: "how the homeserver reaches us: http://HOST:PORT" })
      .optional()
      .describe("How the homeserver reaches that, if not as http://BIND:PORT"),
    asToken: secret().describe("The registration's as_token, by which the homeserver knows us"),
    hsToken: secret().describe("The registration's hs_token, by which we know the homeserver"),
  }),
  bot: z
    .string()
    .regex(localpart, "lower-case letters, digits, . _ = / -")
    .default("footbridge")
    .describe("The localpart of the user that people talk to for the bridge itself"),
  botName: z
    .string()
    .min(1)
    .max(100)
    .default("Footbridge")
    .describe("What that user is called in people's clients"),
  ghostPrefix: z
    .string()
    .regex(localpart, "lower-case letters, digits, . _ = / -")
    .default("_fb_")
    .describe("What the localparts and aliases of the bridge's ghosts begin with"),
  connections: z
    .int()
    .min(1)
    .max(1_024)
    .default(64)
    .describe("How many requests to the homeserver may be under way at a time"),
  requestTimeoutMs: z
    .int()
    .min(100)
    .max(300_000)
    .default(30_000)
    .describe("How long one request may take before its outcome counts as unknown, in ms"),
  pollMs: z
    .int()
    .min(0)
    .max(120_000)
    .default(30_000)
    .describe("How long the homeserver may hold a poll for news open, in ms"),
});

/** The checked config of one Matrix account. */
export type MatrixConfig = z.output<typeof matrixConfig>;
