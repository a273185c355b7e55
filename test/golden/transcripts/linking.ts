// "Linking" of the product's transcripts: with SMS, or a second Matrix account, in the place of WhatsApp.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { ana: "matrix", phone: "sms" };

const three: Cast = { ana: "matrix", phone: "sms", laptop: "matrix" };

export const OFFER = (who: string): string => `
${who} -> link
${who} <- From the other account, send {link} within 10 minutes:
       SMS: text {LINK} to +1 555 0100 · another Matrix account: send it to me there
`;

/** `whose`: the Matrix account that gave the code out. */
export const JOIN = (who: string, whose: string): string => `
${who} -> {link}
${who} <- Link this SMS account with the Matrix account {${whose}}? Either can undo it at any time with "unlink". 1 yes · 2 no
`;

export const CONFIRM = (who: string, whose: string): string => `
${who} -> 1
${who} <- Asked. Please say yes on Matrix too.
${whose} <- An SMS account (number ending {${who}}) wants to be linked with this one. 1 yes · 2 no
`;

const WRONG = Array.from(
  { length: 5 },
  (_, i) => `
phone  -> 1234 000${i + 1}
phone  <- That code isn't in use. Check it, or ask for a new one.`,
).join("");

/** Links a phone with a Matrix account. */
export const LINKED = (
  who: string,
  whose: string,
): string => `${OFFER(whose)}${JOIN(who, whose)}${CONFIRM(who, whose)}
${whose} -> 1
${whose} <- Linked: Matrix, SMS ··{${who}}. Messages reach you where you last wrote from; "prefer sms, matrix" changes that. "me" shows what is linked.
${who} <- Linked: SMS, Matrix {${whose}}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
`;

