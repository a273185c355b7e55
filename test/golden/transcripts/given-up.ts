// Texts that wait for their writer's answer while their writer's account is unlinked.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT } from "./first-lines.ts";
import { LINKED } from "./linking-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms", laptop: "matrix" };

const MATRIX_HOP = "Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help";
const PHONE = "Your text gives a phone number away to bike. 1 send · 2 don't · 3 always";
const UNLINKED = "Unlinked. Conversations that were only there are closed for you.";

/** The buyer is reached in a room, and has written a text there that is asked about. */
const ASKED_IN_ROOM = `${ACCEPTED}${LINKED("buyer", "laptop")}
laptop -> prefer matrix, sms
laptop <- Messages reach you by your preference: Matrix, SMS. "prefer last" undoes it.
seller [{name} · bike] -> or tomorrow?
laptop [bike] <- ${MATRIX_HOP}
laptop [bike] <- or tomorrow?
seller [{name} · bike] <- ${MATRIX_HOP}
laptop [bike] -> call +351 910 000 001
laptop [bike] <- ${PHONE}
laptop [bike] -> after six
`;

const SMS_HOP = "Weakest hop: SMS, not encrypted. SMS can't be recalled. /help";

export const GIVEN_UP: Chapter = {
  about: "a text that gives something away, when its writer's account is unlinked",
  transcripts: [
    {
      name: "isn't sent from the room in which it was written, and that is said there; the other account goes on",
      cast,
      lines: `${ASKED_IN_ROOM}
laptop -> unlink
laptop [bike] <- Not sent (2 texts).
seller [{name} · bike] <- ${SMS_HOP}
buyer  <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
laptop <- ${UNLINKED}
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
buyer  -> 1
seller [{name} · bike] <- 1
-- 11 minutes
`,
    },
    {
      name: "waits on when it is another account that is unlinked",
      cast,
      lines: `${ASKED_IN_ROOM}
laptop -> unlink sms
laptop <- ${UNLINKED}
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
laptop [bike] -> 1
seller [{name} · bike] <- call +351 910 000 001
seller [{name} · bike] <- after six
`,
    },
    {
      name: "isn't sent with a code either, and that is said where it was asked about",
      cast,
      lines: `${FIRST_CONTACT}${LINKED("buyer", "laptop")}
laptop -> {code} call +351 910 000 001
laptop <- ${PHONE}
laptop -> unlink
laptop <- Not sent.
laptop <- ${UNLINKED}
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
laptop -> 1
laptop <- I don't know that. "help" lists what I do.
-- 11 minutes
`,
    },
    {
      name: "isn't sent to somebody who left the conversation by it",
      cast: { seller: "matrix", buyer: "sms", laptop: "matrix" },
      lines: `${ACCEPTED}${LINKED("buyer", "laptop")}
seller [{name} · bike] -> call +351 910 000 001
seller [{name} · bike] <- Your text gives a phone number away to {name}. 1 send · 2 don't · 3 always
laptop -> unlink sms
seller [{name} · bike] <- Not sent.
seller [{name} · bike] <- This conversation has ended.
laptop <- ${UNLINKED}
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
-- 11 minutes
`,
    },
  ],
};
