import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Generations } from "../../../adapters/sms/inbound/generations.ts";
import { joinParts, writePart } from "../../../adapters/sms/inbound/parts.ts";
import { SessionBook } from "../../../adapters/sms/inbound/sessions.ts";
import { backoff } from "../../../adapters/sms/link/backoff.ts";
import { Throttle } from "../../../adapters/sms/link/throttle.ts";
import { readProgress, writeProgress } from "../../../adapters/sms/outbound/progress.ts";
import { renderText } from "../../../adapters/sms/outbound/render.ts";
import { verdictOf } from "../../../adapters/sms/outbound/statuses.ts";
import { relativeTime } from "../../../adapters/sms/outbound/submit.ts";
import { readPortal } from "../../../adapters/sms/portal.ts";
import { Answers } from "../../../adapters/sms/smpp/answers.ts";
import { REASONS, sensitive } from "../../../src/model/index.ts";
import { clock, MemoryHost } from "../../support/account-host.ts";
import { NUMBER, PHONE } from "./fixture.ts";

const half = { bytes: (length: number) => Buffer.alloc(length), fraction: () => 0.5 };

describe("parts of a message", () => {
  it("join to the text however its octets were cut and whatever order they have", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 2, maxLength: 80 }), sizes, (raw, cuts) => {
        const text = raw
          .replaceAll("\0", "")
          .toWellFormed()
          .replace(/^\ufeff/, "");
        const octets = Buffer.from(text, "utf16le").swap16();
        const parts: Buffer[] = [];
        for (let from = 0, at = 0; from < octets.length; at += 1) {
          const size = cuts[at % cuts.length] ?? 1;
          parts.push(octets.subarray(from, from + size));
          from += size;
        }
        const group = parts.map((part, at) => ({
          index: at + 1,
          payload: writePart({ number: NUMBER, to: PHONE, alphabet: "ucs2", octets: part }),
        }));
        const joined = joinParts({ id: "g", total: parts.length, at: 0, parts: group.toReversed() });
        if (parts.length === 0) expect(joined).toBeUndefined();
        else
          expect(joined).toEqual({
            number: NUMBER,
            to: PHONE,
            content: { kind: "text", text },
            isWhole: true,
          });
      }),
    );
  });

  it("show one gap for what is missing at each place", () => {
    const part = (index: number, words: string) => ({
      index,
      payload: writePart({ number: NUMBER, to: PHONE, alphabet: "gsm", octets: Buffer.from(words) }),
    });
    const group = { id: "g", total: 6, at: 0, parts: [part(2, "two"), part(5, "five")] };
    expect(joinParts(group)?.content).toEqual({ kind: "text", text: "[...]two[...]five[...]" });
  });
});

describe("generations of a reference", () => {
  it("keep a part that comes again where it was, and begin anew with another one", () => {
    const generations = new Generations(1_000);
    expect(generations.place("g", 1, "a", 0)).toBe(0);
    expect(generations.place("g", 1, "a", 1)).toBe(0);
    expect(generations.place("g", 1, "b", 2)).toBe(1);
    expect(generations.place("g", 2, "c", 3)).toBe(1);
    expect(generations.place("g", 1, "d", 2_000)).toBe(0);
  });

  it("forget what is complete", () => {
    const generations = new Generations(1_000);
    generations.place("g", 1, "a", 0);
    generations.finish("g", 0);
    expect(generations.place("g", 1, "b", 1)).toBe(0);
  });
});

describe("the book of sessions", () => {
  it("counts as repeatable what a killed process left, after what was confirmed", async () => {
    const { storage } = new MemoryHost();
    const random = new MemoryHost().random;
    const first = new SessionBook(storage, clock, random);
    await first.load();
    const session = await first.open();
    first.confirm(session, 3);
    await first.flush();
    expect(first.repeats()).toEqual([]);
    const second = new SessionBook(storage, clock, random);
    await second.load();
    expect(second.repeats()).toEqual([{ session, after: 3 }]);
  });

  it("forgets a session that ended with everything known to be answered, and any after ten minutes", async () => {
    const { storage, random } = new MemoryHost();
    let now = 1_000_000;
    const book = new SessionBook(storage, { ...clock, now: () => now }, random);
    const [settled, unsettled] = [await book.open(), await book.open()];
    await book.close(settled, 5, true);
    await book.close(unsettled, 2, false);
    expect(book.repeats()).toEqual([{ session: unsettled, after: 2 }]);
    now += 10 * 60_000 + 1;
    expect(book.repeats()).toEqual([]);
  });

  it("stays small however often a link breaks", async () => {
    const { storage, random, records } = new MemoryHost();
    const book = new SessionBook(storage, clock, random);
    for (let at = 0; at < 300; at += 1) await book.close(await book.open(), 0, false);
    expect(book.repeats()).toHaveLength(64);
    expect(records.get("sessions")?.expose().length).toBeLessThan(6_000);
  });
});

