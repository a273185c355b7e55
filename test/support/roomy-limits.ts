// Phones of tests are of ranges that nobody has, and texted more often than any phone is.

import type { LimitsConfig } from "../../src/config/index.ts";
import { LIMITS, type LimitSetting } from "../../src/model/limits.ts";
import { SECOND } from "../../src/model/time.ts";

const MUCH = 1_000_000;
const COUNTED = ["smsPerPhone", "smsPerPrefix", "smsPerAccount", "smsSpend"] as const;

/** `limits` of a config under which all texts go out. */
export const ROOMY_LIMITS: Readonly<Record<string, unknown>> = {
  smsRefuse: [],
  ...Object.fromEntries(COUNTED.map((name) => [name, { budget: MUCH, per: "1s" }])),
};

const roomy: LimitSetting = { budget: MUCH, per: SECOND };

/** The same as the house has them. */
export const ROOMY: LimitsConfig = {
  settings: { ...LIMITS, ...Object.fromEntries(COUNTED.map((name) => [name, roomy])) },
  sms: { to: [], refuse: [], costs: {} },
};
