// Who is blocked or muted is so at every other handle, and nobody can tell from what they read.

import type { Cast, Chapter } from "../cast.ts";
import { ACCEPTED, FIRST_CONTACT } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };

const LAMP = `
seller -> handle new lamp
seller <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
`;

const ASKED_FOR_LAMP = `
buyer  -> {code2} and the lamp?
buyer  <- Sent to "lamp". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
`;

const BLOCKED = `Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.`;

export const BLOCKED_ELSEWHERE: Chapter = {
  about: "a block, at another handle",
  transcripts: [
    {
      name: "keeps the owner from being asked by a guest who blocked them, who reads what anybody does",
      cast,
      lines: `${ACCEPTED}
buyer  -> /block
buyer  <- ${BLOCKED}
${LAMP}${ASKED_FOR_LAMP}
buyer  -> still there?
buyer  <- Kept for "lamp" until they answer.
seller -> requests
seller <- No request is open.
-- 7 days
buyer  <- "lamp" hasn't answered in 7 days. Your request has ended.
`,
    },
    {
      name: "is over at the other handle, too, when it is undone: then the owner is asked",
      cast,
      lines: `${ACCEPTED}
buyer  -> /block
buyer  <- ${BLOCKED}
${LAMP}${ASKED_FOR_LAMP}
buyer  -> /unblock bike
buyer  <- Unblocked: bike can reach you again.
seller <- Request 2 for "lamp" from {name2} (SMS, not encrypted): "and the lamp?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name2} · lamp".
seller [{name2} · lamp] <- and the lamp?
seller [{name2} · lamp] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
seller [{name2} · lamp] -> yes
buyer  [+1 555 0111] <- yes
`,
    },
    {
      name: "is undone by either name of the same person",
      cast,
      lines: `${ACCEPTED}${LAMP}${ASKED_FOR_LAMP}
seller <- Request 2 for "lamp" from {name2} (SMS, not encrypted): "and the lamp?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name2} · lamp".
seller [{name2} · lamp] <- and the lamp?
seller [{name2} · lamp] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
buyer  -> /block
buyer  <- Which one? Say it with a name, or write to one of them first: bike.
buyer  -> /block bike
buyer  <- ${BLOCKED}
buyer [+1 555 0111] -> and the lamp?
buyer [+1 555 0111] <- Not sent: you have blocked lamp. "/unblock lamp" undoes.
buyer [+1 555 0111] -> /unblock lamp
buyer [+1 555 0111] <- Unblocked: lamp can reach you again.
buyer [+1 555 0111] -> and the lamp?
seller [{name2} · lamp] <- and the lamp?
`,
    },
    {
      name: "keeps whoever blocked somebody from reaching them at their handle",
      cast: { seller: "matrix", buyer: "matrix" },
      lines: `
seller -> handle new bike
seller <- Handle for "bike": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
buyer  -> handle new lamp
buyer  <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
buyer  -> {code} sold?
buyer  <- Sent to "bike". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 1 for "bike" from {name} (Matrix, encrypted in transit): "sold?"
          1 accept · 2 decline · 3 block
seller -> /block {name}
seller <- ${BLOCKED}
seller -> {code2} broken?
seller <- Sent to "lamp". You'll read here when they answer. They don't see your account. "help" for more.
buyer  -> /requests
buyer  <- No request is open.
seller -> /unblock {name}
seller <- Unblocked: {name} can reach you again.
buyer  <- Request 1 for "lamp" from {name2} (Matrix, encrypted in transit): "broken?"
          1 accept · 2 decline · 3 block
`,
    },
    {
      name: "that a guest said while they waited is a request taken back, for the owner who accepts",
      cast,
      lines: `${FIRST_CONTACT}
buyer  -> /block bike
buyer  <- ${BLOCKED}
seller -> 1
seller <- Request 1 for "bike" from {name} has ended: they took it back.
seller -> requests
seller <- No request is open.
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
`,
    },
    {
      name: "that was undone before the answer changes nothing",
      cast,
      lines: `${FIRST_CONTACT}
buyer  -> /block bike
buyer  <- ${BLOCKED}
buyer  -> /unblock bike
buyer  <- Unblocked: bike can reach you again.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller [{name} · bike] -> hello
buyer  <- hello
`,
    },
    {
      name: "that was undone after the answer brings the request back",
      cast,
      lines: `${FIRST_CONTACT}
buyer  -> /block bike
buyer  <- ${BLOCKED}
seller -> 1
seller <- Request 1 for "bike" from {name} has ended: they took it back.
buyer  -> /unblock bike
buyer  <- Unblocked: bike can reach you again.
seller <- Request 2 for "bike" from {name} (SMS, not encrypted): "hi is the bike still there?"
          1 accept · 2 decline · 3 block
seller -> decline
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
`,
    },
    {
      name: "holds for an account that is linked later: its conversation with the other is as quiet",
      cast: { seller: "matrix", ana: "matrix", phone: "sms" },
      lines: `${ACCEPTED.replaceAll("buyer", "phone")}
phone  -> /block
phone  <- ${BLOCKED}
${LAMP}
ana    -> {code2} and the lamp?
ana    <- Sent to "lamp". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request 2 for "lamp" from {name2} (Matrix, encrypted in transit): "and the lamp?"
          1 accept · 2 decline · 3 block
seller -> 1
seller <- Accepted. The conversation is in the room "{name2} · lamp".
seller [{name2} · lamp] <- and the lamp?
seller [{name2} · lamp] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
ana    <- "lamp" accepted. The conversation is in the room "lamp".
ana    [lamp] <- Weakest hop: Matrix, encrypted in transit. Matrix can't be recalled. /help
ana    -> link
ana    <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · another Matrix account: send it to me there
phone  -> {link}
phone  <- Link this SMS account with the Matrix account {ana}? Either can undo it at any time with "unlink". 1 yes · 2 no
phone  -> 1
phone  <- Asked. Please say yes on Matrix too.
ana    <- An SMS account (number ending {phone}) wants to be linked with this one. 1 yes · 2 no
ana    -> 1
ana    <- Linked: Matrix, SMS ··{phone}. Messages reach you where you last wrote from; "prefer sms, matrix" changes that. "me" shows what is linked.
phone  <- Linked: SMS, Matrix {ana}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
seller [{name2} · lamp] -> do you hear me?
ana    -> unblock bike
ana    <- Unblocked: bike can reach you again.
seller [{name2} · lamp] -> and now?
ana    [lamp] <- and now?
`,
    },
  ],
};

