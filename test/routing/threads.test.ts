import { describe, expect, test } from "vitest";
import type { DeskRecord, Thread } from "../../src/model/conversation.ts";
import type { ConversationId, LegId } from "../../src/model/ids.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import {
  afterEnding,
  afterHearing,
  afterWriting,
  meantBy,
  withoutOldEndings,
  withoutThread,
  withThread,
} from "../../src/routing/threads.ts";

const NOW = 1_800_000_000_000;
const id = (name: string) => name as ConversationId; // ids are opaque: any text will do
const thread = (name: string, at = NOW): Thread => ({
  conversation: id(name),
  leg: `${name}-leg` as LegId, // as above
  name,
  at,
});
const desk = (...threads: Thread[]): DeskRecord => ({
  ...{ origin: "desk", open: true, told: [], questions: {}, requests: [], lastRequest: 0 },
  threads,
});
const meant = (record: DeskRecord, now = NOW) => {
  const found = meantBy(record, now);
  return found.kind === "thread" ? found.thread.name : found.kind;
};

describe("a text that names nobody", () => {
  test("is for nobody while no conversation is open in the chat", () => {
    expect(meant(desk())).toBe("nobody");
  });

  test("is for the only one, however long it was silent", () => {
    expect(meant(desk(thread("ana")), NOW + 100 * DAY)).toBe("ana");
  });

  test("is asked about for a day after another one ended", () => {
    const left = afterEnding(desk(thread("ana"), thread("leo")), id("leo"), NOW);
    expect(meant(left, NOW)).toBe("whom");
    expect(meant(left, NOW + DAY - 1)).toBe("whom");
    expect(meant(left, NOW + DAY)).toBe("ana");
    expect(meant(withThread(withoutThread(left, id("ana")), thread("bob")), NOW + 1)).toBe("whom");
  });

  test("isn't asked about since one was led elsewhere, or came back", () => {
    const both = desk(thread("ana"), thread("leo"));
    expect(meant(withoutThread(both, id("leo")), NOW + 1)).toBe("ana");
    const back = withThread(afterEnding(desk(thread("ana")), id("ana"), NOW), thread("ana"));
    expect(meant(back, NOW + 1)).toBe("ana");
    expect(back).toEqual(desk(thread("ana")));
  });

  test("stays behind those that wait for an answer", () => {
    const waiting = { ...desk(thread("ana")), held: { seat: { until: NOW + MINUTE, texts: ["sealed"] } } };
    expect(meant(waiting, NOW + MINUTE - 1)).toBe("whom");
    expect(meant(waiting, NOW + MINUTE)).toBe("ana");
    expect(meant(afterWriting(waiting, id("ana"), NOW), NOW + 1)).toBe("ana");
  });

  test("is asked about while there are several, until one has the focus", () => {
    const both = desk(thread("ana"), thread("leo"));
    expect(meant(both)).toBe("whom");
    const chosen = afterWriting(both, id("leo"), NOW);
    expect(meant(chosen, NOW + 10 * MINUTE - 1)).toBe("leo");
    expect(meant(chosen, NOW + 10 * MINUTE)).toBe("whom");
  });
});

describe("the focus", () => {
  const focused = afterWriting(desk(thread("ana"), thread("leo")), id("leo"), NOW);

  test("ends when another conversation speaks, and stays when its own does", () => {
    expect(meant(afterHearing(focused, id("leo"), NOW + 1), NOW + 1)).toBe("leo");
    expect(meant(afterHearing(focused, id("ana"), NOW + 1), NOW + 1)).toBe("whom");
  });

  test("ends with any conversation of the chat: what is written next may be about that", () => {
    for (const ended of ["ana", "leo"]) {
      const left = afterEnding(focused, id(ended), NOW + 1);
      expect(left.focus).toBeUndefined();
      expect(meant(left, NOW + 1)).toBe("whom");
    }
    expect(withoutThread(focused, id("leo")).focus).toBeUndefined();
  });

  test("isn't set by what was written before one ended", () => {
    const left = afterEnding(desk(thread("ana"), thread("leo")), id("leo"), NOW + 1);
    expect(meant(afterWriting(left, id("ana"), NOW), NOW + 2)).toBe("whom");
    expect(meant(afterWriting(left, id("ana"), NOW + 2), NOW + 2)).toBe("ana");
  });
});

describe("the trace of a conversation that ended", () => {
  test("is nothing but which one and when, and goes after a day", () => {
    const left = afterEnding(desk(thread("ana"), thread("leo")), id("leo"), NOW);
    expect(left).toEqual({ ...desk(thread("ana")), ended: [{ conversation: "leo", at: NOW }] });
    expect(withoutOldEndings(left, NOW + DAY - 1)).toEqual(left);
    expect(withoutOldEndings(left, NOW + DAY)).toEqual(desk(thread("ana")));
    expect(afterEnding(left, id("ana"), NOW + DAY).ended).toEqual([{ conversation: "ana", at: NOW + DAY }]);
  });

  test("isn't there of what wasn't led here, and only five are kept", () => {
    const one = desk(thread("ana"));
    expect(afterEnding(one, id("leo"), NOW)).toBe(one);
    const names = ["a", "b", "c", "d", "e", "f"];
    const all = names.reduce(
      (left, name, i) => afterEnding(left, id(name), NOW + i),
      desk(...names.map((name) => thread(name))),
    );
    expect(all.ended?.map(({ conversation }) => conversation)).toEqual(names.slice(1));
  });
});

test("a conversation stands once in a chat, the newest way", () => {
  const twice = withThread(desk(thread("ana", 1)), thread("ana", 2));
  expect(twice.threads).toEqual([thread("ana", 2)]);
});