export const LINKING: Chapter = {
  about: "two accounts of one person",
  transcripts: [
    {
      name: "are linked once both said yes, each from its own network",
      cast,
      lines: `${LINKED("phone", "ana")}
phone  -> me
phone  <- Linked: SMS (this one), Matrix {ana}. Messages reach you where you last wrote from.
ana    -> me
ana    <- Linked: Matrix (this one), SMS ··{phone}. Messages reach you where you last wrote from.
-- 10 minutes
`,
    },
    {
      name: "can be two Matrix accounts",
      cast: { ana: "matrix", laptop: "matrix" },
      lines: `${OFFER("ana")}
laptop -> {LINK}
laptop <- Link this Matrix account with the Matrix account {ana}? Either can undo it at any time with "unlink". 1 yes · 2 no
laptop -> yes
laptop <- Asked. Please say yes on Matrix too.
ana    <- A Matrix account ({laptop}) wants to be linked with this one. 1 yes · 2 no
ana    +> 👍 A Matrix account
ana    <- Linked: Matrix, Matrix {laptop}. Messages reach you where you last wrote from. "me" shows what is linked.
laptop <- Linked: Matrix, Matrix {ana}. Messages reach you where you last wrote from. "me" shows what is linked.
`,
    },
    {
      name: "aren't linked when the one that sent the code says no",
      cast,
      lines: `${OFFER("ana")}${JOIN("phone", "ana")}
phone  -> 2
phone  <- Not linked. The other account is told.
ana    <- Not linked: the other account said no.
ana    -> me
ana    <- Only this Matrix account. "link" joins another one with it.
`,
    },
    {
      name: "aren't linked when the one that gave the code out says no",
      cast,
      lines: `${OFFER("ana")}${JOIN("phone", "ana")}${CONFIRM("phone", "ana")}
ana    -> 2
ana    <- Not linked. The other account is told.
phone  <- Not linked: the other account said no.
phone  -> me
phone  <- Only this SMS account. "link" joins another one with it.
`,
    },
    {
      name: "aren't linked when the first yes is late, and both are told",
      cast,
      lines: `${OFFER("ana")}${JOIN("phone", "ana")}
-- 10 minutes
phone  <- Not linked: one yes didn't come in time. "link" begins anew.
ana    <- Not linked: one yes didn't come in time. "link" begins anew.
phone  -> me
phone  <- Only this SMS account. "link" joins another one with it.
`,
    },
    {
      name: "aren't linked when the second yes is late, and both are told",
      cast,
      lines: `${OFFER("ana")}${JOIN("phone", "ana")}${CONFIRM("phone", "ana")}
-- 10 minutes
ana    <- Not linked: one yes didn't come in time. "link" begins anew.
phone  <- Not linked: one yes didn't come in time. "link" begins anew.
`,
    },
    {
      name: "aren't linked when the one that sent the code has handles: it is told which way it goes",
      cast,
      lines: `
phone  -> handle new lamp
phone  <- Handle for "lamp": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
${OFFER("ana")}
phone  -> {LINK}
phone  <- Not linked: the account that sent the code has handles. Send "link" there, and its code from the other one.
ana    <- Not linked: the account that sent the code has handles. Send "link" there, and its code from the other one.
`,
    },
    {
      name: "aren't linked when the one that sent the code says STOP before its yes",
      cast,
      lines: `${OFFER("ana")}${JOIN("phone", "ana")}
phone [+1 555 0111] -> STOP
phone [+1 555 0111] <- You won't get texts from this service any more. START to come back.
ana    <- Not linked: the other account said no.
phone  -> 1
-- 11 minutes
ana    -> me
ana    <- Only this Matrix account. "link" joins another one with it.
`,
    },
    {
      name: "aren't linked when the one that sent the code says STOP after its yes",
      cast,
      lines: `${OFFER("ana")}${JOIN("phone", "ana")}${CONFIRM("phone", "ana")}
phone  -> STOP
phone  <- You won't get texts from this service any more. START to come back.
ana    -> 1
ana    <- Not linked: the other account said no.
ana    -> me
ana    <- Only this Matrix account. "link" joins another one with it.
`,
    },
    {
      name: "need a code that is ten minutes old at most, and is sent from the other account",
      cast,
      lines: `${OFFER("ana")}
ana    -> {link}
ana    <- That code is for your other account: send it from there.
-- 10 minutes
phone  -> {link}
phone  <- That code isn't in use. Check it, or ask for a new one.
`,
    },
    {
      name: "can't be guessed: after five wrong codes comes a pause, which is said",
      cast,
      lines: `${OFFER("ana")}${WRONG}
phone  -> 1234 0006
phone  <- Too many wrong codes. No code is taken from you until {time}.
phone  -> {link}
`,
    },
    {
      name: "are two of three once one leaves, and each is told what is so",
      cast: three,
      lines: `
laptop -> me
laptop <- Only this Matrix account. "link" joins another one with it.
${LINKED("phone", "ana")}
ana    -> link
ana    <- From the other account, send {link2} within 10 minutes:
          SMS: text {LINK2} to +1 555 0100 · another Matrix account: send it to me there
laptop -> {LINK2}
laptop <- Link this Matrix account with the Matrix account {ana}? Either can undo it at any time with "unlink". 1 yes · 2 no
laptop -> yes
laptop <- Asked. Please say yes on Matrix too.
ana    <- A Matrix account ({laptop}) wants to be linked with this one. 1 yes · 2 no
ana    -> 1
ana    <- Linked: Matrix, Matrix {laptop}, SMS ··{phone}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
laptop <- Linked: Matrix, Matrix {ana}, SMS ··{phone}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
laptop -> unlink
laptop <- Unlinked. Conversations that were only there are closed for you.
ana    <- Unlinked by Matrix {laptop}: it isn't linked with this one any more.
phone  <- Unlinked by Matrix {laptop}: it isn't linked with this one any more.
`,
    },
    {
      name: "answer requests where they are asked for, from then on",
      cast: { ana: "matrix", phone: "sms", buyer: "sms" },
      lines: `${LINKED("phone", "ana")}
ana    -> handle new bike
ana    <- Handle for "bike": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
buyer  -> {CODE} is it there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
ana    <- Request 1 for "bike" from {name} (SMS, not encrypted): "is it there?"
          1 accept · 2 decline · 3 block
phone  -> requests
phone  <- Request 1 for "bike" from {name}
          1 accept · 2 decline · 3 block
phone  -> 2
phone  <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
ana    -> requests
ana    <- No request is open.
`,
    },
    {
      name: "are unlinked by either",
      cast,
      lines: `${LINKED("phone", "ana")}
ana    -> unlink sms
ana    <- Unlinked. Conversations that were only there are closed for you.
phone  <- Unlinked by Matrix {ana}: this account stands alone again.
phone  -> unlink
phone  <- No other account is linked with this one. "link" begins it.
`,
    },
  ],
};

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
buyer  <- "bike" accepted. The conversation is in the room "bike".
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
seller <- Accepted. {name} texts you from +1 555 0111.
phone [+1 555 0111] <- {name} · bike goes on here. What you text here goes to them.
phone [+1 555 0111] <- hi is the bike still there?
phone [+1 555 0111] <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
phone [+1 555 0111] -> yes, come at six
buyer [bike] <- yes, come at six
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
