import { describe, expect, it } from "vitest";
import { proto } from "../../../adapters/whatsapp/baileys.ts";
import { Pacing, type PacingSettings } from "../../../adapters/whatsapp/outbound/pacing.ts";
import { Restriction } from "../../../adapters/whatsapp/outbound/restriction.ts";
import { RetryCounts } from "../../../adapters/whatsapp/outbound/retry-counts.ts";
import { Sent } from "../../../adapters/whatsapp/outbound/sent.ts";
import { DAY, HOUR, MINUTE } from "../../../src/model/index.ts";
import { fakeClock } from "../../support/fake-clock.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";

const random = { bytes: (length: number) => Buffer.alloc(length, 1), fraction: () => Math.random() };
const never = new AbortController().signal;

/** When messages leave, in ms from the first, on a clock that only the waiting moves. */
async function leaving(settings: PacingSettings, chats: readonly string[], fraction = random.fraction) {
  const clock = fakeClock();
  const pacing = new Pacing(settings, clock, { ...random, fraction });
  const start = clock.monotonic();
  const times: number[] = [];
  for (const chat of chats) {
    let turn = await pacing.turn(chat, never);
    while (turn.kind === "later") {
      clock.advance(turn.after);
      turn = await pacing.turn(chat, never);
    }
    times.push(clock.monotonic() - start);
  }
  return times;
}

const gaps = (times: readonly number[]) => times.slice(1).map((time, at) => time - (times[at] ?? 0));

describe("the pace", () => {
  const SLOW = { perChatPerMinute: 12, perAccountPerMinute: 600 };

  it("lets the first one go at once, and pauses by chance between 0.5 and 1.5 s in a chat of 12 a minute", async () => {
    const [first, ...others] = await leaving(SLOW, ["a", "a", "a", "a", "a"]);
    expect(first).toBe(0);
    const pauses = gaps([0, ...others]);
    for (const pause of pauses) {
      expect(pause).toBeGreaterThanOrEqual(500);
      expect(pause).toBeLessThanOrEqual(1_500);
    }
    expect(new Set(pauses.map(Math.round)).size).toBeGreaterThan(1);
  });

  it.each([0, 0.5, 0.999])("keeps to the long run in a chat, within the jitter (dice: %d)", async (dice) => {
    const times = await leaving(
      SLOW,
      Array.from({ length: 61 }, () => "a"),
      () => dice,
    );
    const minutes = (times.at(-1) ?? 0) / MINUTE;
    // 60 more than the first, of which a burst of five is free
    expect(56 / minutes).toBeGreaterThan(12 / 1.3);
    expect(56 / minutes).toBeLessThan(12 / 0.7);
  });

  it("keeps to the account's pace over many chats, and one chat doesn't wait for another's", async () => {
    const settings = { perChatPerMinute: 1, perAccountPerMinute: 60 };
    const times = await leaving(
      settings,
      Array.from({ length: 65 }, (_, at) => `chat ${at}`),
      () => 0.5,
    );
    expect((times.at(-1) ?? 0) / MINUTE).toBeCloseTo(1, 1);
  });

  it("says later, and for which scope, where the turn is far off, and reserves nothing", async () => {
    const clock = fakeClock();
    // Dice by which a pause is longer than what is waited for.
    const dice = { ...random, fraction: () => 0.9 };
    const pacing = new Pacing({ perChatPerMinute: 1, perAccountPerMinute: 600 }, clock, dice);
    await pacing.turn("a", never);
    const first = await pacing.turn("a", never);
    expect(first).toMatchObject({ kind: "later", scope: "portal" });
    expect(await pacing.turn("a", never)).toEqual(first);
    expect((await pacing.turn("b", never)).kind).toBe("go");
  });

  it("ends the wait when the try is aborted", async () => {
    const clock = {
      ...fakeClock(),
      sleep: async (_: number, signal?: AbortSignal) => signal?.throwIfAborted(),
    };
    const pacing = new Pacing(SLOW, clock, random);
    await pacing.turn("a", never);
    await expect(pacing.turn("a", AbortSignal.abort(new Error("lost")))).rejects.toThrow("lost");
  });
});

