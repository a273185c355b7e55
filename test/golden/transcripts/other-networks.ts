// First contact between other networks: the moves are the same, the words fit where they are read.

import { type Cast, type Chapter, ONE_NUMBER } from "../cast.ts";
import { MAKE_HANDLE } from "./first-lines.ts";

const phones: Cast = { seller: "sms", buyer: "sms" };

const REQUEST = `${MAKE_HANDLE}
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
`;

export const OTHER_NETWORKS: Chapter = {
  about: "a seller and a buyer",
  transcripts: [
    {
      name: "on SMS have a number each: the buyer the one that they texted, the seller one of the pool",
      cast: phones,
      lines: `${REQUEST}
seller -> 1
seller <- Accepted. {name} texts you from +1 555 0111.
seller [+1 555 0111] <- hi is the bike still there?
seller [+1 555 0111] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller [+1 555 0111] -> yes, come at six
buyer  <- yes, come at six
buyer  -> fine
seller [+1 555 0111] <- fine
seller -> handles
seller <- "bike": {code} (until {day})
`,
    },
    {
      name: "on SMS share the front door where there is no other number: the chat is both at once",
      cast: phones,
      numbers: ONE_NUMBER,
      lines: `${REQUEST}
seller -> 1
seller <- Accepted. {name} writes to you here.
seller <- hi is the bike still there?
seller <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller -> yes
buyer  <- yes
seller -> /handles
seller <- "bike": {code} (until {day})
buyer  -> good
seller <- good
`,
    },
    {
      name: "on SMS and on Matrix read what fits where they are; the buyer gets a room of their own",
      cast: { seller: "sms", buyer: "matrix" },
      lines: `${MAKE_HANDLE}
buyer  -> {code} sold?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "sold?"
          1 accept · 2 decline · 3 block
buyer  -> I can come today
buyer  <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. {name} texts you from +1 555 0111.
seller [+1 555 0111] <- sold?
seller [+1 555 0111] <- I can come today
seller [+1 555 0111] <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer [bike] -> at six?
seller [+1 555 0111] <- at six?
seller [+1 555 0111] -> yes
buyer [bike] <- yes
buyer  -> me
buyer  <- Only this Matrix account. "link" joins another one with it.
`,
    },
    {
      name: "on Matrix have a room each",
      cast: { seller: "matrix", buyer: "matrix" },
      lines: `${MAKE_HANDLE}
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your account.
buyer  -> hi
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "hi"
          1 accept · 2 decline · 3 block
seller +> 👍 Request 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
seller [{name} · bike] -> hello
buyer [bike] <- hello
`,
    },
  ],
};
