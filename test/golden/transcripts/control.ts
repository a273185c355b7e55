// "Control" of the product's transcripts: block, name, and the words that end texts.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };

export const BLOCKS: Chapter = {
  about: "a block",
  transcripts: [
    {
      name: "is one word in the conversation; they aren't told, and it can be undone",
      cast,
      lines: `${ACCEPTED}
seller [{name} · bike] -> /block
seller [{name} · bike] <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> hello?
seller -> blocked
seller <- Blocked: {name}. "/unblock {name}" undoes.
seller [{name} · bike] -> still there?
seller [{name} · bike] <- Not sent: you have blocked {name}. "/unblock {name}" undoes.
seller -> unblock {name}
seller <- Unblocked: {name} can reach you again.
seller -> blocked
seller <- You have blocked nobody.
buyer  -> hello again
seller [{name} · bike] <- hello again
seller [{name} · bike] -> hello
buyer  <- hello
`,
    },
    {
      name: "can be asked for by name in the bridge's own chat",
      cast,
      lines: `${ACCEPTED}
seller -> block Nobody Here
seller <- You know nobody called Nobody Here.
seller -> block {name}
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> hello?
seller -> unblock {name}
seller <- Unblocked: {name} can reach you again.
seller -> unblock {name}
seller <- {name} isn't blocked. "/blocked" lists who is.
`,
    },
    {
      name: "is the guest's as well: from their phone, of whoever has the handle",
      cast,
      lines: `${ACCEPTED}
buyer  -> /block
buyer  <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
seller [{name} · bike] -> still interested?
buyer  -> blocked
buyer  <- Blocked: bike. "/unblock bike" undoes.
buyer  -> unblock bike
buyer  <- Unblocked: bike can reach you again.
seller [{name} · bike] -> and now?
buyer  <- and now?
`,
    },
    {
      name: "of the only one at a phone: what is texted isn't sent, and after it is undone all goes in its order",
      cast,
      lines: `${ACCEPTED}
buyer  -> /block
buyer  <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> are you still there?
buyer  <- Not sent: you have blocked bike. "/unblock bike" undoes.
buyer  -> unblok bike
buyer  <- I don't know that. Did you mean "unblock"? "help" lists what I do.
buyer  -> unblock bike
buyer  <- Unblocked: bike can reach you again.
buyer  -> hello again
seller [{name} · bike] <- hello again
buyer  -> and again
seller [{name} · bike] <- and again
`,
    },
  ],
};

export const NAMES: Chapter = {
  about: "a name",
  transcripts: [
    {
      name: "is changed in one conversation, and announced there",
      cast,
      lines: `${ACCEPTED}
buyer  -> /name Ana
buyer  <- You are Ana in this conversation now.
seller [{name} · bike] => Ana · bike
seller [Ana · bike] <- {name} is called Ana from now on.
buyer  -> it's me
seller [Ana · bike] <- it's me
`,
    },
    {
      name: "is the seller's own as well: the guest reads who writes",
      cast,
      lines: `${ACCEPTED}
seller [{name} · bike] -> /name Mia
seller [{name} · bike] <- You are Mia in this conversation now.
buyer  <- bike is called Mia from now on.
seller [{name} · bike] -> /name the bridge
seller [{name} · bike] <- Not changed: the bridge could be taken for the bridge itself. Take another one.
`,
    },
  ],
};

export const OPT_OUT: Chapter = {
  about: "STOP",
  transcripts: [
    {
      name: "is confirmed once and ends all texts; who writes is told; START brings them back, HELP says what there is",
      cast,
      lines: `${ACCEPTED}
buyer  -> STOP
buyer  <- You won't get texts from this service any more. START to come back.
buyer  -> stop
seller [{name} · bike] -> still interested?
seller [{name} · bike] <- Not delivered to {name}: they don't take texts now.
buyer  -> I still read this
seller [{name} · bike] <- I still read this
buyer  -> START
buyer  <- You get texts from this service again. STOP ends them, HELP for more.
seller [{name} · bike] -> and now?
buyer  <- and now?
buyer  -> HELP
buyer  <- What you text here goes to the other side. Also: /handle new LABEL, /link, /me, /block, /mute, /name NAME, /forget me. "/help block" says more. STOP ends texts.
`,
    },
    {
      name: "means the same to somebody who waits for an answer: they aren't texted, and their request stays",
      cast,
      lines: `${FIRST_CONTACT}
buyer  -> STOP
buyer  <- You won't get texts from this service any more. START to come back.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
seller [{name} · bike] -> yes, come at six
seller [{name} · bike] <- Not delivered to {name}: they don't take texts now.
`,
    },
    {
      name: "leaves a request open that its owner accepts by a phone which gets no texts: they accept it after START",
      cast: { seller: "sms", buyer: "matrix" },
      lines: `${MAKE_HANDLE}
buyer  -> {code} sold?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "sold?"
          1 accept · 2 decline · 3 block
seller -> STOP
seller <- You won't get texts from this service any more. START to come back.
seller -> 1 accept
seller -> 1
-- 1 minutes
seller -> START
seller <- You get texts from this service again. STOP ends them, HELP for more.
seller -> 1
seller <- Accepted. {name} texts you from +1 555 0111.
seller [+1 555 0111] <- sold?
seller [+1 555 0111] <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
buyer  <- "bike" accepted. The conversation is in the room "bike".
buyer [bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
`,
    },
    {
      name: "lets a request be declined all the same",
      cast: { seller: "sms", buyer: "matrix" },
      lines: `${MAKE_HANDLE}
buyer  -> {code} sold?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "sold?"
          1 accept · 2 decline · 3 block
seller -> STOP
seller <- You won't get texts from this service any more. START to come back.
seller -> 1 decline
buyer  <- "bike" is not available.
`,
    },
    {
      name: "is heard from a stranger, too",
      cast: { buyer: "sms" },
      lines: `
buyer  -> STOP
buyer  <- You won't get texts from this service any more. START to come back.
buyer  -> hello?
buyer  -> START
buyer  <- You get texts from this service again. STOP ends them, HELP for more.
buyer  -> HELP
buyer  <- Private relay: others don't see your number. Send handle new LABEL, link, me, block, mute, forget me. "help block" says more. STOP ends texts.
`,
    },
  ],
};
