import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { CanonicalId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { DAY } from "../../src/model/time.ts";
import { keys } from "../../src/store/keys.ts";
import { STRANGER_SILENCE, Strangers } from "../../src/store/strangers.ts";
import { type Bench, dyingConnection, newId, openBench, PHONE, SMS } from "./fixture.ts";

let bench: Bench;
let strangers: Strangers;

beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.stop());
beforeEach(async () => {
  await bench.clear();
  strangers = new Strangers(bench.begin().store, SMS);
});

const event = (): CanonicalId => newId<CanonicalId>();
const key = (): string => keys.stranger(bench.keyring.suppression(SMS, PHONE.expose()));

test("an unknown phone is answered once, however much it writes", async () => {
  const answers: boolean[] = [];
  for (let i = 0; i < 5; i++) answers.push(await strangers.mayAnswer(PHONE, event()));
  expect(answers).toEqual([true, false, false, false, false]);
});

test("one of a hundred texts at the same moment is answered, in however many processes they are worked on", async () => {
  const processes = Array.from({ length: 4 }, () => new Strangers(bench.begin().store, SMS));
  const asked = Array.from({ length: 100 }, (_, i) => processes[i % 4]?.mayAnswer(PHONE, event()));
  expect((await Promise.all(asked)).filter(Boolean)).toHaveLength(1);
});

test("the silence lasts 24 hours from the answer, and no text makes it longer", async () => {
  expect(STRANGER_SILENCE).toBe(DAY);
  await strangers.mayAnswer(PHONE, event());
  await bench.connection.command("PEXPIRE", key(), 60);
  expect(await strangers.mayAnswer(PHONE, event())).toBe(false);
  expect(Number(await bench.connection.command("PTTL", key()))).toBeLessThanOrEqual(60);
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(await strangers.mayAnswer(PHONE, event())).toBe(true);
  expect(Number(await bench.connection.command("PTTL", key()))).toBeGreaterThan(DAY - 5_000);
});

test("an event that is worked on again after a crash is answered as it was before", async () => {
  for (const doneStill of [true, false]) {
    await bench.clear();
    const text = event();
    const dying = new Strangers(bench.begin(dyingConnection(bench.connection, 1, doneStill)).store, SMS);
    await expect(dying.mayAnswer(PHONE, text)).rejects.toThrow();
    expect(await strangers.mayAnswer(PHONE, text)).toBe(true);
    expect(await strangers.mayAnswer(PHONE, event())).toBe(false);
    expect(await strangers.mayAnswer(PHONE, text)).toBe(true);
  }
});

test("other phones are answered for themselves", async () => {
  await strangers.mayAnswer(PHONE, event());
  expect(await strangers.mayAnswer(sensitive("+351912345679"), event())).toBe(true);
});
