import { expect, test } from "vitest";
import type { Conversation } from "../../src/model/conversation.ts";
import type { ConversationId } from "../../src/model/ids.ts";
import { ConversationCache } from "../../src/pipeline/conversation-cache.ts";

const id = "conversation" as ConversationId; // any will do
const at = (version: number): Conversation => ({
  ...{ id, version, gate: 0, seats: [], legs: [] },
  record: { origin: "pair", open: true, told: [], questions: {} },
});

/** A store whose answers come when the test says so. */
function slowStore() {
  const answers: ((found: Conversation | undefined) => void)[] = [];
  const load = () => new Promise<Conversation | undefined>((resolve) => answers.push(resolve));
  const cache = new ConversationCache({ load, byChat: async () => undefined });
  return { cache, answers };
}

test("what was read before a commit of ours doesn't stand for what is there after it, whenever the answer comes", async () => {
  const { cache, answers } = slowStore();
  const asked = cache.get(id);
  cache.put(at(2)); // committed while it is being read
  cache.drop(id); // another commit found its copy to be old
  answers[0]?.(at(1));
  await expect.poll(() => answers.length).toBe(2);
  answers[1]?.(at(2));
  expect((await asked)?.version).toBe(2);
  expect(cache.peek(id)?.version).toBe(2);
});

test("what was read before a commit of ours gives way to what that left", async () => {
  const { cache, answers } = slowStore();
  const asked = cache.get(id);
  cache.put(at(2));
  answers[0]?.(at(1));
  expect((await asked)?.version).toBe(2);
});

test("who asks at the same time is answered by one look", async () => {
  const { cache, answers } = slowStore();
  const asked = [cache.get(id), cache.get(id)];
  answers[0]?.(at(1));
  expect((await Promise.all(asked)).map((found) => found?.version)).toEqual([1, 1]);
  expect(answers).toHaveLength(1);
});

test("what can't be read is asked for again the next time", async () => {
  const fails = [true, false];
  const load = async () => {
    if (fails.shift()) throw new Error("away");
    return at(1);
  };
  const cache = new ConversationCache({ load, byChat: async () => undefined });
  await expect(cache.get(id)).rejects.toThrow("away");
  expect((await cache.get(id))?.version).toBe(1);
});
