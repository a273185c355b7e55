import type { Outcome } from "../adapter/operation.ts";
import type { Leg } from "../model/conversation.ts";
import type { AccountId, DeliveryId } from "../model/ids.ts";
import type { Verdict } from "../model/limits.ts";
import { SECOND } from "../model/time.ts";
import { destinationOf } from "../safety/destination.ts";
import { takesOf } from "../safety/limits.ts";
import type { DeliveryPayload } from "../store/legs.ts";
import { scopesOf } from "../store/opt-outs.ts";
import type { House } from "./house.ts";

/** A message that is about to leave, as its adapter counts it. */
interface Departing {
  readonly id: DeliveryId;
  readonly account: AccountId;
  readonly payload: DeliveryPayload;
  readonly leg: Leg;
  readonly parts: number;
}

const LATER = 5 * SECOND;

/**
 * The last look before the first octet: whether whom it is for still wants texts, and whether the limits of what costs money
 * leave room. Undefined: it goes. Nothing of it is sent otherwise, and it is as if it had never been begun.
 * @throws StoreAway
 */
export async function withheld(house: House, departing: Departing): Promise<Outcome | undefined> {
  const { payload, account } = departing;
  if (payload.task.kind !== "send") return undefined;
  const { optOutWords, paid } = house.capabilities(account);
  if (optOutWords && payload.task.insists !== true && (await hasOptedOut(house, departing)))
    return { kind: "refused", reason: "opted-out", scope: "delivery" };
  return paid === true ? charged(house, departing) : undefined;
}

function hasOptedOut({ optOuts }: House, { leg }: Departing): Promise<boolean> {
  return optOuts.isOut(leg.to, leg.number === undefined ? [{ kind: "service" }] : scopesOf(leg.number));
}

async function charged(
  { capabilities, limits, sms }: House,
  { id, account, leg, parts }: Departing,
): Promise<Outcome | undefined> {
  const destination = destinationOf(leg.to, sms);
  if (destination.kind === "refused") return { kind: "refused", reason: "not-served", scope: "delivery" };
  const to = { kind: "identity", network: capabilities(account).network, address: leg.to } as const;
  return afterVerdict(await limits.take(takesOf({ kind: "sms", account, to, destination, parts }), id));
}

function afterVerdict(verdict: Verdict): Outcome | undefined {
  if (verdict.kind === "allowed") return undefined;
  if (verdict.kind === "refused" && verdict.retryAfter === Number.POSITIVE_INFINITY)
    return { kind: "refused", reason: "not-served", scope: "delivery" };
  const after = verdict.kind === "refused" ? verdict.retryAfter : LATER;
  return { kind: "retry", reason: "throttled", scope: "delivery", counts: false, after };
}
