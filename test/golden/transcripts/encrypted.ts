// "Encrypted before we can read it" of the product's transcripts, and what goes on in the room that can be read.

import type { Cast, Chapter } from "../cast.ts";
import { FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };

const INVITED = `
seller !> encrypts
seller <- I can't read encrypted rooms here yet. I've invited you to one that I can read.
seller [Footbridge] <- I can read this room. /help says what you can do here.
`;

/** The seller's client encrypts when a request waits for their answer: it is asked again where it can be read. */
const MOVED = `${FIRST_CONTACT}${INVITED}
seller [Footbridge] <- Request 1 for "bike" from {name}
          1 accept · 2 decline · 3 block
`;

/** It is answered there. */
export const MOVED_AND_ANSWERED = `${MOVED}
seller -> 2
seller [Footbridge] -> 1
seller [Footbridge] <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`;

const REQUEST = `
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller [Footbridge] <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
`;

export const ENCRYPTED: Chapter = {
  about: "an encrypted chat with the bridge",
  transcripts: [
    {
      name: "is answered with a room that can be read, which is the control room from then on",
      cast,
      lines: `${INVITED}
seller -> handle new bike
seller [Footbridge] -> handle new bike
seller [Footbridge] <- Handle for "bike": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
${REQUEST}
seller [Footbridge] -> 1
seller [Footbridge] <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
    {
      name: "takes what was asked there along: it is answered in the new room",
      cast,
      lines: `${MOVED_AND_ANSWERED}
seller [Footbridge] -> requests
seller [Footbridge] <- No request is open.
`,
    },
    {
      name: "leads to a room into which the seller is asked again by a request, when they have left it",
      cast,
      lines: `${MAKE_HANDLE}${INVITED}
seller [Footbridge] !> leaves
${REQUEST}`,
    },
    {
      name: "isn't where a request ends that nobody answers: that is the new room",
      cast,
      lines: `${MOVED}
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
seller [Footbridge] <- Request 1 for "bike" from {name} has ended: no answer in 7 days.
`,
    },
  ],
};
