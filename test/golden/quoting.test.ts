// A chat that holds several conversations, where people can quote, over scripted networks: on WhatsApp it is FIVE_BUYERS.

import { type Cast, type Chapter, ONE_NUMBER } from "./cast.ts";
import { playChapters } from "./chapters.ts";
import { openScripted } from "./scripted-stage.ts";

const cast: Cast = { ana: "matrix", leo: "matrix", seller: "sms" };

const handle = (label: string): string =>
  `
seller -> handle new ${label}
seller <- Handle for "${label}": {${label}code}. Put one of these in your ad:
          Text {${label}code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {${label}code}
          People see "${label}" and nothing else about you. "handle off ${label}" ends it, "handles" lists them.
`.replaceAll(`${label}code`, label === "bike" ? "code1" : "code2");

const accepted = (
  buyer: string,
  label: string,
  text: string,
  [code, name, number]: readonly string[],
): string => `
${buyer} -> {${code}} ${text}
${buyer} <- Sent to "${label}". You'll read here when they answer. They don't see your account. "help" for more.
seller <- Request ${number} for "${label}" from {${name}} (Matrix, encrypted in transit): "${text}"
          1 accept · 2 decline · 3 block
seller -> ${number} accept
`;

const TWO_BUYERS = `${handle("bike")}${handle("lamp")}
${accepted("ana", "bike", "is it still there?", ["code1", "name1", "1"])}
seller <- Accepted. {name1} writes to you here.
seller <- is it still there?
seller <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
ana    <- "bike" accepted. The conversation is in the room "bike".
ana [bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
${accepted("leo", "lamp", "how tall is it?", ["code2", "name2", "2"])}
seller <- Accepted. {name2} writes to you here.
seller <- {name2} · lamp: how tall is it?
seller <- Weakest hop: SMS, not encrypted. Matrix can't be recalled. /help
leo    <- "lamp" accepted. The conversation is in the room "lamp".
leo [lamp] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
`;

const QUOTING: Chapter = {
  about: "a chat with several conversations in which a message is quoted",
  transcripts: [
    {
      name: "goes to that conversation, which keeps the focus; what was held goes to whom it is chosen for",
      cast,
      numbers: ONE_NUMBER,
      lines: `${TWO_BUYERS}
ana [bike] -> hello?
seller <- {name1} · bike: hello?
seller -> yes
seller <- To whom? 1 {name1} · bike  2 {name2} · lamp
seller >> {name2} · lamp: how tall => 40 cm
leo [lamp] <- 40 cm
seller -> 1
seller <- -> {name1}
ana [bike] <- yes
seller -> come at six
ana [bike] <- come at six
seller >> {name2} · lamp: how tall => without the foot
leo [lamp] <- without the foot
seller -> and it is blue
leo [lamp] <- and it is blue
`,
    },
    {
      name: "is sent there whatever is asked; a command in it stays a command",
      cast,
      numbers: ONE_NUMBER,
      lines: `${TWO_BUYERS}
ana [bike] -> hello?
seller <- {name1} · bike: hello?
seller -> which one?
seller <- To whom? 1 {name1} · bike  2 {name2} · lamp
seller >> {name2} · lamp: how tall => 1
leo [lamp] <- 1
seller >> {name2} · lamp: how tall => /list
seller <- Open here: 1 {name1} · bike  2 {name2} · lamp
          A number says whom your next texts are for.
seller -> 2
seller <- -> {name2}
leo [lamp] <- which one?
`,
    },
    {
      name: "is nobody's when what is quoted isn't a conversation's",
      cast,
      numbers: ONE_NUMBER,
      lines: `${TWO_BUYERS}
ana [bike] -> hello?
seller <- {name1} · bike: hello?
seller >> Request 1 => which one?
seller <- To whom? 1 {name1} · bike  2 {name2} · lamp
`,
    },
  ],
};

playChapters([QUOTING], openScripted);
