// "forget me" and "export": what is said, what the others see, and what is left.

import { afterEach, describe, expect, test } from "vitest";
import { auditKeys } from "../../src/daemon/audit.ts";
import { networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY } from "../../src/model/time.ts";
import { UnknownKey } from "../../src/privacy/errors.ts";
import { openPersonKey } from "../../src/privacy/person-keys.ts";
import { keys } from "../../src/store/keys.ts";
import { fields, texts } from "../../src/store/reply.ts";
import { openScripted, type ScriptedStage } from "../golden/scripted-stage.ts";
import { ACCEPTED, FIRST_CONTACT } from "../golden/transcripts/first-lines.ts";
import { addressOf, aWhile, openWorld, read, ready, type TestHouse, until } from "../support/test-house.ts";
import { ask, link, phoneDesk, roomDesk, saidAt } from "./linking.ts";

let stage: ScriptedStage | undefined;
afterEach(async () => {
  await stage?.close();
  stage = undefined;
});

const QUESTION =
  "Forget you? Your handles, links and conversations end, and the others are told. It can't be undone. 1 yes · 2 no";
const DONE =
  "You are forgotten. Marks of STOP and of blocks stay; what else is left names nobody, and goes by itself.";
const ENDED = "This conversation has ended.";

async function played(transcript: string) {
  const opened = await openScripted({ seller: "matrix", buyer: "sms", other: "sms" });
  stage = opened;
  return { stage: opened, bound: await opened.play(transcript) };
}

const SELLER = "@seller.canary:example.org";
const BUYER = "+351910000001";

/** The person behind an address, and what a copy of Redis' files has of them. */
async function copyOf({ house: { connection, house } }: ScriptedStage, address: string) {
  const person = await house.people.find(networkName("matrix"), sensitive(address));
  if (person === undefined) throw new Error("nobody has this address");
  return { id: person.id, copy: fields(await connection.command("HGETALL", keys.person(person.id))) };
}

/** How many keys of this form there are. */
async function count({ house }: ScriptedStage, pattern: string): Promise<number> {
  return texts(await house.connection.command("KEYS", pattern)).length;
}

/** Whether somebody is about to be gone. */
async function isForgetting({ connection }: TestHouse): Promise<boolean> {
  const due = texts(await connection.command("ZRANGE", keys.timers, 0, -1));
  return due.some((timer) => timer.startsWith("forget:"));
}

/** What is left to do by time is done: the person is gone, and their bucket's old key. */
async function allIsOver(stage: ScriptedStage): Promise<void> {
  const { house, keyring } = stage.house;
  await until(async () => !(await isForgetting(stage.house)), 10_000);
  await stage.idle();
  await house.renewal.run();
  stage.clock.skip(120_000);
  await until(async () => {
    await house.renewal.run();
    return keyring.retired().length === 0;
  });
}

describe("forget me", () => {
  test("asks, ends everything, tells the others, and leaves nothing that anybody could read", async () => {
    const { stage, bound } = await played(ACCEPTED);
    const seller = await copyOf(stage, SELLER);
    const handles = await count(stage, "{h:*");
    expect(handles).toBe(1);
    await stage.play(
      `
seller -> forget me
seller <- ${QUESTION}
seller -> 1
seller <- ${DONE}
buyer  <- ${ENDED}
`,
      bound,
    );
    await allIsOver(stage);
    const { keyring, connection, house } = stage.house;
    expect(() => openPersonKey(keyring, seller.id, seller.copy.get("k") ?? Buffer.alloc(0))).toThrow(
      UnknownKey,
    );
    expect(await house.people.find(networkName("matrix"), sensitive(SELLER))).toBeUndefined();
    expect([
      await count(stage, "{h:*"),
      await count(stage, "{p:*}:r"),
      await count(stage, "{c0}:c:*"),
    ]).toEqual([0, 1, 1]); // the buyer, their desk
    const report = await auditKeys(connection, stage.clock);
    expect(report.unexplained).toEqual([]);
    // Both begin anew: nobody knows them.
    await stage.play(
      `
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
buyer  -> {code} are you there?
buyer  <- That code isn't in use. Check it, or ask for a new one.
`,
      bound,
    );
  });

  test("hears what is written right after it, as a stranger's", async () => {
    const { stage, bound } = await played(`${FIRST_CONTACT}
seller -> forget me
seller <- ${QUESTION}
`);
    const follows = stage.play(
      `
seller <- ${DONE}
buyer  <- "bike" is not available.
seller <- You have no handles. "handle new bike for 30d" makes one.
`,
      bound,
    );
    await stage.writes("seller", "the bridge", "1");
    await stage.writes("seller", "the bridge", "handles");
    await follows;
  });

  test("can be thought better of", async () => {
    await played(`
seller -> forget me
seller <- ${QUESTION}
seller -> 2
seller <- Nothing was forgotten.
`);
  });

  test("takes a guest's request back: its owner is told, and can't answer it any more", async () => {
    const { stage } = await played(`${FIRST_CONTACT}
buyer  -> /forget me
buyer  <- ${QUESTION}
buyer  -> 1
buyer  <- ${DONE}
seller <- Request 1 for "bike" from {name} has ended: they took it back.
seller -> 1 accept
seller <- Request 1 isn't open. None is.
`);
    await allIsOver(stage);
    expect(await stage.house.house.people.find(networkName("sms"), sensitive(BUYER))).toBeUndefined();
    expect(await count(stage, "{c0}:c:*")).toBe(1);
  });

  test("tells those whose request waits that nobody is there", async () => {
    await played(`${FIRST_CONTACT}
seller -> forget me
seller <- ${QUESTION}
seller -> 1
seller <- ${DONE}
buyer  <- "bike" is not available.
`);
  });

  test("keeps the marks of STOP and of others' blocks, and the number for as long as a late reply may come", async () => {
    const { stage, bound } = await played(`${FIRST_CONTACT}
seller -> 3
seller <- Blocked, on all networks. They aren't told. "/blocked" lists, "/unblock NAME" undoes.
buyer  -> /forget me
buyer  <- ${QUESTION}
buyer  -> 1
buyer  <- ${DONE}
`);
    await allIsOver(stage);
    // The same phone, of whom nothing is known, is blocked all the same.
    await stage.play(
      `
buyer  -> {code} hi again
buyer  <- Sent to "bike". We'll text you when they answer. They don't see your number. STOP ends texts, HELP for more.
`,
      bound,
    );
    await stage.idle();
    expect(
      stage
        .shown("seller")
        .get("the bridge")
        ?.filter(({ text }) => text.startsWith("Request")),
    ).toHaveLength(1);
  });

  test("is finished by the next process when this one ends in the middle of it", async () => {
    const { stage, bound } = await played(ACCEPTED);
    await stage.play(`\nseller -> forget me\nseller <- ${QUESTION}\n`, bound);
    const before = stage.shown("seller").get("the bridge")?.length ?? 0;
    await stage.writes("seller", "the bridge", "1");
    await stage.restart();
    await until(() => (stage.shown("seller").get("the bridge")?.length ?? 0) > before, 10_000);
    await allIsOver(stage);
    expect([await count(stage, "{p:*}:r"), await count(stage, "{c0}:c:*")]).toEqual([1, 1]);
    expect(
      stage
        .shown("seller")
        .get("the bridge")
        ?.slice(before)
        .map(({ text }) => text),
    ).toEqual([DONE]);
    expect(
      stage
        .shown("buyer")
        .get("the bridge")
        ?.filter(({ text }) => text === ENDED),
    ).toHaveLength(1);
  });
});

