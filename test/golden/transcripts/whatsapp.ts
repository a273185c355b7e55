// Transcripts with WhatsApp in them.

import type { Cast, Chapter } from "../cast.ts";
import { handle, TWO_BUYERS } from "./whatsapp-lines.ts";

const linking: Cast = { ana: "matrix", phone: "whatsapp" };

export const WHATSAPP_LINKING: Chapter = {
  about: "linking an account on WhatsApp",
  transcripts: [
    {
      name: "with one on Matrix asks both, and says so in these words",
      cast: linking,
      lines: `
ana    -> link
ana    <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · another Matrix account: send it to me there
phone  -> {LINK}
phone  <- Link this WhatsApp account with the Matrix account {ana}? Either can undo it at any time with "unlink". 1 yes · 2 no
phone  -> 1
phone  <- Asked. Please say yes on Matrix too.
ana    <- A WhatsApp account (number ending {phone}) wants to be linked with this one. 1 yes · 2 no
ana    -> 1
ana    <- Linked: Matrix, WhatsApp ··{phone}. Messages reach you where you last wrote from; "prefer whatsapp, matrix" changes that. "me" shows what is linked.
phone  <- Linked: WhatsApp, Matrix {ana}. Messages reach you where you last wrote from; "prefer matrix, whatsapp" changes that. "me" shows what is linked.
ana    -> unlink whatsapp
ana    <- Unlinked. Conversations that were only there are closed for you.
phone  <- Unlinked by Matrix {ana}: this account stands alone again.
`,
    },
    {
      name: "with one on SMS, by the code that it gave out",
      cast: { wa: "whatsapp", phone: "sms" },
      lines: `
wa     -> link
wa     <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · Matrix: message @footbridge:example.org and send {LINK}
phone  -> {link}
phone  <- Link this SMS account with the WhatsApp account ··{wa}? Either can undo it at any time with "unlink". 1 yes · 2 no
phone  -> 1
phone  <- Asked. Please say yes on WhatsApp too.
wa     <- An SMS account (number ending {phone}) wants to be linked with this one. 1 yes · 2 no
wa     +> 👍 An SMS account
wa     <- Linked: WhatsApp, SMS ··{phone}. Messages reach you where you last wrote from; "prefer sms, whatsapp" changes that. "me" shows what is linked.
phone  <- Linked: SMS, WhatsApp ··{wa}. Messages reach you where you last wrote from; "prefer whatsapp, sms" changes that. "me" shows what is linked.
wa     -> me
wa     <- Linked: WhatsApp (this one), SMS ··{phone}. Messages reach you where you last wrote from.
`,
    },
    {
      name: "lets the conversation go on where its person prefers",
      cast: { seller: "matrix", buyer: "sms", wa: "whatsapp" },
      lines: `${handle("seller", "bike", "code")}
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
wa     -> link
wa     <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · Matrix: message @footbridge:example.org and send {LINK}
buyer  -> {link}
buyer  <- Link this SMS account with the WhatsApp account ··{wa}? Either can undo it at any time with "unlink". 1 yes · 2 no
buyer  -> 1
buyer  <- Asked. Please say yes on WhatsApp too.
wa     <- An SMS account (number ending {buyer}) wants to be linked with this one. 1 yes · 2 no
wa     -> 1
wa     <- Linked: WhatsApp, SMS ··{buyer}. Messages reach you where you last wrote from; "prefer sms, whatsapp" changes that. "me" shows what is linked.
buyer  <- Linked: SMS, WhatsApp ··{wa}. Messages reach you where you last wrote from; "prefer whatsapp, sms" changes that. "me" shows what is linked.
wa     -> prefer whatsapp
wa     <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
seller [{name} · bike] -> still interested?
wa     <- bike goes on here. What you write here goes to them.
wa     <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
wa     <- still interested?
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
wa     -> yes, at six
seller [{name} · bike] <- yes, at six
buyer  -> from my old phone
seller [{name} · bike] <- from my old phone
`,
    },
  ],
};

const buying: Cast = { seller: "whatsapp", buyer: "sms" };

export const WHATSAPP_SELLER: Chapter = {
  about: "a seller on WhatsApp",
  transcripts: [
    {
      name: "is asked, accepts and talks in the chat with the bridge",
      cast: buying,
      lines: `${handle("seller", "bike", "code")}
buyer  -> {CODE} hi is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller +> 👍 Request 1
seller <- Accepted. {name} writes to you here.
seller <- hi is the bike still there?
seller <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller -> yes, come at six
buyer  <- yes, come at six
buyer  -> I'll be there
seller <- I'll be there
`,
    },
  ],
};

export const WHATSAPP_GUEST: Chapter = {
  about: "a guest on WhatsApp",
  transcripts: [
    {
      name: "comes by a link with the code in it, is asked what to say, and talks in the chat with the bridge",
      cast: { seller: "matrix", buyer: "whatsapp" },
      lines: `${handle("seller", "bike", "code")}
buyer  -> hello?
buyer  <- This is a private relay. Send the code you were given.
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> is the *bike* there?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your number. "/help" for more.
seller <- Request 1 for "bike" from {name} (WhatsApp, encrypted up to the bridge): "is the bike there?"
          1 accept · 2 decline · 3 block
buyer  -> I can come today
buyer  <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- is the bike there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
buyer  <- "bike" accepted. What you write here goes to them.
seller [{name} · bike] -> yes
buyer  <- yes
buyer  -> call me at +351 912 345 678
buyer  <- Your text gives a phone number away to bike. 1 send · 2 don't · 3 always
buyer  -> 2
buyer  <- Not sent.
buyer  -> /block
buyer  <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
seller [{name} · bike] -> are you there?
`,
    },
  ],
};

const selling: Cast = { seller: "whatsapp", ana: "matrix", leo: "sms" };

export const FIVE_BUYERS: Chapter = {
  about: "several buyers in one WhatsApp chat",
  transcripts: [
    {
      name: "are told apart by names, by quoting, and by a question; never by a guess",
      cast: selling,
      lines: `${TWO_BUYERS}
ana [bike] -> hello?
seller <- {name1} · bike: hello?
seller -> yes
seller <- To whom? 1 {name1} · bike  2 {name2} · lamp
seller -> 1
seller <- -> {name1}
ana [bike] <- yes
seller -> come at six
ana [bike] <- come at six
seller >> {name2} · lamp: how tall => 40 cm
leo    <- 40 cm
seller -> without the foot
leo    <- without the foot
`,
    },
  ],
};
