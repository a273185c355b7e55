// One chat with several conversations: a buyer who writes to several sellers at the front door.

import { type Cast, type Chapter, ONE_NUMBER } from "../cast.ts";

const cast: Cast = { seller: "matrix", dealer: "matrix", buyer: "sms" };

const handle = (who: string, label: string, code: string): string => `
${who} -> handle new ${label}
${who} <- Handle for "${label}": {${code}}. Put one of these in your ad:
          Text {${code}} to +1 555 0100
          Matrix: message @footbridge:example.org and send {${code}}
          People see "${label}" and nothing else about you. "handle off ${label}" ends it, "handles" lists them.
buyer  -> {${code}} is the ${label} there?
buyer  <- Sent to "${label}". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
`;

const asked = (who: string, label: string, name: string): string => `
${who} <- Request 1 for "${label}" from {${name}} (SMS, not encrypted): "is the ${label} there?"
          1 accept · 2 decline · 3 block
`;

const accepted = (who: string, label: string, name: string): string => `
${who} -> 1
${who} <- Accepted. The conversation is in the room "{${name}} · ${label}".
${who} [{${name}} · ${label}] <- is the ${label} there?
${who} [{${name}} · ${label}] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
`;

const TWO_REQUESTS = `
${handle("seller", "bike", "code1")}${asked("seller", "bike", "name1")}
${handle("dealer", "lamp", "code2")}${asked("dealer", "lamp", "name2")}`;

const BOTH_ACCEPTED = `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. What you text here goes to them.
`;

