// What may happen to the legs of legs.model.test.ts, in any order.

import fc from "fast-check";
import type { Wish } from "../../src/store/commits.ts";
import { WORKERS } from "./legs.model.ts";

const SETTLEMENTS = ["done", "drop", "park", "bury"] as const;
const WISHES: readonly Wish[] = ["mark", "claim", "leave"];
const leg = fc.nat({ max: 1 });
const worker = fc.nat({ max: WORKERS - 1 });

const commitStep = fc.record({
  do: fc.constant("commit" as const),
  worker,
  /** Which event: a small number, so that it comes again. */
  event: fc.nat({ max: 14 }),
  legs: fc.array(leg, { maxLength: 3 }),
  wish: fc.constantFrom(...WISHES),
  stale: fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, fc.constant(true)),
  lane: fc.constantFrom("none" as const, "newer" as const, "same" as const, "older" as const),
  change: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    fc.constantFrom("record", "gate", "gate"),
  ),
});
const markStep = fc.record({ do: fc.constant("mark" as const), worker, leg, place: fc.nat({ max: 1 }) });
const settleStep = fc.record({
  do: fc.constant("settle" as const),
  worker,
  leg,
  place: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.constant(1)),
  as: fc.constantFrom(...SETTLEMENTS),
  next: fc.constantFrom(undefined, 1, 2),
});
const retryStep = fc.record({ do: fc.constant("retry" as const), worker, leg, takeBack: fc.boolean() });
const reviveStep = fc.record({
  do: fc.constant("revive" as const),
  from: fc.constantFrom("parked" as const, "buried" as const),
  which: fc.nat(),
  action: fc.constantFrom("again" as const, "drop" as const),
});
const claimStep = fc.record({
  do: fc.constant("claim" as const),
  worker,
  leg,
  all: fc.boolean(),
  old: fc.boolean(),
});
const renewStep = fc.record({ do: fc.constant("renew" as const), worker, leg });
const expireStep = fc.record({ do: fc.constant("expire" as const), leg });

/** One thing that happens to the two legs of a conversation. */
export const step = fc.oneof(
  { weight: 6, arbitrary: commitStep },
  { weight: 3, arbitrary: markStep },
  { weight: 6, arbitrary: settleStep },
  { weight: 2, arbitrary: retryStep },
  { weight: 2, arbitrary: reviveStep },
  { weight: 3, arbitrary: claimStep },
  { weight: 1, arbitrary: renewStep },
  { weight: 2, arbitrary: expireStep },
);
export type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
export type Of<Kind extends Step["do"]> = Extract<Step, { do: Kind }>;
