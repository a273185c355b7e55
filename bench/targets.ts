import type { BenchNotes, BenchResult, WhatsAppFigures } from "./result.ts";
import { rounded } from "./support/stat.ts";

/** A number to reach: at `most` or at `least` so much, where there is one. */
interface Row {
  readonly name: string;
  readonly value: (result: BenchResult, notes: BenchNotes) => number;
  readonly unit: string;
  readonly goal?: Goal;
}

interface Goal {
  readonly kind: "most" | "least";
  readonly of: (result: BenchResult) => number;
}

const least = (bound: number): Goal => ({ kind: "least", of: () => bound });
const most = (bound: number): Goal => ({ kind: "most", of: () => bound });

/** The daemon's memory at rest, and what full load may add, in MB. */
const [IDLE_MB, LOAD_MB] = [150, 50];

/** The numbers to reach, each once: the design's, in the order in which they are shown. */
export const ROWS: readonly Row[] = [
  { name: "P: durable writes", value: (r) => r.floor.durable, unit: "/s" },
  { name: "one durable write", value: (r) => r.fsyncMs, unit: "ms" },
  { name: "queue alone", value: (r) => r.queue.durable, unit: "P", goal: least(0.4) },
  { name: "full path", value: (r) => r.path.durable, unit: "P", goal: least(0.12) },
  { name: "SMPP to Matrix", value: (r) => r.forwarder.in, unit: "F", goal: least(0.35) },
  { name: "Matrix to SMPP", value: (r) => r.forwarder.out, unit: "F", goal: least(0.35) },
  { name: "CPU, SMPP to Matrix", value: (r) => r.cpuMs.in, unit: "ms", goal: most(0.6) },
  { name: "CPU, Matrix to SMPP", value: (r) => r.cpuMs.out, unit: "ms", goal: most(0.6) },
  {
    name: "latency p50 at 200/s",
    value: (r) => r.latency.p50,
    unit: "ms",
    goal: { kind: "most", of: (r) => 5 * r.fsyncMs + 2 },
  },
  {
    name: "latency p99 at 200/s",
    value: (r) => r.latency.p99,
    unit: "ms",
    goal: { kind: "most", of: (r) => 10 * r.latency.p50 },
  },
  { name: "Redis, a message", value: (r) => r.bytesPerMessage, unit: "B", goal: most(380) },
  { name: "RSS, daemon idle", value: (r) => r.rss.daemon, unit: "MB", goal: most(IDLE_MB) },
  { name: "RSS, daemon at load", value: (_, n) => n.rssLoaded, unit: "MB", goal: most(IDLE_MB + LOAD_MB) },
  { name: "RSS, Redis empty", value: (r) => r.rss.redis, unit: "MB", goal: most(15) },
  { name: "ready after", value: (_, n) => n.readyMs, unit: "ms", goal: most(1_000) },
];

/** The daemon's memory with WhatsApp, and what load may add, in MB. */
const [WHATSAPP_MB, WHATSAPP_LOAD_MB] = [200, 50];

/** The numbers to reach with WhatsApp, as the JSON has them: MB of the daemon. */
export const WHATSAPP_TARGETS = {
  rssIdle: WHATSAPP_MB,
  rssMost: WHATSAPP_MB + WHATSAPP_LOAD_MB,
  rssAfter: WHATSAPP_MB,
} as const;

/** What is shown of a daemon that is on WhatsApp, too. */
function whatsAppRows({ latencyMs, rss, perSecond }: WhatsAppFigures): readonly Row[] {
  const { rssIdle, rssMost, rssAfter } = WHATSAPP_TARGETS;
  const row = (name: string, value: number, unit: string, goal?: Goal): Row => {
    return { name: `WhatsApp: ${name}`, value: () => value, unit, ...(goal === undefined ? {} : { goal }) };
  };
  return [
    row("SMS in, p50", latencyMs.in.p50, "ms"),
    row("SMS in, p99", latencyMs.in.p99, "ms"),
    row("SMS out, p50", latencyMs.out.p50, "ms"),
    row("SMS out, p99", latencyMs.out.p99, "ms"),
    row("texts a second", perSecond, "/s"),
    row("RSS, idle", rss.idle.daemon, "MB", most(rssIdle)),
    row("RSS, most", rss.most.daemon, "MB", most(rssMost)),
    row("RSS, after", rss.after.daemon, "MB", most(rssAfter)),
    row("Redis, idle", rss.idle.redis, "MB"),
    row("Redis, most", rss.most.redis, "MB"),
    row("Redis, after", rss.after.redis, "MB"),
  ];
}

/** The table as text: target, value, whether it was reached. */
export function tableOf(result: BenchResult, notes: BenchNotes): string {
  const rows = [...ROWS, ...(result.whatsapp === undefined ? [] : whatsAppRows(result.whatsapp))];
  const lines = rows.map(({ name, value, unit, goal }) => {
    const found = value(result, notes);
    const bound = goal?.of(result);
    const reached = bound === undefined || (goal?.kind === "most" ? found <= bound : found >= bound);
    const sign = goal?.kind === "most" ? "<=" : ">=";
    return [
      name.padEnd(24),
      (bound === undefined ? "" : `${sign} ${rounded(bound, 2)} ${unit}`).padEnd(14),
      `${rounded(found, 2)} ${unit}`.padEnd(14),
      bound === undefined ? "" : reached ? "yes" : "NO",
    ].join(" ");
  });
  const head = ["", "target", "value", "reached"].map((text, i) => text.padEnd(i === 0 ? 24 : 14)).join(" ");
  const under = [ratesOf(notes), ...whatsAppNotes(result, notes)];
  return [head.trimEnd(), ...lines.map((line) => line.trimEnd()), "", ...under].join("\n");
}

function ratesOf({ rates, seconds }: BenchNotes): string {
  const shown = Object.entries(rates).map(([name, rate]) => `${name} ${Math.round(rate)}`);
  return `messages a second: ${shown.join(", ")}; ${Math.round(seconds)} s in all`;
}

function whatsAppNotes({ whatsapp }: BenchResult, { withoutWhatsApp }: BenchNotes): readonly string[] {
  if (withoutWhatsApp !== undefined) return [`WhatsApp is left out: ${withoutWhatsApp}`];
  if (whatsapp === undefined) return [];
  return [
    `WhatsApp: with its pacing off, as no config has it; ${whatsapp.texts} texts, half each way; RSS after: a minute after them`,
  ];
}