describe("answers of ours", () => {
  it("are confirmed by a request that was written after them, never by one before", () => {
    const answers = new Answers();
    const [one, two] = [answers.arrive(), answers.arrive()];
    const before = answers.answered;
    answers.answer(two, 0);
    answers.confirm(before, 1);
    expect(answers.confirmed).toBe(0);
    answers.answer(one, 2);
    const after = answers.answered;
    expect([after, answers.settled, answers.wantsProof(1_500, 1_000)]).toEqual([2, false, true]);
    answers.confirm(after, 1_600);
    expect([answers.confirmed, answers.settled, answers.wantsProof(9_999, 1_000)]).toEqual([2, true, false]);
  });
});

describe("what goes out", () => {
  it("shows a link's address where its words don't", () => {
    const link = { style: "link", href: "https://example.org/a" } as const;
    const render = (text: string, start: number, end: number) =>
      renderText({ kind: "text", text, spans: [{ ...link, start, end }] });
    expect(render("see here now", 4, 8)).toBe("see here (https://example.org/a) now");
    expect(render("see https://example.org/a", 4, 25)).toBe("see https://example.org/a");
    expect(render("see example.org/a", 4, 17)).toBe("see example.org/a");
    expect(renderText({ kind: "notice", text: "said" })).toBe("said");
    expect(renderText({ kind: "unbridgeable", what: "poll" })).toBeUndefined();
  });

  it("has a known reason for every status that an SMSC may give", () => {
    for (let status = 1; status <= 0x4ff; status += 1) {
      const verdict = verdictOf(status);
      if (verdict.kind !== "throttled") expect(REASONS).toContain(verdict.reason);
    }
    expect(verdictOf(0x58).kind).toBe("throttled");
    expect(verdictOf(0x14).kind).toBe("throttled");
  });

  it("writes spans of time as SMPP has them", () => {
    expect(relativeTime(90)).toBe("000000013000000R");
    expect(relativeTime(28 * 1_440)).toBe("000028000000000R");
    expect(relativeTime(1)).toHaveLength(16);
  });

  it("takes a note of progress only for the same text", () => {
    const note = writeProgress({ reference: 7, digest: "d", taken: { 1: "id" } });
    expect(readProgress(note, "d")).toEqual({ reference: 7, digest: "d", taken: { 1: "id" } });
    expect(readProgress(note, "e")).toBeUndefined();
    expect(readProgress(sensitive("nonsense"), "d")).toBeUndefined();
    expect(readProgress(undefined, "d")).toBeUndefined();
  });

  it("takes no portal that isn't one", () => {
    for (const odd of ["", "{}", "null", "[]", '{"number":1,"to":"x"}']) {
      expect(readPortal(sensitive(odd))).toBeUndefined();
    }
  });
});

describe("patience", () => {
  it("with a link grows up to a limit, and is greater where the operator must act", () => {
    expect([1, 2, 3, 50].map((failures) => backoff(failures, false, half))).toEqual([
      187.5, 375, 750, 22_500,
    ]);
    expect([1, 50].map((failures) => backoff(failures, true, half))).toEqual([1_500, 225_000]);
  });

  it("with an SMSC that throttles doubles, counts a burst once, and ends with a success", () => {
    let now = 0;
    const throttle = new Throttle(10, { ...clock, monotonic: () => now }, half);
    throttle.tooFast();
    throttle.tooFast();
    expect([throttle.left, throttle.allowed]).toEqual([1_000, 5]);
    now += 1_000;
    expect(throttle.left).toBe(0);
    throttle.tooFast();
    expect([throttle.left, throttle.allowed]).toEqual([2_000, 2]);
    now += 2_000;
    for (let at = 0; at < 100; at += 1) throttle.taken();
    expect(throttle.allowed).toBe(10);
    throttle.tooFast();
    expect(throttle.left).toBe(1_000);
  });
});
