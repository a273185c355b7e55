// Several conversations in one WhatsApp chat: what is said there in other words than where each has its own place.

import type { Cast, Chapter } from "../cast.ts";
import { handle, LEO_ACCEPTED, OFFER, TWO_BUYERS } from "./whatsapp-lines.ts";

const selling: Cast = { seller: "whatsapp", ana: "matrix", leo: "sms" };
const buying: Cast = { seller: "matrix", dealer: "matrix", buyer: "whatsapp" };

const asked = (who: string, label: string, code: string, name: string): string => `${handle(who, label, code)}
buyer  -> {${code}} is the ${label} there?
buyer  <- Sent to "${label}". You'll read here when they answer. They don't see your number. "/help" for more.
${who} <- Request 1 for "${label}" from {${name}} (WhatsApp, encrypted up to the bridge): "is the ${label} there?"
          1 accept · 2 decline · 3 block
`;

const accepted = (who: string, label: string, name: string): string => `
${who} -> 1
${who} <- Accepted. The conversation is in the room "{${name}} · ${label}".
${who} [{${name}} · ${label}] <- is the ${label} there?
${who} [{${name}} · ${label}] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
buyer  <- "${label}" accepted. What you write here goes to them.
`;

const TWO_SELLERS = `${asked("seller", "bike", "code1", "name1")}${asked("dealer", "lamp", "code2", "name2")}
${accepted("seller", "bike", "name1")}${accepted("dealer", "lamp", "name2")}buyer  <- ${OFFER}
`;

