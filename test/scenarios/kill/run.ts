// `npm run test:kill -- N`: N random stops in the middle of traffic, and a count of what came of it.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { readPeers } from "../../../scripts/testing/peers.ts";
import { conversationsOf } from "./conversations.ts";
import { added, emptyTotals, isKept, jsonOf, type Totals, tableOf } from "./report.ts";
import { runScenario } from "./scenario.ts";

/** Not by the console: what is loaded of the product closes it. */
const print = (line: string): void => void process.stdout.write(`${line}\n`);
const tell = (line: string): void => void process.stderr.write(`${line}\n`);

const HELP = `npm run test:kill -- [STOPS] [options]

Stops parts of a running bridge at random points of two-way traffic between SMS, Matrix and WhatsApp: kill -9 of the daemon,
Redis, Synapse and the SMSC, orderly stops, single refusals, absences; a WhatsApp that is away, silent, cuts or loses. Counts
what was lost, shown twice, or came out of order. 20 stops by default.

  --seed N            repeat the choices of a run (its seed is printed)
  --slice N           stops between two fresh sets of servers (default 50)
  --state FOLDER      go on with a tally: STOPS is the sum over all calls with this folder
  --conversations N   between SMS and Matrix; default 6
  --whatsapp N        between WhatsApp and SMS, and as many between WhatsApp and Matrix; default 2, 0 for none
  --loopback          servers of our own instead of Synapse and jSMPP
  --keep              keep the folder of each run, not only of failed ones
  --json              one line of JSON at the end instead of the table`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seed: { type: "string" },
      slice: { type: "string", default: "50" },
      state: { type: "string" },
      conversations: { type: "string", default: "6" },
      whatsapp: { type: "string", default: "2" },
      loopback: { type: "boolean", default: false },
      keep: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    print(HELP);
    return 0;
  }
  const wanted = count(positionals[0] ?? "20", "STOPS");
  const slice = count(values.slice, "--slice");
  const seed = values.seed === undefined ? Date.now() & 0x7fffffff : count(values.seed, "--seed");
  const base = values.state === undefined ? undefined : resolve(values.state);
  const pairs = count(values.conversations, "--conversations");
  const conversations = conversationsOf(pairs, onWhatsApp(Number(values.whatsapp)));
  let totals = base === undefined ? emptyTotals() : loadTotals(base);
  for (let run = 0; totals.stops < wanted; run += 1) {
    const folder = await mkdtemp(join(tmpdir(), "footbridge-kill-"));
    const stops = Math.min(slice, wanted - totals.stops);
    tell(`seed ${seed + run}: ${stops} stops, ${folder}`);
    const result = await runScenario({
      stops,
      seed: seed + run,
      conversations,
      loopback: values.loopback,
      folder,
      say: tell,
    });
    totals = added(totals, result);
    if (base !== undefined) saveTotals(base, totals);
    if (isKept(result) && !values.keep) rmSync(folder, { recursive: true, force: true });
    else tell(`kept: ${folder} (stops.jsonl, run.json, daemon.log, the daemon's state)`);
    for (const { token, what } of result.findings) tell(`  ${token}: ${what}`);
  }
  print(values.json ? jsonOf(totals) : tableOf(totals));
  return totals.failed.length === 0 ? 0 : 1;
}

/** How many conversations of each kind with WhatsApp: none where its phones can't be built. */
function onWhatsApp(wanted: number): number {
  if (!Number.isSafeInteger(wanted) || wanted < 0) {
    throw new TypeError("--whatsapp: expected a whole number of at least 0");
  }
  const { available, why } = readPeers().whatsmeow;
  if (available || wanted === 0) return wanted;
  tell(`WhatsApp is left out: ${why}`);
  return 0;
}

function count(text: string, name: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new TypeError(`${name}: found ${text}, expected a whole number above 0`);
}

function loadTotals(folder: string): Totals {
  mkdirSync(folder, { recursive: true });
  try {
    return JSON.parse(readFileSync(join(folder, "totals.json"), "utf8")) as Totals; // our own
  } catch {
    return emptyTotals();
  }
}

function saveTotals(folder: string, totals: Totals): void {
  writeFileSync(join(folder, "totals.json"), `${JSON.stringify(totals, null, 1)}\n`);
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exit(2);
  },
);
