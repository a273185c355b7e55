// Who wants a group for each conversation, on WhatsApp.

import type { Cast, Chapter } from "../cast.ts";
import { handle, TWO_BUYERS } from "./whatsapp-lines.ts";

const selling: Cast = { seller: "whatsapp", ana: "matrix", leo: "sms" };

export const WHATSAPP_GROUPS: Chapter = {
  about: "groups on WhatsApp",
  transcripts: [
    {
      name: "hold the conversations that there are, each by itself, until they are in one chat again",
      cast: selling,
      lines: `${TWO_BUYERS}
seller -> /groups on
seller <- Each conversation gets its own group: {name1} · bike, {name2} · lamp. "/groups off" undoes it.
seller [{name1} · bike] <- {name1} · bike goes on here. What you write here goes to them.
seller [{name2} · lamp] <- {name2} · lamp goes on here. What you write here goes to them.
ana [bike] -> hello?
seller [{name1} · bike] <- hello?
seller [{name1} · bike] -> come at six
ana [bike] <- come at six
seller [{name2} · lamp] -> 40 cm
leo    <- 40 cm
leo    -> and how heavy?
seller [{name2} · lamp] <- and how heavy?
seller [{name2} · lamp] -> call me at +351 912 345 678
seller [{name2} · lamp] <- Your text gives a phone number away to {name2}. 1 send · 2 don't · 3 always
seller [{name2} · lamp] -> 2
seller [{name2} · lamp] <- Not sent.
seller [{name2} · lamp] -> groups off
leo    <- groups off
seller >> is it still there? => it is
ana [bike] <- it is
seller -> list
seller <- No conversation is open in this chat.
seller [{name2} · lamp] -> /block
seller [{name2} · lamp] <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
seller -> groups off
seller <- Conversations are in this chat again: {name1} · bike.
ana [bike] -> at six, then
seller <- at six, then
seller -> fine
ana [bike] <- fine
leo    -> and the foot?
seller -> /unblock {name2}
seller <- Unblocked: {name2} can reach you again.
leo    -> the foot?
seller <- {name2} · lamp: the foot?
`,
    },
    {
      name: "hold the conversations that come, with all that was said; a name, a mute and a block work in them",
      cast: { seller: "whatsapp", ana: "matrix" },
      lines: `${handle("seller", "bike", "code1")}
seller -> groups on
seller <- From now on each conversation gets its own group. "/groups off" undoes it.
ana    -> {code1} is it still there?
ana    <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name1} (Matrix, encrypted in transit): "is it still there?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the group "{name1} · bike".
seller [{name1} · bike] <- is it still there?
seller [{name1} · bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
ana    <- "bike" accepted. The conversation is in the room "bike".
ana [bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
seller [{name1} · bike] -> yes
ana [bike] <- yes
ana [bike] -> /name Ana
ana [bike] <- You are Ana in this conversation now.
seller [{name1} · bike] => Ana · bike
seller [Ana · bike] <- {name1} is called Ana from now on.
seller [Ana · bike] !> leaves
ana [bike] -> are you there?
seller [Ana · bike] <- are you there?
seller [Ana · bike] -> /block
seller [Ana · bike] <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
ana [bike] -> hello?
seller -> /unblock Ana
seller <- Unblocked: Ana can reach you again.
ana [bike] -> and now?
seller [Ana · bike] <- and now?
`,
    },
    {
      name: "take a text that waited in the chat, and give none up unsaid that waited in one of them",
      cast: selling,
      lines: `${TWO_BUYERS}
seller >> {name2} · lamp: how tall => call me at +351 912 345 678
seller <- Your text gives a phone number away to {name2}. 1 send · 2 don't · 3 always
seller -> /groups on
seller <- Each conversation gets its own group: {name1} · bike, {name2} · lamp. "/groups off" undoes it.
seller [{name1} · bike] <- {name1} · bike goes on here. What you write here goes to them.
seller [{name2} · lamp] <- {name2} · lamp goes on here. What you write here goes to them.
seller -> 1
leo    <- call me at +351 912 345 678
leo    -> and else?
seller [{name2} · lamp] <- and else?
seller [{name2} · lamp] -> or at +351 912 345 679
seller [{name2} · lamp] <- Your text gives a phone number away to {name2}. 1 send · 2 don't · 3 always
seller [{name2} · lamp] -> after six
seller -> groups off
seller [{name2} · lamp] <- Not sent (2 texts).
seller <- Conversations are in this chat again: {name1} · bike, {name2} · lamp.
leo    -> hello?
seller <- {name2} · lamp: hello?
`,
    },
    {
      name: "are wanted for a conversation, too, that was blocked when that was said",
      cast: selling,
      lines: `${TWO_BUYERS}
seller -> /block {name1}
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
seller -> /mute {name2}
seller <- Muted, on all networks. They aren't told. "/unmute NAME" undoes.
seller -> /groups on
seller <- Each conversation gets its own group: {name2} · lamp. "/groups off" undoes it.
seller [{name2} · lamp] <- {name2} · lamp goes on here. What you write here goes to them.
seller -> unblock {name1}
seller [{name1} · bike] <- {name1} · bike goes on here. What you write here goes to them.
seller <- Unblocked: {name1} can reach you again.
ana [bike] -> hello?
seller [{name1} · bike] <- hello?
seller [{name1} · bike] -> here I am
ana [bike] <- here I am
leo    -> hello?
seller -> unmute {name2}
seller <- No longer muted: {name2}.
leo    -> hello again?
seller [{name2} · lamp] <- hello again?
`,
    },
    {
      name: "are a guest's as well",
      cast: { owner: "matrix", guest: "whatsapp" },
      lines: `${handle("owner", "bike", "code")}
guest  -> groups on
guest  <- From now on each conversation gets its own group. "/groups off" undoes it.
guest  -> {code} is the bike there?
guest  <- Sent to "bike". You'll read here when they answer. They don't see your number. "/help" for more.
owner  <- Request 1 for "bike" from {name} (WhatsApp, encrypted up to the bridge): "is the bike there?"
          1 accept · 2 decline · 3 block
owner  -> 1
owner  <- Accepted. The conversation is in the room "{name} · bike".
owner [{name} · bike] <- is the bike there?
owner [{name} · bike] <- Weakest hop: Matrix, encrypted in transit. WhatsApp can't be recalled. /help
guest  <- "bike" accepted. The conversation is in the group "bike".
guest [bike] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
owner [{name} · bike] -> it is
guest [bike] <- it is
guest [bike] -> I'll come
owner [{name} · bike] <- I'll come
owner  -> groups on
owner  <- Each conversation has its own room on Matrix.
`,
    },
  ],
};