export const WHATSAPP_SHARED: Chapter = {
  about: "several conversations in one WhatsApp chat",
  transcripts: [
    {
      name: "are listed, chosen and held for; an ended question says that nothing was sent",
      cast: selling,
      lines: `${TWO_BUYERS}
seller -> /list
seller <- Open here: 1 {name1} · bike  2 {name2} · lamp
          A number says whom your next texts are for.
seller -> 2
seller <- -> {name2}
seller -> 40 cm
leo    <- 40 cm
ana [bike] -> hello?
seller <- {name1} · bike: hello?
seller -> yes
seller <- To whom? 1 {name1} · bike  2 {name2} · lamp
seller -> come at six
seller -> 1
seller <- -> {name1}
ana [bike] <- yes
ana [bike] <- come at six
leo    -> and how heavy?
seller <- {name2} · lamp: and how heavy?
seller -> three kilos
seller <- To whom? 1 {name1} · bike  2 {name2} · lamp
-- 11 minutes
seller <- Not sent: the question wasn't answered in time.
`,
    },
    {
      name: "are answered where a message is reacted to or quoted: the reaction can't go on, the quote says whom it is for",
      cast: selling,
      lines: `${TWO_BUYERS}
seller +> 👍 is it still there?
seller <- {name1} can't get reactions on Matrix.
seller +> 👍 {name2} · lamp: how tall
seller <- {name2} can't get reactions on SMS.
seller +> 🎉 {name2} · lamp: how tall
seller >> {name2} · lamp: how tall => 40 cm
leo    <- 40 cm
seller ~> 40 cm => 50 cm
seller <- {name2} can't get edits on SMS; they got it as text.
leo    <- * 50 cm
seller x> 40 cm
seller <- {name2} can't get deletions on SMS.
`,
    },
    {
      name: "are each blocked, muted and named by themselves",
      cast: selling,
      lines: `${TWO_BUYERS}
seller -> /block
seller <- Which one? Say it with a name, or write to one of them first: {name1}, {name2}.
seller -> /name Mia
seller <- Which one? Say it with a name, or write to one of them first: {name1}, {name2}.
seller >> is it still there? => yes
ana [bike] <- yes
seller -> /name Mia
seller <- You are Mia in this conversation now.
ana [bike] => Mia
ana [Mia] <- bike is called Mia from now on.
seller -> /mute {name2}
seller <- Muted, on all networks. They aren't told. "/unmute NAME" undoes.
leo    -> hello?
ana [Mia] -> when?
seller <- {name1} · bike: when?
seller -> /unmute {name2}
seller <- No longer muted: {name2}.
seller -> /block {name1}
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
ana [Mia] -> are you there?
leo    -> hello again
seller <- hello again
seller -> 40 cm
seller <- To whom? 1 {name2} · lamp
seller -> 1
seller <- -> {name2}
leo    <- 40 cm
seller -> /blocked
seller <- Blocked: {name1}. "/unblock {name1}" undoes.
seller -> /unblock {name1}
seller <- Unblocked: {name1} can reach you again.
ana [Mia] -> and now?
seller <- {name1} · bike: and now?
`,
    },
    {
      name: "are told apart when a text gives something away",
      cast: selling,
      lines: `${TWO_BUYERS}
seller >> {name2} · lamp: how tall => call me at +351 912 345 678
seller <- Your text gives a phone number away to {name2}. 1 send · 2 don't · 3 always
seller -> 2
seller <- Not sent.
seller >> is it still there? => call me at +351 912 345 678
seller <- Your text gives a phone number away to {name1}. 1 send · 2 don't · 3 always
seller -> 1
ana [bike] <- call me at +351 912 345 678
seller >> {name2} · lamp: how tall => write to me@example.com
seller <- Your text gives an e-mail address away to {name2}. 1 send · 2 don't · 3 always
seller -> 3
leo    <- write to me@example.com
seller <- Sent. You won't be asked again; "/guard on" changes that.
seller >> is it still there? => or to me@example.com
ana [bike] <- or to me@example.com
`,
    },
    {
      name: "are a guest's as well: both sellers write in it, each by the name of what they sell",
      cast: buying,
      lines: `${TWO_SELLERS}
seller [{name1} · bike] -> yes
buyer  <- bike: yes
dealer [{name2} · lamp] -> no
buyer  <- lamp: no
buyer  >> bike: yes => today?
seller [{name1} · bike] <- today?
buyer  -> {code2} and the shade?
buyer  <- -> lamp
dealer [{name2} · lamp] <- and the shade?
dealer [{name2} · lamp] -> /block
dealer [{name2} · lamp] <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> hello?
seller [{name1} · bike] -> at six
buyer  <- bike: at six
buyer  >> bike: at six => fine
seller [{name1} · bike] <- fine
`,
    },
    {
      name: "may be none any more: what waits for an answer isn't sent, and what is written then is the bridge's",
      cast: { seller: "whatsapp", leo: "sms", laptop: "matrix" },
      lines: `${handle("seller", "lamp", "code2")}${LEO_ACCEPTED.replace("Request 2", "Request 1").replace("2 accept", "1 accept").replace("{name2} · lamp: how", "how")}
laptop -> link
laptop <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · another Matrix account: send it to me there
leo    -> {link}
leo    <- Link this SMS account with the Matrix account {laptop}? Either can undo it at any time with "unlink". 1 yes · 2 no
leo    -> 1
leo    <- Asked. Please say yes on Matrix too.
laptop <- An SMS account (number ending {leo}) wants to be linked with this one. 1 yes · 2 no
laptop -> 1
laptop <- Linked: Matrix, SMS ··{leo}. Messages reach you where you last wrote from; "prefer sms, matrix" changes that. "me" shows what is linked.
leo    <- Linked: SMS, Matrix {laptop}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
seller -> call me at +351 912 345 678
seller <- Your text gives a phone number away to {name2}. 1 send · 2 don't · 3 always
laptop -> unlink sms
laptop <- Unlinked. Conversations that were only there are closed for you.
leo    <- Unlinked by Matrix {laptop}: this account stands alone again.
seller <- This conversation has ended.
seller -> 1
seller <- Not sent.
seller -> are you there?
seller <- I don't know that. "help" lists what I do.
`,
    },
    {
      name: "may lose one: what waits for an answer about it isn't sent, and that is said",
      cast: selling,
      lines: `${TWO_BUYERS}
seller >> {name2} · lamp: how tall => call me at +351 912 345 678
seller <- Your text gives a phone number away to {name2}. 1 send · 2 don't · 3 always
leo    -> STOP
leo    <- You won't get texts from this service any more. START to come back.
seller -> 1
seller <- Not delivered to {name2}: they don't take texts now.
ana    -> forget me
ana    <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
ana    -> 1
ana    <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
seller <- {name1} · bike: This conversation has ended.
`,
    },
  ],
};
