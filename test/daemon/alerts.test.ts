import { describe, expect, test } from "vitest";
import {
  type AlertReading,
  type AlertSubject,
  alertsOf,
  partsOf,
  THRESHOLDS,
} from "../../src/daemon/alerts.ts";
import { hear, looked, type News, noNews, SAID_ONCE_IN, type Trouble, WORKS } from "../../src/daemon/news.ts";
import { accountId } from "../../src/model/ids.ts";
import type { Alert } from "../../src/model/texts.ts";
import { DAY, HOUR, MINUTE, type Milliseconds } from "../../src/model/time.ts";

const SMS = accountId("sms");
const NOW = Date.UTC(2026, 5, 1);
const QUIET: AlertReading = {
  now: NOW,
  queues: new Map(),
  undecided: 0,
  buried: { count: 0, newest: 0 },
  diskFree: 50e9,
  memoryUsed: 0.1,
  clockHeld: false,
  keysOverdue: 0,
  certificates: new Map(),
};
const queue = (oldest: Milliseconds, depths: readonly number[], works = true) => ({
  queues: new Map([[SMS, { network: "SMS", works, oldest, depths }]]),
});

/** What is on, as short words; `told` as the operator believes it. */
function on(change: Partial<AlertReading>, told: Readonly<Record<string, string>> = {}): readonly string[] {
  const facts = alertsOf({ ...QUIET, ...change }, (subject) => told[subject] ?? WORKS);
  return [...facts].flatMap(([subject, fact]) => (fact === WORKS ? [] : [subject]));
}

describe("what the operator is told of", () => {
  test("is nothing while all is well", () => {
    expect(on({})).toEqual([]);
    expect(on(queue(MINUTE, [5, 3, 900]))).toEqual([]);
  });

  test.each<[string, Partial<AlertReading>, AlertSubject]>([
    ["a queue that is old", queue(11 * MINUTE, [1]), "alert.queue.sms"],
    ["a queue that grows and grows", queue(MINUTE, [10, 30, 50, 70, 90, 110]), "alert.queue.sms"],
    ["messages that nobody looks at", { undecided: 11 * MINUTE }, "alert.undecided"],
    ["something that is buried", { buried: { count: 1, newest: NOW } }, "alert.buried"],
    ["a disk that is nearly full", { diskFree: 9e8 }, "alert.disk"],
    ["a disk that is full", { diskFree: 0 }, "alert.disk"],
    ["Redis' memory that is nearly full", { memoryUsed: 0.81 }, "alert.memory"],
    ["a clock that jumped", { clockHeld: true }, "alert.clock"],
    ["keys that outlive their time", { keysOverdue: 3 * HOUR }, "alert.keys"],
    [
      "a certificate that ends soon",
      { certificates: new Map([["redis.tls.cert", NOW + 13 * DAY]]) },
      "alert.certificate.redis.tls.cert",
    ],
  ])("is %s", (_, change, subject) => {
    expect(on(change)).toEqual([subject]);
  });

  test.each<[string, Partial<AlertReading>]>([
    ["a queue that is long but gets shorter once", queue(MINUTE, [100, 200, 300, 299, 400, 500])],
    ["a short queue that grows", queue(MINUTE, [1, 2, 3, 4, 5, 6])],
    ["a queue that hasn't been looked at often enough", queue(MINUTE, [100, 200, 300, 400, 500])],
    ["the queue of an account that is away, of which they know", queue(5 * HOUR, [1, 2, 3], false)],
    ["what isn't known", { diskFree: undefined, memoryUsed: undefined }],
    ["keys that are destroyed a little late", { keysOverdue: HOUR }],
    ["a certificate that is good for long", { certificates: new Map([["redis.tls.cert", NOW + 15 * DAY]]) }],
  ])("isn't %s", (_, change) => {
    expect(on(change)).toEqual([]);
  });

  test("of a queue is neither told nor over while its account is away", () => {
    const facts = (told: string) => alertsOf({ ...QUIET, ...queue(HOUR, [1], false) }, () => told);
    expect(facts(WORKS).get("alert.queue.sms")).toBe(WORKS);
    expect(facts("queue").get("alert.queue.sms")).toBeUndefined();
  });

  test("isn't over on the edge: what was told ends clearly below", () => {
    const told = { "alert.memory": "memory", "alert.disk": "disk", "alert.queue.sms": "queue" };
    const edge = { memoryUsed: 0.78, diskFree: 1.2e9, ...queue(6 * MINUTE, [1]) };
    expect(on(edge)).toEqual([]);
    expect(on(edge, told).toSorted()).toEqual(["alert.disk", "alert.memory", "alert.queue.sms"]);
    expect(on({ memoryUsed: 0.7, diskFree: 2e9, ...queue(MINUTE, [1]) }, told)).toEqual([]);
  });

  test("is each newly buried item, and none that was told of before", () => {
    const keyOf = (newest: number, told: string, count = 1) => {
      const fact = alertsOf({ ...QUIET, buried: { count, newest } }, () => told).get("alert.buried");
      return fact === WORKS ? WORKS : fact?.key;
    };
    expect(keyOf(500, WORKS)).toBe("500");
    expect(keyOf(500, "500", 3)).toBe("500");
    expect(keyOf(400, "500")).toBe("500"); // the newest was dropped: nothing new
    expect(keyOf(600, "500")).toBe("600");
    expect(keyOf(0, "500", 0)).toBe(WORKS);
  });

  test("is a certificate two weeks before its end, three days before, and when it has ended; each once", () => {
    const keyIn = (left: Milliseconds) => {
      const certificates = new Map([["x", NOW + left]]);
      const fact = alertsOf({ ...QUIET, certificates }, () => WORKS).get("alert.certificate.x");
      return fact === WORKS || fact === undefined ? WORKS : fact.kind;
    };
    const days = [20, 13, 8, 4, 2.9, 1, 0, -5].map((day) => keyIn(day * DAY));
    const [far, middle, last] = THRESHOLDS.certificate.map((stage) => `certificate ${stage}`);
    expect(days).toEqual([WORKS, far, far, far, middle, middle, last, last]);
  });

  test("a subject tells what it is of", () => {
    expect(partsOf("alert.queue.sms-main")).toEqual({ kind: "queue", name: "sms-main" });
    expect(partsOf("alert.certificate.redis.tls.cert")).toEqual({
      kind: "certificate",
      name: "redis.tls.cert",
    });
    expect(partsOf("alert.disk")).toEqual({ kind: "disk", name: "" });
  });
});

