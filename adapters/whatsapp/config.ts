import { z } from "zod";
import { e164 } from "./own-number.ts";

const number = z
  .string()
  .transform((text) => e164(text) ?? "")
  .refine((text) => text !== "", { error: "the phone number of the account, with + and country code" });

/** The part of the config file that belongs to one WhatsApp account. */
export const whatsAppConfig = z.strictObject({
  network: z.literal("whatsapp").describe("The network that the account is on"),
  number: number.describe("The account's own number; a phone with another one can't be linked"),
  deviceName: z
    .string()
    .regex(/^[\p{L}\p{N} ._-]{1,30}$/u, "1 to 30 letters, digits, spaces, dots, dashes")
    .default("Footbridge")
    .describe("What the phone's list of linked devices calls us; linked by a code it is Chrome (Mac OS)"),
  version: z
    .tuple([z.int().min(2), z.int().min(0), z.int().min(0)])
    .optional()
    .describe(
      "The version of WhatsApp Web that we say we are, as [2, 3000, N], where ours isn't taken any more",
    ),
  pacing: z
    .strictObject({
      perChatPerMinute: z
        .number()
        .min(0.1)
        .max(60)
        .default(12)
        .describe("How many texts a minute go to one person in the long run; pauses vary, as people's do"),
      perAccountPerMinute: z
        .number()
        .min(0.1)
        .max(600)
        .default(30)
        .describe("How many texts a minute the account sends altogether in the long run"),
    })
    .prefault({})
    .describe("How fast we write: who writes as fast as they can is taken for a robot, and barred"),
  server: z
    .string()
    .regex(/^ws:\/\/127\.0\.0\.1:\d{1,5}\/ws\/chat$/, "ws://127.0.0.1:PORT/ws/chat")
    .optional()
    .describe("For tests: a WhatsApp-compatible server on this machine, instead of WhatsApp"),
});

/** The checked config of one WhatsApp account. */
export type WhatsAppConfig = z.output<typeof whatsAppConfig>;
