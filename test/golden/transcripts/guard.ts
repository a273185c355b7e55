// Texts that give a number or an address away, in a chat with several conversations and before there is one.

import { type Cast, type Chapter, ONE_NUMBER } from "../cast.ts";
import { ACCEPTED, MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };
const withDealer: Cast = { seller: "matrix", dealer: "matrix", buyer: "sms" };

/** A seller and a dealer, each with a conversation in the buyer's one chat. */
const TWO = `${ACCEPTED}
dealer -> handle new lamp
dealer <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
buyer  -> {code2} and the lamp?
buyer  <- Sent to "lamp". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
dealer <- Request 1 for "lamp" from {name2} (SMS, not encrypted): "and the lamp?"
          1 accept · 2 decline · 3 block
dealer -> 1
dealer <- Accepted. The conversation is in the room "{name2} · lamp".
dealer [{name2} · lamp] <- and the lamp?
dealer [{name2} · lamp] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "lamp" accepted. What you text here goes to them.
-- 11 minutes
`;

const SENT = `buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.`;
const PHONE_TO_BIKE = `buyer  <- Your text gives a phone number away to bike. 1 send · 2 don't · 3 always`;
const MAIL_TO_LAMP = `buyer  <- Your text gives an e-mail address away to lamp. 1 send · 2 don't · 3 always`;

export const GUARD: Chapter = {
  about: "a text that gives something away",
  transcripts: [
    {
      name: "is asked about once it is known for whom it is; what was held before it is sent",
      cast: withDealer,
      numbers: ONE_NUMBER,
      lines: `${TWO}
buyer  -> I am outside
buyer  <- To whom? 1 bike  2 lamp
buyer  -> call me at +351 910 000 001
buyer  -> or ring the bell
buyer  -> 1
seller [{name} · bike] <- I am outside
buyer  <- -> bike
${PHONE_TO_BIKE}
buyer  -> twice
buyer  -> 1
seller [{name} · bike] <- call me at +351 910 000 001
seller [{name} · bike] <- or ring the bell
seller [{name} · bike] <- twice
buyer  -> thanks
seller [{name} · bike] <- thanks
`,
    },
    {
      name: "alone isn't sent by the number that says for whom it is",
      cast: withDealer,
      numbers: ONE_NUMBER,
      lines: `${TWO}
buyer  -> call me at +351 910 000 001
buyer  <- To whom? 1 bike  2 lamp
buyer  -> 1
${PHONE_TO_BIKE}
buyer  -> DON'T
buyer  <- Not sent.
`,
    },
    {
      name: "is asked about with the code of a conversation that is there, and so is another one's, each for its own",
      cast: withDealer,
      numbers: ONE_NUMBER,
      lines: `${TWO}
buyer  -> {code2} my mail leo@example.com
${MAIL_TO_LAMP}
buyer  -> {code2} soon
buyer  -> {code} call me at +351 910 000 001
buyer  -> today
buyer  -> 1
dealer [{name2} · lamp] <- my mail leo@example.com
dealer [{name2} · lamp] <- soon
buyer  <- -> lamp
${PHONE_TO_BIKE}
buyer  -> 1
seller [{name} · bike] <- call me at +351 910 000 001
seller [{name} · bike] <- today
buyer  <- -> bike
`,
    },
    {
      name: "as the first one of a request is asked about before anybody hears of the request",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} call +351 910 000 001
${PHONE_TO_BIKE}
buyer  -> after six
buyer  -> {code} please
buyer  -> send
${SENT}
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "call +351 910 000 001"
          1 accept · 2 decline · 3 block
buyer  <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- call +351 910 000 001
seller [{name} · bike] <- after six
seller [{name} · bike] <- please
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`,
    },
    {
      name: "as the first one isn't sent after 2; what stood behind it is the first one then",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> call +351 910 000 001
${PHONE_TO_BIKE}
buyer  -> is it there?
buyer  -> 2
${SENT}
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "is it there?"
          1 accept · 2 decline · 3 block
buyer  <- Not sent.
`,
    },
    {
      name: "as the first one isn't sent without an answer in ten minutes",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} call +351 910 000 001
${PHONE_TO_BIKE}
-- 11 minutes
buyer  <- Not sent: the question wasn't answered in time.
buyer  -> 1
buyer  <- This is a private relay. Send the code you were given.
`,
    },
    {
      name: "as the first one goes nowhere when the handle has ended meanwhile",
      cast,
      lines: `${MAKE_HANDLE}
buyer  -> {code} call +351 910 000 001
${PHONE_TO_BIKE}
seller -> handle off bike
seller <- "bike" has ended: its code isn't in use any more. Conversations go on.
buyer  -> 1
buyer  <- That code isn't in use. Check it, or ask for a new one.
`,
    },
    {
      name: "isn't asked about after 3, in conversations to come either",
      cast: withDealer,
      lines: `${MAKE_HANDLE}
buyer  -> {code} call +351 910 000 001
${PHONE_TO_BIKE}
buyer  -> 3
${SENT}
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "call +351 910 000 001"
          1 accept · 2 decline · 3 block
buyer  <- Sent. You won't be asked again; "/guard on" changes that.
buyer  -> or leo@example.com
buyer  <- Kept for "bike" until they answer.
`,
    },
  ],
};

const GUEST: Cast = { seller: "matrix", buyer: "matrix" };
const SENT_THERE = `buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.`;

export const WAITING: Chapter = {
  about: "a text that waits",
  transcripts: [
    {
      name: "for the answer to a request goes in its last form, and not at all when it was taken back",
      cast: GUEST,
      lines: `${MAKE_HANDLE}
buyer  -> {code} is it there?
${SENT_THERE}
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "is it there?"
          1 accept · 2 decline · 3 block
buyer  -> I can come todya
buyer  <- Kept for "bike" until they answer.
buyer  -> or never
buyer  ~> I can come todya => I can come today
buyer  x> or never
buyer  -> /list
buyer  <- Open here: 1 bike
          A number says whom your next texts are for.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- is it there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
`,
    },
    {
      name: "since it gives something away isn't asked about any more when it was taken back; what stands behind it goes",
      cast: GUEST,
      lines: `${MAKE_HANDLE}
buyer  -> {code} call +351 910 000 001
${PHONE_TO_BIKE}
buyer  -> is it there?
buyer  -> or gone?
buyer  ~> or gone? => or sold?
buyer  x> {code} call
${SENT_THERE}
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "is it there?"
          1 accept · 2 decline · 3 block
buyer  <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- is it there?
seller [{name} · bike] <- or sold?
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
buyer [bike] -> mail leo@example.com
buyer [bike] <- Your text gives an e-mail address away to bike. 1 send · 2 don't · 3 always
buyer [bike] ~> mail => mail ana@example.com
buyer [bike] -> 1
seller [{name} · bike] <- mail ana@example.com
buyer [bike] -> call +351 910 000 001
buyer [bike] <- Your text gives a phone number away to bike. 1 send · 2 don't · 3 always
buyer [bike] x> call
buyer [bike] -> 1
seller [{name} · bike] <- 1
`,
    },
  ],
};
