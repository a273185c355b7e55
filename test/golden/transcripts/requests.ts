// Requests that wait: kept texts, the end after 7 days, and several at a time.

import type { Cast, Chapter } from "../cast.ts";
import { FIRST_CONTACT } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms", other: "sms" };
const two: Cast = { seller: "matrix", buyer: "sms" };

export const UNANSWERED: Chapter = {
  about: "a request that nobody answers",
  transcripts: [
    {
      name: "keeps five texts beside the first, and says once that it does",
      cast: two,
      lines: `${FIRST_CONTACT}
buyer  -> two
buyer  -> three
buyer  -> four
buyer  -> five
buyer  -> six
buyer  <- Not kept: 5 texts for "bike" wait already for their answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- two
seller [{name} · bike] <- three
seller [{name} · bike] <- four
seller [{name} · bike] <- five
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
    {
      name: "ends after 7 days, and both are told",
      cast: two,
      lines: `${FIRST_CONTACT}
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
seller <- Request 1 for "bike" from {name} has ended: no answer in 7 days.
seller -> 1 accept
seller <- Request 1 isn't open. None is.
buyer  -> {code} are you back?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "are you back?"
          1 accept · 2 decline · 3 block
`,
    },
    {
      name: "is the same for a guest who sends the code again",
      cast: two,
      lines: `${FIRST_CONTACT}
buyer  -> {code} hello?
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- hello?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
  ],
};

const TWO = `${FIRST_CONTACT}
other  -> {code} how much?
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "how much?"
          "2 accept" · "2 decline" · "2 block"
`;

export const SEVERAL: Chapter = {
  about: "several requests",
  transcripts: [
    {
      name: "have a number each, and none is guessed",
      cast,
      lines: `${TWO}
seller -> 1
seller <- Which request? 1 {name} · bike  2 {name2} · bike
          "1 accept" · "1 decline" · "1 block"
seller -> requests
seller <- Open requests: 1 {name} · bike  2 {name2} · bike
          "1 accept" · "1 decline" · "1 block"
seller -> 2 accept
seller <- Accepted. The conversation is in the room "{name2} · bike".
seller [{name2} · bike] <- how much?
seller [{name2} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
other  <- "bike" accepted. What you text here goes to them.
seller -> decline
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
`,
    },
    {
      name: "are answered by a command that names one",
      cast,
      lines: `${TWO}
seller -> /block 1
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
seller -> 2
seller <- Declined. They are told that "bike" is not available.
other  <- "bike" is not available.
`,
    },
  ],
};