describe("a guest who stays away", () => {
  test("is forgotten after 90 days without a word, if they have nothing here but the chat", async () => {
    const { stage } = await played(`
buyer  -> hello?
buyer  <- This is a private relay. Send the code you were given.
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
-- 60 days
seller -> handles
seller <- You have no handles. "handle new bike for 30d" makes one.
-- 31 days
`);
    await until(async () => (await count(stage, "{p:*}:r")) === 1, 10_000);
    expect(await stage.house.house.people.find(networkName("sms"), sensitive(BUYER))).toBeUndefined();
    await stage.play(`
-- 90 days
seller -> me
seller <- Only this Matrix account. "link" joins another one with it.
`);
  });

  test("stays as long as there is a handle of theirs, or a conversation", async () => {
    const { stage } = await played(ACCEPTED.replace(" for 30d", "").replace(" (until {day})", ""));
    await stage.waits(95 * DAY);
    await aWhile();
    expect(await count(stage, "{p:*}:r")).toBe(2);
  });
});

test("who is forgotten is so with all of their accounts, and each is told", async () => {
  const world = await openWorld({ pairs: 0 });
  try {
    const house = await world.open();
    const [room, phone] = [roomDesk("@ana.canary:example.org"), phoneDesk("+351912000001")];
    await link(world, house, room, phone);
    await ask(world, house, phone, "forget me");
    expect(await ask(world, house, phone, "1")).toBe(DONE);
    await until(() => saidAt(world, room).at(-1) === DONE);
    const left = async () => texts(await house.connection.command("KEYS", "{[px]:*"));
    await until(async () => (await left()).length === 0, 10_000);
  } finally {
    await world.close();
  }
});

test("who talks in a pair of the config goes on talking there, as somebody of whom nothing else is known", async () => {
  const world = await openWorld();
  try {
    const house = await world.open();
    await ready(world);
    const phone = phoneDesk(addressOf("phones", 0));
    const before = await house.house.people.find(networkName("sms"), sensitive(phone.from));
    await ask(world, house, phone, "forget me");
    expect(await ask(world, house, phone, "1")).toBe(DONE);
    await until(async () => !(await isForgetting(house)), 10_000);
    const after = await house.house.people.find(networkName("sms"), sensitive(phone.from));
    expect(after?.id).not.toBe(before?.id);
    await house.say("phones", "still here");
    await house.say("rooms", "good");
    await until(() => read(world, "rooms").includes("still here") && read(world, "phones").includes("good"));
  } finally {
    await world.close();
  }
});

describe("export", () => {
  test("lists what is stored, with two characters of each address", async () => {
    await played(`${ACCEPTED}
seller -> export
seller <- This is what is stored about you. Texts aren't: they go as soon as they are delivered.
          You: here since {day2}. Messages reach you where you last wrote from. You are asked before a text gives an address away.
          Accounts: Matrix @se… (since {day2})
          Handles:
          - "bike": {code} (until {day})
          Conversations:
          - {name} · bike on Matrix: open; there you are "bike"
          Blocked: none
          Muted: none
          No texts, by STOP: none
          Beside that, for at most 30 days: which message on one network is which on another; for at most 48 hours: how much of the limits you used. "forget me" ends what is listed above; this goes by itself.
buyer  -> /export
buyer  <- "export" isn't answered on SMS, which isn't encrypted. Send it from another account; "link" joins one.
`);
  });
});
