import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { assertNever } from "../model/assert-never.ts";
import { type ConfiguredDoor, doorLink } from "../model/front-door.ts";
import type { FrontDoor } from "../model/texts.ts";

/**
 * The doors as the texts about handles and link codes name them, in the order in which they are given.
 * `here`: the door of the account on which the text is read; undefined: none of them.
 */
export function frontDoors(doors: readonly ConfiguredDoor[], here?: ConfiguredDoor): readonly FrontDoor[] {
  return doors.map((door): FrontDoor => {
    const network = door.title;
    switch (door.kind) {
      case "number":
        return { kind: "number", network, number: readableNumber(door.number) };
      case "link":
        return { kind: "link", network, url: doorLink(door, "") };
      case "user":
        return { kind: "user", network, user: door.user, isHere: here?.title === network };
      default:
        return assertNever(door);
    }
  });
}

/** The links for a code as it is shown (`k3v9-7qxm-4t`, `48213067`), one for each door. */
export function pasteLinks(doors: readonly ConfiguredDoor[], code: string): readonly string[] {
  return doors.map((door) => doorLink(door, code));
}

/**
 * A number as people read it: `+351 912 345 678`. Where its country's plan doesn't say how it is grouped (short and fictitious
 * numbers), by fours from behind: `+1 555 0100`.
 */
export function readableNumber(number: string): string {
  const parsed = parsePhoneNumberFromString(number);
  if (parsed === undefined) return number;
  const shown = parsed.formatInternational();
  const national = String(parsed.nationalNumber);
  if (national.length < 5 || !shown.endsWith(` ${national}`)) return shown;
  return shown.slice(0, -national.length) + national.replace(/(?<=\d)(?=(?:\d{4})+$)/g, " ");
}
