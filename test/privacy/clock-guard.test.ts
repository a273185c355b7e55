import { describe, expect, test } from "vitest";
import { DAY, HOUR, MINUTE } from "../../src/model/time.ts";
import { createClockGuard } from "../../src/privacy/clock-guard.ts";
import { fakeClock } from "../support/fake-clock.ts";

describe("the clock guard", () => {
  test("lets keys be destroyed while the clocks agree", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    for (let day = 0; day < 40; day++) {
      clock.advance(DAY);
      expect(guard.mayDestroy()).toBe(true);
    }
  });

  test.each([6 * MINUTE, -6 * MINUTE, 400 * DAY, -400 * DAY])("stops it after a jump of %i ms", (jump) => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(jump);
    expect(guard.mayDestroy()).toBe(false);
    clock.advance(59 * MINUTE);
    expect(guard.mayDestroy()).toBe(false);
  });

  test("lets small corrections pass", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(4 * MINUTE);
    expect(guard.mayDestroy()).toBe(true);
  });

  test("small jumps within an hour add up", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(3 * MINUTE);
    expect(guard.check()).toBe(false);
    clock.jump(3 * MINUTE);
    expect(guard.check()).toBe(true);
    expect(guard.mayDestroy()).toBe(false);
  });

  test("trusts again after an hour in which the clocks agreed", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(DAY);
    expect(guard.mayDestroy()).toBe(false);
    clock.advance(HOUR);
    expect(guard.mayDestroy()).toBe(true);
  });

  test("a jump back starts the hour anew", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(DAY);
    guard.check();
    clock.advance(50 * MINUTE);
    clock.jump(-DAY);
    expect(guard.mayDestroy()).toBe(false);
    clock.advance(50 * MINUTE);
    expect(guard.mayDestroy()).toBe(false);
    clock.advance(10 * MINUTE);
    expect(guard.mayDestroy()).toBe(true);
  });

  test("notices a jump when it is asked long after it", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(DAY);
    clock.advance(5 * HOUR);
    expect(guard.mayDestroy()).toBe(false);
  });

  test("takes the operator's word for the clock", () => {
    const clock = fakeClock();
    const guard = createClockGuard(clock);
    clock.jump(DAY);
    expect(guard.mayDestroy()).toBe(false);
    guard.confirm();
    expect(guard.mayDestroy()).toBe(true);
    clock.jump(DAY);
    expect(guard.mayDestroy()).toBe(false);
  });
});
