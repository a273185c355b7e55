// `npm run demo`: a sale on three networks through the real daemon; `-- --json` for machines.
import "../test/support/whatsapp/quiet-console.ts";
import { parseArgs } from "node:util";
import { FORMS } from "./forms.ts";
import { createPaint } from "./paint.ts";
import type { Moments } from "./proofs.ts";
import { holdingsTable, journeys, sideBySide, stepLine } from "./screens.ts";
import type { ScanCounts } from "./search.ts";
import { Stage } from "./stage.ts";
import { play, type StepResult } from "./steps.ts";
import { story } from "./story.ts";

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const paint = createPaint(process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "");
const say = (...lines: readonly string[]): void => {
  if (!options.json) for (const line of lines) process.stdout.write(`${line}\n`);
};
/** The console is shut: libsignal, under the phone on WhatsApp, writes private keys to it. */
const complain = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** How far the search came when the story ended before it. */
const NOT_SEARCHED: ScanCounts = { places: 0, forms: FORMS.length, hits: 0, planted: 0, plantedFound: 0 };
const began = performance.now();
say(
  "",
  paint.bold("Footbridge: Ana sells a bike. She is reached on WhatsApp, Leo texts, Kim writes from Matrix."),
  "Nobody sees anybody's number or address. This is the real daemon between a homeserver, an SMSC and",
  "a WhatsApp server on this machine, and each line says what was observed. About 20 seconds.",
  "",
);

const stage = await Stage.build().catch((error: unknown) => {
  const detail = `the loopback servers didn't start: ${error instanceof Error ? error.message : String(error)}`;
  complain(`The demo stopped at "start": ${detail}`);
  if (options.json) report([{ name: "start", ok: false, detail }], []);
  process.exit(1);
});
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const) {
  process.once(signal, () => {
    stage.abandon();
    process.exit(code);
  });
}

const moments: Moments = {};
const steps = await play(story(stage, moments), (step) => say(...stepLine(step, paint)));
const isGood = steps.every(({ ok }) => ok);
show();
if (!isGood) stage.keepLog();
await stage.close(!isGood);
finish(steps);

/** The screens, the times and what Redis holds, as far as the story got. */
function show(): void {
  const { ana, anasPhone, kim, leo, mia, talk, vic } = stage;
  if (talk.messages.length > 0) {
    say("", paint.bold("Who sees what"));
    for (const [left, right] of [
      [ana, leo],
      [anasPhone, kim],
      [vic, mia],
    ] as const)
      say("", ...sideBySide(left, right, paint));
    say(
      "",
      paint.bold("From the sender's network to the other screen (median, slowest)"),
      ...journeys(talk, paint),
    );
  }
  const { before, during, after } = moments;
  if (before !== undefined && during !== undefined && after !== undefined) {
    const table = holdingsTable(
      [
        { title: "before", holdings: before },
        { title: "server down", holdings: during },
        { title: "after", holdings: after },
      ],
      paint,
    );
    say("", paint.bold("What Redis holds"), ...table);
  }
}

function finish(results: readonly StepResult[]): void {
  const failed = results.find(({ ok }) => !ok);
  if (failed !== undefined) {
    complain(`\nThe demo stopped at "${failed.name}": ${failed.detail}.`);
    complain(`The daemon's log: ${stage.folder}/daemon.log (the folder is kept)`);
  } else
    say(
      "",
      paint.green(`All ${results.length} steps seen in ${secondsNow()} s. The temporary folder is removed.`),
      "",
    );
  if (options.json) report(results, stage.networks, moments.scan);
  process.exit(isGood ? 0 : 1);
}

function report(
  steps: readonly StepResult[],
  networks: readonly string[],
  scan: ScanCounts = NOT_SEARCHED,
): void {
  process.stdout.write(`${JSON.stringify({ steps, networks, seconds: secondsNow(), scan })}\n`);
}

function secondsNow(): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
