// "A handle" of the product's transcripts, word for word, and what else can be said of handles.

import { afterEach, describe, test } from "vitest";
import { MAKE_HANDLE } from "./first-lines.ts";
import { openScripted, type ScriptedStage } from "./scripted-stage.ts";

let stage: ScriptedStage;
afterEach(() => stage.close());

async function played(network: "matrix" | "sms", transcript: string): Promise<void> {
  stage = await openScripted({ seller: network, buyer: "sms" });
  await stage.play(transcript);
}

describe("a handle", () => {
  test("is made, with a line for each network that is configured", async () => {
    await played("matrix", MAKE_HANDLE);
  });

  test("is made over SMS, too", async () => {
    await played("sms", MAKE_HANDLE);
  });

  test("may last until it is ended", async () => {
    await played(
      "matrix",
      `
seller -> handle new lamp
seller <- Handle for "lamp": {code}. Put one of these in your ad:
          Text {code} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
seller -> handles
seller <- "lamp": {code}
`,
    );
  });

  test("is listed with the others, and ended: its code isn't in use any more", async () => {
    await played(
      "matrix",
      `
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
    );
  });

  test("has a label of its own", async () => {
    await played(
      "matrix",
      `${MAKE_HANDLE}
seller -> handle new Bike
seller <- You have a handle "bike". End it with "handle off bike", or take another label.
seller -> handle new
seller <- A label is missing. Like this: handle new bike for 30d
seller -> handle new a very long label that says far too much
seller <- A label has at most 30 characters. Like this: handle new bike for 30d
`,
    );
  });

  test("is over after its time, and isn't told from one that never was", async () => {
    await played(
      "matrix",
      `${MAKE_HANDLE}
-- 31 days
buyer  -> {code} hi is the bike still there?
buyer  <- That code isn't in use. Check it, or ask for a new one.
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
`,
    );
  });

  test("is its owner's: they are told so when they send its code", async () => {
    await played(
      "matrix",
      `${MAKE_HANDLE}
seller -> {code} hi
seller <- That is your own handle "bike": others reach you by it.
`,
    );
  });
});
