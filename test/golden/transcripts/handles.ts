// "A handle" of the product's transcripts, and what else can be said of handles.

import type { Cast, Chapter } from "../cast.ts";
import { MAKE_HANDLE } from "./first-lines.ts";

const cast: Cast = { seller: "matrix", buyer: "sms" };

export const HANDLES: Chapter = {
  about: "a handle",
  transcripts: [
    { name: "is made, with a line for each network that is configured", cast, lines: MAKE_HANDLE },
    { name: "is made over SMS, too", cast: { seller: "sms" }, lines: MAKE_HANDLE },
    {
      name: "may last until it is ended",
      cast,
      lines: `
seller -> handle new lamp
seller <- Handle for "lamp": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
seller -> handles
seller <- "lamp": {code}
`,
    },
    {
      name: "is listed with the others, and ended: its code isn't in use any more",
      cast,
      lines: `
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
${MAKE_HANDLE}
seller -> handle new lamp
seller <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
seller -> handles
seller <- "bike": {code} (until {day})
          "lamp": {code2}
seller -> handle off bike
seller <- "bike" has ended: its code isn't in use any more. Conversations go on.
seller -> handles
seller <- "lamp": {code2}
buyer  -> {code} hi is the bike still there?
buyer  <- That code isn't in use. Check it, or ask for a new one.
seller -> handle off boat
seller <- You have no handle "boat". "handles" lists them.
`,
    },
    {
      name: "has links that people can tap, one for each network that has some",
      cast,
      lines: `${MAKE_HANDLE}
seller -> handle links bike
seller <- Links to "bike":
          sms:+15550100?body={code}
          https://matrix.to/#/%40footbridge%3Aexample.org
seller -> handle links boat
seller <- You have no handle "boat". "handles" lists them.
`,
    },
    {
      name: "has a label of its own",
      cast,
      lines: `${MAKE_HANDLE}
seller -> handle new Bike
seller <- You have a handle "bike". End it with "handle off bike", or take another label.
seller -> handle new
seller <- A label is missing. Like this: handle new bike for 30d
seller -> handle new a very long label that says far too much
seller <- A label has at most 30 characters. Like this: handle new bike for 30d
`,
    },
    {
      name: "can't be called like the bridge, which guests would take it for",
      cast,
      lines: `
seller -> handle new Footbridge
seller <- Not made: "Footbridge" could be taken for the bridge itself. Take another label.
seller -> handle new The bridge
seller <- Not made: "The bridge" could be taken for the bridge itself. Take another label.
seller -> handle new Request 1
seller <- Not made: "Request 1" could be taken for the bridge itself. Take another label.
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
seller -> handle new desk
seller <- Handle for "desk": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "desk" and nothing else about you. "handle off desk" ends it, "handles" lists them.
`,
    },
    {
      name: "is told from another one that looks like it, for a guest of both",
      cast: { seller: "matrix", dealer: "matrix", buyer: "sms" },
      lines: `${MAKE_HANDLE}
dealer -> handle new bіke
dealer <- Handle for "bіke": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "bіke" and nothing else about you. "handle off bіke" ends it, "handles" lists them.
buyer  -> {code} is it there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "is it there?"
          1 accept · 2 decline · 3 block
buyer  -> {code2} and yours?
buyer  <- Sent to "bіke 2". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
dealer <- Request 1 for "bіke" from {name2} (SMS, not encrypted): "and yours?"
          1 accept · 2 decline · 3 block
buyer  -> /block bike
buyer  <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> /block bike 2
buyer  <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> /blocked
buyer  <- Blocked: bike, bіke 2. "/unblock bike" undoes.
`,
    },
    {
      name: "is over after its time, and isn't told from one that never was",
      cast,
      lines: `${MAKE_HANDLE}
-- 31 days
buyer  -> {code} hi is the bike still there?
buyer  <- That code isn't in use. Check it, or ask for a new one.
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
`,
    },
    {
      name: "is its owner's: they are told so when they send its code",
      cast,
      lines: `${MAKE_HANDLE}
seller -> {code} hi
seller <- That is your own handle "bike": others reach you by it.
`,
    },
  ],
};
