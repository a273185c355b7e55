import { beforeEach, describe, expect, test } from "vitest";
import { collector, IdleMemory } from "../../src/daemon/idle-memory.ts";
import { MINUTE, SECOND } from "../../src/model/time.ts";
import { type FakeClock, fakeClock } from "../support/fake-clock.ts";

const MB = 1024 * 1024;

let clock: FakeClock;
let memory: IdleMemory;
let octets: number;
let quiet: boolean;
let collected: number;

beforeEach(() => {
  clock = fakeClock();
  [octets, quiet, collected] = [60 * MB, true, 0];
  const collect = async (): Promise<void> => {
    collected += 1;
    octets = 40 * MB;
  };
  memory = new IdleMemory({ clock, isQuiet: () => quiet, collect, heapOctets: () => octets });
});

async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= SECOND / 2) {
    clock.advance(SECOND / 2);
    await memory.look();
  }
}

describe("memory at rest", () => {
  test("is given back once nothing has been under way for a while", async () => {
    quiet = false;
    await pass(5 * SECOND);
    expect(collected).toBe(0);
    quiet = true;
    await pass(SECOND / 2);
    expect(collected).toBe(0);
    await pass(SECOND);
    expect(collected).toBe(1);
  });

  test("isn't touched again before it has grown, and at most once a minute", async () => {
    await pass(10 * MINUTE);
    expect(collected).toBe(1);
    for (let i = 0; i < 8; i++) {
      octets = 60 * MB;
      await pass(15 * SECOND);
    }
    expect(collected).toBe(3);
  });
});

test("there is no collector where nobody asked for one", () => {
  expect(collector()).toBeUndefined();
});
