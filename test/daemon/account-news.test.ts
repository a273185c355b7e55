import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AccountState } from "../../src/adapter/account.ts";
import { heard, LASTS } from "../../src/daemon/account-news.ts";
import { looked, type News, noNews, SAID_ONCE_IN, type Saying, WORKS } from "../../src/daemon/news.ts";
import type { AccountTrouble } from "../../src/model/texts.ts";
import { MINUTE, type Milliseconds, SECOND } from "../../src/model/time.ts";

const UP: AccountState = { kind: "connected" };
const COMING: AccountState = { kind: "connecting" };
const DOWN: AccountState = { kind: "disconnected", reason: "timeout" };
const PART: AccountState = { kind: "degraded", reason: "not-connected" };
const UNPAIRED: AccountState = { kind: "needs-pairing", remedy: "pair it" };
const OUT: AccountState = { kind: "logged-out", remedy: "pair it again" };
const WRONG: AccountState = { kind: "misconfigured", reason: "unauthorised", remedy: "change the token" };
const STOPPED: AccountState = { kind: "stopped" };

/** A state at a time. */
type Came = readonly [at: Milliseconds, state: AccountState];

type AccountNews = News<AccountTrouble>;
type AccountSaying = Saying<AccountTrouble>;

interface Said {
  readonly at: Milliseconds;
  readonly saying: AccountSaying;
}

/** Lets time go by as the newsroom does: it looks again when it was told to, until `end`. */
function play(came: readonly Came[], end: Milliseconds, told?: string) {
  const said: Said[] = [];
  let news: AccountNews = noNews(told);
  let again: Milliseconds | undefined;
  const take = (step: ReturnType<typeof heard>, at: Milliseconds): void => {
    ({ news, again } = { news: step.news, again: step.again });
    if (step.say !== undefined) said.push({ at, saying: step.say });
  };
  const lookUntil = (until: Milliseconds): void => {
    while (again !== undefined && again <= until) take(looked(news, again), again);
  };
  for (const [at, state] of came) {
    lookUntil(at);
    take(heard(news, state, at), at);
  }
  lookUntil(end);
  return { said, news };
}

const kindOf = ({ what }: AccountSaying): string => (what === WORKS ? WORKS : what.kind);
const inShort = (came: readonly Came[], end: Milliseconds, told?: string) =>
  play(came, end, told).said.map(({ at, saying }) => [at, kindOf(saying)]);

const S = SECOND;
const M = MINUTE;

