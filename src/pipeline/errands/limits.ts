import { assertNever } from "../../model/assert-never.ts";
import type { Scope, Verdict } from "../../model/limits.ts";
import { timeOfDay } from "../../model/texts.ts";
import { DAY } from "../../model/time.ts";
import { type LimitedAct, noticeOf, takesOf } from "../../safety/limits.ts";
import type { Ticket } from "../../store/limits.ts";
import { StoreAway } from "../../store/redis/errors.ts";
import type { House } from "../house.ts";
import type { ErrandScene } from "./errand.ts";

/** Who is counted for what is typed in a chat. */
export function identityOf({ house, leg }: ErrandScene): Extract<Scope, { kind: "identity" }> {
  return { kind: "identity", network: house.capabilities(leg.account).network, address: leg.to };
}

/**
 * Takes what an act takes of the limits, once for a ticket. Undefined: it is allowed; else what is said about it, often nothing.
 * @throws StoreAway
 */
export async function refusal(
  house: House,
  act: LimitedAct,
  ticket: Ticket,
): Promise<readonly string[] | undefined> {
  const verdict = await house.limits.take(takesOf(act), ticket);
  return verdict.kind === "allowed" ? undefined : saidOf(house, verdict);
}

/** What is said of a refusal. @throws StoreAway when it couldn't be counted */
export function saidOf({ clock, texts, timeZone }: House, verdict: Verdict): readonly string[] {
  if (verdict.kind === "away") throw new StoreAway();
  const notice = noticeOf(verdict);
  if (notice === undefined) return [];
  const now = clock.now();
  const until = timeOfDay(now + Math.min(notice.retryAfter, DAY), now, timeZone);
  switch (notice.limit) {
    case "wrongCodes":
      return [texts.wrongCodes({ until })];
    case "wrongHandleCodes":
    case "wrongLinkCodes":
    case "reservedCodes":
      return [texts.codesPaused({ until })];
    case "newContacts":
      return [texts.newContacts({ until })];
    case "messages":
    case "personMessages":
    case "commands":
    case "linkCodes":
      return [texts.tooFast({ until })];
    case "strangerAnswers":
    case "smsPerPhone":
    case "smsPerPrefix":
    case "smsPerAccount":
    case "smsSpend":
      return []; // nobody is told, or the sender of what waits
    default:
      return assertNever(notice.limit);
  }
}
