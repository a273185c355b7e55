import { env } from "node:process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccountState } from "../../src/adapter/account.ts";
import type { LegId } from "../../src/model/ids.ts";
import type { Clock, Milliseconds } from "../../src/model/time.ts";
import { AccountGate } from "../../src/pipeline/account-gate.ts";

const CONNECTED: AccountState = { kind: "connected" };
const leg = (index: number): LegId => `leg ${index}` as LegId; // ids are opaque: any text will do

/** A clock whose sleepers wake when a test moves it past their time, in that order. */
function steppedClock(): Clock & { advance(ms: Milliseconds): Promise<void> } {
  let now = 0;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    monotonic: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        sleepers.push({ at: now + ms, wake: resolve });
        signal?.addEventListener("abort", () => reject(signal.reason));
      }),
    advance: async (ms) => {
      now += ms;
      for (const { at, wake } of sleepers.splice(0)) {
        if (at <= now) wake();
        else sleepers.push({ at, wake });
      }
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

/** A gate whose legs enter as soon as they are called, as the worker's do. */
function openGate(concurrency: number) {
  const clock = steppedClock();
  const gate = new AccountGate(concurrency, clock);
  const inside: LegId[] = [];
  const entered: LegId[] = [];
  const enter = (id: LegId): boolean => {
    if (!gate.enter(id)) return false;
    inside.push(id);
    entered.push(id);
    return true;
  };
  const leave = (): void => {
    if (inside.shift() !== undefined) gate.release();
  };
  gate.onTurn((id) => enter(id));
  return { clock, gate, inside, entered, enter, leave };
}

describe("the gate of an account", () => {
  test.each<readonly [AccountState, boolean]>([
    [{ kind: "connecting" }, false],
    [{ kind: "connected" }, true],
    [{ kind: "degraded", reason: "network-error" }, true],
    [{ kind: "disconnected", reason: "network-error" }, false],
    [{ kind: "misconfigured", reason: "unauthorised", remedy: "Check the password." }, false],
    [{ kind: "stopped" }, false],
  ])("that is told %o lets in: %s", (state, open) => {
    const { gate } = openGate(1);
    gate.report(state);
    expect([gate.open, gate.tryEnter()]).toEqual([open, open]);
    expect(gate.state).toEqual(state);
  });

  test("is closed until the account says that it is connected", () => {
    const { gate, enter, inside } = openGate(2);
    expect([enter(leg(1)), gate.tryEnter()]).toEqual([false, false]);
    gate.report(CONNECTED);
    expect(inside).toEqual([leg(1)]);
  });

  test("remembers since when the account is as it is, and isn't misled by the same news again", async () => {
    const { gate, clock } = openGate(1);
    await clock.advance(10);
    gate.report(CONNECTED);
    await clock.advance(10);
    gate.report({ kind: "connected", links: [] });
    expect(gate.since).toBe(10);
    gate.report({ kind: "disconnected", reason: "timeout" });
    expect(gate.since).toBe(20);
  });

  test("lets in who waits in the order in which they came, as many as there is place", () => {
    const { gate, enter, entered, leave } = openGate(2);
    for (let i = 0; i < 6; i++) enter(leg(i));
    gate.report(CONNECTED);
    expect(entered).toEqual([leg(0), leg(1)]);
    leave();
    leave();
    leave();
    expect(entered).toEqual([0, 1, 2, 3, 4].map(leg));
    expect(gate.waiting).toBe(1);
  });

  test("lets nobody past those who wait", () => {
    const { gate, enter, entered, leave } = openGate(1);
    gate.report(CONNECTED);
    for (let i = 0; i < 3; i++) enter(leg(i));
    expect(gate.tryEnter()).toBe(false);
    leave();
    expect(enter(leg(9))).toBe(false);
    expect(entered).toEqual([leg(0), leg(1)]);
    expect(gate.inFlight).toBe(1);
  });

  test("forgets who has gone, and isn't held up by them", () => {
    const { gate, enter, entered, leave } = openGate(1);
    gate.report(CONNECTED);
    for (let i = 0; i < 3; i++) enter(leg(i));
    gate.forget(leg(1));
    leave();
    expect(entered).toEqual([leg(0), leg(2)]);
  });

  test("goes on with the next one when the one whose turn it is has nothing to do any more", () => {
    const gate = new AccountGate(1, steppedClock());
    gate.onTurn((id) => {
      if (id !== leg(1)) gate.enter(id); // leg 1 is busy giving up what came too late
    });
    gate.report(CONNECTED);
    for (let i = 0; i < 3; i++) gate.enter(leg(i));
    gate.release();
    gate.forget(leg(1));
    expect([gate.inFlight, gate.waiting]).toEqual([1, 0]);
  });

  test("stays closed for a pause, then lets in who waited", async () => {
    const { gate, clock, enter, entered } = openGate(2);
    gate.report(CONNECTED);
    gate.pauseFor(100);
    expect([gate.open, enter(leg(1)), gate.tryEnter()]).toEqual([false, false, false]);
    await clock.advance(99);
    expect(entered).toEqual([]);
    await clock.advance(1);
    expect(entered).toEqual([leg(1)]);
  });

  test("takes the longest of several pauses", async () => {
    const { gate, clock, enter, entered } = openGate(2);
    gate.report(CONNECTED);
    gate.pauseFor(100);
    gate.pauseFor(300);
    gate.pauseFor(200);
    enter(leg(1));
    await clock.advance(200);
    expect(entered).toEqual([]);
    await clock.advance(100);
    expect(entered).toEqual([leg(1)]);
  });

  test("isn't opened by a report in the middle of a pause", () => {
    const { gate, enter } = openGate(1);
    gate.pauseFor(100);
    enter(leg(1));
    gate.report(CONNECTED);
    expect([gate.open, gate.waiting]).toEqual([false, 1]);
  });

  test("lets those who are inside end while it is closed, and nobody in for them", () => {
    const { gate, enter, leave } = openGate(1);
    gate.report(CONNECTED);
    enter(leg(1));
    enter(leg(2));
    gate.report({ kind: "disconnected", reason: "timeout" });
    leave();
    expect([gate.inFlight, gate.waiting]).toEqual([0, 1]);
    gate.report(CONNECTED);
    expect([gate.inFlight, gate.waiting]).toEqual([1, 0]);
  });

  test("that was closed for good holds nobody", () => {
    const { gate, enter } = openGate(1);
    enter(leg(1));
    gate.pauseFor(100);
    gate.close();
    expect(gate.waiting).toBe(0);
  });
});

describe("under any traffic", () => {
  const step = fc.oneof(
    { weight: 5, arbitrary: fc.nat({ max: 9 }).map((id) => ({ do: "enter", id }) as const) },
    { weight: 2, arbitrary: fc.constant({ do: "try" } as const) },
    { weight: 5, arbitrary: fc.constant({ do: "leave" } as const) },
    { weight: 1, arbitrary: fc.nat({ max: 9 }).map((id) => ({ do: "forget", id }) as const) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 50 }).map((ms) => ({ do: "pause", ms }) as const) },
    { weight: 2, arbitrary: fc.integer({ min: 1, max: 50 }).map((ms) => ({ do: "advance", ms }) as const) },
    { weight: 1, arbitrary: fc.boolean().map((connected) => ({ do: "report", connected }) as const) },
  );

  test("never more are inside than may be, each comes in its turn, and nobody waits while there is place", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(step, { maxLength: 60 }),
        async (concurrency, steps) => {
          const { gate, clock, inside, entered, enter, leave } = openGate(concurrency);
          gate.report(CONNECTED);
          let line: LegId[] = []; // who waits, in order
          let seen = 0;
          for (const each of steps) {
            if (each.do === "enter" && !inside.includes(leg(each.id))) {
              if (!enter(leg(each.id)) && !line.includes(leg(each.id))) line.push(leg(each.id));
            } else if (each.do === "try" && gate.tryEnter()) {
              expect(line).toEqual([]);
              inside.push(leg(100)); // somebody who didn't wait
            } else if (each.do === "leave") leave();
            else if (each.do === "forget") {
              gate.forget(leg(each.id));
              line = line.filter((id) => id !== leg(each.id));
            } else if (each.do === "pause") gate.pauseFor(each.ms);
            else if (each.do === "advance") await clock.advance(each.ms);
            else if (each.do === "report")
              gate.report(each.connected ? CONNECTED : { kind: "disconnected", reason: "timeout" });
            for (const id of entered.slice(seen)) {
              if (line.includes(id)) expect(line.shift()).toBe(id); // who came in was the first in line
            }
            seen = entered.length;
            expect(gate.inFlight).toBe(inside.length);
            expect(inside.length).toBeLessThanOrEqual(concurrency);
            expect(gate.waiting).toBe(line.length);
            if (gate.open && line.length > 0) expect(inside.length).toBe(concurrency);
          }
        },
      ),
      { numRuns: Number(env.FOOTBRIDGE_FC_RUNS ?? 300) },
    );
  });
});
