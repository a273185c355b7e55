// "First contact" of the product's transcripts, word for word: a buyer's phone, and a seller on Matrix.

import { afterEach, describe, expect, test } from "vitest";
import { ACCEPTED, FIRST_CONTACT, MAKE_HANDLE } from "./first-lines.ts";
import { openScripted, type ScriptedStage } from "./scripted-stage.ts";

let stage: ScriptedStage;
afterEach(() => stage.close());

async function played(transcript: string): Promise<ReadonlyMap<string, string>> {
  stage = await openScripted({ seller: "matrix", buyer: "sms", other: "sms" });
  return stage.play(transcript);
}

describe("a request that is accepted", () => {
  test("becomes a conversation, in which both go on writing", async () => {
    await played(`${ACCEPTED}
seller [{name} · bike] -> yes, come at six
buyer  <- yes, come at six
buyer  -> I'll be there
seller [{name} · bike] <- I'll be there
`);
  });

  test("brings both texts with their own times", async () => {
    const bound = await played(FIRST_CONTACT);
    const written = Date.now();
    await stage.waits(0, 3);
    await stage.play(ACCEPTED.slice(FIRST_CONTACT.length), bound);
    const [first, second, hop] = stage.details("seller", `${bound.get("name")} · bike`);
    expect(first?.at).toBeLessThanOrEqual(second?.at ?? 0);
    expect(second?.at).toBeLessThanOrEqual(written);
    expect(hop?.at).toBeGreaterThan(written + 120_000);
  });

  test.each(["1 accept", "accept", "Accept!", "yes", "accept 1", "/accept 1"])(
    "can be accepted by %j",
    async (answer) => {
      await played(ACCEPTED.replace("seller -> 1\n", `seller -> ${answer}\n`));
    },
  );

  test("can be accepted by a reaction to the request itself, also when it isn't the last", async () => {
    await played(`${FIRST_CONTACT}
other  -> {code} how much?
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "how much?"
          "2 accept" · "2 decline" · "2 block"
seller +> 👍 Request 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
seller +> 👎 Request 2
seller <- Declined. They are told that "bike" is not available.
other  <- "bike" is not available.
`);
  });

  test("goes on in the conversation that is there when the guest sends the code again", async () => {
    await played(`${ACCEPTED}
buyer  -> {code} or tomorrow?
buyer  <- -> bike
seller [{name} · bike] <- or tomorrow?
`);
  });
});

describe("a request that is declined", () => {
  test("is told to the guest in these words, and nothing stays", async () => {
    await played(`${FIRST_CONTACT}
seller -> 2
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
seller -> requests
seller <- No request is open.
seller -> 1
seller <- I don't know that. "help" lists what I do.
`);
  });
});

describe("a request that is blocked", () => {
  const BLOCKED = `${FIRST_CONTACT}
seller -> 3
seller <- Blocked, on all networks. They aren't told. "blocked" lists, "unblock NAME" undoes.
`;

  test("shows the guest what they saw before; nothing more comes", async () => {
    await played(`${BLOCKED}
buyer  -> are you there?
seller -> blocked
seller <- Blocked: {name}. "unblock {name}" undoes.
`);
  });

  test("ends after 7 days, for the guest alone and in the words that anybody reads", async () => {
    await played(`${BLOCKED}
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
`);
  });

  test("holds for the owner's other handles: the guest sees the same words, and nobody is asked", async () => {
    await played(`${BLOCKED}
seller -> handle new lamp
seller <- Handle for "lamp": {code2}. Put one of these in your ad:
          Text {code2} to +1 555 0100
          Matrix: message @footbridge:example.org and send {code2}
          People see "lamp" and nothing else about you. "handle off lamp" ends it, "handles" lists them.
buyer  -> {code2} and the lamp?
buyer  <- Sent to "lamp". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
buyer  -> it would be nice
buyer  <- Kept for "lamp" until they answer.
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
buyer  <- "lamp" hasn't answered in 7 days. Your request has ended.
`);
  });
});

describe("a request that nobody answers", () => {
  test("keeps five texts beside the first, and says once that it does", async () => {
    await played(`${FIRST_CONTACT}
buyer  -> two
buyer  -> three
buyer  -> four
buyer  -> five
buyer  -> six
buyer  <- Not kept: 5 texts for "bike" wait already for their answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- two
seller [{name} · bike] <- three
seller [{name} · bike] <- four
seller [{name} · bike] <- five
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`);
  });

  test("ends after 7 days, and both are told", async () => {
    await played(`${FIRST_CONTACT}
-- 7 days
buyer  <- "bike" hasn't answered in 7 days. Your request has ended.
seller <- Request 1 for "bike" from {name} has ended: no answer in 7 days.
seller -> 1 accept
seller <- Request 1 isn't open. None is.
buyer  -> {code} are you back?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "are you back?"
          1 accept · 2 decline · 3 block
`);
  });

  test("is the same for a guest who sends the code again", async () => {
    await played(`${FIRST_CONTACT}
buyer  -> {code} hello?
buyer  <- Kept for "bike" until they answer.
seller -> 1
seller <- Accepted. The conversation is in the room "{name} · bike".
seller [{name} · bike] <- hi is the bike still there?
seller [{name} · bike] <- I can come today
seller [{name} · bike] <- hello?
seller [{name} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
buyer  <- "bike" accepted. What you text here goes to them.
`);
  });
});

