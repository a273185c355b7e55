import { afterEach, describe, expect, test } from "vitest";
import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { openWorld, ready, type TestHouse, until, type World } from "../support/test-house.ts";
import { ask, codeAt, type Desk, meet, phoneDesk, roomDesk, saidAt, UNHURRIED } from "./linking.ts";

let world: World;
afterEach(() => world.close());

/** A process that can be killed at its nth call of Redis from now; `doneStill`: Redis still does that one. */
function mortal(inner: Connection) {
  let left = Number.POSITIVE_INFINITY;
  let still = false;
  const run = <T>(call: () => Promise<T>): Promise<T> => {
    left -= 1;
    if (left > 0) return call();
    const away = (): never => {
      throw new StoreAway("killed");
    };
    return left === 0 && still ? call().then(away, away) : Promise.reject(new StoreAway("killed"));
  };
  const connection: Connection = {
    ...inner,
    call: (script, names, args) => run(() => inner.call(script, names, args)),
    command: (name, ...args) => run(() => inner.command(name, ...args)),
    get up() {
      return left > 0 && inner.up;
    },
    onDown: (listener) => inner.onDown(listener),
    onUp: (listener) => inner.onUp(listener),
    flush: () => inner.flush(),
    close: () => inner.close(),
    stats: inner.stats,
  };
  const dieAt = (calls: number, doneStill: boolean): void => {
    left = calls;
    still = doneStill;
  };
  return { connection, dieAt, isDead: () => left <= 0 };
}

type Mortal = ReturnType<typeof mortal>;

async function open(): Promise<{ house: TestHouse; life: Mortal }> {
  let life: Mortal | undefined;
  const house = await world.open((connection) => {
    life = mortal(connection);
    return life.connection;
  });
  if (life === undefined) throw new Error("no connection");
  return { house, life };
}

const user: Desk = roomDesk("@leo.canary:example.org");
const SELLER = "@ana.canary:example.org";
/** How many calls of Redis apart the deaths are, and how many there are. */
const [APART, DEATHS] = [4, 16];

/** Writes, kills the process at its nth call after that, and lets the next one finish. */
async function dieWhile(desk: Desk, text: string, at: number, until_: () => boolean): Promise<TestHouse> {
  const { house, life } = await open();
  await house.say(desk.side, text, { chat: desk.chat, from: desk.from });
  life.dieAt(at, at % 2 === 0);
  await Promise.race([until(() => life.isDead()), until(until_)]);
  house.pipeline.close();
  house.pipeline.legs.abort();
  life.dieAt(0, false);
  const next = await world.open();
  await until(until_, 10_000);
  return next;
}

async function end(house: TestHouse): Promise<void> {
  house.pipeline.legs.abort();
  await house.stop();
}

describe("a daemon that is killed", () => {
  test("at any step of linking and of unlinking finishes it: each side is told once, and what is written arrives", async () => {
    world = await openWorld({ limits: UNHURRIED });
    let house = await world.open();
    await ready(world);
    for (let i = 0; i < DEATHS; i++) {
      const at = 1 + i * APART;
      const guest = phoneDesk(`+3519120000${String(i).padStart(2, "0")}`);
      const { room, portal } = await meet(house, SELLER, guest.from);
      await ask(world, house, guest, await codeAt(world, house, user));
      const asked = saidAt(world, user).length;
      await ask(world, house, guest, "1");
      await until(() => saidAt(world, user).length > asked);
      await end(house);
      const [here, there] = [saidAt(world, user).length, saidAt(world, guest).length];
      const linked = () => saidAt(world, user).length > here && saidAt(world, guest).length > there;
      house = await dieWhile(user, "1", at, linked);
      expect(
        [saidAt(world, user).at(-1), saidAt(world, guest).at(-1)].map((text) => text?.slice(0, 7)),
      ).toEqual(["Linked:", "Linked:"]);
      await house.say("rooms", "down", { chat: room, from: SELLER });
      await until(() => world.phones.texts(portal).includes("down"));
      await end(house);
      const before = [saidAt(world, user).length, saidAt(world, guest).length] as const;
      const unlinked = () =>
        saidAt(world, user).length > before[0] && saidAt(world, guest).length > before[1];
      house = await dieWhile(user, "unlink sms", at, unlinked);
      expect(saidAt(world, user).at(-1)).toMatch(/^Unlinked\. /);
      expect(saidAt(world, guest).at(-1)).toMatch(/^Unlinked by/);
      expect(saidAt(world, user).length).toBe(before[0] + 1);
      expect(saidAt(world, guest).length).toBe(before[1] + 1);
      await until(() => world.rooms.texts(room).includes("This conversation has ended."));
      expect(world.rooms.texts(room)).toHaveLength(1);
      expect(world.phones.texts(portal)).toEqual(["down"]);
    }
  }, 60_000);
});
