import { z } from "zod";
import { secret } from "../../src/adapter/index.ts";
import { e164 } from "./numbers.ts";

/** A C-octet string field of a bind: printable ASCII, at most `max` octets (the standard's limits are smaller than what is used). */
function ascii(max: number) {
  return z
    .string()
    .max(max)
    .regex(/^[\x20-\x7e]*$/, `up to ${max} printable ASCII characters`);
}

const number = z
  .string()
  .transform((text) => e164(text) ?? "")
  .refine((text) => text !== "", {
    error: "a phone number with + and country code (short codes and alphanumeric senders can't be allocated)",
  });

const tls = z.union([
  z.boolean(),
  z.strictObject({
    ca: secret()
      .optional()
      .describe("The authority that signed the SMSC's certificate (PEM), instead of the well-known ones"),
    cert: secret().optional().describe("Our own certificate (PEM), where the SMSC asks for one"),
    key: secret().optional().describe("The key of that certificate (PEM)"),
    servername: z
      .string()
      .min(1)
      .max(253)
      .optional()
      .describe("The name in the SMSC's certificate, where it isn't the host"),
  }),
]);

const addressing = z.strictObject({
  ton: z.int().min(0).max(6).default(1).describe("The type of number (TON); 1 is international"),
  npi: z.int().min(0).max(18).default(1).describe("The numbering plan (NPI); 1 is E.164"),
  plus: z.boolean().default(false).describe("Whether the digits keep their +"),
});

const link = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,31}$/, "1 to 32 lower-case letters, digits or dashes")
    .describe("Your word for the SMSC, in reports and logs"),
  host: z.string().min(1).max(253).describe("Where the SMSC is"),
  port: z.int().min(1).max(65_535).default(2775).describe("Its TCP port"),
  tls: tls.prefault(false).describe("Encrypts the link: true, or a group of keys"),
  systemId: ascii(64).describe("The system_id that the SMSC knows us by"),
  password: secret().describe("The password that goes with it"),
  systemType: ascii(64).default("").describe("The system_type of our binds, where the SMSC asks for one"),
  serviceType: ascii(16)
    .default("")
    .describe("The service_type of our messages, where the SMSC asks for one"),
  bind: z
    .enum(["transceiver", "transmitter", "receiver"])
    .default("transceiver")
    .describe("How we bind; two links, a transmitter and a receiver, where the SMSC has no transceivers"),
  window: z
    .int()
    .min(1)
    .max(1_000)
    .default(10)
    .describe("How many messages (submit_sm) may be without answer at a time"),
  source: addressing
    .default({ ton: 1, npi: 1, plus: false })
    .describe("How our own numbers are written there"),
  destination: addressing
    .default({ ton: 1, npi: 1, plus: false })
    .describe("How phones' numbers are written there"),
  defaultAlphabet: z
    .enum(["gsm", "latin1", "ascii"])
    .default("gsm")
    .describe("What data_coding 0 means there"),
  receipts: z.boolean().default(true).describe("Whether we ask for delivery receipts"),
  userReference: z
    .boolean()
    .default(true)
    .describe(
      "Whether we send a reference of ours (user_message_reference), for receipts of what was never answered",
    ),
  enquireLinkSeconds: z
    .number()
    .min(1)
    .max(600)
    .default(30)
    .describe("After how long a silence we ask whether the SMSC is still there, in seconds"),
  responseTimeoutSeconds: z
    .number()
    .min(1)
    .max(300)
    .default(10)
    .describe("How long an answer or a connection may take, in seconds"),
  messageIdFormat: z
    .enum(["auto", "same", "decimal-in-receipts", "hex-in-receipts"])
    .default("auto")
    .describe("How message ids in receipts relate to those in answers (submit_sm_resp); auto tries all"),
});

/** The part of the config that describes one SMS account: a pool of numbers behind one or more SMSCs. */
export const smsConfig = z
  .strictObject({
    network: z.literal("sms").describe("The network that the account is on"),
    numbers: z
      .array(number)
      .min(1)
      .max(10_000)
      .describe("The numbers that people text, with + and country code"),
    frontDoor: number
      .optional()
      .describe("The one of them that people text to reach the bridge itself; the first by default"),
    numbersAre: z
      .enum(["international", "marked"])
      .default("international")
      .describe(
        "How senders without a type of number are read: as international digits, or only where they say so (marked)",
      ),
    links: z.array(link).min(1).max(16).describe("The SMSCs (SMPP 3.4) that carry the numbers"),
    partsWaitMinutes: z
      .number()
      .min(0.05)
      .max(23 * 60)
      .default(30)
      .describe("How long a long text waits for its missing parts before it is shown with a gap, in minutes"),
    maxParts: z.int().min(1).max(255).default(20).describe("The most parts a text to a phone may take"),
    validityMinutes: z
      .int()
      .min(1)
      .max(60 * 24 * 28)
      .optional()
      .describe("How long the SMSC shall try, in minutes; its own default where nothing is given"),
  })
  .superRefine((config, context) => {
    const repeated = (values: readonly string[]) => values.findIndex((one, at) => values.indexOf(one) !== at);
    const name = repeated(config.links.map((one) => one.name));
    if (name >= 0) problem(context, ["links", name, "name"], "a name that no other link has");
    const twice = repeated(config.numbers);
    if (twice >= 0) problem(context, ["numbers", twice], "each number once");
    if (config.frontDoor !== undefined && !config.numbers.includes(config.frontDoor)) {
      problem(context, ["frontDoor"], "one of the account's numbers");
    }
    if (config.links.every((one) => one.bind === "receiver")) {
      problem(context, ["links"], "a link that can send: bind transceiver or transmitter");
    }
    if (config.links.every((one) => one.bind === "transmitter")) {
      problem(context, ["links"], "a link that can receive: bind transceiver or receiver");
    }
  });

function problem(context: z.RefinementCtx, path: (string | number)[], message: string): void {
  context.addIssue({ code: "custom", path, message });
}

/** An SMS account's config as it is used. */
export type SmsConfig = z.output<typeof smsConfig>;

/** The number that people text to reach the bridge itself. */
export function frontDoorOf({ frontDoor, numbers: [first = ""] }: SmsConfig): string {
  return frontDoor ?? first;
}

/** One SMSC of it. */
export type LinkConfig = SmsConfig["links"][number];
