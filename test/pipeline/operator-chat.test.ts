// Who runs the bridge is told how its accounts are, between two scripted networks.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AccountState } from "../../src/adapter/account.ts";
import type { InboundBody } from "../../src/adapter/event.ts";
import { MINUTE, SECOND } from "../../src/model/time.ts";
import { createLogger } from "../../src/observe/logger.ts";
import { OperatorChat } from "../../src/pipeline/operator-chat.ts";
import { killable } from "../support/killable.ts";
import { answers, ENCRYPTED_ROOM, isKind, OWN_ROOM } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import { aWhile, end, openWorld, type TestHouse, until, type World } from "../support/test-house.ts";

const ADMIN = "@admin.canary:example.org";
const DESK = "!desk.canary";
const UNPAIRED: AccountState = { kind: "needs-pairing", remedy: 'run "pair"' };
const OUT: AccountState = { kind: "logged-out", remedy: 'run "pair" again' };
const TOLD = 'SMS (phones) needs pairing: run "pair", or write "sms pair" here.';
const TOLD_OUT = 'SMS (phones) was logged out: run "pair" again, or write "sms pair" here.';
const WORKS = "SMS (phones) works again.";

let world: World;
let clock: SkippingClock;
let house: TestHouse;
let lines: string[];

beforeEach(async () => {
  clock = skippingClock();
  lines = [];
  const log = createLogger({ level: "debug", destination: { write: (line) => void lines.push(line) } });
  world = await openWorld({ clock, pairs: 0, operator: ADMIN, log });
  house = await world.open();
});
afterEach(async () => {
  await world.close();
  expect(lines.join("")).not.toContain("canary");
});

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const reports = (state: AccountState) => house.account.phones.host.report(state);
const says = (text: string, chat = DESK) => house.say("rooms", text, { chat, from: ADMIN });
const does = (body: InboundBody, chat: string) => house.say("rooms", "", { chat, from: ADMIN, body });
const room = (): string => world.rooms.opened.get(ADMIN) ?? "";
const openings = () => world.rooms.kinds.filter((kind) => kind === "openPortal").length;

