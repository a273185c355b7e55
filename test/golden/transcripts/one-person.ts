// What becomes of what two accounts have with each other once they are one person's, and of what one person is told at both.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT } from "./first-lines.ts";
import { CONFIRM, JOIN, LINKED, OFFER } from "./linking-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };

export const ONE_PERSON: Chapter = {
  about: "two accounts that are one person's from then on",
  transcripts: [
    {
      name: "have no request of one to the other any more",
      cast,
      lines: `${FIRST_CONTACT}${LINKED("buyer", "seller")}
seller -> requests
seller <- No request is open.
seller -> 1 accept
seller <- Request 1 isn't open. None is.
buyer  -> list
buyer  <- No conversation is open in this chat.
buyer  -> {code} hello?
buyer  <- That is your own handle "bike": others reach you by it.
-- 8 days
`,
    },
    {
      name: "don't go on talking with each other",
      cast,
      lines: `${ACCEPTED}
seller [{name} · bike] -> call +351 910 000 001
seller [{name} · bike] <- Your text gives a phone number away to {name}. 1 send · 2 don't · 3 always
${OFFER("seller")}${JOIN("buyer", "seller")}${CONFIRM("buyer", "seller")}
seller -> 1
seller [{name} · bike] <- Not sent.
seller [{name} · bike] <- This conversation has ended.
buyer  <- This conversation has ended.
seller <- Linked: Matrix, SMS ··{buyer}. Messages reach you where you last wrote from; "prefer sms, matrix" changes that. "me" shows what is linked.
buyer  <- Linked: SMS, Matrix {seller}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
seller [{name} · bike] -> hello?
seller [{name} · bike] <- Not delivered to {name}: they have left this conversation.
buyer  -> me
buyer  <- Linked: SMS (this one), Matrix {seller}. Messages reach you where you last wrote from.
`,
    },
  ],
};

export const TOLD_ONCE: Chapter = {
  about: "a guest who sends the code from two accounts",
  transcripts: [
    {
      name: "is told once at each account that texts wait, and once that no more can",
      cast: { ...cast, laptop: "matrix" },
      lines: `${FIRST_CONTACT}${LINKED("buyer", "laptop")}
laptop -> {code} or tomorrow?
laptop <- Kept for "bike" until they answer.
laptop -> {code} at six
laptop -> {code} at seven
laptop -> {code} at eight
laptop -> {code} at nine
laptop <- Not kept: 5 texts for "bike" wait already for their answer.
laptop -> {code} at ten
-- 1 minutes
seller -> 2
seller <- Declined. They are told that "bike" is not available.
laptop <- "bike" is not available.
`,
    },
  ],
};
