import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { HOUR } from "../src/model/time.ts";
import { countOf, type Holdings, holdings } from "./holdings.ts";
import { lookAhead } from "./later.ts";
import { size, took } from "./paint.ts";
import { ANA, BRIDGE_NUMBER, LEO, type Side } from "./parties.ts";
import { canaries, FORM_COUNT, type Secret, scan } from "./scan.ts";
import { EACH } from "./script.ts";
import type { Stage } from "./stage.ts";
import { expectThat, pause, until, within } from "./watch.ts";

/** What lives up to a day can't be read any more after that (RECORDS.md: hourly keys, kept for 24 h). */
const FORGOTTEN_AFTER = 26 * HOUR;
/** The SMSC sends its receipts 50 ms after a text. */
const QUIET_FOR = 120;

/** What was held at some moments of the story, to be shown after it. */
export interface Moments {
  before?: Holdings;
  during?: Holdings;
  after?: Holdings;
}

/**
 * Waits until the bridge has nothing to do, and stays so: no text and no receipt is on its way. Gives what Redis holds then.
 */
export async function quiet(stage: Stage): Promise<Holdings> {
  const idle = async (): Promise<Holdings | undefined> => {
    const found = await holdings(stage.state);
    return countOf(found, "passing") === 0 ? found : undefined;
  };
  return until("a moment in which the bridge has nothing to do", async () => {
    if ((await idle()) === undefined) return undefined;
    await pause(QUIET_FOR);
    return idle();
  });
}

/** Looks at everything that went out to each network for the other party's address. */
export function noNumber(stage: Stage): string {
  const { homeserver, leo, talk, folder } = stage;
  const outbox = join(folder, "outbox");
  mkdirSync(outbox, { recursive: true });
  const toMatrix = homeserver.state.dump();
  writeFileSync(join(outbox, "matrix.json"), toMatrix);
  writeFileSync(
    join(outbox, "sms.json"),
    JSON.stringify(stage.smsc.messages.map(({ from, text }) => [from, text])),
  );
  const leaked =
    scan([join(outbox, "matrix.json")], secretsOf("leo")).found.length +
    scan([join(outbox, "sms.json")], secretsOf("ana")).found.length;
  expectThat(leaked === 0, "one party's address went out to the other one's network");
  const senders = [...leo.senders];
  expectThat(
    senders.length === 1 && senders[0] === BRIDGE_NUMBER,
    "Leo saw another number than the bridge's",
  );
  const sms = talk.arrivals.leo.reduce((sum, { parts = 1 }) => sum + parts, 0);
  return `Ana sees "${LEO.name}", Leo sees the bridge's number: ${size(toMatrix.length)} of Matrix rooms and ${sms} SMS hold neither one's address`;
}

/** Redis holds no text any more, and held some before. */
export async function gone(stage: Stage, moments: Moments): Promise<string> {
  const after = await quiet(stage);
  moments.after = after;
  const { buried } = await stage.control.buried();
  const held = countOf(moments.during ?? [], "passing");
  expectThat(held > 0, "Redis held no text while the homeserver was down, it should have");
  expectThat(buried.length === 0, `${buried.length} texts are buried`);
  const endless = after.find(({ family, untimed }) => family.kind === "timed" && untimed > 0);
  expectThat(endless === undefined, `keys of "${endless?.family.title}" have no TTL`);
  return "Redis holds no text any more; each id of a text has a TTL (the table below)";
}

/** The daemon ends as it is asked to. */
export async function end({ daemon }: Stage): Promise<string> {
  const began = performance.now();
  const code = await within("the daemon's end after SIGTERM", daemon.end("SIGTERM"));
  expectThat(code === 0, `the daemon ended with ${code} after SIGTERM, expected 0`);
  return `SIGTERM, exit code 0 after ${took(performance.now() - began)}`;
}

/** Scans what is on the disk, and first of all whether the scan would find anything. */
export function nothingInFiles(stage: Stage): string {
  const { folder, state, talk } = stage;
  const texts = talk.messages.map(({ text }, i) => ({ name: `text ${i + 1}`, value: text }));
  const secrets = [
    ...secretsOf("ana"),
    ...secretsOf("leo"),
    ...texts.filter(({ value }) => value.length >= 12),
  ];
  const planted = canaries(secrets);
  const cage = join(folder, "canaries");
  mkdirSync(cage);
  for (const { name, content } of planted) writeFileSync(join(cage, name), content);
  const caught = new Set(scan([cage], secrets).found.map(({ file }) => file)).size;
  expectThat(caught === planted.length, `the scan found ${caught} of ${planted.length} planted canaries`);
  const result = scan([state, stage.keepLog()], secrets);
  const [first] = result.found;
  expectThat(
    first === undefined,
    `${result.found.length} finds: ${first?.secret} ${first?.form} in ${first?.file}`,
  );
  return `${result.files} files and the log (${size(result.bytes)}) searched for both addresses and the texts, in up to ${FORM_COUNT} forms: none (all ${planted.length} planted canaries found)`;
}

/** The texts that Redis' file still holds can't be read any more once their keys are gone. */
export async function later({ folder, state }: Stage): Promise<string> {
  const copy = join(folder, "later");
  mkdirSync(copy);
  const { sealed, now, afterwards, destroyed } = await lookAhead(state, copy, FORGOTTEN_AFTER);
  expectThat(sealed >= 2 * EACH, `Redis' file holds ${sealed} sealed texts, expected ${2 * EACH} or more`);
  expectThat(now === sealed, `${now} of ${sealed} sealed texts open with the keys of now`);
  expectThat(
    afterwards === 0,
    `${afterwards} of ${sealed} sealed texts still open after their keys should be gone`,
  );
  return `Redis' file still has ${sealed} sealed deliveries, and the keys open all ${now}; a clock 26 h ahead destroys ${destroyed} keys, and those that are left open ${afterwards}`;
}

function secretsOf(side: Side): readonly Secret[] {
  return side === "leo"
    ? [{ name: "Leo's number", value: LEO.number }]
    : [
        { name: "Ana's Matrix id", value: ANA.mxid },
        { name: "Ana's local part", value: ANA.localpart },
      ];
}