describe("several requests", () => {
  const TWO = `${FIRST_CONTACT}
other  -> {code} how much?
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 2 for "bike" from {name2} (SMS, not encrypted): "how much?"
          "2 accept" · "2 decline" · "2 block"
`;

  test("have a number each, and none is guessed", async () => {
    await played(`${TWO}
seller -> 1
seller <- Which request? 1 {name} · bike  2 {name2} · bike
          "1 accept" · "1 decline" · "1 block"
seller -> requests
seller <- Open requests: 1 {name} · bike  2 {name2} · bike
          "1 accept" · "1 decline" · "1 block"
seller -> 2 accept
seller <- Accepted. The conversation is in the room "{name2} · bike".
seller [{name2} · bike] <- how much?
seller [{name2} · bike] <- Weakest hop: SMS, not encrypted. SMS can't be recalled. /help
other  <- "bike" accepted. What you text here goes to them.
seller -> decline
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
`);
  });

  test("are answered by a command that names one", async () => {
    await played(`${TWO}
seller -> /block 1
seller <- Blocked, on all networks. They aren't told. "blocked" lists, "unblock NAME" undoes.
seller -> 2
seller <- Declined. They are told that "bike" is not available.
other  <- "bike" is not available.
`);
  });
});

describe("a code", () => {
  test("alone is asked about; the next text is the first one", async () => {
    await played(`${MAKE_HANDLE}
buyer  -> {CODE}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> me again, is it there?
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "me again, is it there?"
          1 accept · 2 decline · 3 block
`);
  });

  test("alone waits ten minutes for that text, which may look like a command or begin with a slash", async () => {
    await played(`${MAKE_HANDLE}
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
-- 10 minutes
buyer  -> is it there?
buyer  <- This is a private relay. Send the code you were given.
buyer  -> {code}
buyer  <- "bike": what do you want to tell them? They'll see your text, not your number.
buyer  -> //me
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "/me"
          1 accept · 2 decline · 3 block
`);
  });

  test.each([
    ["behind a greeting", "hi {code}", "hi"],
    ["between words", "hello, {code} is it there?", "hello, is it there?"],
    ["at the end", "is it there? {CODE}", "is it there?"],
  ])("%s leaves the words", async (_where, text, words) => {
    await played(`${MAKE_HANDLE}
buyer  -> ${text}
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "${words}"
          1 accept · 2 decline · 3 block
`);
  });

  test("that nobody has isn't told from one that has ended", async () => {
    await played(`
buyer  -> ab2c-d3ef-gh hi
buyer  <- That code isn't in use. Check it, or ask for a new one.
`);
  });

  test("that is wrong six times ends in a pause, which is said once; a right one isn't taken either", async () => {
    const wrong = Array.from(
      { length: 5 },
      (_, i) => `
buyer  -> ab2c-d3ef-g${i + 2} hi
buyer  <- That code isn't in use. Check it, or ask for a new one.`,
    );
    await played(`${MAKE_HANDLE}${wrong.join("")}
buyer  -> ab2c-d3ef-gz hi
buyer  <- Too many wrong codes. No code is taken from you until {time}.
buyer  -> {code} hi
other  -> {code} hi
other  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi"
          1 accept · 2 decline · 3 block
`);
  });

  test("counts as wrong only when it is: right ones can be sent again and again", async () => {
    const again = Array.from(
      { length: 8 },
      (_, i) => `
buyer  -> {code} text ${i}
buyer  <- ${i < 5 ? 'Kept for "bike" until they answer.' : 'Not kept: 5 texts for "bike" wait already for their answer.'}`,
    );
    await played(`${MAKE_HANDLE}
buyer  -> {code} hi
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
seller <- Request 1 for "bike" from {name} (SMS, not encrypted): "hi"
          1 accept · 2 decline · 3 block${again.join("")}
`);
  });
});

describe("somebody who sends no code", () => {
  test("and isn't known is answered once in 24 hours", async () => {
    await played(`
buyer  -> hello?
buyer  <- This is a private relay. Send the code you were given.
buyer  -> who is this?
`);
  });

  test("and is known gets a hint each time", async () => {
    await played(`${FIRST_CONTACT}
seller -> 2
seller <- Declined. They are told that "bike" is not available.
buyer  <- "bike" is not available.
seller -> handels
seller <- I don't know that. Did you mean "handles"? "help" lists what I do.
seller -> what is this
seller <- I don't know that. "help" lists what I do.
`);
  });
});
