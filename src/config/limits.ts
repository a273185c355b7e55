import { z } from "zod";
import {
  LIMIT_NAMES,
  LIMITS,
  type LimitName,
  type LimitRow,
  type LimitSetting,
  type LimitSettings,
  LONGEST_SPAN,
  type Pause,
  SHORTEST_SPAN,
} from "../model/limits.ts";
import { formatDuration } from "./duration.ts";
import { duration } from "./fields.ts";

/**
 * Kinds of phone numbers that texts don't go to unless the operator says so: `premium`, `special` (shared cost, personal,
 * pagers, voice mail, free phone, company-wide), `satellite` (of no country: +870, +881, +882, ...), `unallocated`.
 */
export const RISKY_NUMBERS = ["premium", "special", "satellite", "unallocated"] as const;
export type RiskyNumber = (typeof RISKY_NUMBERS)[number];

/** Where texts may go, and what they cost. */
export interface SmsRules {
  /** The beginnings of the numbers that texts may go to, with `+`; none: anywhere. */
  readonly to: readonly string[];
  readonly refuse: readonly RiskyNumber[];
  /** What one part costs, in the operator's unit, by the longest beginning that fits; 1 where none does. */
  readonly costs: Readonly<Record<string, number>>;
}

/** What the operator allows. */
export interface LimitsConfig {
  readonly settings: LimitSettings;
  readonly sms: SmsRules;
}

/** More than any of them needs, and few enough that a budget of a second is counted in whole microseconds. */
const LARGEST_BUDGET = 1_000_000;

function span(preset: number, description: string) {
  return duration({ least: SHORTEST_SPAN, most: LONGEST_SPAN })
    .prefault(formatDuration(preset))
    .describe(description);
}

function amounts({ counts, budget, per, strict }: LimitRow) {
  const many = strict === true ? "How much, half of it at once" : "How many at once";
  const steady = "In what time a used-up budget is whole again, bit by bit";
  const never = "In any such span never more than the budget";
  return {
    budget: z.int().min(0).max(LARGEST_BUDGET).default(budget).describe(`${many}: ${counts}`),
    per: span(per, strict === true ? never : steady),
  };
}

function pauses({ first, longest }: Pause) {
  return {
    pause: span(first, "How long nothing is taken after the first refusal; doubled at each further one"),
    longestPause: span(longest, "The longest pause; they are forgotten as long after the last one"),
  };
}

function steadyLimit(row: LimitRow) {
  return z
    .strictObject(amounts(row))
    .transform(({ budget, per }): LimitSetting => ({ budget, per }))
    .prefault({});
}

function pausingLimit(row: LimitRow, pause: Pause) {
  return z
    .strictObject({ ...amounts(row), ...pauses(pause) })
    .refine((limit) => limit.pause <= limit.longestPause, {
      error: "a pause that isn't longer than longestPause",
      path: ["pause"],
    })
    .transform(
      ({ budget, per, pause: first, longestPause: longest }): LimitSetting => ({
        budget,
        per,
        pause: { first, longest },
      }),
    )
    .prefault({});
}

function limitSchema(row: LimitRow) {
  return row.pause === undefined ? steadyLimit(row) : pausingLimit(row, row.pause);
}

const prefix = z.string().regex(/^\+\d{0,9}$/, 'the beginning of a phone number, such as "+351"');

/** `limits` of the config: a group for each row of the table, and where texts to phones may go. */
export function limitsSchema() {
  const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, limitSchema(LIMITS[name])])) as Readonly<
    Record<LimitName, ReturnType<typeof limitSchema>>
  >; // made of all names
  return z
    .strictObject({
      ...limits,
      smsTo: z
        .array(prefix)
        .default([])
        .describe("The beginnings of the phone numbers that texts may go to; with none they go anywhere"),
      smsRefuse: z
        .array(z.enum(RISKY_NUMBERS))
        .default([...RISKY_NUMBERS])
        .describe("Kinds of numbers that texts never go to"),
      smsCosts: z
        .record(prefix, z.int().min(0).max(LARGEST_BUDGET))
        .default({ "+": 1 })
        .describe("What one part costs by the beginning of the number, in the unit of smsSpend"),
    })
    .prefault({});
}

/** What the schema gives, as the house uses it. */
export function limitsOf(checked: z.output<ReturnType<typeof limitsSchema>>): LimitsConfig {
  const { smsTo, smsRefuse, smsCosts, ...settings } = checked;
  return { settings, sms: { to: smsTo, refuse: smsRefuse, costs: smsCosts } };
}
