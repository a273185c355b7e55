// "When something doesn't arrive" of the product's transcripts, without polls.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };

export const NOT_DELIVERED: Chapter = {
  about: "what doesn't arrive",
  transcripts: [
    {
      name: "is told to its sender after five minutes, and comes when the network is back",
      cast,
      lines: `${ACCEPTED}
-- phones: away
seller [{name} · bike] -> yes, come at six
seller [{name} · bike] -> or at seven
-- 6 minutes
seller [{name} · bike] <- Not delivered to {name}: their network is away. We'll try until {time}.
-- phones: fine
buyer  <- yes, come at six
buyer  <- or at seven
`,
    },
    {
      name: "is given up in the end, and never comes after that",
      cast,
      lines: `${ACCEPTED}
-- phones: away
seller [{name} · bike] -> yes, come at six
-- 20 hours
seller [{name} · bike] <- Not delivered to {name}: their network is away. We'll try until {time}.
seller [{name} · bike] <- Not delivered to {name}, given up. Send it again or try later.
-- phones: fine
seller [{name} · bike] -> are you there?
buyer  <- are you there?
`,
    },
    {
      name: "is given up at once when the network refuses it for good",
      cast,
      lines: `${ACCEPTED}
-- phones: no route
seller [{name} · bike] -> yes, come at six
seller [{name} · bike] <- Not delivered to {name}, given up. Send it again or try later.
`,
    },
  ],
};

const UNSURE = `${ACCEPTED}
-- phones: silent
seller [{name} · bike] -> yes, come at six
buyer  <- yes, come at six
seller [{name} · bike] <- Maybe not delivered to {name} (their network didn't say). Send again? 1 yes · 2 leave it
-- phones: fine
`;

export const MAYBE_DELIVERED: Chapter = {
  about: "what may not have arrived",
  transcripts: [
    {
      name: "is sent again when its sender says so",
      cast,
      lines: `${UNSURE}
seller [{name} · bike] -> 1
buyer  <- yes, come at six
seller [{name} · bike] -> 1
buyer  <- 1
`,
    },
    {
      name: "is left as it is when its sender says so",
      cast,
      lines: `${UNSURE}
seller [{name} · bike] -> 2
seller [{name} · bike] -> see you
buyer  <- see you
`,
    },
    {
      name: "is sent again by a reaction to the question, too",
      cast,
      lines: `${UNSURE}
seller [{name} · bike] +> 👍 Maybe not delivered
buyer  <- yes, come at six
`,
    },
    {
      name: "is asked about for ten minutes",
      cast,
      lines: `${UNSURE}
-- 10 minutes
seller [{name} · bike] -> 1
buyer  <- 1
`,
    },
  ],
};

export const DEGRADED: Chapter = {
  about: "what a network can't take",
  transcripts: [
    {
      name: "goes as text where it can, and its sender is told once for each kind",
      cast,
      lines: `${ACCEPTED}
seller [{name} · bike] -> come at six
buyer  <- come at six
seller [{name} · bike] ~> come at six => come at seven
buyer  <- * come at seven
seller [{name} · bike] <- {name} can't get edits on SMS; they got it as text.
seller [{name} · bike] ~> come at six => come at eight
buyer  <- * come at eight
seller [{name} · bike] >> I can come today => good
buyer  <- good
seller [{name} · bike] <- {name} can't get replies on SMS; they got it as text.
seller [{name} · bike] >> hi is => it is
buyer  <- it is
seller [{name} · bike] +> 👍 I can come
seller [{name} · bike] <- {name} can't get reactions on SMS.
seller [{name} · bike] +> 🎉 I can come
seller [{name} · bike] x> it is
seller [{name} · bike] <- {name} can't get deletions on SMS.
seller [{name} · bike] x> good
`,
    },
  ],
};
