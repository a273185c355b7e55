import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { segment } from "../../adapters/sms/text/segment.ts";
import type { Outcome } from "../../src/adapter/operation.ts";
import type { Feature } from "../../src/model/capabilities.ts";
import type { Unbridgeable } from "../../src/model/content.ts";
import { applyChanges } from "../../src/model/conversation.ts";
import type { CanonicalId, DeliveryId, LegId, SeatId } from "../../src/model/ids.ts";
import { REASONS } from "../../src/model/reason.ts";
import { english } from "../../src/model/texts.ts";
import { HOUR, MINUTE, SECOND } from "../../src/model/time.ts";
import { decide } from "../../src/routing/decide.ts";
import {
  backoff,
  followUp,
  type NoticeKind,
  QUESTION_TIME,
  type RetryRules,
  type Step,
  stepAfter,
  type Troubled,
} from "../../src/routing/follow-up.ts";
import { circumstances, conversation, DEADLINE, event, message, NOW, PHONE_LEG, shown } from "./fixture.ts";

const RULES: RetryRules = { attempts: 5, first: SECOND, longest: 10 * MINUTE };
const KINDS: readonly NoticeKind[] = ["stillTrying", "givenUp", "unsure"];

const troubled: Troubled = {
  delivery: "late" as DeliveryId, // ids are opaque: any text will do
  leg: PHONE_LEG,
  from: "room-seat" as SeatId,
  deadline: Date.UTC(2026, 4, 14, 17, 0),
};

const follow = (kind: NoticeKind, what = troubled, before = conversation()) =>
  followUp(kind, "unreachable", what, before, circumstances());

describe("a sender", () => {
  test.each([
    [
      "is told that a message is late, why, and until when it is tried in their time zone",
      "stillTrying",
      "room-leg! Not delivered to Amber Fox: their phone didn't take it (no route). We'll try until 18:00.",
    ],
    [
      "is told that a message was given up",
      "givenUp",
      "room-leg! Not delivered to Amber Fox, given up. Send it again or try later.",
    ],
    [
      "is asked about a message that may have arrived",
      "unsure",
      "room-leg! Maybe not delivered to Amber Fox (their network didn't say). Send again? 1 yes · 2 leave it",
    ],
  ] as const)("%s", (_sentence, kind, said) => {
    expect(shown(follow(kind)?.deliveries ?? [])).toEqual([said]);
  });

  test.each(KINDS)("of what the bridge said itself is nobody: %s isn't told", (kind) => {
    const { from: _nobody, ...own } = troubled;
    expect(follow(kind, own)).toBeUndefined();
  });

  test.each(KINDS)("who is gone isn't told: %s", (kind) => {
    expect(follow(kind, { ...troubled, from: "gone" as SeatId })).toBeUndefined();
    expect(follow(kind, { ...troubled, leg: "gone" as LegId })).toBeUndefined();
  });

  test.each(KINDS)("gets a notice that has no sender, so that it causes no other: %s", (kind) => {
    const [notice] = follow(kind)?.deliveries ?? [];
    expect(notice).toMatchObject({
      deadline: NOW + DEADLINE,
      task: { kind: "send", content: { kind: "notice" } },
    });
    expect(notice && "from" in notice).toBe(false);
  });

  test("can answer a question for ten minutes, and not a moment longer", () => {
    const before = conversation();
    const asked = applyChanges(before, follow("unsure")?.changes ?? []);
    expect(asked.record.questions).toEqual({
      "room-seat": { kind: "send-again", delivery: "late", leg: PHONE_LEG, until: NOW + QUESTION_TIME },
    });
    const told = "told" as CanonicalId;
    const [change] = follow("unsure", { ...troubled, told })?.changes ?? [];
    expect(change).toMatchObject({ record: { questions: { "room-seat": { asked: told } } } });
    const answer = (after: number) =>
      decide(
        { ...event(message("1")), acceptedAt: NOW + after },
        asked,
        circumstances(NOW + QUESTION_TIME * 2),
      ).revive?.delivery;
    expect(answer(QUESTION_TIME - 1)).toBe("late");
    expect(answer(QUESTION_TIME)).toBeUndefined();
  });

  test("answers what was asked last, and keeps the question of the other one", () => {
    const first = applyChanges(conversation(), follow("unsure")?.changes ?? []);
    const other = {
      ...troubled,
      delivery: "other" as DeliveryId,
      leg: "room-leg" as LegId,
      from: "phone-seat" as SeatId,
    };
    const second = applyChanges(first, follow("unsure", other, first)?.changes ?? []);
    const third = applyChanges(
      second,
      follow("unsure", { ...troubled, delivery: "later" as DeliveryId }, second)?.changes ?? [],
    );
    expect(decide(event(message("1")), third, circumstances()).revive?.delivery).toBe("later");
    expect(decide(event(message("2"), "phone"), third, circumstances()).revive).toEqual({
      delivery: "other",
      leg: "room-leg",
      action: "drop",
    });
  });

  test.each(["stillTrying", "givenUp"] as const)("is asked nothing by %s", (kind) => {
    expect(follow(kind)?.changes).toEqual([]);
  });
});

