// `npm run demo`: two phones on two networks talk through the real daemon; `-- --json` for machines.
import { parseArgs } from "node:util";
import { createPaint } from "./paint.ts";
import type { Moments } from "./proofs.ts";
import { holdingsTable, journeys, phones, stepLine, titlesOf } from "./screens.ts";
import { Stage } from "./stage.ts";
import { play, type StepResult } from "./steps.ts";
import { story } from "./story.ts";

const { values: options } = parseArgs({ options: { json: { type: "boolean", default: false } } });
const paint = createPaint(process.stdout.isTTY === true && (process.env.NO_COLOR ?? "") === "");
const say = (...lines: readonly string[]): void => {
  if (!options.json) for (const line of lines) console.log(line);
};

const began = performance.now();
say(
  "",
  paint.bold(
    "Footbridge: Ana is on Matrix, Leo has a plain phone. Neither sees the other's number or address.",
  ),
  paint.dim("The real daemon, on a homeserver and an SMSC of this machine. Takes a few seconds."),
  "",
);

const stage = await Stage.build().catch((error: unknown) => {
  const detail = `the loopback servers didn't start: ${error instanceof Error ? error.message : String(error)}`;
  console.error(`The demo stopped at "start": ${detail}`);
  if (options.json) report([{ name: "start", ok: false, detail }]);
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
  const { talk, ana } = stage;
  if (talk.messages.length > 0) {
    say("", ...phones(talk, titlesOf(ana.title), paint));
    say(
      "",
      paint.bold("From the sender's network to the other phone (median, slowest)"),
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
    console.error(`\nThe demo stopped at "${failed.name}": ${failed.detail}.`);
    console.error(`The daemon's log: ${stage.folder}/daemon.log (the folder is kept)`);
  } else
    say(
      "",
      paint.green(`All ${results.length} steps seen in ${secondsNow()} s. The temporary folder is removed.`),
      "",
    );
  if (options.json) report(results);
  process.exit(isGood ? 0 : 1);
}

function report(steps: readonly StepResult[]): void {
  console.log(JSON.stringify({ steps, networks: ["matrix", "sms"], seconds: secondsNow() }));
}

function secondsNow(): number {
  return Math.round((performance.now() - began) / 100) / 10;
}
