import { TryLater } from "../../adapter/errors.ts";
import { timeOfDay } from "../../model/texts.ts";
import { MINUTE } from "../../model/time.ts";
import { takesOf } from "../../safety/limits.ts";
import { LINK_CODE_LIFETIME } from "../../store/link-codes.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { linkStores, wanter } from "./link-parts.ts";

/** `link`: a code for another account, in place of the one that was given out before. */
export async function makeLink(scene: ErrandScene): Promise<Ending> {
  const { conversation, doors, event, house, leg } = scene;
  const person = await wanter(scene);
  const verdict = await house.limits.take(takesOf({ kind: "link-code", person: person.id }), event.canonical);
  if (verdict.kind === "away") throw new TryLater();
  if (verdict.kind === "refused") {
    const now = house.clock.now();
    return {
      say: [house.texts.tooManyCommands({ until: timeOfDay(now + verdict.retryAfter, now, house.timeZone) })],
    };
  }
  const code = await linkStores(house).codes.issue(person, conversation.id);
  const minutes = LINK_CODE_LIFETIME / MINUTE;
  return { say: [house.texts.linkCode({ code, minutes, doors: doors(leg.account) })] };
}
