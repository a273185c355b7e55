import { describe, expect, it } from "vitest";
import { Watchdog, type Watched } from "../../../adapters/whatsapp/connection/watchdog.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../../src/model/time.ts";
import { fakeClock } from "../../support/fake-clock.ts";

const random = { bytes: (length: number) => Buffer.alloc(length), fraction: () => 0.5 };
const never = new AbortController().signal;

/** A session whose server answers, or doesn't, and brings something now and then. */
class Talk implements Watched {
  asked = 0;
  readonly #answers: boolean;
  #hear: (stanza: { tag: string; attrs: { offline?: string } }) => void = () => undefined;

  constructor(answers: boolean) {
    this.#answers = answers;
  }

  onStanza(listener: (stanza: { tag: string; attrs: { offline?: string } }) => void): void {
    this.#hear = listener;
  }

  async ask(): Promise<void> {
    this.asked += 1;
    if (!this.#answers) return new Promise(() => undefined);
    this.#hear({ tag: "iq", attrs: {} });
  }

  brings(tag: string, offline?: string): void {
    this.#hear({ tag, attrs: offline === undefined ? {} : { offline } });
  }
}

/** How long it takes until something is found, with one watchdog and one session after the other. */
async function found(
  watchdog: Watchdog,
  clock: ReturnType<typeof fakeClock>,
  talk = new Talk(true),
): Promise<[kind: string, after: number]> {
  const began = clock.monotonic();
  return [await watchdog.watch(talk, never), clock.monotonic() - began];
}

describe("the watchdog", () => {
  it("finds within 35 s that nothing is answered, and asks no more than once for it", async () => {
    const clock = fakeClock();
    const talk = new Talk(false);
    const [kind, after] = await found(new Watchdog(clock, random), clock, talk);
    expect(kind).toBe("silent");
    expect(after).toBe(35 * SECOND);
    expect(talk.asked).toBe(1);
  });

  it("takes a connection for deaf that answers and brings nothing, more and more rarely: five times on a quiet day", async () => {
    const clock = fakeClock();
    const watchdog = new Watchdog(clock, random);
    const spans: number[] = [];
    for (let total = 0; total < DAY; total += spans.at(-1) ?? DAY) {
      const [kind, after] = await found(watchdog, clock);
      expect(kind).toBe("deaf");
      spans.push(after);
    }
    expect(spans.slice(0, 5).map((span) => Math.round(span / MINUTE))).toEqual([20, 40, 80, 160, 240]);
    expect(spans.at(-1)).toBeLessThanOrEqual(4 * HOUR + MINUTE);
    expect(spans.length).toBeLessThanOrEqual(9);
  });

  it("begins anew when a fresh socket brought what was kept back, since the one before it was deaf then", async () => {
    const clock = fakeClock();
    const watchdog = new Watchdog(clock, random);
    for (let time = 0; time < 4; time += 1) await found(watchdog, clock);
    const talk = new Talk(true);
    const watching = found(watchdog, clock, talk);
    talk.brings("message", "1");
    await watching;
    const [, after] = await found(watchdog, clock);
    expect(Math.round(after / MINUTE)).toBe(40);
  });

  for (const tag of ["message", "receipt", "notification"]) {
    it(`doesn't take a connection for deaf that brings a ${tag} now and then`, async () => {
      const clock = fakeClock();
      const talk = new Talk(true);
      const end = clock.monotonic() + 2 * HOUR;
      const busy = {
        ...clock,
        sleep: async (ms: number) => {
          await clock.sleep(ms);
          if (clock.monotonic() < end) talk.brings(tag);
        },
      };
      const [kind, after] = await found(new Watchdog(busy, random), clock, talk);
      expect(kind).toBe("deaf");
      expect(after).toBeGreaterThan(2 * HOUR);
    });
  }
});
