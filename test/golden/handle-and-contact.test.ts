// "A handle" and "First contact" of the product's transcripts, word for word.

import { afterEach, describe, test } from "vitest";
import { DAY } from "../../src/model/time.ts";
import { play } from "./player.ts";
import { type Cast, openScripted, type ScriptedStage } from "./scripted-stage.ts";

let stage: ScriptedStage;
afterEach(() => stage.close());

async function played(cast: Cast, transcript: string): Promise<Map<string, string>> {
  stage = await openScripted(cast);
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
  const until = day.format(Date.now() + 30 * DAY);
  const year = new Date(Date.now() + 30 * DAY).getUTCFullYear();
  const thisYear = new Date().getUTCFullYear();
  return play(stage, transcript, new Map([["day", year === thisYear ? until : `${until} ${year}`]]));
}

const MAKE_HANDLE = `
seller -> handle new bike for 30d
seller <- Handle for "bike": {code} (until {day}). Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
`;

const FIRST_CONTACT = `${MAKE_HANDLE}
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
buyer  -> I can come today
buyer  <- Kept for "bike" until they answer.
`;

describe("first contact by SMS, with a seller on Matrix", () => {
  const cast = { seller: "matrix", buyer: "sms" } as const;

  test("accepted", async () => {
    await played(
      cast,
      `${FIRST_CONTACT}
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller [{name} · bike] -> yes, come at six
buyer  <- yes, come at six
buyer  -> I'll be there
seller [{name} · bike] <- I'll be there
`,
    );
  });
});
