// What docs/img/conversation.svg shows: a seller on Matrix and on WhatsApp, and a buyer's phone.

import type { Chapter } from "../cast.ts";

export const PICTURE: Chapter = {
  about: "the picture of the README",
  transcripts: [
    {
      name: "shows a sale on three networks",
      cast: { seller: "matrix", buyer: "sms", phone: "whatsapp" },
      lines: `
seller -> handle new bike for 30d
seller <- Handle for "bike": {code} (until {day}). Put one of these in your ad:
          Text {code} to +1 555 0100
          WhatsApp: https://wa.me/15550199?text={code}
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
buyer  -> {CODE} Hi, is the bike still there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "Hi, is the bike still there?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- Hi, is the bike still there?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller [{name} · bike] -> It is. Come at six?
buyer  <- It is. Come at six?
seller -> link
seller <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · another Matrix account: send it to me there
phone  -> {link}
phone  <- Link this WhatsApp account with the Matrix account {seller}? Either can undo it at any time with "unlink". 1 yes · 2 no
phone  -> 1
phone  <- Asked. Please say yes on Matrix too.
seller <- A WhatsApp account (number ending {phone}) wants to be linked with this one. 1 yes · 2 no
seller -> 1
seller <- Linked: Matrix, WhatsApp ··{phone}. Messages reach you where you last wrote from; "prefer whatsapp, matrix" changes that. "me" shows what is linked.
phone  <- Linked: WhatsApp, Matrix {seller}. Messages reach you where you last wrote from; "prefer matrix, whatsapp" changes that. "me" shows what is linked.
seller -> prefer whatsapp
seller <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
buyer  -> Running late, half past
phone  <- {name} · bike goes on here. What you write here goes to them.
phone  <- Running late, half past
phone  -> No hurry
buyer  <- No hurry
`,
    },
  ],
};