describe("one of a kind in ten minutes", () => {
  test("holds for items that are buried one after the other; the last that is told is true", () => {
    let news: News<Alert> = noNews();
    const said: [Milliseconds, string][] = [];
    for (let at = 0; at < 40 * MINUTE; at += MINUTE) {
      const newest = Math.min(at, 25 * MINUTE) + 1;
      const buried = { count: 1 + at / MINUTE, newest };
      const fact = alertsOf({ ...QUIET, buried }, () => news.told).get("alert.buried") ?? WORKS;
      const step = hear(news, fact, at);
      news = step.news;
      if (step.say !== undefined) said.push([at / MINUTE, step.say.key]);
    }
    expect(said.map(([at]) => at)).toEqual([0, 10, 20, 30]);
    expect(said.at(-1)?.[1]).toBe(String(25 * MINUTE + 1));
  });

  test("what is over before it may be told again isn't told", () => {
    const trouble: Trouble<Alert> = {
      key: "disk",
      kind: "disk",
      lasts: 0,
      what: { kind: "disk", megabytes: 1 },
    };
    const first = hear(noNews<Alert>(), trouble, 0);
    const over = hear(first.news, WORKS, MINUTE);
    const again = hear(over.news, trouble, 2 * MINUTE);
    expect([first.say?.key, over.say?.key, again.say, again.again]).toEqual([
      "disk",
      WORKS,
      undefined,
      SAID_ONCE_IN,
    ]);
    const gone = hear(again.news, WORKS, 3 * MINUTE);
    expect([gone.say, looked(gone.news, HOUR).say]).toEqual([undefined, undefined]);
  });
});
