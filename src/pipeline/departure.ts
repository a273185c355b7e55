import type { Outcome } from "../adapter/operation.ts";
import type { Address } from "../model/address.ts";
import type { Leg } from "../model/conversation.ts";
import type { AccountId } from "../model/ids.ts";
import type { Verdict } from "../model/limits.ts";
import type { Sensitive } from "../model/sensitive.ts";
import { SECOND } from "../model/time.ts";
import { type Destination, destinationOf } from "../safety/destination.ts";
import { takesOf } from "../safety/limits.ts";
import type { DeliveryPayload } from "../store/legs.ts";
import { scopesOf } from "../store/opt-outs.ts";
import type { House } from "./house.ts";
import type { Pending } from "./leg.ts";

/** A message that is about to leave, as its adapter counts it. */
interface Departing {
  readonly head: Pending;
  readonly account: AccountId;
  readonly payload: DeliveryPayload;
  readonly leg: Leg;
  readonly parts: number;
}

const LATER = 5 * SECOND;
const NOT_SERVED: Outcome = { kind: "refused", reason: "not-served", scope: "delivery" };

/** The last look before the first octet. */
export class Departures {
  readonly #house: House;
  /** Where the phones of conversations in memory are: finding it out costs more than a call of a script. */
  readonly #destinations = new WeakMap<Sensitive<Address>, Destination>();

  constructor(house: House) {
    this.#house = house;
  }

  /**
   * Whether whom it is for still wants texts, and whether the limits of what costs money leave room. Undefined: it goes. Nothing
   * of it is sent otherwise, and it is as if it had never been begun.
   * @throws StoreAway
   */
  async withheld(departing: Departing): Promise<Outcome | undefined> {
    const { head, payload, account } = departing;
    const { limits, capabilities } = this.#house;
    if (payload.task.kind !== "send") return undefined;
    const { optOutWords, paid } = capabilities(account);
    const asks = optOutWords && payload.task.insists !== true;
    // Both leave with one write: what was charged for somebody who turns out to want no texts is given back.
    const [isOut, withoutRoom] = await Promise.all([
      asks && this.#hasOptedOut(departing),
      paid === true ? this.#charge(departing) : undefined,
    ]);
    if (!isOut) return withoutRoom;
    if (head.taken !== undefined) await limits.giveBack(head.taken, head.id);
    return { kind: "refused", reason: "opted-out", scope: "delivery" };
  }

  #hasOptedOut({ leg }: Departing): Promise<boolean> {
    const scopes = leg.number === undefined ? [{ kind: "service" } as const] : scopesOf(leg.number);
    return this.#house.optOuts.isOut(leg.to, scopes);
  }

  async #charge({ head, account, leg, parts }: Departing): Promise<Outcome | undefined> {
    const { capabilities, limits } = this.#house;
    const destination = this.#destinationOf(leg.to);
    if (destination.kind === "refused") return NOT_SERVED;
    const to = { kind: "identity", network: capabilities(account).network, address: leg.to } as const;
    const takes = takesOf({ kind: "sms", account, to, destination, parts });
    const verdict = await limits.take(takes, head.id);
    if (verdict.kind === "allowed") head.taken = takes;
    return afterVerdict(verdict);
  }

  #destinationOf(number: Sensitive<Address>): Destination {
    const known = this.#destinations.get(number);
    if (known !== undefined) return known;
    const destination = destinationOf(number, this.#house.sms);
    this.#destinations.set(number, destination);
    return destination;
  }
}

function afterVerdict(verdict: Verdict): Outcome | undefined {
  if (verdict.kind === "allowed") return undefined;
  if (verdict.kind === "refused" && verdict.retryAfter === Number.POSITIVE_INFINITY) return NOT_SERVED;
  const after = verdict.kind === "refused" ? verdict.retryAfter : LATER;
  return { kind: "retry", reason: "throttled", scope: "delivery", counts: false, after };
}
