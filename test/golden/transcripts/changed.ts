// Texts that are sent with a code, and changed or taken back by their writer.

import type { Cast, Chapter } from "../cast.ts";
import { MAKE_HANDLE } from "./first-lines.ts";
import { LINKED } from "./linking-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "matrix" };

const SENT = `buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.`;
const KEPT = `buyer  <- Kept for "bike" until they answer.`;
const HOP = "Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help";

const ASKED = (text: string, request = 1, name = "name"): string => `${SENT}
seller <- Request ${request} for "bike" from {${name}} (Matrix, encrypted in transit): "${text}"
          1 accept · 2 decline · 3 block
`;

/** @param texts what was kept, as the seller reads it */
const ACCEPTED = (...texts: readonly string[]): string => `seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
${texts.map((text) => `seller [{name} · bike] <- ${text}\n`).join("")}seller [{name} · bike] <- ${HOP}
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- ${HOP}
`;

export const CHANGED: Chapter = {
  about: "a text with a code",
  transcripts: [
    {
      name: "that waits is changed as a whole, and its reader doesn't see the code",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} first
${ASKED("first")}buyer  -> one more, {CODE}
${KEPT}
buyer  ~> {code} first => {code}: first edited
buyer  ~> one more => and one more, {CODE}
${ACCEPTED("first edited", "and one more")}`,
    },
    {
      name: "that gives something away is changed without it, too",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} call +351 910 000 001
buyer  <- Your text gives a phone number away to bike. 1 send · 2 don't · 3 always
buyer  ~> {code} call => {code} call +351 910 000 002
buyer  -> 1
${ASKED("call +351 910 000 002")}`,
    },
    {
      name: "that was all of a request ends it when it is taken back; the next one begins another",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} is it there?
${ASKED("is it there?")}buyer  -> and red?
${KEPT}
buyer  x> {code} is it
buyer  x> and red?
seller <- Request 1 for "bike" from {name} has ended: they took it back.
seller -> accept
seller <- No request is open.
buyer  -> /list
buyer  <- No conversation is open in this chat.
buyer  -> {code} is it sold?
${ASKED("is it sold?", 2, "name2")}buyer  ~> {code} is it => {code}
seller <- Request 2 for "bike" from {name2} has ended: they took it back.
-- 8 days
`,
    },
    {
      name: "that was all of a request ends it quietly for who was muted or blocked",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} is it there?
${ASKED("is it there?")}seller -> 3
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  x> {code} is it
buyer  -> {code} sold?
${SENT}
-- 8 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
`,
    },
    {
      name: "that arrived is changed by another text, and its writer is told what can't be taken back",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} is it there?
${ASKED("is it there?")}buyer  -> or sold?
${KEPT}
${ACCEPTED("is it there?", "or sold?")}
buyer  -> {code} or tomorow?
buyer  <- -> bike
seller [{name} · bike] <- or tomorow?
buyer  ~> {code} or tomorow? => {code} or tomorrow?
buyer  <- bike can't get edits on Matrix; they got it as text.
seller [{name} · bike] <- * or tomorrow?
buyer  ~> {code} is it => {code} is it still there?
seller [{name} · bike] <- * is it still there?
buyer  ~> {code} or tomorow? => {code} call +351 910 000 001
buyer  <- Your text gives a phone number away to bike. 1 send · 2 don't · 3 always
buyer  -> 1
seller [{name} · bike] <- * call +351 910 000 001
buyer  <- -> bike
buyer  x> or sold?
buyer  <- bike can't get deletions on Matrix.
buyer  x> {code} or tomorow?
`,
    },
    {
      name: "that arrived can't be taken back from a linked account, which is told there",
      cast: { ...cast, phone: "sms" },
      lines: `${MAKE_HANDLE}${LINKED("phone", "buyer")}
phone  -> {CODE} is it there?
phone  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "is it there?"
          1 accept · 2 decline · 3 block
phone  -> /prefer sms
phone  <- Messages reach you by your preference: SMS. "prefer last" undoes it.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- is it there?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
phone  <- "bike" accepted. What you text here goes to them.
buyer  -> {code} today
buyer  <- -> bike
seller [{name} · bike] <- today
buyer  x> {code} today
buyer  <- bike can't get deletions on Matrix.
`,
    },
  ],
};
