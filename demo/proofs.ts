import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HOUR } from "../src/model/time.ts";
import { CAST, FRONT_DOOR, isSomebody, LABEL, readable, SECOND_NUMBER, WHATSAPP_NUMBER } from "./cast.ts";
import { countOf, type Holdings, holdings } from "./holdings.ts";
import { lookAhead } from "./later.ts";
import { took } from "./paint.ts";
import { EACH, OTHERS } from "./script.ts";
import { type ScanCounts, search } from "./search.ts";
import type { Stage } from "./stage.ts";
import { otherSide } from "./talk.ts";
import { expectThat, pause, until, within } from "./watch.ts";
import { BRIDGE } from "./whatsapp-phone.ts";

/** What lives up to a day can't be read any more after that (RECORDS.md: hourly keys, kept for 24 h). */
const FORGOTTEN_AFTER = 26 * HOUR;
/** The SMSC sends its receipts 50 ms after a text. */
const QUIET_FOR = 120;
const LOOK_EVERY = 15;
/** The command line. */
export const FOOTBRIDGE = fileURLToPath(new URL("../bin/footbridge.cjs", import.meta.url));

/** What was seen at some moments of the story, to be shown after it. */
export interface Moments {
  before?: Holdings;
  during?: Holdings;
  after?: Holdings;
  scan?: ScanCounts;
}

/**
 * Waits until the bridge has nothing to do, and stays so: no text and no receipt is on its way. Gives what Redis holds then.
 */
export async function quiet({ control }: Stage): Promise<Holdings> {
  const idle = async (): Promise<Holdings | undefined> => {
    const found = await holdings(control);
    return countOf(found, "passing") === 0 ? found : undefined;
  };
  return until("a moment in which the bridge has nothing to do", async () => {
    if ((await idle()) !== undefined) {
      await pause(QUIET_FOR);
      const still = await idle();
      if (still !== undefined) return still;
    }
    await pause(LOOK_EVERY);
    return undefined;
  });
}

/** Each text of the conversation arrived once, in order, and no phone shows anything that the story didn't expect. */
export function twentyEachWay({ phones, strays, talk }: Stage): string {
  for (const side of ["ana", "leo"] as const) {
    const { name } = CAST[side];
    const [sent, got] = [talk.sentBy(side), talk.arrivals[otherSide(side)]];
    expectThat(sent.length === EACH, `${name} sent ${sent.length} texts, the script has ${EACH}`);
    expectThat(got.length === EACH, `${got.length} of ${name}'s texts arrived, expected ${EACH}`);
    expectThat(
      got.every((message, i) => message === sent[i]),
      `${name}'s texts arrived in another order`,
    );
  }
  for (const { title, unread } of phones)
    expectThat(unread.length === 0, `${title} shows ${unread.length} texts that nobody expected`);
  expectThat(strays === 0, `${strays} texts went to numbers that nobody has`);
  return `${EACH} texts of each came to the other: word for word, each once, in order; and no phone shows anything else`;
}

/** Under which numbers and in which rooms people see each other, and that nobody sees what a blocked stranger wrote. */
export function whoSeesWhat({ anasPhone, homeserver, known, smsc, whatsapp }: Stage): string {
  const ours = [FRONT_DOOR, SECOND_NUMBER];
  expectThat(
    smsc.messages.every(({ from }) => ours.includes(from)),
    "a phone saw another number than the bridge's",
  );
  const { problems } = whatsapp.server;
  expectThat(problems.length === 0, `the WhatsApp server met ${problems.length} things that shouldn't be`);
  expectThat(
    anasPhone.decrypted.every(({ key }) => key.remoteJid === BRIDGE || key.remoteJidAlt === BRIDGE),
    "Ana's WhatsApp shows another chat than the bridge's",
  );
  expectThat(
    anasPhone.bubbles.every(
      ({ isOwn, message, text }) =>
        isOwn || message === undefined || byLeo(known.leo, message.shown).includes(text),
    ),
    "a text of Leo's is on Ana's WhatsApp under another name",
  );
  const sent = JSON.stringify([smsc.messages, homeserver.state.dump(), anasPhone.decrypted]);
  expectThat(
    !OTHERS.vic.slice(1).some((said) => sent.includes(said)),
    "what a blocked stranger wrote went out to somebody",
  );
  const rooms = [...homeserver.state.rooms.values()];
  const people = rooms.map(({ state }) =>
    [...state.values()].filter(({ state_key: who }) => isSomebody(who)),
  );
  expectThat(
    people.every(({ length }) => length <= 1),
    "two people are in the same Matrix room",
  );
  const numbers = [...new Set(smsc.messages.map(({ from }) => readable(from)))].join(" and ");
  return `SMS come from ${numbers} alone, all on WhatsApp from ${readable(WHATSAPP_NUMBER)}; each of ${rooms.length} Matrix rooms has one person in it; nobody reads what Vic wrote once he was blocked`;
}

/** What Ana reads of Leo's on WhatsApp: with the name before it while another conversation is open there. */
function byLeo(name: string, text: string): readonly string[] {
  return [text, `${name} · ${LABEL}: ${text}`];
}

/** Nothing waits in Redis any more, and something did before. */
export async function gone(stage: Stage, moments: Moments): Promise<string> {
  const after = await quiet(stage);
  moments.after = after;
  const { buried } = await stage.control.buried();
  const held = countOf(moments.during ?? [], "passing");
  expectThat(held > 0, "Redis held no text while the homeserver was down, it should have");
  expectThat(buried.length === 0, `${buried.length} texts are buried`);
  return "no text waits in Redis any more, and each id of one has a TTL (the table below); only what Vic wrote is kept, sealed, until his request ends unanswered in 7 days";
}

/** `footbridge audit`, as an operator types it. */
export async function audited({ daemon }: Stage): Promise<string> {
  const args = [FOOTBRIDGE, "audit", "--json", "--config", daemon.config];
  const { code, out } = await within("the end of `footbridge audit`", run(args));
  expectThat(code === 0, `footbridge audit ended with ${code}, expected 0`);
  const { families } = JSON.parse(out) as { families: { keys: number; withoutTtl: number }[] }; // control-api.ts
  const keys = families.reduce((sum, family) => sum + family.keys, 0);
  expectThat(
    families.every(({ withoutTtl }) => withoutTtl === 0),
    "keys that have to go have no TTL",
  );
  return `exit code 0: each of ${keys} keys belongs to one of ${families.length} families of records, none has a TTL that is too long or missing`;
}

function run(args: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, (_error, out) =>
      resolve({ code: child.exitCode ?? -1, out }),
    );
  });
}

/** The daemon ends as it is asked to. */
export async function end({ daemon }: Stage): Promise<string> {
  const began = performance.now();
  const code = await within("the daemon's end after SIGTERM", daemon.end("SIGTERM"));
  expectThat(code === 0, `the daemon ended with ${code} after SIGTERM, expected 0`);
  return `SIGTERM, exit code 0 after ${took(performance.now() - began)}`;
}

/** Nobody's number or id, no text and no code stands in anything that the daemon wrote or sent. */
export function nothingFound(stage: Stage, moments: Moments): string {
  const { counts, detail, first } = search(stage);
  moments.scan = counts;
  const { hits, planted, plantedFound } = counts;
  expectThat(plantedFound === planted, `the search found ${plantedFound} of ${planted} that were planted`);
  expectThat(first === undefined, `${hits} finds: ${first?.secret}, ${first?.form}, in ${first?.place}`);
  return detail;
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
