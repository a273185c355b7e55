import type { OperatorConfig } from "../config/index.ts";
import type { Greeting } from "../http/control-api.ts";
import type { AccountId } from "../model/ids.ts";
import { type Milliseconds, SECOND } from "../model/time.ts";
import type { House } from "../pipeline/house.ts";
import type { Newsroom } from "./newsroom.ts";

/** For how long it is looked at; who asks waits a little longer. */
const MOST: Milliseconds = 50 * SECOND;
const PAUSE: Milliseconds = 100;
const LOST = [
  "footbridge_deliveries_failed_total",
  "footbridge_deliveries_expired_total",
  "footbridge_deliveries_cancelled_total",
] as const;

/** Says to who runs the bridge that it reaches them, and waits until that is settled. @throws StoreAway */
export async function greetOperator(
  house: House,
  operator: OperatorConfig | undefined,
  newsroom: Pick<Newsroom, "greet"> | undefined,
  most: Milliseconds = MOST,
): Promise<Greeting> {
  if (operator === undefined || newsroom === undefined) return "nobody";
  const before = lost(house, operator.account);
  const delivery = await newsroom.greet();
  if (delivery === undefined) return "untold";
  const end = house.clock.monotonic() + most;
  for (;;) {
    const stored = await house.legs.byId(delivery);
    if (!("state" in stored)) return lost(house, operator.account) > before ? "refused" : "sent"; // it is over
    if (stored.state === "buried" || stored.state === "uncertain") return "refused";
    if (house.clock.monotonic() >= end) return "late";
    await house.clock.sleep(PAUSE);
  }
}

/** How many of an account's deliveries ended otherwise than by being delivered; they are counted before their record goes. */
function lost({ counters }: House, account: AccountId): number {
  return LOST.reduce((sum, metric) => sum + counters.of(metric, account), 0);
}
