import type { Finding } from "../adapter/check.ts";
import type { AccountId } from "../model/ids.ts";
import type { PoolUsage } from "../store/number-pool.ts";

/** How much of an account's numbers is used, and whether phones with several conversations run out of them. */
export function poolFinding(
  id: AccountId,
  { numbers, conversations, busiest, tightest }: PoolUsage,
): Finding {
  const check = `account ${id}: numbers`;
  const used = `${numbers}, given to ${conversations} conversations, at most ${busiest} on one`;
  const remedy = `add numbers to accounts.${id}.numbers: one that a conversation had isn't given to the same phone again for 30 days`;
  const { left = numbers, shared = false } = tightest ?? {};
  if (shared) {
    const found = `${used}: in the last day a phone had none left, so that two conversations share one`;
    return { check, status: "warning", found, remedy };
  }
  if (tightest !== undefined && left === 0 && numbers > 1) {
    const found = `${used}: in the last day a phone got its last one`;
    return { check, status: "warning", found, remedy };
  }
  return { check, status: "ok", found: `${used}; none is used up for any phone` };
}
