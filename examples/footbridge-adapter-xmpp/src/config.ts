import { secret } from "footbridge/adapter";
import { z } from "zod";

const domain = z
  .string()
  .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/, { error: "a domain in lower case, such as bridge.example.org" })
  .max(253);

/** The part of the config file that belongs to one XMPP account. */
export const xmppConfig = z.strictObject({
  network: z.literal("xmpp").describe("The network that the account is on"),
  host: z.string().min(1).max(253).default("127.0.0.1").describe("Where the server takes components"),
  port: z.int().min(1).max(65_535).default(5347).describe("Its port for components"),
  domain: domain.describe("The component's domain: the bridge and all whom it shows live there"),
  secret: secret().describe("The secret that the server has for this component"),
  desk: z
    .string()
    .regex(/^[a-z0-9._-]{1,64}$/, { error: "1 to 64 lower-case letters, digits, dots, dashes" })
    .default("footbridge")
    .describe("Whom people write to for the bridge itself: what stands before the @"),
  concurrency: z.int().min(1).max(1_000).default(16).describe("How many stanzas may be under way at a time"),
  timeoutMs: z
    .int()
    .min(100)
    .max(300_000)
    .default(10_000)
    .describe("How long the server may take over a stanza before its outcome counts as unknown, in ms"),
});

/** The checked config of one XMPP account. */
export type XmppConfig = z.output<typeof xmppConfig>;
