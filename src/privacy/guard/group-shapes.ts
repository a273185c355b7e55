import type { Group, Run } from "./digit-runs.ts";

// What the grouping of digits says: pure counting, without knowing any country's numbers.

/** From one size to the next. */
const SMALL_STEP = 4;

/** Numbers at equal distances, or pairs that rise in small steps: `10, 20, 30, 40`, `36 38 41 42`. */
export function isSeries(groups: Run): boolean {
  if (groups.some(({ digits }) => digits.length > 1 && digits.startsWith("0"))) return false;
  const values = groups.map((group) => Number(group.digits));
  const steps = values.slice(1).map((value, at) => value - (values[at] ?? 0));
  const [first = 0] = steps;
  if (steps.length >= 2 && first !== 0 && steps.every((step) => step === first)) return true;
  const pairs = groups.every((group) => group.digits.length === 2 && !group.spelt);
  return pairs && steps.every((step) => step > 0 && step <= SMALL_STEP);
}

/** `12 345 678`, `250.000.000`, `+10,000,000`: in thousands. `612 345 678` isn't. */
export function isLargeNumber(groups: Run): boolean {
  const [first, ...others] = groups;
  if (first === undefined || others.length === 0 || first.digits.startsWith("0")) return false;
  if (groups.some((group) => group.spelt) || others.some((group) => group.digits.length !== 3)) return false;
  if (first.plus) return others.every((group) => group.gap === "comma");
  return first.digits.length < 3 || others.at(-1)?.digits === "000";
}

/** `(201) 555-0123`, `1 201 555 0123`. */
export function isNorthAmerican(groups: Run): boolean {
  return /^(?:1 )?[2-9]\d\d [2-9]\d\d \d{4}$/.test(spaced(groups));
}

/** The groups with a space between each two. */
export function spaced(groups: Run): string {
  return groups.map((group) => group.digits).join(" ");
}

/** After "call me" much is a number, but not "the sizes 36, 38, 41, 42". */
export function isShapedForCue(groups: Run): boolean {
  const first = groups[0]?.digits ?? "";
  return first.length >= 3 || first.startsWith("0") || countSpelt(groups) > 0 || areSingle(groups);
}

/** Few groups of some digits each, or every digit alone: not `1 200 3 45 6 7`. */
export function isTidy(groups: Run): boolean {
  if (areSingle(groups) || countSpelt(groups) > 0) return true;
  return groups.length <= 6 && groups.slice(1).every((group) => group.digits.length > 1);
}

/** `236 100 58`: people end a number with its longer groups. */
export function endsShort(groups: Run): boolean {
  const [before, last] = groups.slice(-2);
  return before !== undefined && last !== undefined && !last.spelt && isShorter(last, before);
}

/** `1000 1100`, `250 000 000`. */
export function isRound(groups: Run): boolean {
  if (spaced(groups).endsWith(" 000 000")) return true;
  return groups.length === 2 && groups.every((group) => group.digits.endsWith("00"));
}

/** Every digit stands alone. */
function areSingle(groups: Run): boolean {
  return groups.every((group) => group.digits.length === 1);
}

/** How many digits are written out as words. */
export function countSpelt(groups: Run): number {
  return groups.reduce((sum, group) => sum + (group.spelt ? group.digits.length : 0), 0);
}

function isShorter(one: Group, other: Group): boolean {
  return one.digits.length < other.digits.length;
}
