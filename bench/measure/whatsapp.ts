import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DaemonProcess, startDaemonProcess } from "../../test/support/daemon-process.ts";
import { WhatsAppSide } from "../../test/support/whatsapp/side.ts";
import { NUMBER, phoneOf } from "../peers/calls.ts";
import { BenchHomeserver } from "../peers/homeserver.ts";
import { BenchSmsc } from "../peers/smsc.ts";
import type { WhatsAppFigures } from "../result.ts";
import { childNamed, rssMb } from "../support/processes.ts";
import { percentile, rounded } from "../support/stat.ts";
import { freePort, networksOf, SECRETS } from "./config.ts";
import { WhatsAppTalk } from "./whatsapp-talk.ts";

/** People on WhatsApp, each with somebody who texts them. */
const CONVERSATIONS = 4;
/** Texts one after the other, each way. */
const SINGLES = 300;
const WARM_UP = 50;
/** How long the daemon is left alone before its memory is looked at: it gives memory back after a second, once a minute. */
const REST_MS = 5_000;
const REST_AFTER_MS = 62_000;
const SAMPLE_MS = 100;

/** A daemon with all three networks: times of single texts, and its memory over `texts` of them. */
export async function measureWhatsApp(texts: number): Promise<WhatsAppFigures> {
  const folder = await mkdtemp(join(tmpdir(), "footbridge-bench-"));
  const ends: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })];
  try {
    const whatsapp = await WhatsAppSide.start(Array.from({ length: CONVERSATIONS }, (_, i) => i));
    ends.unshift(() => whatsapp.stop());
    const [smsc, daemon] = await startNetworks(folder, whatsapp);
    ends.unshift(() => daemon.end());
    await whatsapp.link(join(folder, "state"));
    const memory = new Memory(daemon.pid);
    await rest(REST_MS);
    const idle = memory.now();
    for (let person = 0; person < CONVERSATIONS; person++) {
      const code = await whatsapp.offers(person, `thing${person}`);
      smsc.deliver(phoneOf(person), NUMBER, `${code} is it still there?`);
      await whatsapp.accepts(person);
    }
    const talk = new WhatsAppTalk(smsc, whatsapp, CONVERSATIONS);
    for (const direction of ["in", "out"] as const) await talk.oneByOne(direction, WARM_UP);
    const latency = {
      in: spanOf(await talk.oneByOne("in", SINGLES)),
      out: spanOf(await talk.oneByOne("out", SINGLES)),
    };
    let seconds = 0;
    const most = await memory.mostDuring(async () => {
      seconds = await talk.flood(texts);
    });
    await rest(REST_AFTER_MS);
    return {
      pacing: "off",
      latencyMs: latency,
      texts,
      perSecond: Math.round(texts / seconds),
      rss: { idle, most, after: memory.now() },
    };
  } finally {
    for (const end of ends) await end();
  }
}

async function startNetworks(
  folder: string,
  whatsapp: WhatsAppSide,
): Promise<readonly [BenchSmsc, DaemonProcess]> {
  const [homeserver, smsc] = [new BenchHomeserver(), new BenchSmsc()];
  const ports = { homeserver: await homeserver.listen(), smsc: await smsc.listen() };
  const port = await freePort();
  const { limits, accounts } = networksOf(ports, port);
  homeserver.connect({ url: `http://127.0.0.1:${port}`, hsToken: SECRETS.hsToken });
  const much = { budget: 1_000_000, per: "1s" };
  const config = {
    limits: { ...limits, messages: much, personMessages: much },
    accounts: { ...accounts, ...whatsapp.accounts },
  };
  const unpaced = `--import=${new URL("../support/no-pacing.ts", import.meta.url).href}`;
  const { NODE_OPTIONS = "", ...env } = whatsapp.env;
  const options = { ...env, NODE_OPTIONS: `${NODE_OPTIONS} ${unpaced}` };
  const daemon = await startDaemonProcess(folder, config, options);
  return [smsc, daemon];
}

function spanOf(times: readonly number[]) {
  return { p50: rounded(percentile(times, 50), 1), p99: rounded(percentile(times, 99), 1) };
}

interface Megabytes {
  readonly daemon: number;
  readonly redis: number;
}

/** Memory of the daemon and its Redis. */
class Memory {
  readonly #daemon: number;
  readonly #redis: number;

  constructor(daemon: number) {
    this.#daemon = daemon;
    this.#redis = childNamed(daemon, /^(redis|valkey)-server/);
  }

  now(): Megabytes {
    return { daemon: Math.round(rssMb(this.#daemon)), redis: Math.round(rssMb(this.#redis)) };
  }

  /** Looks again and again while something goes on. */
  async mostDuring(work: () => Promise<void>): Promise<Megabytes> {
    let most = this.now();
    const look = (): void => {
      const { daemon, redis } = this.now();
      most = { daemon: Math.max(most.daemon, daemon), redis: Math.max(most.redis, redis) };
    };
    const timer = setInterval(look, SAMPLE_MS);
    await work().finally(() => clearInterval(timer));
    look();
    return most;
  }
}

function rest(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
