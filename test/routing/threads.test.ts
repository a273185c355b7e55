import { describe, expect, test } from "vitest";
import type { DeskRecord, Thread } from "../../src/model/conversation.ts";
import type { ConversationId, LegId } from "../../src/model/ids.ts";
import { DAY, MINUTE } from "../../src/model/time.ts";
import { afterHearing, afterWriting, meantBy, withoutThread, withThread } from "../../src/routing/threads.ts";

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

  test("is for the only one that was open within a day, and asked about after that", () => {
    expect(meant(desk(thread("ana")), NOW + DAY - 1)).toBe("ana");
    expect(meant(desk(thread("ana")), NOW + DAY)).toBe("whom");
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

  test("ends with its conversation: what was meant for it doesn't go to the other in silence after a day", () => {
    const left = withoutThread(focused, id("leo"));
    expect(left.focus).toBeUndefined();
    expect(meant(left, NOW + 1)).toBe("ana");
    expect(meant(left, NOW + DAY)).toBe("whom");
  });
});

test("a conversation stands once in a chat, the newest way", () => {
  const twice = withThread(desk(thread("ana", 1)), thread("ana", 2));
  expect(twice.threads).toEqual([thread("ana", 2)]);
});