export const SHARED_CHAT: Chapter = {
  about: "a second conversation of one phone",
  transcripts: [
    {
      name: "gets a number of its own, and the first one keeps the number that was texted",
      cast,
      lines: `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
dealer [{name2} · lamp] -> yes
buyer [+1 555 0111] <- yes
buyer [+1 555 0111] -> /me
buyer [+1 555 0111] <- "me" isn't for conversations. Send it to +1 555 0100.
dealer [{name2} · lamp] -> /link
dealer [{name2} · lamp] <- "link" isn't for conversations. Send it to @footbridge:example.org.
buyer [+1 555 0111] -> how much?
dealer [{name2} · lamp] <- how much?
buyer  -> and the bike?
buyer  <- To whom? 1 bike
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- and the bike?
`,
    },
    {
      name: "is stopped and begun again at each number: who texts START to one is told of the other",
      cast,
      lines: `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
buyer [+1 555 0111] -> STOP
buyer [+1 555 0111] <- You won't get texts from this service any more. START to come back.
buyer  -> START
buyer  <- You get texts from this service again, but not from +1 555 0111: text START there, too. HELP for more.
buyer [+1 555 0111] -> START
buyer [+1 555 0111] <- You get texts from this service again. STOP ends them, HELP for more.
dealer [{name2} · lamp] -> yes
buyer [+1 555 0111] <- yes
`,
    },
    {
      name: "shares the number where there is no other: names stand before texts, and the focus is asked for",
      cast,
      numbers: ONE_NUMBER,
      lines: `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. What you text here goes to them.
seller [{name1} · bike] -> yes, it is
buyer  <- bike: yes, it is
dealer [{name2} · lamp] -> it is, 40 cm
buyer  <- lamp: it is, 40 cm
buyer  -> how much?
buyer  <- To whom? 1 bike  2 lamp
buyer  -> and when?
buyer  -> 2
buyer  <- -> lamp
dealer [{name2} · lamp] <- how much?
dealer [{name2} · lamp] <- and when?
buyer  -> today?
dealer [{name2} · lamp] <- today?
seller [{name1} · bike] -> do you come?
buyer  <- bike: do you come?
buyer  -> yes
buyer  <- To whom? 1 bike  2 lamp
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- yes
`,
    },
    {
      name: "is chosen from the list, or by its code; what nobody chose for isn't sent after ten minutes",
      cast,
      numbers: ONE_NUMBER,
      lines: `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. What you text here goes to them.
buyer  -> /list
buyer  <- Open here: 1 bike  2 lamp
          A number says whom your next texts are for.
buyer  -> 1
buyer  <- -> bike
buyer  -> hello
seller [{name1} · bike] <- hello
buyer  -> {code2} and the lamp?
buyer  <- -> lamp
dealer [{name2} · lamp] <- and the lamp?
-- 10 minutes
buyer  -> anybody?
buyer  <- To whom? 1 bike  2 lamp
buyer  -> hello?
-- 10 minutes
buyer  <- Not sent (2 texts): the question wasn't answered in time.
buyer  -> 1
buyer  <- To whom? 1 bike  2 lamp
`,
    },
    {
      name: "waits beside one that is open: each text goes where it is meant",
      cast,
      lines: `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
-- 10 minutes
buyer  -> I can come
buyer  <- To whom? 1 bike  2 lamp
buyer  -> 2
buyer  <- -> lamp
buyer  <- Kept for "lamp" until they answer.
seller [{name1} · bike] -> still there?
buyer  <- bike: still there?
dealer -> 2
dealer <- Declined. They are told that "lamp" is not available.
buyer  <- "lamp" is not available.
seller [{name1} · bike] -> hello?
buyer  <- hello?
buyer  -> yes
buyer  <- To whom? 1 bike
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- yes
`,
    },
    {
      name: "that moves to another number while a text waits: later ones stay behind it",
      cast,
      lines: `${TWO_REQUESTS}
-- 10 minutes
buyer  -> how much?
buyer  <- To whom? 1 bike  2 lamp
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
buyer  -> and when?
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- how much?
seller [{name1} · bike] <- and when?
buyer  -> today?
seller [{name1} · bike] <- today?
`,
    },
    {
      name: "that moved to another number is chosen all the same: what was held goes there",
      cast,
      lines: `${TWO_REQUESTS}
-- 10 minutes
buyer  -> how much?
buyer  <- To whom? 1 bike  2 lamp
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. From now on they text you from +1 555 0111.
buyer  -> call me at +351 910 000 001
buyer  -> 2
buyer  <- -> lamp
dealer [{name2} · lamp] <- how much?
buyer  <- Your text gives a phone number away to lamp. 1 send · 2 don't · 3 always
buyer  -> 1
dealer [{name2} · lamp] <- call me at +351 910 000 001
buyer  <- -> lamp
buyer  -> and the bike?
buyer  <- To whom? 1 bike
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- and the bike?
`,
    },
    {
      name: "that ended before it was chosen isn't written to",
      cast,
      lines: `${TWO_REQUESTS}
-- 10 minutes
buyer  -> how much?
buyer  <- To whom? 1 bike  2 lamp
dealer -> 2
dealer <- Declined. They are told that "lamp" is not available.
buyer  <- "lamp" is not available.
buyer  -> 2
buyer  <- Not sent.
`,
    },
    {
      name: "of which one ended: nothing that may be meant for it goes to the other, for a day",
      cast,
      numbers: ONE_NUMBER,
      lines: `${BOTH_ACCEPTED}
seller [{name1} · bike] -> yes, it is
buyer  <- bike: yes, it is
buyer  -> {code2} how high is it?
buyer  <- -> lamp
dealer [{name2} · lamp] <- how high is it?
dealer -> forget me
dealer <- Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no
dealer -> 1
dealer <- You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.
buyer  <- lamp: This conversation has ended.
buyer  -> a pity, I wanted it
buyer  <- To whom? 1 bike
buyer  -> and the bike?
-- 10 minutes
buyer  <- Not sent (2 texts): the question wasn't answered in time.
buyer  -> is it red?
buyer  <- To whom? 1 bike
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- is it red?
-- 1 days
buyer  -> I'll come
seller [{name1} · bike] <- I'll come
`,
    },
    {
      name: "of which the guest blocked one: the next text is asked about; unblocked, it is in the list again",
      cast,
      numbers: ONE_NUMBER,
      lines: `${BOTH_ACCEPTED}
buyer  -> {code2} hello
buyer  <- -> lamp
dealer [{name2} · lamp] <- hello
buyer  -> /block
buyer  <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> hello?
buyer  <- To whom? 1 bike
buyer  -> 1
buyer  <- -> bike
seller [{name1} · bike] <- hello?
buyer  -> /unblock lamp
buyer  <- Unblocked: lamp can reach you again.
-- 10 minutes
buyer  -> hello!
buyer  <- To whom? 1 bike  2 lamp
buyer  -> 2
buyer  <- -> lamp
dealer [{name2} · lamp] <- hello!
`,
    },
    {
      name: "of the same label from somebody else has another name",
      cast,
      lines: `
${handle("seller", "bike", "code1")}${asked("seller", "bike", "name1")}
dealer -> handle new bike
dealer <- Handle for "bike": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "bike" and nothing else about you. "handle off bike" ends it, "handles" lists them.
buyer  -> {code2} is the bike there?
buyer  <- Sent to "bike 2". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
${asked("dealer", "bike", "name2")}
dealer -> 2
dealer <- Declined. They are told that "bike" is not available.
buyer  <- "bike 2" is not available.
`,
    },
    {
      name: "has a text that waits for an answer when its writer's account is unlinked: they are told that it isn't sent",
      cast: { ...cast, laptop: "matrix" },
      numbers: ONE_NUMBER,
      lines: `${TWO_REQUESTS}
${accepted("seller", "bike", "name1")}
buyer  <- "bike" accepted. What you text here goes to them.
${accepted("dealer", "lamp", "name2")}
buyer  <- "lamp" accepted. What you text here goes to them.
-- 10 minutes
buyer  -> see you
buyer  <- To whom? 1 bike  2 lamp
laptop -> link
laptop <- From the other account, send {link} within 10 minutes:
          SMS: text {LINK} to +1 555 0100 · another Matrix account: send it to me there
buyer  -> {link}
buyer  <- Link this SMS account with the Matrix account {laptop}? Either can undo it at any time with "unlink". 1 yes · 2 no
buyer  -> 1
buyer  <- Asked. Please say yes on Matrix too.
laptop <- An SMS account (number ending {buyer}) wants to be linked with this one. 1 yes · 2 no
laptop -> 1
laptop <- Linked: Matrix, SMS ··{buyer}. Messages reach you where you last wrote from; "prefer sms, matrix" changes that. "me" shows what is linked.
buyer  <- Linked: SMS, Matrix {laptop}. Messages reach you where you last wrote from; "prefer matrix, sms" changes that. "me" shows what is linked.
laptop -> unlink sms
laptop <- Unlinked. Conversations that were only there are closed for you.
buyer  <- Not sent.
buyer  <- Unlinked by Matrix {laptop}: this account stands alone again.
seller [{name1} · bike] <- This conversation has ended.
dealer [{name2} · lamp] <- This conversation has ended.
-- 12 minutes
`,
    },
  ],
};
