// What the tests of outcomes share: what an account may answer, and when all of it is dealt with.

import type { Outcome } from "../../src/adapter/operation.ts";
import { nameOf, type TestHouse, until } from "../support/test-house.ts";

/** Nothing is under way any more: no lane, no leg, no place at an account. */
export const idle = (house: TestHouse) =>
  until(
    () =>
      house.pipeline.legs.size === 0 &&
      house.pipeline.lanes.size === 0 &&
      house.gate.rooms.inFlight + house.gate.phones.inFlight === 0,
  );

export const retry = (
  scope: "delivery" | "portal" | "account",
  counts: boolean,
  more: { after?: number } = {},
): Outcome => ({ kind: "retry", reason: "network-error", scope, counts, ...more });
export const refused: Outcome = { kind: "refused", reason: "unreachable", scope: "delivery" };

/** What a sender on `rooms` is told. */
export const givenUp = `Not delivered to ${nameOf("phones", 0)}, given up. Send it again or try later.`;
