// Somebody with WhatsApp and another account: the hop that is the weakest may stay the same when they go on at the other one.

import type { Cast, Chapter } from "../cast.ts";
import { withPhonesMoved } from "../moved.ts";
import { ACCEPTED, FIRST_CONTACT } from "./first-lines.ts";
import { LINKED } from "./linking-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms", laptop: "matrix" };
const there: Cast = { ...cast, buyer: "whatsapp" };

const onWhatsApp = (lines: string): string => withPhonesMoved({ name: "", cast, lines }).lines;

const BUYER_LINKED = `${onWhatsApp(`${ACCEPTED}${LINKED("buyer", "laptop")}`)}
`;

export const WHATSAPP_LINKED: Chapter = {
  about: "somebody with WhatsApp and Matrix",
  transcripts: [
    {
      name: "goes on where they wrote, or where they prefer; from either it is the same conversation",
      cast: there,
      lines: `${BUYER_LINKED}
seller [{name} · bike] -> still interested?
buyer  <- still interested?
laptop -> prefer matrix, whatsapp
laptop <- Messages reach you by your preference: Matrix, WhatsApp. "prefer last" undoes it.
seller [{name} · bike] -> or tomorrow?
laptop [bike] <- or tomorrow?
laptop [bike] -> tomorrow is fine
seller [{name} · bike] <- tomorrow is fine
buyer  -> from my phone: at six
seller [{name} · bike] <- from my phone: at six
buyer  -> /prefer last
buyer  <- Messages reach you where you last wrote from.
buyer  -> or at seven
seller [{name} · bike] <- or at seven
seller [{name} · bike] -> at seven
buyer  <- at seven
`,
    },
    {
      name: "goes on where they wrote by the code of the handle",
      cast: there,
      lines: `${BUYER_LINKED}
laptop -> {code} from my laptop
seller [{name} · bike] <- from my laptop
laptop <- -> bike
seller [{name} · bike] -> hello there
laptop [bike] <- hello there
buyer  -> {code} and from my phone
buyer  <- -> bike
seller [{name} · bike] <- and from my phone
seller [{name} · bike] -> hello again
buyer  <- hello again
`,
    },
    {
      name: "is told where they last wrote that they were accepted, and is reached on WhatsApp once they prefer it",
      cast: there,
      lines: `${onWhatsApp(`${FIRST_CONTACT}${LINKED("buyer", "laptop")}`)}
laptop -> {code} or tomorrow?
laptop <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- or tomorrow?
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
laptop <- "bike" accepted. The conversation is in the room "bike".
laptop [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
laptop -> prefer whatsapp
laptop <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
seller [{name} · bike] -> or at five?
buyer  <- bike goes on here. What you write here goes to them.
buyer  <- or at five?
buyer  -> fine
seller [{name} · bike] <- fine
`,
    },
    {
      name: "has a text that waits in a room, which isn't sent when that account leaves; WhatsApp goes on",
      cast: there,
      lines: `${BUYER_LINKED}
laptop -> prefer matrix, whatsapp
laptop <- Messages reach you by your preference: Matrix, WhatsApp. "prefer last" undoes it.
seller [{name} · bike] -> or tomorrow?
laptop [bike] <- or tomorrow?
laptop [bike] -> call +351 910 000 001
laptop [bike] <- Your text gives a phone number away to bike. 1 send · 2 don't · 3 always
laptop [bike] -> after six
laptop -> unlink
laptop [bike] <- Not sent (2 texts).
laptop <- Unlinked. Conversations that were only there are closed for you.
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
buyer  -> 1
seller [{name} · bike] <- 1
`,
    },
  ],
};

export const WHATSAPP_UNANSWERED: Chapter = {
  about: "a text to WhatsApp whose arrival nobody confirms",
  transcripts: [
    {
      name: "goes again under its id, is shown once, and nobody is asked",
      cast: { seller: "matrix", buyer: "whatsapp" },
      lines: `${onWhatsApp(ACCEPTED)}
-- whatsapp: silent
seller [{name} · bike] -> yes, come at six
buyer  <- yes, come at six
-- whatsapp: fine
-- 1 minutes
seller [{name} · bike] -> see you
buyer  <- see you
`,
    },
  ],
};
