import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { StoreAway } from "../../../src/store/redis/errors.ts";
import { type Endpoint, Redirected } from "../../../src/store/redis/redirection.ts";
import type { Reply } from "../../../src/store/redis/resp.ts";
import { SlotTraffic } from "../../../src/store/redis/slot-traffic.ts";
import { SlotWaits } from "../../../src/store/redis/slot-waits.ts";
import { skippingClock } from "../../support/skipping-clock.ts";

const HERE: Endpoint = { host: "here", port: 1 };

type Answer = "done" | "moved" | "unknown" | "wait";

/** What is known of waits before the first session. */
function waiting() {
  const clock = skippingClock();
  return { clock, waits: new SlotWaits(clock) };
}

/** Nodes that answer in order what a test says, and the traffic to them. `behind`: calls to the slot that are sent and not answered. */
function open(answers: (name: number, slot: number, behind: number) => Answer, before = waiting()) {
  const { clock, waits } = before;
  const done: [slot: number, name: number][] = [];
  const lost: string[] = [];
  const held: number[] = [];
  const traffic = new SlotTraffic({
    clock,
    move: (_, to) => to === HERE,
    onHeld: (slot) => held.push(slot),
    waits,
    onLost: (code) => {
      lost.push(code);
      traffic.end(code);
    },
  });
  // One call a turn: others are made between two answers.
  let last: Promise<unknown> = Promise.resolve();
  const sent = new Map<number, number>();
  const ask = (name: number, slot: number): Promise<Reply> => {
    sent.set(slot, (sent.get(slot) ?? 0) + 1);
    const answer = last.then(() => turn()).then(() => answerTo(name, slot));
    last = answer.catch(() => undefined);
    return answer;
  };
  const answerTo = (name: number, slot: number): Promise<Reply> => {
    const behind = (sent.get(slot) ?? 0) - 1;
    sent.set(slot, behind);
    const answer = answers(name, slot, behind);
    if (answer === "done") {
      done.push([slot, name]);
      return Promise.resolve(name);
    }
    if (answer === "wait") return Promise.reject(new Redirected("x", "TRYAGAIN", undefined));
    return Promise.reject(
      new Redirected("x", "MOVED", answer === "moved" ? HERE : { host: "there", port: 1 }),
    );
  };
  const run = (name: number, slot: number): Promise<Reply> =>
    new Promise((resolve, reject) => traffic.run({ slot, send: () => ask(name, slot), resolve, reject }));
  return { clock, waits, traffic, run, done, lost, held };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("the traffic to slots", () => {
  test("does each call once, in the order of its slot, however often nodes send it on or ask to wait", async () => {
    const answer = fc.constantFrom("done", "done", "done", "moved", "wait");
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 40 }),
        fc.infiniteStream(answer),
        async (slots, said) => {
          // A node that doesn't do a call of a slot does none of those that are already behind it.
          const blocked = new Set<number>();
          const world = open((_, slot, behind) => {
            const next = blocked.has(slot) ? "wait" : (said.next().value ?? "done");
            if (next === "done" || behind === 0) blocked.delete(slot);
            else blocked.add(slot);
            return next;
          });
          const calls: Promise<Reply>[] = [];
          for (const [name, slot] of slots.entries()) {
            calls.push(world.run(name, slot));
            if (name % 3 === 0) await turn();
          }
          expect(await Promise.all(calls)).toEqual(slots.map((_, name) => name));
          for (const slot of [0, 1, 2]) {
            const names = world.done.filter(([at]) => at === slot).map(([, name]) => name);
            expect(names).toEqual([...slots.keys()].filter((name) => slots[name] === slot));
          }
          expect([world.traffic.size, world.lost]).toEqual([0, []]);
        },
      ),
      { numRuns: 40 },
    );
  }, 20_000);

  test("begins anew when a slot goes to a node that nobody knows: what was under way may have been done", async () => {
    const world = open(() => "unknown");
    await expect(world.run(1, 7)).rejects.toThrow(StoreAway);
    expect(world.lost).toEqual(["MOVED"]);
  });

  test("begins anew when a slot is on its way for more than ten seconds, and says once that calls wait for it", async () => {
    const world = open(() => "wait");
    const calls = [world.run(1, 7), world.run(2, 7)].map((call) => call.catch((error: unknown) => error));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([world.held, world.lost]).toEqual([[7], []]);
    world.clock.skip(10_001);
    for (const error of await Promise.all(calls))
      expect(error).toMatchObject({ name: "StoreAway", code: "TRYAGAIN" });
    expect(world.lost).toEqual(["TRYAGAIN"]);
  });

  test("hears nothing any more once it has ended, and rejects what is under way", async () => {
    const answers: ((reply: Reply) => void)[] = [];
    const { traffic } = open(() => "done");
    const call = new Promise((resolve, reject) =>
      traffic.run({ slot: 1, send: () => new Promise((answer) => answers.push(answer)), resolve, reject }),
    );
    const idle = traffic.idle();
    traffic.end("ECONNRESET");
    answers[0]?.(1);
    await expect(call).rejects.toMatchObject({ code: "ECONNRESET" });
    await idle;
  });

  describe("for how long calls wait", () => {
    const seconds = ({ waits }: { readonly waits: SlotWaits }) => Math.floor(waits.longest / 1_000);
    const pause = () => new Promise((resolve) => setTimeout(resolve, 50));
    /** A session that ended since one slot was held for ten seconds. */
    async function lose() {
      const world = open(() => "wait");
      const call = world.run(1, 7).catch(() => undefined);
      expect(seconds(world)).toBe(0);
      await pause();
      world.clock.skip(4_000);
      expect(seconds(world)).toBe(4);
      world.clock.skip(7_000);
      await call;
      return world;
    }

    test("is known until one is done, also when the next session waits for the same slot", async () => {
      const first = await lose();
      expect(seconds(first)).toBe(11);
      let answer: Answer = "wait";
      const next = open(() => answer, first);
      const call = next.run(2, 7);
      await pause();
      next.clock.skip(5_000);
      await pause();
      expect(seconds(next)).toBe(16);
      const other = next.run(3, 8); // another slot, held for a moment
      await pause();
      expect(seconds(next)).toBe(16);
      answer = "done";
      await Promise.all([call, other]);
      expect([seconds(next), next.lost]).toEqual([0, []]);
    });

    test("is over when the next session's first call is done", async () => {
      const next = open(() => "done", await lose());
      await next.run(2, 8);
      expect(seconds(next)).toBe(11);
      await next.run(2, 7);
      expect(seconds(next)).toBe(0);
    });

    test("is forgotten when nobody asks again", async () => {
      const { clock, waits } = await lose();
      clock.skip(14_000);
      expect(seconds({ waits })).toBe(25);
      clock.skip(1_000);
      expect(seconds({ waits })).toBe(0);
      waits.begin(7);
      expect(seconds({ waits })).toBe(0);
    });
  });
});
