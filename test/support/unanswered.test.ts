import { expect, test } from "vitest";
import { Unanswered } from "../scenarios/kill/unanswered.ts";

const part = (connection: number, sequence: number) => ({ part: 1, parts: 1, connection, sequence });

test("an answer that the daemon never gave on an earlier connection isn't taken for one", () => {
  const unanswered = new Unanswered();
  unanswered.sent("refused on the first", part(1, 7));
  // On the second connection the same number is of a part without a token.
  unanswered.taken(2, 7);
  expect(unanswered.answered(7)).toBeUndefined();
});

test("an answer is that of the newest part with its number that was taken", () => {
  const unanswered = new Unanswered();
  unanswered.sent("one", part(1, 7));
  unanswered.sent("two", part(2, 7));
  unanswered.taken(1, 7);
  expect(unanswered.answered(7)?.token).toBe("one");
  unanswered.taken(2, 7);
  expect(unanswered.answered(7)?.token).toBe("two");
  expect(unanswered.answered(7)).toBeUndefined();
});