describe("what was sent", () => {
  const message = (text: string) => proto.Message.create({ extendedTextMessage: { text } });

  it("is found by its id in the next process too; what isn't known is undefined", async () => {
    const storage = new MemoryStorage();
    const clock = fakeClock();
    const sent = new Sent(storage, clock);
    await Promise.all(Array.from({ length: 300 }, (_, at) => sent.keep(`ID${at}`, message(`text ${at}`))));
    const next = new Sent(storage, clock);
    for (const at of [0, 7, 299]) {
      expect((await next.find(`ID${at}`))?.extendedTextMessage?.text).toBe(`text ${at}`);
    }
    expect(await next.find("ID300")).toBeUndefined();
  });

  it("keeps all that is written at a time to one record", async () => {
    const storage = new MemoryStorage();
    const sent = new Sent(storage, fakeClock());
    // One record in 4,096 for each: of 9,000 ids some share theirs.
    await Promise.all(Array.from({ length: 9_000 }, (_, at) => sent.keep(`ID${at}`, message("x"))));
    expect(storage.records.size).toBeLessThanOrEqual(4_096);
    const found = await Promise.all(Array.from({ length: 9_000 }, (_, at) => sent.find(`ID${at}`)));
    expect(found.filter((one) => one === undefined)).toEqual([]);
  });

  it("is forgotten after a week, by whoever looks or by the sweep", async () => {
    const storage = new MemoryStorage();
    const clock = fakeClock();
    const sent = new Sent(storage, clock);
    await sent.keep("ID1", message("old"));
    clock.advance(6 * DAY);
    await sent.keep("ID2", message("new"));
    clock.advance(1.5 * DAY);
    expect(await sent.find("ID1")).toBeUndefined();
    expect(await sent.find("ID2")).toBeDefined();
    expect(storage.records.size).toBe(2);
    await sent.sweep(4_096);
    expect(storage.records.size).toBe(1);
  });

  it("stands under names without the id", async () => {
    const storage = new MemoryStorage();
    await new Sent(storage, fakeClock()).keep("3EB0CANARY", message("x"));
    expect([...storage.records.keys()].join()).not.toContain("3EB0CANARY");
  });
});

describe("a restriction", () => {
  it("pauses the account for an hour and more, then twice as long, until something is taken", async () => {
    const clock = fakeClock();
    const began: number[] = [];
    const restriction = new Restriction(new MemoryStorage(), clock, random, (until) => began.push(until));
    const hours: number[] = [];
    for (let time = 0; time < 7; time += 1) {
      await restriction.refused();
      hours.push(restriction.left / HOUR);
      clock.advance(restriction.left);
      expect(restriction.left).toBe(0);
    }
    for (const [at, expected] of [1, 2, 4, 8, 16, 24, 24].entries()) {
      expect(hours[at]).toBeGreaterThanOrEqual(expected);
      expect(hours[at]).toBeLessThanOrEqual(expected * 1.25);
    }
    expect(began).toHaveLength(7);
    restriction.taken();
    await restriction.refused();
    expect(restriction.left / HOUR).toBeLessThanOrEqual(1.25);
  });

  it("outlives the process", async () => {
    const clock = fakeClock();
    const storage = new MemoryStorage();
    await new Restriction(storage, clock, random, () => undefined).refused();
    let until = 0;
    const next = new Restriction(storage, clock, random, (time) => {
      until = time;
    });
    await next.load();
    expect(next.left).toBeGreaterThanOrEqual(HOUR - 1);
    expect(until).toBe(clock.now() + next.left);
  });

  it("lasts as long as WhatsApp says, and a little longer, or until it is taken back", async () => {
    const clock = fakeClock();
    const restriction = new Restriction(new MemoryStorage(), clock, random, () => undefined);
    await restriction.locked({ active: true, until: clock.now() + 3 * HOUR });
    expect(restriction.left).toBeGreaterThanOrEqual(3 * HOUR);
    expect(restriction.left).toBeLessThanOrEqual(3 * HOUR + 10 * MINUTE);
    await restriction.locked({ active: false, until: undefined });
    expect(restriction.left).toBe(0);
    await restriction.locked({ active: true, until: undefined });
    expect(restriction.left).toBeGreaterThanOrEqual(HOUR);
  });
});

describe("the counts of retries", () => {
  it("go on in the next process, and hold no JID", async () => {
    const storage = new MemoryStorage();
    const counts = new RetryCounts(storage, fakeClock());
    counts.set("ID:15550000002@s.whatsapp.net", 3);
    counts.set("ID:gone", 1);
    counts.del("ID:gone");
    await counts.flush();
    expect([...storage.records.values()].map((one) => one.expose()).join()).not.toContain("15550000002");
    const next = new RetryCounts(storage, fakeClock());
    await next.load();
    expect(next.get("ID:15550000002@s.whatsapp.net")).toBe(3);
    expect(next.get("ID:gone")).toBeUndefined();
  });

  it("are bounded", async () => {
    const storage = new MemoryStorage();
    const counts = new RetryCounts(storage, fakeClock());
    for (let at = 0; at < 2_500; at += 1) counts.set(`ID${at}`, 1);
    expect(counts.get("ID0")).toBeUndefined();
    expect(counts.get("ID2499")).toBe(1);
  });
});
