import { afterEach, test } from "vitest";
import { ONE_NUMBER } from "./cast.ts";
import { playChapters } from "./chapters.ts";
import { openScripted, type ScriptedStage } from "./scripted-stage.ts";
import { CHANGED } from "./transcripts/changed.ts";
import { ACCEPTED } from "./transcripts/first-lines.ts";

playChapters([CHANGED], openScripted);

let stage: ScriptedStage | undefined;
afterEach(() => stage?.close());

// No phone does so by SMS: it stands for every network whose chats hold several conversations.
test("a text of a chat with several conversations is changed where it went", async () => {
  stage = await openScripted({ seller: "matrix", dealer: "matrix", buyer: "sms" }, ONE_NUMBER);
  await stage.play(`${ACCEPTED}
dealer -> handle new lamp
dealer <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
buyer  -> {code2} and the lamp?
buyer  <- Sent to "lamp". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
dealer <- Request 1 for "lamp" from {name2} (SMS, not encrypted): "and the lamp?"
          1 accept · 2 decline · 3 block
dealer -> 1
dealer <- Accepted. The conversation is in the room "{name2} · lamp".
dealer [{name2} · lamp] <- and the lamp?
dealer [{name2} · lamp] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "lamp" accepted. What you text here goes to them.
-- 11 minutes
buyer  -> I am outsite
buyer  <- To whom? 1 bike  2 lamp
buyer  -> 1
buyer  <- -> bike
seller [{name} · bike] <- I am outsite
buyer  -> at the door
seller [{name} · bike] <- at the door
buyer  ~> I am outsite => I am outside
buyer  <- bike can't get edits on Matrix; they got it as text.
seller [{name} · bike] <- * I am outside
buyer  x> at the door
buyer  <- bike can't get deletions on Matrix.
`);
}, 120_000);
