// The transcripts with WhatsApp over the daemon as it is: a real homeserver, an SMSC and phones that nobody here wrote, and a
// WhatsApp-compatible server between.

import "../support/whatsapp/quiet-console.ts";
import { afterAll, beforeAll, describe } from "vitest";
import { canRun } from "../../scripts/testing/peers.ts";
import type { Chapter, Transcript } from "./cast.ts";
import { playChapters } from "./chapters.ts";
import { Networks } from "./daemon/networks.ts";
import type { RunningDaemon } from "./daemon/running.ts";
import { openDaemonStage, startDaemonBetween } from "./daemon/stage.ts";
import { WhatsAppSide } from "./daemon/whatsapp-side.ts";
import { PHONES_MOVED, SELLER_MOVED } from "./moving.ts";
import { ON_WHATSAPP } from "./transcripts/all.ts";

/** Where days go by, where a network is away, and where numbers are few, there is a daemon for this one alone. */
function isAlone({ lines, numbers }: Transcript): boolean {
  return numbers !== undefined || /^-- (?:\d+ (?:day|hour)s?|\w+: .*)$/m.test(lines);
}

function isWithOthers(transcript: Transcript): boolean {
  return !isAlone(transcript);
}

function those(chapters: readonly Chapter[], are: (transcript: Transcript) => boolean): readonly Chapter[] {
  const left = chapters.map(({ about, transcripts }) => ({ about, transcripts: transcripts.filter(are) }));
  return left.filter(({ transcripts }) => transcripts.length > 0);
}

/** The first of a chapter: all of them are played over scripted networks. */
function firstOf({ about, transcripts }: Chapter, moved: string): Chapter {
  return { about: `${about}, with ${moved}`, transcripts: transcripts.slice(0, 1) };
}

const CHAPTERS: readonly Chapter[] = [
  ...ON_WHATSAPP,
  ...PHONES_MOVED.map((chapter) => firstOf(chapter, "the phones there")),
  ...those(SELLER_MOVED, isWithOthers).map((chapter) => firstOf(chapter, "the seller there")),
];

describe.runIf(canRun("synapse") && canRun("jsmpp") && canRun("whatsmeow"))("on WhatsApp", () => {
  let networks: Networks;
  let whatsapp: WhatsAppSide;
  beforeAll(async () => {
    [networks, whatsapp] = await Promise.all([Networks.open(), WhatsAppSide.open()]);
  });
  afterAll(async () => {
    await networks?.close();
    await whatsapp?.close();
  });

  describe("with one daemon for all", () => {
    let daemon: RunningDaemon;
    beforeAll(async () => {
      daemon = await startDaemonBetween(networks, undefined, whatsapp);
    });
    afterAll(() => daemon?.stop());
    playChapters(those(CHAPTERS, isWithOthers), (cast, numbers) =>
      openDaemonStage(networks, cast, numbers, whatsapp, daemon),
    );
  });

  describe("with a daemon for each", () => {
    playChapters(those(CHAPTERS, isAlone), (cast, numbers) =>
      openDaemonStage(networks, cast, numbers, whatsapp),
    );
  });
});
