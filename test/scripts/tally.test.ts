import { describe, expect, it } from "vitest";
import { lastTally } from "../../scripts/tally.ts";

describe("the tally of a run", () => {
  it("is its last line of that form", () => {
    expect(lastTally("1 passed, 0 failed\nx\n12 passed, 3 failed\n", 1)).toEqual({ passed: 12, failed: 3 });
  });
  it("is one failure for a run that broke before it could say so", () => {
    expect(lastTally("Error: boom", 1)).toEqual({ passed: 0, failed: 1 });
    expect(lastTally("5 passed, 0 failed\n", 137)).toEqual({ passed: 5, failed: 1 });
  });
});
