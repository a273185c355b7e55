import type { Readable } from "node:stream";
import { z } from "zod";
import type { Finding } from "../adapter/check.ts";
import {
  PAIRING_REFUSALS,
  type PairBy,
  type PairingStep,
  UNPAIRINGS,
  type Unpairing,
} from "../adapter/pairing.ts";

// What the daemon says over its control socket, in JSON. No address and no text is in any of it. Times are ms since 1970
// (UTC), spans are ms.

const count = z.int().min(0);

const link = z.object({ name: z.string(), connected: z.boolean(), reason: z.string().optional() });

const account = z.object({
  account: z.string(),
  network: z.string(),
  /** A kind of `AccountState`. */
  state: z.string(),
  reason: z.string().optional(),
  /** What the operator can do about it. */
  remedy: z.string().optional(),
  links: z.array(link).optional(),
  /** Deliveries that wait for this account; null while Redis doesn't say. */
  queued: count.nullable(),
  /** How long the oldest of them has waited; null when none does. */
  oldestMs: count.nullable(),
  inFlight: count,
});

/** `GET /status`. */
export const statusReport = z.object({
  version: z.string(),
  pid: count,
  startedAt: count,
  uptimeMs: count,
  /** All that is needed is there, and intake is open. */
  ready: z.boolean(),
  redis: z.object({
    kind: z.enum(["embedded", "external"]),
    /** It answers. */
    up: z.boolean(),
    /** The connection to it stands, and no answer comes. */
    silent: z.boolean(),
    version: z.string().nullable(),
    usedBytes: count.nullable(),
  }),
  accounts: z.array(account),
  /** Items that were accepted and not yet decided. */
  lanes: z.object({ waiting: count }),
  /** Null while Redis doesn't say. */
  deliveries: z.object({
    queued: count.nullable(),
    parked: count.nullable(),
    buried: count.nullable(),
  }),
  /** `held`: the wall clock jumped, and no key is destroyed until that is settled. */
  clock: z.object({ held: z.boolean() }),
});
export type StatusReport = z.output<typeof statusReport>;
export type AccountReport = StatusReport["accounts"][number];

const buriedItem = z.object({
  id: z.string(),
  account: z.string(),
  network: z.string(),
  /** What it is: a delivery, or an event that came in. */
  kind: z.string(),
  reason: z.string(),
  attempts: count,
  /** When it was buried. */
  since: count,
  /** When it goes for good. */
  until: count,
});
export type BuriedItem = z.output<typeof buriedItem>;

/** `GET /buried`. */
export const buriedReport = z.object({ buried: z.array(buriedItem) });
export type BuriedReport = z.output<typeof buriedReport>;

/** `POST /buried/:id/retry` and `POST /buried/:id/drop`: what became of it; `unknown`: there is no such item. */
export const buriedChange = z.object({ id: z.string(), result: z.enum(["retried", "dropped", "unknown"]) });
export type BuriedChange = z.output<typeof buriedChange>;

const auditedFamily = z.object({
  /** Its name in the table of families, and what that says of it. */
  family: z.string(),
  record: z.string(),
  holds: z.string(),
  sealed: z.string(),
  /** The longest TTL that its keys may have; null when they go with their owner. */
  mostMs: count.nullable(),
  /** The event that deletes keys that go with their owner; null when they have a TTL. */
  until: z.string().nullable(),
  keys: count,
  /** As Redis counts them; null when it doesn't tell. */
  bytes: count.nullable(),
  /** Of those keys that have one. */
  ttl: z.object({ leastMs: count, mostMs: count }).nullable(),
  /** Keys that must have a TTL and have none. */
  withoutTtl: count,
  /** Keys whose TTL is longer than their family's may be. */
  tooLong: count,
});

/** `GET /audit`: all that is in Redis, by family. No key's name is in it. */
export const auditReport = z.object({
  families: z.array(auditedFamily),
  /** Keys that no family explains, by their shape: fixed parts as they are, of the others the length alone. */
  unexplained: z.array(
    z.object({ shape: z.string(), type: z.string(), keys: count, bytes: count.nullable() }),
  ),
  /** Up to so many elements of a key are measured; the octets of a longer one are an estimate from these. */
  samples: count,
  tookMs: count,
});
export type AuditReport = z.output<typeof auditReport>;
export type AuditedFamily = AuditReport["families"][number];

