// `npm run bench`: measures what DESIGN.md wants reached, prints a table; `-- --json` prints one object on the last line instead,
// `-- --whatsapp` adds the part with WhatsApp, which takes three minutes.
// Ratios are taken within the run, in rounds of A B A B: machines differ, and are disturbed.
import { parseArgs } from "node:util";
import { lookForPeers } from "../scripts/testing/peers.ts";
import { CONVERSATIONS, startBenchDaemon } from "./measure/daemon.ts";
import { type Driven, measureNetwork } from "./measure/network.ts";
import { measureStore } from "./measure/store.ts";
import type { Ports, Question } from "./peers/calls.ts";
import type { BenchNotes, BenchResult, WhatsAppFigures } from "./result.ts";
import { BenchChild } from "./support/child.ts";
import { percentile, rounded } from "./support/stat.ts";
import { tableOf, WHATSAPP_TARGETS } from "./targets.ts";

/** What each part takes, in ms; 45 s in all, so that a busy machine stays below a minute. */
const PLAN = {
  store: { rounds: 3, ms: 1_000 },
  warmUpMs: 1_000,
  network: { rounds: 3, daemonMs: 1_600, forwarderMs: 800 },
  latency: { rate: 200, warmUpMs: 1_000, ms: 5_000 },
} as const;
/** Texts through WhatsApp, over which memory must be steady. */
const WHATSAPP_TEXTS = 10_000;
/** Messages under way in each conversation while warming up. */
const GENTLY = 4;

interface DaemonFigures {
  readonly driven: Driven;
  readonly times: readonly number[];
  readonly idle: { readonly daemon: number; readonly redis: number };
  readonly readyMs: number;
  readonly bytesPerMessage: number;
}

/** The daemon between the networks, and the forwarder beside it. */
async function measureDaemon(): Promise<DaemonFigures> {
  const networks = new BenchChild<Question>(new URL("./peers/networks.ts", import.meta.url));
  const ends: (() => Promise<void>)[] = [() => networks.end()];
  try {
    const ports = await networks.ask<Ports>({ do: "listen", conversations: CONVERSATIONS });
    const forwarder = new BenchChild(new URL("./peers/forwarder.ts", import.meta.url), [
      `${ports.homeserver}`,
    ]);
    ends.unshift(() => forwarder.end());
    const { port } = await forwarder.hello<{ port: number }>();
    const daemon = await startBenchDaemon(networks, ports);
    ends.unshift(() => daemon.stop());
    for (const direction of ["in", "out"] as const) {
      await networks.ask({ do: "flood", direction, ms: PLAN.warmUpMs, each: GENTLY });
      await networks.ask({ do: "forward", direction, ms: PLAN.warmUpMs / 3, port });
    }
    const { rate, warmUpMs, ms } = PLAN.latency;
    await networks.ask({ do: "pace", rate, ms: warmUpMs });
    const times = await networks.ask<readonly number[]>({ do: "pace", rate, ms });
    const before = await daemon.usedBytes();
    const driven = await measureNetwork(networks, daemon, port, PLAN.network);
    const grown = (await daemon.usedBytes()) - before;
    const bytesPerMessage = grown / (driven.ways.in.count + driven.ways.out.count);
    return { driven, times, idle: daemon.idle, readyMs: daemon.readyMs, bytesPerMessage };
  } finally {
    for (const end of ends) await end();
  }
}

/** WhatsApp's part, or why there is none. */
async function whatsAppPart(
  isWanted: boolean,
): Promise<Pick<BenchResult, "whatsapp"> & Pick<BenchNotes, "withoutWhatsApp">> {
  if (!isWanted) return { withoutWhatsApp: "it is measured with --whatsapp" };
  const { available, why = "" } = lookForPeers().whatsmeow;
  if (!available) return { withoutWhatsApp: why };
  const part = new BenchChild<{ readonly texts: number }>(
    new URL("./measure/whatsapp-main.ts", import.meta.url),
  );
  try {
    const figures = await part.ask<WhatsAppFigures>({ texts: WHATSAPP_TEXTS });
    return { whatsapp: { ...figures, targets: WHATSAPP_TARGETS } };
  } finally {
    await part.end();
  }
}

async function measureAll(isWithWhatsApp: boolean): Promise<{ result: BenchResult; notes: BenchNotes }> {
  const began = performance.now();
  const store = await measureStore(PLAN.store);
  const { driven, times, idle, readyMs, bytesPerMessage } = await measureDaemon();
  const { ways, rss } = driven;
  const { whatsapp, withoutWhatsApp } = await whatsAppPart(isWithWhatsApp);
  const result: BenchResult = {
    floor: { durable: Math.round(store.floor) },
    fsyncMs: rounded(store.fsyncMs, 3),
    queue: { durable: rounded(store.queue.ratio, 3) },
    path: { durable: rounded(store.path.ratio, 3) },
    latency: { p50: rounded(percentile(times, 50), 2), p99: rounded(percentile(times, 99), 2) },
    rss: { daemon: Math.round(idle.daemon), redis: Math.round(idle.redis) },
    bytesPerMessage: Math.round(bytesPerMessage),
    forwarder: { in: rounded(ways.in.ratio, 3), out: rounded(ways.out.ratio, 3) },
    cpuMs: { in: rounded(ways.in.cpuMs, 3), out: rounded(ways.out.cpuMs, 3) },
    ...(whatsapp === undefined ? {} : { whatsapp }),
  };
  const rates = {
    queue: store.queue.rate,
    path: store.path.rate,
    in: ways.in.rate,
    out: ways.out.rate,
    forwarderIn: ways.in.forwarder,
    forwarderOut: ways.out.forwarder,
  };
  const seconds = (performance.now() - began) / 1_000;
  const without = withoutWhatsApp === undefined ? {} : { withoutWhatsApp };
  return { result, notes: { rssLoaded: rss, readyMs, rates, seconds, ...without } };
}

const { values: options } = parseArgs({
  options: { json: { type: "boolean" }, whatsapp: { type: "boolean", default: false } },
});
const { result, notes } = await measureAll(options.whatsapp);
// Not by the console: what is loaded of the product closes it.
process.stdout.write(`${options.json === true ? JSON.stringify(result) : tableOf(result, notes)}\n`);
