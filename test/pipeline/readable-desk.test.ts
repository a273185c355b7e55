// Whoever writes to the bridge where it can't read gets a room where it can.

import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { InboundBody } from "../../src/adapter/event.ts";
import { networkName } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { HOUR, MINUTE } from "../../src/model/time.ts";
import { killable } from "../support/killable.ts";
import { answers, ENCRYPTED_ROOM, heldUntil, isKind, OWN_ROOM } from "../support/scripted-account.ts";
import { type SkippingClock, skippingClock } from "../support/skipping-clock.ts";
import {
  aWhile,
  conversationIds,
  end,
  openWorld,
  type TestHouse,
  until,
  type World,
} from "../support/test-house.ts";

const ANA = "@ana.canary:example.org";
const [FIRST, SECOND, CLEAR] = [`${ENCRYPTED_ROOM}-1`, `${ENCRYPTED_ROOM}-2`, "!clear.canary"] as const;
const INVITED = "I can't read encrypted rooms here yet. I've invited you to one that I can read.";
const OTHER = "I can't read encrypted rooms here yet. I can read our other room: write to me there.";
const HERE = "I can read this room. /help says what you can do here.";
const ENCRYPTED: InboundBody = { kind: "message", content: { kind: "unbridgeable", what: "encrypted" } };

let world: World;
let clock: SkippingClock;
let house: TestHouse;

beforeEach(async () => {
  clock = skippingClock();
  world = await openWorld({ clock, pairs: 0 });
  house = await world.open();
});
afterEach(() => world.close());

const idle = () => until(() => house.pipeline.lanes.size === 0 && house.pipeline.legs.size === 0);
const encrypted = (chat: string = FIRST) => house.say("rooms", "", { chat, from: ANA, body: ENCRYPTED });
const says = (chat: string, text: string) => house.say("rooms", text, { chat, from: ANA });
const left = (chat: string) =>
  house.say("rooms", "", { chat, from: ANA, body: { kind: "membership", change: "left" } });

/** The rooms that were opened for her, each once, by what they are called. */
function rooms(): readonly string[] {
  return [...world.rooms.titles.values()].filter(({ to }) => to === ANA).map(({ title }) => title);
}

/** The room that was opened for her. */
function room(): string {
  return world.rooms.opened.get(ANA) ?? "";
}

/** How often it was asked for. */
function openings(): number {
  return world.rooms.kinds.filter((kind) => kind === "openPortal").length;
}

async function homeOf(): Promise<string | undefined> {
  const person = await house.house.people.findOrCreate(networkName("matrix"), sensitive(ANA));
  const { home } = await house.house.settings.of(person);
  const desk = home && (await house.house.cache.get(home));
  return desk?.legs[0]?.portal?.expose();
}

