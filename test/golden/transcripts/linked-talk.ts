// Somebody with linked accounts: where they are reached, and what they read there.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";
import { LINKED } from "./linking-lines.ts";

const buying: Cast = { seller: "matrix", buyer: "sms", laptop: "matrix" };

const BUYER_LINKED = `${ACCEPTED}${LINKED("buyer", "laptop")}`;

const WAITING_LINKED = `${FIRST_CONTACT}${LINKED("buyer", "laptop")}`;

const IN_ROOMS = `
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
`;

const MATRIX_HOP = "Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help";

/** Both are told of the hop that is the weakest now, and go on. */
const ON_LAPTOP = `
seller [{name} · bike] <- ${MATRIX_HOP}
laptop <- "bike" accepted. The conversation is in the room "bike".
laptop [bike] <- ${MATRIX_HOP}
seller [{name} · bike] -> yes, come at six
laptop [bike] <- yes, come at six
laptop [bike] -> I'll be there
seller [{name} · bike] <- I'll be there
`;

export const LINKED_GUEST: Chapter = {
  about: "a guest who links accounts while the owner hasn't answered yet",
  transcripts: [
    {
      name: "is told where they last wrote, and goes on there",
      cast: buying,
      lines: `${WAITING_LINKED}
laptop -> {code} or tomorrow?
laptop <- Kept for "bike" until they answer.
${IN_ROOMS}
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- or tomorrow?
${ON_LAPTOP}
laptop -> prefer sms
laptop <- Messages reach you by your preference: SMS. "prefer last" undoes it.
seller [{name} · bike] -> or at five?
buyer [+1 555 0111] <- bike goes on here. What you text here goes to them.
buyer [+1 555 0111] <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
buyer [+1 555 0111] <- or at five?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
`,
    },
    {
      name: "is told where they prefer to be reached",
      cast: buying,
      lines: `${WAITING_LINKED}
laptop -> prefer matrix, sms
laptop <- Messages reach you by your preference: Matrix, SMS. "prefer last" undoes it.
${IN_ROOMS}
seller [{name} · bike] <- I can come today
${ON_LAPTOP}
`,
    },
    {
      name: "is told there, too, when the owner declines",
      cast: buying,
      lines: `${WAITING_LINKED}
laptop -> prefer matrix
laptop <- Messages reach you by your preference: Matrix. "prefer last" undoes it.
seller -> 2
seller <- Declined. They are told that "bike" is not available.
laptop <- "bike" is not available.
`,
    },
    {
      name: "is told where they are still, when they unlink the other account again",
      cast: buying,
      lines: `${WAITING_LINKED}
laptop -> {code} or tomorrow?
laptop <- Kept for "bike" until they answer.
laptop -> unlink
laptop <- Unlinked. Conversations that were only there are closed for you.
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- or tomorrow?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
  ],
};

export const PREFERRING: Chapter = {
  about: "somebody who prefers one of their accounts, in a conversation that begins then",
  transcripts: [
    {
      name: "is told where they wrote, and reached where they prefer",
      cast: buying,
      lines: `${LINKED("buyer", "laptop")}
laptop -> prefer matrix
laptop <- Messages reach you by your preference: Matrix. "prefer last" undoes it.
${FIRST_CONTACT}
${IN_ROOMS}
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- ${MATRIX_HOP}
buyer  <- "bike" accepted. The conversation is in the room "bike" on Matrix {laptop}.
laptop [bike] <- ${MATRIX_HOP}
seller [{name} · bike] -> yes, come at six
laptop [bike] <- yes, come at six
`,
    },
    {
      name: "is asked where they made the handle, and texted where they prefer",
      cast: { seller: "matrix", buyer: "matrix", phone: "sms" },
      lines: `${MAKE_HANDLE}${LINKED("phone", "seller")}
seller -> prefer sms
seller <- Messages reach you by your preference: SMS. "prefer last" undoes it.
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. {name} writes to you on SMS ··{phone}, from +1 555 0111.
phone [+1 555 0111] <- {name} · bike goes on here. What you text here goes to them.
phone [+1 555 0111] <- hi is the bike still there?
phone [+1 555 0111] <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
phone [+1 555 0111] -> yes, come at six
buyer [bike] <- yes, come at six
`,
    },
    {
      name: "is reached by the account that said so, where two are on that network",
      cast: { seller: "matrix", tablet: "matrix", buyer: "sms" },
      lines: `${MAKE_HANDLE}
seller -> link
seller <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · another Matrix account: send it to me there
tablet -> {LINK}
tablet <- Link this Matrix account with the Matrix account {seller}? Either can undo it at any time with "unlink". 1 yes · 2 no
tablet -> yes
tablet <- Asked. Please say yes on Matrix too.
seller <- A Matrix account ({tablet}) wants to be linked with this one. 1 yes · 2 no
seller -> 1
seller <- Linked: Matrix, Matrix {tablet}. Messages reach you where you last wrote from. "me" shows what is linked.
tablet <- Linked: Matrix, Matrix {seller}. Messages reach you where you last wrote from. "me" shows what is linked.
tablet -> prefer matrix
tablet <- Messages reach you by your preference: Matrix. "prefer last" undoes it.
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike" on Matrix {tablet}.
tablet [{name} · bike] <- hi is the bike still there?
tablet [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
    {
      name: "isn't sent to a phone that said STOP",
      cast: { seller: "matrix", phone: "sms", buyer: "matrix" },
      lines: `${MAKE_HANDLE}${LINKED("phone", "seller")}
seller -> prefer sms
seller <- Messages reach you by your preference: SMS. "prefer last" undoes it.
phone  -> STOP
phone  <- You won't get texts from this service any more. START to come back.
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- ${MATRIX_HOP}
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- ${MATRIX_HOP}
buyer [bike] -> hello?
seller [{name} · bike] <- hello?
seller -> prefer sms, matrix
seller <- Messages reach you by your preference: SMS, Matrix. "prefer last" undoes it.
seller <- SMS ··{phone} takes no texts since STOP was said there: START ends that.
buyer [bike] -> are you there?
seller [{name} · bike] <- are you there?
phone  -> START
phone  <- You get texts from this service again. STOP ends them, HELP for more.
buyer [bike] -> and now?
phone [+1 555 0111] <- {name} · bike goes on here. What you text here goes to them.
phone [+1 555 0111] <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
phone [+1 555 0111] <- and now?
buyer [bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
`,
    },
  ],
};

export const LINKED_TALK: Chapter = {
  about: "somebody with two linked accounts",
  transcripts: [
    {
      name: "goes on where they wrote, or where they prefer; from either it is the same conversation",
      cast: buying,
      lines: `${BUYER_LINKED}
seller [{name} · bike] -> still interested?
buyer  <- still interested?
laptop -> prefer matrix, sms
laptop <- Messages reach you by your preference: Matrix, SMS. "prefer last" undoes it.
seller [{name} · bike] -> or tomorrow?
laptop [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
laptop [bike] <- or tomorrow?
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
laptop [bike] -> tomorrow is fine
seller [{name} · bike] <- tomorrow is fine
buyer  -> from my phone: at six
seller [{name} · bike] <- from my phone: at six
`,
    },
    {
      name: "goes on where they wrote by the code of the handle",
      cast: buying,
      lines: `${BUYER_LINKED}
laptop -> {code} from my laptop
laptop [bike] <- ${MATRIX_HOP}
seller [{name} · bike] <- ${MATRIX_HOP}
seller [{name} · bike] <- from my laptop
laptop <- -> bike
seller [{name} · bike] -> hello there
laptop [bike] <- hello there
buyer  -> {code} and from my phone
buyer  <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
buyer  <- -> bike
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
seller [{name} · bike] <- and from my phone
seller [{name} · bike] -> hello again
buyer  <- hello again
`,
    },
    {
      name: "is reached at the other one once they said STOP on the phone",
      cast: buying,
      lines: `${BUYER_LINKED}
seller [{name} · bike] -> still interested?
buyer  <- still interested?
buyer  -> STOP
buyer  <- You won't get texts from this service any more. START to come back.
seller [{name} · bike] -> are you there?
laptop [bike] <- ${MATRIX_HOP}
laptop [bike] <- are you there?
seller [{name} · bike] <- ${MATRIX_HOP}
laptop [bike] -> I am
seller [{name} · bike] <- I am
`,
    },
    {
      name: "keeps what the other account has when they unlink; what was only on the one that left is closed",
      cast: buying,
      lines: `${BUYER_LINKED}
laptop -> unlink sms
laptop <- Unlinked. Conversations that were only there are closed for you.
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
seller [{name} · bike] <- This conversation has ended.
seller [{name} · bike] -> are you there?
seller [{name} · bike] <- Not delivered to {name}: they have left this conversation.
`,
    },
  ],
};
