// "First contact" of the product's transcripts: a buyer's phone, and a seller on Matrix.

import type { Cast, Chapter, Transcript } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms", other: "sms" };
const two: Cast = { seller: "matrix", buyer: "sms" };

const byAnswer = (answer: string): Transcript => ({
  name: `can be accepted by "${answer}"`,
  cast: two,
  lines: ACCEPTED.replace("seller -> 1\n", `seller -> ${answer}\n`),
  isVariant: true,
});

export const ACCEPTING: Chapter = {
  about: "a request that is accepted",
  transcripts: [
    {
      name: "becomes a conversation, in which both go on writing",
      cast: two,
      lines: `${ACCEPTED}
seller [{name} · bike] -> yes, come at six
buyer  <- yes, come at six
buyer  -> I'll be there
seller [{name} · bike] <- I'll be there
`,
    },
    ...["1 accept", "accept", "Accept!", "yes", "accept 1", "/accept 1"].map(byAnswer),
    {
      name: "can be accepted by a reaction to the request itself, also when it isn't the last",
      cast,
      lines: `${FIRST_CONTACT}
other  -> {code} how much?
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "how much?"
          "2 accept" · "2 decline" · "2 block"
seller +> 👍 Request 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller +> 👎 Request 2
seller <- Declined. They are told that "bike" is not available.
other  <- "bike" is not available.
`,
    },
    {
      name: "takes eight digits as a text, unless they are a link code that is in use",
      cast: two,
      lines: `${ACCEPTED}
buyer  -> 24122026
seller [{name} · bike] <- 24122026
buyer  -> 2412 2026
seller [{name} · bike] <- 2412 2026
seller -> link
seller <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · another Matrix account: send it to me there
buyer  -> {link}
buyer  <- Link this SMS account with the Matrix account @se…? Either can undo it at any time with "unlink". 1 yes · 2 no
`,
    },
    {
      name: "can't be used to try link codes: each text of eight digits counts as a wrong one",
      cast: two,
      lines: `${ACCEPTED}
${[1, 2, 3, 4, 5].map((n) => `buyer -> 1234000${n}\nseller [{name} · bike] <- 1234000${n}`).join("\n")}
buyer  -> 12340006
buyer  <- Too many wrong codes. No code is taken from you until {time}.
`,
    },
    {
      name: "goes on after days of silence without a question: nobody else can be meant",
      cast: two,
      lines: `${FIRST_CONTACT}
-- 2 days
buyer  -> or on Sunday
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- or on Sunday
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
-- 2 days
buyer  -> 1 bike
buyer  -> still there?
seller [{name} · bike] <- 1 bike
seller [{name} · bike] <- still there?
`,
    },
    {
      name: "goes on in the conversation that is there when the guest sends the code again",
      cast: two,
      lines: `${ACCEPTED}
buyer  -> {code} or tomorrow?
buyer  <- -> bike
seller [{name} · bike] <- or tomorrow?
`,
    },
  ],
};

export const DECLINING: Chapter = {
  about: "a request that is declined",
  transcripts: [
    {
      name: "is told to the guest in these words, and nothing stays",
      cast: two,
      lines: `${FIRST_CONTACT}
seller -> 2
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
seller -> requests
seller <- No request is open.
seller -> 1
seller <- I don't know that. "help" lists what I do.
`,
    },
  ],
};

export const ON_MATRIX: Chapter = {
  about: "a request from a control room",
  transcripts: [
    {
      name: "leaves it one: commands are commands there while it waits, and only texts are kept",
      cast: { seller: "matrix", buyer: "matrix" },
      lines: `${MAKE_HANDLE}
buyer  -> {code} hi is the bike still there?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
buyer  -> handles
buyer  <- You have no handles. "handle new bike for 30d" makes one.
buyer  -> forget me
buyer  <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
buyer  -> 2
buyer  <- Nothing was forgotten.
buyer  -> I can come today
buyer  <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
`,
    },
  ],
};

const BLOCKED = `${FIRST_CONTACT}
seller -> 3
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
`;

export const BLOCKING: Chapter = {
  about: "a request that is blocked",
  transcripts: [
    {
      name: "shows the guest what they saw before; nothing more comes",
      cast: two,
      lines: `${BLOCKED}
buyer  -> are you there?
seller -> blocked
seller <- Blocked: {name}. "/unblock {name}" undoes.
`,
    },
    {
      name: "ends after 7 days, for the guest alone and in the words that anybody reads",
      cast: two,
      lines: `${BLOCKED}
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
`,
    },
    {
      name: "holds for the owner's other handles: the guest sees the same words, and nobody is asked",
      cast: two,
      lines: `${BLOCKED}
seller -> handle new lamp
seller <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
buyer  -> {code2} and the lamp?
buyer  <- Sent to "lamp". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
buyer  -> it would be nice
buyer  <- Kept for "lamp" until they answer.
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
buyer  <- "lamp" hasn't answered in 7 days. Your request has ended.
`,
    },
  ],
};