const finding = z.discriminatedUnion("status", [
  z.object({ check: z.string(), status: z.literal("ok"), found: z.string() }),
  z.object({
    check: z.string(),
    status: z.enum(["warning", "problem"]),
    found: z.string(),
    remedy: z.string(),
  }),
]);

/** `GET /doctor`: what the daemon finds of itself, its Redis and its accounts. */
export const doctorReport = z.object({ findings: z.array(finding) });
export type DoctorReport = z.output<typeof doctorReport>;

/** `POST /accounts/:account/pair`: how the account is to be linked with its phone. */
export const pairRequest = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("qr") }),
  z.strictObject({ by: z.literal("code"), number: z.string().max(64).optional() }),
]);
export type PairRequest = z.output<typeof pairRequest>;

/** Each line of its answer (NDJSON): a `PairingStep`, with what is to be shown. The last is `paired` or `refused`. */
export const pairingReport = z.discriminatedUnion("step", [
  z.object({ step: z.enum(["connecting", "linked", "paired"]) }),
  z.object({ step: z.literal("qr"), qr: z.string(), expiresMs: count }),
  z.object({ step: z.literal("code"), code: z.string(), expiresMs: count }),
  z.object({ step: z.literal("refused"), why: z.enum(PAIRING_REFUSALS), remedy: z.string() }),
]);
export type PairingReport = z.output<typeof pairingReport>;

/** `POST /accounts/:account/unpair`: what became of its link. */
export const unpairReport = z.object({ result: z.enum(UNPAIRINGS) });
export type UnpairReport = z.output<typeof unpairReport>;

/**
 * What became of a greeting: their network has it (`sent`) or doesn't take it (`refused`), it is queued and will be sent when it can
 * (`late`), the bridge is starting or stopping (`untold`), the config names no operator (`nobody`).
 */
const GREETINGS = ["sent", "refused", "late", "untold", "nobody"] as const;
export type Greeting = (typeof GREETINGS)[number];

/** `POST /operator/greeting`: says in the operator's chat that the bridge reaches them, and waits for what becomes of that. */
export const greetingReport = z.object({ result: z.enum(GREETINGS) });
export type GreetingReport = z.output<typeof greetingReport>;

/** `POST /backup`: what stands in a header beside the file. Times are ms since 1970. */
export const backupReport = z.object({
  bytes: count,
  persons: count,
  conversations: count,
  /** Persons and conversations that couldn't be opened, or were about to go. */
  leftOut: count,
  created: count,
  expires: count,
  /** Whether nothing that concerns several records was under way. */
  still: z.boolean(),
});
export type BackupReport = z.output<typeof backupReport>;

/** The header in which it stands. */
export const BACKUP_HEADER = "x-footbridge-backup";

/** What a refused request gets. */
export const controlFailure = z.object({ error: z.string() });

/** Answers the requests; given by the composition root. What one throws is a 500 with the error's name alone. */
export interface ControlHandlers {
  status(): Promise<StatusReport>;
  buried(): Promise<readonly BuriedItem[]>;
  retry(id: string): Promise<"retried" | "unknown">;
  drop(id: string): Promise<"dropped" | "unknown">;
  audit(): Promise<AuditReport>;
  doctor(): Promise<readonly Finding[]>;
  greet(): Promise<Greeting>;
  /** `unknown`: there is no such account. `unsupported`: its network links no phones. */
  pair(
    account: string,
    by: PairBy,
    signal: AbortSignal,
  ): AsyncIterable<PairingStep> | "unknown" | "unsupported";
  /** Its octets are read to the end, or destroyed. `no-key`: the config names no backup key. Absent: it makes none. */
  backup?(): Promise<{ readonly report: BackupReport; readonly content: Readable } | "no-key">;
  /** As `pair` has it. */
  unpair(account: string): Promise<Unpairing | "unknown" | "unsupported">;
}

/** The form of a buried item's id in a path. */
export const BURIED_ID = /^[A-Za-z0-9_-]{1,64}$/;