export const MUTED_ELSEWHERE: Chapter = {
  about: "muting, at another handle",
  transcripts: [
    {
      name: "leaves a request to be found, and what is written after it was accepted unheard until it is undone",
      cast,
      lines: `${ACCEPTED}
seller -> mute {name}
seller <- Muted, on all networks. They aren't told. "/unmute NAME" undoes.
${LAMP}${ASKED_FOR_LAMP}
seller -> requests
seller <- Request 2 for "lamp" from {name2}
          1 accept · 2 decline · 3 block
seller -> accept 2
seller <- Accepted. The conversation is in the room "{name2} · lamp".
seller [{name2} · lamp] <- and the lamp?
seller [{name2} · lamp] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
buyer  [+1 555 0111] -> do you hear me?
seller -> unmute {name}
seller <- No longer muted: {name}.
buyer  [+1 555 0111] -> and now?
seller [{name2} · lamp] <- and now?
`,
    },
    {
      name: "says nothing of the request's end either",
      cast,
      lines: `${ACCEPTED}
seller -> mute {name}
seller <- Muted, on all networks. They aren't told. "/unmute NAME" undoes.
${LAMP}${ASKED_FOR_LAMP}
-- 7 days
buyer  <- "lamp" hasn't answered in 7 days. Your request has ended.
seller -> requests
seller <- No request is open.
`,
    },
  ],
};
