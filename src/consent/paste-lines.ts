import { parsePhoneNumberFromString } from "libphonenumber-js/min";
import { assertNever } from "../model/assert-never.ts";
import type { ConfiguredDoor } from "../model/front-door.ts";
import type { FrontDoor } from "../model/texts.ts";

/** A link that opens an app with the code in it, for an ad on the web or a square code on a poster. */
interface PasteLink {
  readonly kind: ConfiguredDoor["kind"];
  readonly url: string;
}

/** The networks' own names. */
const TITLES: Readonly<Record<ConfiguredDoor["kind"], string>> = {
  sms: "SMS",
  whatsapp: "WhatsApp",
  matrix: "Matrix",
};

/**
 * The doors as the texts about handles and link codes name them, in the order in which they are configured.
 * `here`: the kind of the door at which the text is read; undefined: none of them.
 */
export function frontDoors(
  doors: readonly ConfiguredDoor[],
  here?: ConfiguredDoor["kind"],
): readonly FrontDoor[] {
  return doors.map((door): FrontDoor => {
    const network = TITLES[door.kind];
    switch (door.kind) {
      case "sms":
        return { kind: "number", network, number: readableNumber(door.number) };
      case "whatsapp":
        return { kind: "link", network, url: whatsappLink(door.number, "") };
      case "matrix":
        return { kind: "user", network, user: door.user, isHere: here === "matrix" };
      default:
        return assertNever(door);
    }
  });
}

/**
 * The links for a code as it is shown (`k3v9-7qxm-4t`, `48213067`): `sms:` (RFC 5724), `wa.me`, and `matrix.to`, which opens
 * the chat but can't hold the code.
 */
export function pasteLinks(doors: readonly ConfiguredDoor[], code: string): readonly PasteLink[] {
  return doors.map(({ kind, ...door }): PasteLink => {
    if ("user" in door) return { kind, url: `https://matrix.to/#/${encodeURIComponent(door.user)}` };
    if (kind === "whatsapp") return { kind, url: whatsappLink(door.number, code) };
    return { kind, url: `sms:${door.number}?body=${encodeURIComponent(code)}` };
  });
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

function whatsappLink(number: string, code: string): string {
  return `https://wa.me/${number.replace(/\D/g, "")}?text=${encodeURIComponent(code)}`;
}