/** What they read of accounts, in whatever chat. */
const news = () => world.rooms.texts().filter((text) => /^(?:SMS|Matrix) \(/.test(text));
async function reads(...expected: readonly string[]): Promise<void> {
  await until(() => news().length >= expected.length);
  await aWhile(100);
  expect(news()).toEqual(expected);
}

describe("who runs the bridge", () => {
  test("hears nothing while all is well, and no room is opened", async () => {
    await aWhile();
    expect(world.rooms.performed).toEqual([]);
  });

  test("is asked into one room of the bridge's own, and reads there what happens, in order", async () => {
    reports(UNPAIRED);
    reports({ kind: "connecting" });
    reports({ kind: "connected" });
    reports(OUT);
    await reads(TOLD, WORKS, TOLD_OUT);
    expect(world.rooms.texts(room())).toEqual([TOLD, WORKS, TOLD_OUT]);
    expect([...world.rooms.titles.values()]).toEqual([{ to: ADMIN, title: OWN_ROOM }]);
    expect(openings()).toBe(1);
  });

  test("is told at their desk, where they have one", async () => {
    await says("handles");
    await idle();
    reports(UNPAIRED);
    await reads(TOLD);
    expect(world.rooms.texts(DESK, "notice").at(-1)).toBe(TOLD);
    expect(openings()).toBe(0);
  });

  test("isn't told in a chat that they have left, or that can't be read", async () => {
    await says("handles");
    await does({ kind: "membership", change: "left" }, DESK);
    await does(
      { kind: "message", content: { kind: "unbridgeable", what: "encrypted" } },
      `${ENCRYPTED_ROOM}-1`,
    );
    await idle();
    reports(UNPAIRED);
    await reads(TOLD);
    expect(world.rooms.texts(room())).toContain(TOLD);
  });

  test("is asked in again when they have left the bridge's room", async () => {
    reports(UNPAIRED);
    await reads(TOLD);
    await does({ kind: "membership", change: "left" }, room());
    await idle();
    reports({ kind: "connected" });
    await reads(TOLD, WORKS);
    expect(openings()).toBe(2);
  });

  test("is told of the end where they are asked by then", async () => {
    reports(UNPAIRED);
    await reads(TOLD);
    await says("handles");
    await idle();
    reports({ kind: "connected" });
    await reads(TOLD, WORKS);
    expect(world.rooms.texts(DESK, "notice").at(-1)).toBe(WORKS);
    await end(house);
    house = await world.open();
    await reads(TOLD, WORKS);
  });

  test("is told of what mends itself when it has lasted a minute, in words", async () => {
    reports({ kind: "disconnected", reason: "timeout" });
    await until(() => clock.waiting(50 * SECOND) > 0);
    await aWhile(100);
    expect(news()).toEqual([]);
    clock.skip(MINUTE);
    await reads("SMS (phones) isn't connected: its network doesn't answer. It tries again by itself.");
  });
});

describe("a greeting", () => {
  const GREETING = /^The bridge is set up and reaches you here/;
  const greetings = () => world.rooms.texts().filter((text) => GREETING.test(text)).length;
  const chat = () => {
    const { operator } = house.house;
    if (operator === undefined) throw new Error("there is an operator here");
    return new OperatorChat(house.pipeline.office, operator, house.pipeline);
  };
  const text = () => house.house.texts.operatorGreeting({});

  test("comes into a room of the bridge's own, each time that it is asked for", async () => {
    const here = chat();
    expect(await here.greet(text())).not.toBe(await here.greet(text()));
    await until(() => greetings() === 2);
    expect(openings()).toBe(1);
    expect(world.rooms.texts(room()).filter((each) => GREETING.test(each))).toHaveLength(2);
  });

  test("comes to their desk, where they have one, and changes nothing of what they were told", async () => {
    await says("handles");
    await idle();
    reports(UNPAIRED);
    await reads(TOLD);
    expect(await chat().greet(text())).toBeDefined();
    await until(() => greetings() === 1);
    expect(world.rooms.texts(DESK, "notice").at(-1)).toMatch(GREETING);
    await end(house);
    house = await world.open();
    world.phones.stand = UNPAIRED;
    await aWhile(100);
    expect(openings()).toBe(0);
  });

  test("isn't said to be on its way once the chat is closed", async () => {
    const here = chat();
    here.close();
    expect(await here.greet(text())).toBeUndefined();
  });
});

describe("when the account that tells it is what is broken", () => {
  test("it is said once that works", async () => {
    house.account.rooms.host.report({
      kind: "misconfigured",
      reason: "unauthorised",
      remedy: "change the token",
    });
    await aWhile();
    expect(news()).toEqual([]);
    house.account.rooms.host.report({ kind: "connected" });
    await reads("Matrix (rooms) doesn't work: change the token.", "Matrix (rooms) works again.");
  });

  test("a room that can't be opened holds up nothing, and is tried again the next time", async () => {
    world.rooms.next(
      answers({ kind: "refused", reason: "forbidden", scope: "portal" }),
      isKind("openPortal"),
    );
    reports(UNPAIRED);
    await until(() => openings() === 1);
    await idle();
    reports(OUT);
    await until(() => news().includes(TOLD_OUT));
  });
});

describe("a restart", () => {
  test("tells nothing twice", async () => {
    reports(UNPAIRED);
    await reads(TOLD);
    await end(house);
    world.phones.stand = UNPAIRED;
    house = await world.open();
    await reads(TOLD);
    reports(OUT);
    await reads(TOLD, TOLD_OUT);
  });

  test("tells that it works again what was told before it", async () => {
    reports(UNPAIRED);
    await reads(TOLD);
    await end(house);
    house = await world.open(); // its accounts connect
    await reads(TOLD, WORKS);
  });
});

describe("a store that goes away", () => {
  test("is waited for: it is told afterwards, once", async () => {
    await world.redis.kill();
    reports(UNPAIRED);
    reports(OUT);
    await aWhile();
    expect(news()).toEqual([]);
    await world.redis.restart();
    await reads(TOLD, TOLD_OUT);
  });
});

describe("a daemon that is killed", () => {
  test.each(Array.from({ length: 13 }, (_, i) => 2 * i))(
    "at call %i of the telling: it is told once after the restart",
    async (calls) => {
      await end(house);
      world.phones.stand = UNPAIRED;
      const life = killable();
      house = await world.open(life.through);
      life.after(calls);
      await aWhile(150);
      house = await world.open();
      await until(() => news().length > 0, 8_000);
      await idle();
      expect(news()).toEqual([TOLD]);
    },
    10_000,
  );
});
