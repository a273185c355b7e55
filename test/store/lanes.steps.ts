// What may happen to the lanes of lanes.model.test.ts, in any order.

import fc from "fast-check";
import { LANES, WORKERS } from "./lanes.model.ts";

/** An event that comes in. */
export type Said =
  | { readonly by: "id"; readonly lane: number; readonly id: number }
  | {
      readonly by: "fingerprint";
      readonly lane: number;
      readonly text: number;
      readonly session: number;
      /** Of the arrivals in its session: a new one, or the same asked again. */
      readonly again: boolean;
      /** Which earlier sessions ended badly, and after which order. */
      readonly repeats: readonly (readonly [session: number, after: number])[];
    };

/** One thing that happens to the lanes of an account. */
export type Step =
  | { readonly do: "accept"; readonly worker: number; readonly batch: readonly Said[] }
  | { readonly do: "period" }
  | { readonly do: "claim"; readonly worker: number; readonly all: boolean; readonly old: boolean }
  | { readonly do: "expire"; readonly lane: number }
  | { readonly do: "pop"; readonly worker: number; readonly count: number }
  | { readonly do: "renew"; readonly worker: number }
  | { readonly do: "bury"; readonly worker: number; readonly lane: number }
  | { readonly do: "unbury"; readonly which: number; readonly again: boolean };

const lane = fc.nat({ max: LANES - 1 });
const worker = fc.nat({ max: WORKERS - 1 });
const said: fc.Arbitrary<Said> = fc.oneof(
  fc.record({ by: fc.constant("id" as const), lane, id: fc.nat({ max: 4 }) }),
  fc.record({
    by: fc.constant("fingerprint" as const),
    lane,
    text: fc.nat({ max: 2 }),
    session: fc.nat({ max: 3 }),
    again: fc.boolean(),
    repeats: fc.array(fc.tuple(fc.nat({ max: 2 }), fc.nat({ max: 4 })), { maxLength: 2 }),
  }),
);
const batch = fc.array(said, { minLength: 1, maxLength: 5 });
export const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: fc.record({ do: fc.constant("accept" as const), worker, batch }), weight: 7 },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("period" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant("claim" as const), worker, all: fc.boolean(), old: fc.boolean() }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("expire" as const), lane }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("pop" as const), worker, count: fc.nat({ max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("renew" as const), worker }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("bury" as const), worker, lane }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("unbury" as const), which: fc.nat(), again: fc.boolean() }),
  },
);
