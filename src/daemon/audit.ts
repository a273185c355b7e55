import type { AuditedFamily, AuditReport } from "../http/control-api.ts";
import { type Clock, MINUTE, type Milliseconds } from "../model/time.ts";
import { FAMILIES, type FamilyName } from "../store/families.ts";
import { familyOf, shapeOf } from "../store/family-of.ts";
import type { Connection } from "../store/redis/connection.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { allowed } from "../store/redis/reply-errors.ts";
import { scanKeys } from "../store/redis/scan.ts";
import { text } from "../store/reply.ts";
import { inTime } from "./heartbeat.ts";

/** How many keys Redis looks at in one go: a fraction of a millisecond, then others have their turn. */
const PAGE = 100;
/** Of a key with more elements than these, Redis measures as many and estimates the rest. */
const SAMPLES = 1_000;
/** A TTL that was set by a clock that is a little ahead of Redis' own is no finding. */
const CLOCKS_DIFFER: Milliseconds = 5 * MINUTE;
/** More shapes of unknown keys than these are counted together. */
const MOST_SHAPES = 50;
const OTHERS = { shape: "other shapes", type: "several" };

/** What PTTL says of a key that isn't there any more. */
const GONE = -2;

/** One key as Redis describes it. */
interface Measured {
  readonly name: string;
  /** -1: none. */
  readonly ttl: Milliseconds;
  /** Undefined when Redis doesn't tell. */
  readonly bytes: number | undefined;
  /** Asked of unknown keys alone. */
  readonly type: string;
}

type Counts = Pick<AuditedFamily, "keys" | "bytes" | "withoutTtl" | "tooLong"> & {
  least: Milliseconds;
  most: Milliseconds;
};

type Unexplained = AuditReport["unexplained"][number];

/**
 * Counts and measures every key of Redis, page by page (SCAN), beside the daemon's other work. A key that comes or goes
 * meanwhile may be counted or not, and one may be counted twice while Redis resizes its table or a slot moves.
 * @throws StoreAway, also when Redis says nothing for two seconds; StoreRefused
 */
export async function auditKeys(connection: Connection, clock: Clock): Promise<AuditReport> {
  const began = clock.monotonic();
  const families = new Map<FamilyName, Counts>();
  const unexplained = new Map<string, Unexplained>();
  const pages = scanKeys(connection, { page: PAGE });
  for (;;) {
    const { done, value: names } = await answered(pages.next(), clock);
    if (done === true) break;
    for (const key of await answered(measure(connection, names), clock)) {
      const family = familyOf(key.name);
      if (family === undefined) countUnexplained(unexplained, key);
      else countKey(families, family, key);
    }
  }
  return {
    families: Object.keys(FAMILIES).map((name) => {
      const family = name as FamilyName; // the table's own keys
      return reportOf(family, families.get(family));
    }),
    unexplained: [...unexplained.values()],
    samples: SAMPLES,
    tookMs: Math.round(clock.monotonic() - began),
  };
}

/** A frozen Redis keeps its connection: nobody waits for it for ever. @throws StoreAway */
async function answered<T extends object>(work: Promise<T>, clock: Clock): Promise<T> {
  const answer = await inTime(work, clock);
  if (answer !== undefined) return answer;
  work.catch(() => undefined); // what comes of it later is of no use
  throw new StoreAway("NO_ANSWER");
}

/** Those of the keys that are still there. */
async function measure(connection: Connection, names: readonly Buffer[]): Promise<readonly Measured[]> {
  const measured = await Promise.all(names.map((key) => measureKey(connection, key)));
  return measured.filter((key) => key !== undefined);
}

async function measureKey(connection: Connection, key: Buffer): Promise<Measured | undefined> {
  const name = key.toString("latin1"); // octet by octet: a foreign key needn't be text
  const isKnown = familyOf(name) !== undefined;
  const [ttl, bytes, type] = await Promise.all([
    connection.command("PTTL", key),
    allowed(connection.command("MEMORY", "USAGE", key, "SAMPLES", SAMPLES)),
    isKnown ? null : connection.command("TYPE", key),
  ]);
  if (ttl === GONE || bytes === null) return undefined;
  return {
    name,
    ttl: Number(ttl),
    bytes: bytes === undefined ? undefined : Number(bytes),
    type: text(type) ?? "",
  };
}

function countKey(families: Map<FamilyName, Counts>, family: FamilyName, { ttl, bytes }: Measured): void {
  const counts = families.get(family) ?? {
    keys: 0,
    bytes: 0,
    withoutTtl: 0,
    tooLong: 0,
    least: Number.POSITIVE_INFINITY,
    most: -1,
  };
  families.set(family, counts);
  counts.keys += 1;
  counts.bytes = sum(counts.bytes, bytes);
  if (ttl >= 0) {
    counts.least = Math.min(counts.least, ttl);
    counts.most = Math.max(counts.most, ttl);
  }
  const { life } = FAMILIES[family];
  if (life.kind !== "ttl") return;
  if (ttl < 0) counts.withoutTtl += 1;
  else if (ttl > life.most + CLOCKS_DIFFER) counts.tooLong += 1;
}

function countUnexplained(unexplained: Map<string, Unexplained>, { name, type, bytes }: Measured): void {
  const own = { shape: shapeOf(name), type };
  const hasRoom = unexplained.size < MOST_SHAPES || unexplained.has(idOf(own));
  const kind = hasRoom ? own : OTHERS;
  const entry = unexplained.get(idOf(kind)) ?? { ...kind, keys: 0, bytes: 0 };
  unexplained.set(idOf(kind), entry);
  entry.keys += 1;
  entry.bytes = sum(entry.bytes, bytes);
}

function idOf({ shape, type }: { readonly shape: string; readonly type: string }): string {
  return `${type} ${shape}`;
}

/** One that isn't told makes the sum unknown. */
function sum(a: number | null, b: number | undefined): number | null {
  return a === null || b === undefined ? null : a + b;
}

function reportOf(family: FamilyName, counts: Counts | undefined): AuditedFamily {
  const { record, holds, sealed, life } = FAMILIES[family];
  return {
    family,
    record,
    holds,
    sealed,
    mostMs: life.kind === "ttl" ? life.most : null,
    until: life.kind === "ttl" ? null : life.until,
    keys: counts?.keys ?? 0,
    bytes: counts === undefined ? 0 : counts.bytes,
    ttl: counts === undefined || counts.most < 0 ? null : { leastMs: counts.least, mostMs: counts.most },
    withoutTtl: counts?.withoutTtl ?? 0,
    tooLong: counts?.tooLong ?? 0,
  };
}
