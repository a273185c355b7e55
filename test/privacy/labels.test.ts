import { describe, expect, test } from "vitest";
import { acceptsLabel } from "../../src/privacy/pseudonyms.ts";

describe("a handle's label", () => {
  test.each([
    "Footbridge",
    "F00tbridge",
    "Foоtbridge",
    "my Footbridge",
    "The bridge",
    "The_bridge!",
    "The br\u200didge",
    "Bridge Support",
    "help",
    "Request 1",
    "request",
  ])("isn't the bridge's: %j", (label) => {
    expect(acceptsLabel(label)).toBe(false);
  });

  test.each([
    "bike",
    "desk",
    "oak desk",
    "guitar bridge 70s",
    "door handle",
    "Sent from Leo",
    "🚲",
    "!!!",
    "Request for a ride",
  ])("may be a thing's: %j", (label) => {
    expect(acceptsLabel(label)).toBe(true);
  });
});
