// `node bench/cluster.ts`: the whole pipeline on the embedded Redis, on one over TCP, and on a cluster with three masters, in turn, all with
// `appendfsync always` on this machine. Ratios are taken within each round. `-- --json` prints one object.

import { parseArgs } from "node:util";
import type { PlaceRound } from "./measure/place-main.ts";
import { BenchChild } from "./support/child.ts";
import { median, rounded } from "./support/stat.ts";

const KINDS = ["embedded", "external", "cluster"] as const;
const ROUNDS = 5;
const ROUND_MS = 2_000;
const WARM_UP_MS = 1_500;

type Kind = (typeof KINDS)[number];
type Round = Readonly<Record<Kind, PlaceRound>>;

async function measureAll(): Promise<readonly Round[]> {
  const place = new URL("./measure/place-main.ts", import.meta.url);
  const children = KINDS.map(
    (kind) => [kind, new BenchChild<{ readonly ms: number }>(place, [kind])] as const,
  );
  try {
    await Promise.all(children.map(([, child]) => child.hello()));
    for (const [, child] of children) await child.ask({ ms: WARM_UP_MS });
    const rounds: Round[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      const round: [Kind, PlaceRound][] = [];
      for (const [kind, child] of children) round.push([kind, await child.ask<PlaceRound>({ ms: ROUND_MS })]);
      rounds.push(Object.fromEntries(round) as Round); // of each kind, above
    }
    return rounds;
  } finally {
    for (const [, child] of children) await child.end();
  }
}

/** The middle of the rounds. */
function figuresOf(rounds: readonly Round[], kind: Kind) {
  const of = (what: (round: Round) => number): number => median(rounds.map(what));
  return {
    rate: Math.round(of((round) => round[kind].rate)),
    ofEmbedded: rounded(
      of((round) => round[kind].rate / round.embedded.rate),
      2,
    ),
    cpuMs: rounded(
      of((round) => round[kind].cpuMs),
      3,
    ),
    nodeMb: Math.round(of((round) => round[kind].rss.node)),
    redisMb: rounds.at(-1)?.[kind].rss.redis.map((mb) => Math.round(mb)),
  };
}

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const rounds = await measureAll();
const figures = KINDS.map((kind) => ({ kind, ...figuresOf(rounds, kind) }));
// Not by the console: what is loaded of the product closes it.
if (options.json) process.stdout.write(`${JSON.stringify(figures)}\n`);
else
  for (const { kind, rate, ofEmbedded, cpuMs, nodeMb, redisMb } of figures)
    process.stdout.write(
      `${kind.padEnd(9)} ${String(rate).padStart(6)} texts/s, ${ofEmbedded} of embedded; node ${cpuMs} ms CPU a text, ${nodeMb} MB; redis ${redisMb?.join(" + ")} MB\n`,
    );
