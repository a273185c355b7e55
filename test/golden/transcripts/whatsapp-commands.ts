// Every command on WhatsApp, and what looks like one there.

import type { Cast, Chapter } from "../cast.ts";
import { ANA_ACCEPTED, EXPORT_END, HELP_LINES, handle } from "./whatsapp-lines.ts";

const alone: Cast = { seller: "whatsapp" };
const two: Cast = { seller: "whatsapp", ana: "matrix" };

const TALKING = `${handle("seller", "bike", "code1")}${ANA_ACCEPTED}`;

export const WHATSAPP_COMMANDS: Chapter = {
  about: "commands on WhatsApp",
  transcripts: [
    {
      name: "are words alone where no conversation is in the chat",
      cast: alone,
      lines: `
seller -> help
seller <- You can send me:
          ${HELP_LINES.replace(/\/name.*\n *\//, "/").replaceAll(/^( *)\//gm, "$1")}
          In conversations: /block, /blocked, /unblock, /mute, /unmute, /name, /guard, /help
${handle("seller", "bike", "code")}
seller -> handles
seller <- "bike": {code}
seller -> handle links bike
seller <- Links to "bike":
          sms:+15550100?body={code}
          https://wa.me/15550199?text={code}
          https://matrix.to/#/%40footbridge%3Aexample.org
seller -> requests
seller <- No request is open.
seller -> accept 1
seller <- Request 1 isn't open. None is.
seller -> decline
seller <- No request is open.
seller -> list
seller <- No conversation is open in this chat.
seller -> me
seller <- Only this WhatsApp account. "link" joins another one with it.
seller -> prefer whatsapp
seller <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
seller -> prefer sms
seller <- No account of yours on SMS is linked. "me" shows what is.
seller -> prefer fax
seller <- There is no network "fax" here, only matrix, sms, whatsapp. Like this: prefer matrix, sms
seller -> prefer last
seller <- Messages reach you where you last wrote from.
seller -> unlink
seller <- No other account is linked with this one. "link" begins it.
seller -> blocked
seller <- You have blocked nobody.
seller -> block Nobody Here
seller <- You know nobody called Nobody Here.
seller -> mute Nobody Here
seller <- You know nobody called Nobody Here.
seller -> unmute Nobody Here
seller <- You know nobody called Nobody Here.
seller -> unblock Nobody Here
seller <- Nobody Here isn't blocked. "/blocked" lists who is.
`,
    },
    {
      name: "are words alone, too, when they change or end something",
      cast: alone,
      lines: `${handle("seller", "bike", "code")}
seller -> guard off
seller <- You won't be asked any more when a text gives an address away; "/guard on" changes that.
seller -> guard on
seller <- From now on you are asked before a text gives a number or an address away.
seller -> name Ana
seller <- "/name" is for conversations: send it in one.
seller -> handle off bike
seller <- "bike" has ended: its code isn't in use any more. Conversations go on.
seller -> export
seller <- This is what is stored about you. Texts aren't: they go as soon as they are delivered, on WhatsApp 7 days later.
          You: here since {day2}. Messages reach you where you last wrote from. You are asked before a text gives an address away.
          Accounts: WhatsApp ··{seller} (since {day2})
          Handles: none
          Conversations: none
          Blocked: none
          Muted: none
          No texts, by STOP: none
          ${EXPORT_END}
seller -> forget me
seller <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
seller -> 1
seller <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
`,
    },
    {
      name: "need a slash where a conversation is in the chat; words alone go to the other side",
      cast: two,
      lines: `${TALKING}
seller -> handles
ana [bike] <- handles
seller -> /handles
seller <- "bike": {code1}
seller -> /handle links bike
seller <- Links to "bike":
          sms:+15550100?body={code1}
          https://wa.me/15550199?text={code1}
          https://matrix.to/#/%40footbridge%3Aexample.org
seller -> /requests
seller <- No request is open.
seller -> /accept
seller <- No request is open.
seller -> /decline 1
seller <- Request 1 isn't open. None is.
seller -> /list
seller <- Open here: 1 {name1} · bike
          A number says whom your next texts are for.
seller -> /me
seller <- Only this WhatsApp account. "link" joins another one with it.
seller -> /prefer whatsapp
seller <- Messages reach you by your preference: WhatsApp. "prefer last" undoes it.
seller -> /unlink
seller <- No other account is linked with this one. "link" begins it.
seller -> /link
seller <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · WhatsApp: https://wa.me/15550199?text={LINK} · Matrix: message @footbridge:example.org and send {LINK}
seller -> /name Mia
seller <- You are Mia in this conversation now.
ana [bike] => Mia
ana [Mia] <- bike is called Mia from now on.
seller -> /mute
seller <- Muted, on all networks. They aren't told. "/unmute NAME" undoes.
ana [Mia] -> do you hear me?
seller -> /unmute {name1}
seller <- No longer muted: {name1}.
ana [Mia] -> and now?
seller <- and now?
`,
    },
    {
      name: "end things with a slash as well: a question of one's own, a handle, a block, and all that is stored",
      cast: two,
      lines: `${TALKING}
seller -> /guard off
seller <- You won't be asked any more when a text gives an address away; "/guard on" changes that.
seller -> call me at +351 912 345 678
ana [bike] <- call me at +351 912 345 678
seller -> /handle off bike
seller <- "bike" has ended: its code isn't in use any more. Conversations go on.
seller -> /export
seller <- This is what is stored about you. Texts aren't: they go as soon as they are delivered, on WhatsApp 7 days later.
          You: here since {day2}. Messages reach you where you last wrote from. You aren't asked before a text gives an address away.
          Accounts: WhatsApp ··{seller} (since {day2})
          Handles: none
          Conversations:
          - {name1} · bike on WhatsApp: open; there you are "bike"
          Blocked: none
          Muted: none
          No texts, by STOP: none
          ${EXPORT_END}
seller -> /block
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
seller -> /blocked
seller <- Blocked: {name1}. "/unblock {name1}" undoes.
seller -> /unblock {name1}
seller <- Unblocked: {name1} can reach you again.
seller -> /forget me
seller <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
seller -> 1
seller <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
ana [bike] <- This conversation has ended.
`,
    },
    {
      name: "are asked for by help, which says what can be sent here",
      cast: two,
      lines: `${TALKING}
seller -> help
ana [bike] <- help
seller -> /help
seller <- What you write here goes to the other side, except commands:
          ${HELP_LINES}
seller -> /help block
seller <- /block [NAME]: Blocks somebody, on all networks; they aren't told
`,
    },
    {
      name: "are never guessed: what only looks like one isn't sent, and what it is is said",
      cast: two,
      lines: `${TALKING}
seller -> /blok
seller <- Not sent: /blok is no command. Did you mean "/block"? To send it as a text, begin with //
seller -> //blok
ana [bike] <- /blok
seller -> /handle new
seller <- A label is missing. Like this: /handle new bike for 30d
seller -> STOP
ana [bike] <- STOP
seller -> 👍
ana [bike] <- 👍
seller -> *Today* or _never_
ana [bike] <- Today or never
seller -> /
ana [bike] <- /
seller -> ok
          see you
ana [bike] <- ok
          see you
ana [bike] -> good
seller <- good
`,
    },
  ],
};

export const WHATSAPP_STOP: Chapter = {
  about: "STOP on WhatsApp",
  transcripts: [
    {
      name: "is a text as any other: from a stranger, while a request waits, and in a conversation",
      cast: { seller: "matrix", buyer: "whatsapp" },
      lines: `${handle("seller", "bike", "code")}
buyer  -> STOP
buyer  <- This is a private relay. Send the code you were given.
buyer  -> STOP
buyer  -> {code} sold?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your number. "/help" for more.
seller <- Request 1 for "bike" from {name} (WhatsApp, encrypted up to the bridge): "sold?"
          1 accept · 2 decline · 3 block
buyer  -> HELP
buyer  <- Kept for "bike" until they answer.
buyer  -> /help
buyer  <- What you write here goes to the other side, except commands:
          ${HELP_LINES}
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- sold?
seller [{name} · bike] <- HELP
seller [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
buyer  <- "bike" accepted. What you write here goes to them.
buyer  -> STOP
seller [{name} · bike] <- STOP
seller [{name} · bike] -> no
buyer  <- no
buyer  -> START
seller [{name} · bike] <- START
`,
    },
  ],
};
