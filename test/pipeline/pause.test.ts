import { expect, test } from "vitest";
import { systemClock } from "../../src/observe/clock.ts";
import { Pause } from "../../src/pipeline/pause.ts";

const clock = systemClock;
const LONG = 10_000;

/** Something that ends when it is told to. */
function work() {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, done };
}

test("what is held waits for what is under way, and what comes then waits for it", async () => {
  const pause = new Pause();
  const seen: string[] = [];
  const first = work();
  const running = pause.during(async () => {
    await first.done;
    seen.push("first");
  });
  const held = work();
  const holding = pause.hold(clock, LONG, async (isStill) => {
    seen.push(`held ${isStill}`);
    await held.done;
  });
  const late = pause.during(async () => {
    seen.push("late");
  });
  await new Promise(setImmediate);
  expect(seen).toEqual([]);
  first.end();
  await running;
  await new Promise(setImmediate);
  expect(seen).toEqual(["first", "held true"]);
  held.end();
  await Promise.all([holding, late]);
  expect(seen).toEqual(["first", "held true", "late"]);
});

test("what doesn't end in time isn't waited for, and that is said", async () => {
  const pause = new Pause();
  const stuck = work();
  const running = pause.during(() => stuck.done);
  expect(await pause.hold(clock, 20, async (isStill) => isStill)).toBe(false);
  stuck.end();
  await running;
  expect(await pause.hold(clock, LONG, async (isStill) => isStill)).toBe(true);
});

test("one holds at a time, and one that fails lets go", async () => {
  const pause = new Pause();
  const order: number[] = [];
  const failing = pause.hold(clock, LONG, async () => {
    await clock.sleep(10);
    order.push(1);
    throw new Error("the disk is full");
  });
  const next = pause.hold(clock, LONG, async () => {
    order.push(2);
  });
  await expect(failing).rejects.toThrow("the disk is full");
  await next;
  await pause.during(async () => {
    order.push(3);
  });
  expect(order).toEqual([1, 2, 3]);
});
