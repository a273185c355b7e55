import { assertNever } from "../../model/assert-never.ts";
import { LIMITS, type Scope, type Verdict } from "../../model/limits.ts";
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
      return [texts.tooFast({ until })];
    case "commands":
    case "linkCodes":
      return [texts.tooManyCommands({ until })];
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

/** What is answered to something that nothing else limits: each answer counts as that to a command. @throws StoreAway */
export async function countedAnswer(scene: ErrandScene, say: readonly string[]): Promise<readonly string[]> {
  const act = { kind: "command", from: identityOf(scene) } as const;
  return (await refusal(scene.house, act, scene.event.canonical)) ?? say;
}

/** Takes what a message takes, as `refusal` does. @throws StoreAway */
export async function messageRefusal(scene: ErrandScene): Promise<readonly string[] | undefined> {
  const { event, house, seat } = scene;
  const act = { kind: "message", from: identityOf(scene), person: seat.person } as const;
  const verdict = await house.limits.take(takesOf(act), event.canonical);
  if (verdict.kind === "allowed") return undefined;
  const said = saidOf(house, verdict);
  // Where no pause keeps it quiet, being told so again and again is limited as any answer is.
  const isQuiet = verdict.kind !== "refused" || LIMITS[verdict.limit].pause !== undefined;
  return isQuiet ? said : countedAnswer(scene, said);
}
