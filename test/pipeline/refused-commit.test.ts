import { afterEach, expect, test } from "vitest";
import { systemClock } from "../../src/observe/clock.ts";
import type { Connection } from "../../src/store/redis/connection.ts";
import { openWorld, read, ready, until, type World } from "../support/test-house.ts";

let world: World;
afterEach(() => world.close());

test("all texts arrive, in order, when Redis refuses the commit of one and would take those behind it", async () => {
  world = await openWorld();
  let left = 0;
  const house = await world.open((connection) =>
    refusing(connection, (name) => {
      if (name === "commit") left -= 1;
      return name === "commit" && left === 0;
    }),
  );
  await ready(world);
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  void house.house.pause.hold(systemClock, 1_000, () => held);
  const texts = ["one", "two", "three", "four"];
  for (const text of texts) await house.say("phones", text);
  left = 2; // the first goes alone, as it was at work when the others came
  release();
  await until(() => read(world, "rooms").length === 4);
  expect(read(world, "rooms")).toEqual(texts);
});

test("a text that is accepted just before Redis refuses something is worked on, and so is what comes then", async () => {
  world = await openWorld();
  let isArmed = false;
  const house = await world.open((connection) =>
    refusing(connection, (name) => {
      if (!isArmed || name !== "accept") return false;
      isArmed = false;
      return "behind";
    }),
  );
  await ready(world);
  isArmed = true;
  for (const text of ["one", "two"]) await house.say("phones", text);
  await until(() => read(world, "rooms").length === 2);
  expect(read(world, "rooms")).toEqual(["one", "two"]);
});

/** A connection whose server takes no writes for the length of one call, or of what stands `behind` it, as with a disk that is full for a moment. */
function refusing(connection: Connection, isNow: (script: string) => boolean | "behind"): Connection {
  const replicas = (count: number): void => {
    connection.command("CONFIG", "SET", "min-replicas-to-write", count).catch(() => undefined);
  };
  const call: Connection["call"] = (script, names, args) => {
    const now = isNow(script.name);
    if (now === true) replicas(1);
    const reply = connection.call(script, names, args);
    if (now === "behind") {
      replicas(1);
      connection.command("SET", "something", "else").catch(() => undefined);
    }
    if (now !== false) replicas(0);
    return reply;
  };
  return new Proxy(connection, {
    get: (target, name) => {
      if (name === "call") return call;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
