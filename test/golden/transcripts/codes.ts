// Codes as people type them, wrong ones, and texts without one.

import type { Cast, Chapter, Transcript } from "../cast.ts";
import { FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };
const withOther: Cast = { ...cast, other: "sms" };

const typed = (where: string, text: string, words: string): Transcript => ({
  name: `${where} leaves the words`,
  cast,
  lines: `${MAKE_HANDLE}
buyer  -> ${text}
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "${words}"
          1 accept · 2 decline · 3 block
`,
  isVariant: true,
});

const introduced = (text: string): Transcript => ({
  name: `in "${text}" is a code alone`,
  cast,
  lines: `${MAKE_HANDLE}
buyer  -> ${text}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> hi
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi"
          1 accept · 2 decline · 3 block
`,
  isVariant: true,
});

const WRONG = Array.from(
  { length: 5 },
  (_, i) => `
buyer  -> ab2c-d3ef-g${i + 2} hi
buyer  <- That code isn't in use. Check it, or ask for a new one.`,
).join("");

const AGAIN = Array.from(
  { length: 8 },
  (_, i) => `
buyer  -> {code} text ${i}
${i === 0 ? 'buyer  <- Kept for "bike" until they answer.' : ""}${i === 5 ? 'buyer  <- Not kept: 5 texts for "bike" wait already for their answer.' : ""}`,
).join("");

export const CODES: Chapter = {
  about: "a code",
  transcripts: [
    {
      name: "alone is asked about; the next text is the first one",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {CODE}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> me again, is it there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "me again, is it there?"
          1 accept · 2 decline · 3 block
`,
    },
    {
      name: "alone waits ten minutes for that text, which may look like a command or begin with a slash",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
-- 10 minutes
buyer  -> is it there?
buyer  <- This is a private relay. Send the code you were given.
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> //me
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "/me"
          1 accept · 2 decline · 3 block
`,
    },
    ...["hi {code}", "Hello! My code: {CODE}", "code: {code}", "{code} 👋"].map(introduced),
    {
      name: "is greeted with in words for its owner once they have a request of this guest",
      cast,
      lines: `${FIRST_CONTACT}
buyer  -> {code} hello
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- hello
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
    typed("between words", "hello, {code} is it there?", "hello, is it there?"),
    typed("at the end", "is it there? {CODE}", "is it there?"),
    {
      name: "that nobody has isn't told from one that has ended",
      cast,
      lines: `
buyer  -> ab2c-d3ef-gh hi
buyer  <- That code isn't in use. Check it, or ask for a new one.
`,
    },
    {
      name: "that is wrong six times ends in a pause, which is said once; a right one isn't taken either",
      cast: withOther,
      lines: `${MAKE_HANDLE}${WRONG}
buyer  -> ab2c-d3ef-gz hi
buyer  <- Too many wrong codes. No code is taken from you until {time}.
buyer  -> {code} sold?
other  -> {code} sold?
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "sold?"
          1 accept · 2 decline · 3 block
`,
    },
    {
      name: "counts as wrong only when it is: right ones can be sent again and again",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} sold?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "sold?"
          1 accept · 2 decline · 3 block${AGAIN}
`,
    },
  ],
};

export const WITHOUT_CODE: Chapter = {
  about: "somebody who sends no code",
  transcripts: [
    {
      name: "and isn't known is answered once in 24 hours",
      cast: { buyer: "sms" },
      lines: `
buyer  -> hello?
buyer  <- This is a private relay. Send the code you were given.
buyer  -> who is this?
`,
    },
    {
      name: "and is known gets a hint each time",
      cast,
      lines: `${FIRST_CONTACT}
seller -> 2
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
seller -> handels
seller <- I don't know that. Did you mean "handles"? "help" lists what I do.
seller -> what is this
seller <- I don't know that. "help" lists what I do.
`,
    },
  ],
};
