// "Linking" of the product's transcripts: with SMS, or a second Matrix account, in the place of WhatsApp.

import type { Cast, Chapter } from "../cast.ts";
import { CONFIRM, JOIN, LINKED, OFFER } from "./linking-lines.ts";

const cast: Cast = { ana: "matrix", phone: "sms" };

const three: Cast = { ana: "matrix", phone: "sms", laptop: "matrix" };

const WRONG = Array.from(
  { length: 5 },
  (_, i) => `
phone  -> 1234 000${i + 1}
phone  <- That code isn't in use. Check it, or ask for a new one.`,
).join("");

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
