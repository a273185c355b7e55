import type { Direction, Flood, Question } from "../peers/calls.ts";
import type { BenchChild } from "../support/child.ts";
import { median } from "../support/stat.ts";
import type { BenchDaemon } from "./daemon.ts";

/** Messages under way in each conversation at full load: enough that the daemon never waits for the load. */
const EACH = 16;

/** What one way did in the rounds. */
export interface Way {
  /** Messages a second, in the middle of the rounds. */
  readonly rate: number;
  /** To the forwarder's of the same round, in the middle of the rounds. */
  readonly ratio: number;
  /** The forwarder's messages a second. */
  readonly forwarder: number;
  /** CPU ms a message, daemon and Redis together. */
  readonly cpuMs: number;
  readonly count: number;
}

export interface Driven {
  readonly ways: Readonly<Record<Direction, Way>>;
  /** The daemon's largest memory after a round, in MB. */
  readonly rss: number;
}

interface Round {
  readonly rate: number;
  readonly forwarder: number;
  readonly cpu: number;
  readonly count: number;
}

const DIRECTIONS: readonly Direction[] = ["in", "out"];

/** Daemon and forwarder in turn under the same load, in both directions: what disturbs the machine disturbs both. */
export async function measureNetwork(
  networks: BenchChild<Question>,
  daemon: BenchDaemon,
  forwarderPort: number,
  plan: { readonly rounds: number; readonly daemonMs: number; readonly forwarderMs: number },
): Promise<Driven> {
  const rounds: Record<Direction, Round[]> = { in: [], out: [] };
  let rss = 0;
  for (let round = 0; round < plan.rounds; round++) {
    for (const direction of DIRECTIONS) {
      const bare = await networks.ask<Flood>({
        do: "forward",
        direction,
        ms: plan.forwarderMs,
        port: forwarderPort,
      });
      const before = daemon.cpu();
      const flood = await networks.ask<Flood>({ do: "flood", direction, ms: plan.daemonMs, each: EACH });
      const cpu = daemon.cpu() - before;
      rss = Math.max(rss, daemon.rss());
      rounds[direction].push({ rate: rateOf(flood), forwarder: rateOf(bare), cpu, count: flood.count });
    }
  }
  return { ways: { in: wayOf(rounds.in), out: wayOf(rounds.out) }, rss };
}

function wayOf(rounds: readonly Round[]): Way {
  const sum = (of: (round: Round) => number): number => rounds.reduce((all, round) => all + of(round), 0);
  return {
    rate: median(rounds.map(({ rate }) => rate)),
    ratio: median(rounds.map(({ rate, forwarder }) => rate / forwarder)),
    forwarder: median(rounds.map(({ forwarder }) => forwarder)),
    cpuMs: sum(({ cpu }) => cpu) / sum(({ count }) => count),
    count: sum(({ count }) => count),
  };
}

function rateOf({ count, ms }: Flood): number {
  return (count * 1_000) / ms;
}