describe("after a try", () => {
  const retry = (more: Partial<Extract<Outcome, { kind: "retry" }>> = {}): Outcome => ({
    kind: "retry",
    reason: "throttled",
    scope: "delivery",
    counts: true,
    ...more,
  });
  const unknown: Outcome = { kind: "unknown", reason: "timeout" };
  const again = { kind: "again", in: SECOND / 2, counts: true, scope: "delivery" } as const;

  const cases: readonly (readonly [string, Outcome, number, boolean, Step])[] = [
    ["it is done when it is done", { kind: "done", refs: [] }, 1, true, { kind: "done" }],
    ["it is done when it is done at last", { kind: "done", refs: [] }, 99, false, { kind: "done" }],
    [
      "it fails at once when it was refused",
      { kind: "refused", reason: "rejected", scope: "delivery" },
      1,
      true,
      { kind: "fail", reason: "rejected" },
    ],
    ["its sender is asked when nobody knows and it can't be repeated", unknown, 1, false, { kind: "park" }],
    [
      "it goes again under its id when nobody knows and the network knows the id",
      unknown,
      1,
      true,
      { ...again, counts: false },
    ],
    [
      "it goes again however often nobody knew, as long as it can be repeated",
      unknown,
      99,
      true,
      { ...again, in: 5 * MINUTE, counts: false },
    ],
    ["it goes again after a failure", retry(), 1, false, again],
    [
      "it goes again after a failure that is the last but one",
      retry(),
      4,
      false,
      { ...again, in: 4 * SECOND },
    ],
    [
      "it is buried after the last failure that counts",
      retry(),
      5,
      false,
      { kind: "bury", reason: "throttled" },
    ],
    ["it is buried after more than those", retry(), 6, false, { kind: "bury", reason: "throttled" }],
    [
      "it goes on for ever when a failure doesn't count, as in an outage",
      retry({ counts: false, scope: "account" }),
      99,
      false,
      { kind: "again", in: 5 * MINUTE, counts: false, scope: "account" },
    ],
    ["it waits as long as the network said", retry({ after: 42 }), 1, false, { ...again, in: 42 }],
    ["it goes again at once when the network says so", retry({ after: 0 }), 1, false, { ...again, in: 0 }],
  ];

  test.each(cases)("%s", (_sentence, outcome, attempt, repeatable, step) => {
    expect(stepAfter(outcome, attempt, repeatable, RULES, 0)).toEqual(step);
  });
});

describe("the pause before another try", () => {
  const rules = fc
    .tuple(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 1, max: 1_000 }))
    .map(([first, times]): RetryRules => ({ attempts: 5, first, longest: first * times }));
  const attempt = fc.integer({ min: 1, max: 2_000 });
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test("is at least half of what it doubles to, and never more than the longest", () => {
    fc.assert(
      fc.property(attempt, rules, fraction, (count, each, jitter) => {
        const pause = backoff(count, each, jitter);
        const ceiling = Math.min(each.longest, each.first * 2 ** Math.min(count - 1, 60));
        expect(Number.isInteger(pause)).toBe(true);
        expect(pause).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
        expect(pause).toBeLessThanOrEqual(Math.ceil(ceiling));
        expect(pause).toBeLessThanOrEqual(each.longest);
      }),
    );
  });

  test("grows with each attempt and with the jitter", () => {
    fc.assert(
      fc.property(attempt, rules, fraction, fraction, (count, each, one, two) => {
        expect(backoff(count + 1, each, one)).toBeGreaterThanOrEqual(backoff(count, each, one));
        const [less, more] = one < two ? [one, two] : [two, one];
        expect(backoff(count, each, more)).toBeGreaterThanOrEqual(backoff(count, each, less));
      }),
    );
  });

  test("adds up to hours, not days, over all attempts", () => {
    const all = Array.from({ length: 20 }, (_, i) => backoff(i + 1, RULES, 0.999));
    expect(all.reduce((sum, each) => sum + each, 0)).toBeLessThan(3 * HOUR);
  });
});

describe("what the bridge says", () => {
  const name = "Extraordinary Walrus"; // 20 characters
  const features: readonly Feature[] = ["formatted", "edit", "reaction", "delete", "reply"];
  const whats: readonly Unbridgeable[] = [
    "image",
    "video",
    "audio",
    "file",
    "location",
    "sticker",
    "poll",
    "contact",
    "encrypted",
    "call",
    "other",
  ];
  const networks = ["SMS", "Matrix", "WhatsApp"] as const;
  const texts: readonly string[] = [
    ...REASONS.map((reason) => english.stillTrying({ name, reason, until: "18:00" })),
    english.givenUp({ name }),
    english.unsure({ name }),
    ...networks.flatMap((network) =>
      features.flatMap((feature) => [
        english.asText({ name, feature, network }),
        english.onceAsText({ name, feature, network }),
        english.cannotGet({ name, feature, network }),
      ]),
    ),
    ...whats.map((what) => english.unbridgeable({ name, what })),
    english.ended(),
  ];

  test.each(texts)("fits one SMS with a name of 20 characters: %s", (text) => {
    expect(segment(text, "gsm")).toMatchObject({ coding: "default", parts: { length: 1 } });
  });

  test("never offers an opt-out word as an answer, and never says end-to-end", () => {
    for (const text of texts) {
      expect(text).not.toMatch(/end-to-end/i);
      expect(text).not.toMatch(/\b(STOP|END|CANCEL|QUIT|UNSUBSCRIBE)\b/);
    }
  });

  test("names no address, only the name that was given", () => {
    for (const text of texts) expect(text).not.toMatch(/[@+]\w/);
  });
});