describe("a chat that can't be read", () => {
  test("is answered there at once, with a room of the bridge's own in which it listens", async () => {
    await encrypted();
    await idle();
    expect(world.rooms.texts(FIRST, "notice")).toEqual([INVITED]);
    expect(rooms()).toEqual([OWN_ROOM]);
    expect(world.rooms.texts(room())).toEqual([HERE]);
    expect(await homeOf()).toBe(room());
    await says(room(), "handles");
    await idle();
    expect(world.rooms.texts(room())).toEqual([
      HERE,
      `You have no handles. "handle new bike for 30d" makes one.`,
    ]);
  });

  test("isn't answered again within the hour, however much comes, and is after it", async () => {
    for (let count = 0; count < 5; count++) await encrypted();
    await idle();
    expect(world.rooms.texts(FIRST)).toEqual([INVITED]);
    clock.skip(HOUR + MINUTE);
    await encrypted();
    await idle();
    expect(world.rooms.texts(FIRST)).toEqual([INVITED, INVITED]);
    expect(rooms()).toEqual([OWN_ROOM]);
    expect(openings()).toBe(2); // which asks her in again, if she has left
  });

  test("leads to the same room as the next one, also when both come at the same time", async () => {
    await Promise.all([encrypted(FIRST), encrypted(SECOND)]);
    await idle();
    expect([FIRST, SECOND].map((chat) => world.rooms.texts(chat))).toEqual([[INVITED], [INVITED]]);
    expect(rooms()).toEqual([OWN_ROOM]);
    expect((await conversationIds(house)).length).toBe(3);
  });

  test("leads to the chat that can be read, where there is one, and to no other", async () => {
    await says(CLEAR, "handles");
    await idle();
    await encrypted();
    await idle();
    expect(world.rooms.texts(FIRST)).toEqual([OTHER]);
    expect(world.rooms.texts(CLEAR).at(-1)).toBe(HERE);
    expect(openings()).toBe(0);
    expect(await homeOf()).toBe(CLEAR);
  });

  test("leads to a new room when she has left the other, and another's chat is never hers", async () => {
    await says(CLEAR, "handles");
    await house.say("rooms", "handles", { chat: "!leo.canary", from: "@leo.canary:example.org" });
    await left(CLEAR);
    await idle();
    await encrypted();
    await idle();
    expect(world.rooms.texts(FIRST)).toEqual([INVITED]);
    expect(rooms()).toEqual([OWN_ROOM]);
    expect(await homeOf()).toBe(room());
  });

  test("isn't where she is asked, even when she writes a command there in clear", async () => {
    await encrypted();
    await says(FIRST, "handles");
    await idle();
    expect(world.rooms.texts(FIRST)[1]).toMatch(/^You have no handles/);
    expect(await homeOf()).toBe(room());
  });
});

describe("a room that is being opened", () => {
  test("hears what is written there before its desk knows of it, once", async () => {
    const free = Promise.withResolvers<void>();
    world.rooms.next(async (operation, attempt, network) => {
      await attempt.mark();
      network.take(operation); // she is in it before we hear of that
      return heldUntil(free.promise)(operation, attempt, network);
    }, isKind("openPortal"));
    await encrypted();
    await until(() => room() !== "");
    await says(room(), "handles");
    await aWhile();
    expect(world.rooms.texts(room())).toEqual([]);
    free.resolve();
    await until(() => world.rooms.texts(room()).length === 2, 10_000);
    await idle();
    expect(world.rooms.texts(room())[1]).toMatch(/^You have no handles/);
    expect((await conversationIds(house)).length).toBe(2);
  }, 20_000);

  test("that can't be opened holds up nothing, and is tried again the next time", async () => {
    const refused = { kind: "refused", reason: "forbidden", scope: "portal" } as const;
    world.rooms.next(answers(refused), isKind("openPortal"));
    await encrypted();
    await idle();
    expect(rooms()).toEqual([]);
    await says(CLEAR, "handles");
    await idle();
    expect(world.rooms.texts(CLEAR)[0]).toMatch(/^You have no handles/);
    await left(CLEAR);
    clock.skip(HOUR + MINUTE);
    await encrypted();
    await idle();
    expect(rooms()).toEqual([OWN_ROOM]);
    expect(world.rooms.texts(room())).toEqual([HERE]);
  });
});

describe("a daemon that is killed", () => {
  test.each(Array.from({ length: 16 }, (_, i) => 2 * i))(
    "at call %i: says it once after a restart, and opens one room",
    async (calls) => {
      await end(house);
      const life = killable();
      house = await world.open(life.through);
      await encrypted();
      life.after(calls);
      await aWhile(100);
      house = await world.open();
      await until(() => world.rooms.texts(FIRST).length > 0 && world.rooms.texts(room()).length > 0);
      await idle();
      expect(world.rooms.texts(FIRST)).toEqual([INVITED]);
      expect(rooms()).toEqual([OWN_ROOM]);
      expect(world.rooms.texts(room())).toEqual([HERE]);
      expect(await homeOf()).toBe(room());
    },
  );
});
