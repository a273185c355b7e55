import type { Connection } from "../../src/store/redis/connection.ts";
import { StoreAway } from "../../src/store/redis/errors.ts";
import { eventOf, type TestHouse, until, type World } from "../support/test-house.ts";
import type { Desk } from "./linking.ts";

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

async function open(world: World): Promise<{ house: TestHouse; life: Mortal }> {
  let life: Mortal | undefined;
  const house = await world.open((connection) => {
    life = mortal(connection);
    return life.connection;
  });
  if (life === undefined) throw new Error("no connection");
  return { house, life };
}

/** Writes, all of it at once, kills the process at its nth call after that, and lets the next one finish. */
export async function dieWhile(
  world: World,
  { chat, from, side }: Desk,
  texts: string | readonly string[],
  at: number,
  until_: () => boolean,
): Promise<TestHouse> {
  const { house, life } = await open(world);
  const events = [texts].flat().map((text) => eventOf(world, side, text, { chat, from }));
  await house.account[side].host.acceptAll(events);
  life.dieAt(at, at % 2 === 0);
  await Promise.race([until(() => life.isDead()), until(until_)]);
  house.pipeline.close();
  house.pipeline.legs.abort();
  life.dieAt(0, false);
  const next = await world.open();
  await until(until_, 10_000);
  return next;
}