describe("what an operator is told", () => {
  test.each<[string, readonly Came[], readonly (readonly [Milliseconds, string])[]]>([
    [
      "nothing of a healthy start",
      [
        [0, COMING],
        [S, UP],
      ],
      [],
    ],
    [
      "nothing of a healthy start and end",
      [
        [0, COMING],
        [S, UP],
        [M, STOPPED],
      ],
      [],
    ],
    [
      "at once what needs them",
      [
        [0, COMING],
        [S, UNPAIRED],
      ],
      [[S, "needs-pairing"]],
    ],
    ["at once what is configured wrongly", [[0, WRONG]], [[0, "misconfigured"]]],
    [
      "not twice what is so still",
      [
        [0, UNPAIRED],
        [S, UNPAIRED],
        [40 * M, UNPAIRED],
      ],
      [[0, "needs-pairing"]],
    ],
    [
      "that it works again",
      [
        [0, UNPAIRED],
        [S, COMING],
        [2 * S, UP],
      ],
      [
        [0, "needs-pairing"],
        [2 * S, WORKS],
      ],
    ],
    [
      "nothing of what mends itself in time",
      [
        [0, DOWN],
        [59 * S, UP],
      ],
      [],
    ],
    ["what lasts, when it has lasted", [[0, DOWN]], [[M, "disconnected"]]],
    [
      "what lasts although it tries",
      [
        [0, DOWN],
        [10 * S, COMING],
        [50 * S, DOWN],
      ],
      [[M, "disconnected"]],
    ],
    [
      "how it is by then",
      [
        [0, DOWN],
        [50 * S, PART],
      ],
      [[M, "degraded"]],
    ],
    [
      "that it got worse, at once",
      [
        [0, DOWN],
        [90 * S, OUT],
      ],
      [
        [M, "disconnected"],
        [90 * S, "logged-out"],
      ],
    ],
    [
      "the same again only after ten minutes, if it is so by then",
      [
        [0, OUT],
        [S, UP],
        [2 * S, OUT],
      ],
      [
        [0, "logged-out"],
        [S, WORKS],
        [10 * M, "logged-out"],
      ],
    ],
    [
      "nothing of it if it isn't so any more",
      [
        [0, OUT],
        [S, UP],
        [2 * S, OUT],
        [5 * M, UP],
      ],
      [
        [0, "logged-out"],
        [S, WORKS],
      ],
    ],
    [
      "nothing that was cut short by the end",
      [
        [0, DOWN],
        [30 * S, UP],
        [31 * S, STOPPED],
      ],
      [],
    ],
  ])("is %s", (_, came, told) => {
    expect(inShort(came, 60 * M)).toEqual(told);
  });

  test("is another remedy at once, and another reason never", () => {
    const other: AccountState = { kind: "misconfigured", reason: "unauthorised", remedy: "change the port" };
    expect(
      inShort(
        [
          [0, WRONG],
          [S, other],
        ],
        60 * M,
      ),
    ).toEqual([
      [0, "misconfigured"],
      [S, "misconfigured"],
    ]);
    const late: AccountState = { kind: "disconnected", reason: "network-error" };
    expect(
      inShort(
        [
          [0, DOWN],
          [2 * M, late],
        ],
        60 * M,
      ),
    ).toEqual([[M, "disconnected"]]);
  });

  test("goes on from what an earlier process told", () => {
    const { told } = play([[0, UNPAIRED]], 0).news;
    expect(
      inShort(
        [
          [0, COMING],
          [S, UNPAIRED],
        ],
        60 * M,
        told,
      ),
    ).toEqual([]);
    expect(
      inShort(
        [
          [0, COMING],
          [S, UP],
        ],
        60 * M,
        told,
      ),
    ).toEqual([[S, WORKS]]);
    expect(
      inShort(
        [
          [0, COMING],
          [S, OUT],
        ],
        60 * M,
        told,
      ),
    ).toEqual([[S, "logged-out"]]);
  });
});

describe("whatever an account does", () => {
  const state = fc.constantFrom(UP, COMING, DOWN, PART, UNPAIRED, OUT, WRONG, STOPPED);
  const states = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 3 * M }), state), { maxLength: 60 })
    .map((steps) => {
      let at = 0;
      return steps.map(([after, each]): Came => {
        at += after;
        return [at, each];
      });
    });
  const endOf = (came: readonly Came[]): Milliseconds => (came.at(-1)?.[0] ?? 0) + SAID_ONCE_IN + LASTS;

  test("no flood comes of it: one of a kind in ten minutes, and nothing that was said last", () => {
    fc.assert(
      fc.property(states, (came) => {
        const { said } = play(came, endOf(came));
        const last = new Map<string, Milliseconds>();
        let before = WORKS;
        for (const { at, saying } of said) {
          expect(saying.key).not.toBe(before);
          expect(at - (last.get(saying.key) ?? -SAID_ONCE_IN)).toBeGreaterThanOrEqual(SAID_ONCE_IN);
          last.set(saying.key, at);
          before = saying.key;
        }
      }),
    );
  });

  test("what was told last is true ten minutes later", () => {
    fc.assert(
      fc.property(states, (came) => {
        const is = came.findLast(([, { kind }]) => kind !== "connecting" && kind !== "stopped")?.[1];
        const { said } = play(came, endOf(came));
        const last = said.at(-1);
        expect(last === undefined ? WORKS : kindOf(last.saying)).toBe(
          is === undefined || is.kind === "connected" ? WORKS : is.kind,
        );
      }),
    );
  });

  test("what mends itself is never told before it has lasted a minute", () => {
    fc.assert(
      fc.property(states, (came) => {
        for (const { at, saying } of play(came, endOf(came)).said) {
          if (saying.what === WORKS || !["disconnected", "degraded"].includes(saying.what.kind)) continue;
          const worked = came.findLast(([when, { kind }]) => when <= at && kind === "connected")?.[0] ?? 0;
          expect(at - worked).toBeGreaterThanOrEqual(LASTS);
        }
      }),
    );
  });
});
