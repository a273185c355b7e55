// Who takes part in the demo. The numbers are from the range that is kept for fiction (+1 202 555 01xx).

import { lidFor } from "../test/support/whatsapp/people/lid.ts";

/** Everybody, by what they are called here; nobody in the story learns another one's address. */
export const CAST = {
  /** Sells a bike; has a Matrix account, and a phone with WhatsApp that she links with it later. */
  ana: {
    name: "Ana",
    mxid: "@ana.soler:home.example",
    phone: "+12025550142",
    lid: lidFor("12025550142"),
    whatsAppName: "Anita Soler Canaria",
  },
  /** Buys it; has a plain phone. */
  leo: { name: "Leo", phone: "+12025550123" },
  /** Asks for it, too, on Matrix. */
  kim: { name: "Kim", mxid: "@kim.ortega:home.example" },
  /** Is unpleasant, by SMS. */
  vic: { name: "Vic", phone: "+12025550177" },
  /** Finds the ad when the bike is sold. */
  mia: { name: "Mia", phone: "+12025550168" },
} as const;

export const SERVER_NAME = "home.example";
export const BOT = `@footbridge:${SERVER_NAME}`;
/** The bridge's own numbers: what everybody texts, and one for conversations. */
export const FRONT_DOOR = "+12025550100";
export const SECOND_NUMBER = "+12025550111";
/** The number of the bridge's own phone on WhatsApp. */
export const WHATSAPP_NUMBER = "+12025550155";

/** What the handle is for: all that buyers see of Ana. */
export const LABEL = "bike";

/** Something that must not be found: its name in reports, and itself. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/**
 * All that nobody else may see of anybody: phone numbers, Matrix ids and the part of these that names somebody, and what
 * WhatsApp names somebody by: the LID, and the name that the phone gives with each message. JIDs are forms of numbers and LIDs.
 */
export function addresses(): readonly Secret[] {
  return Object.values(CAST).flatMap((person) => [
    ...("phone" in person ? [{ name: `${person.name}'s number`, value: person.phone }] : []),
    ...("mxid" in person
      ? [
          { name: `${person.name}'s Matrix id`, value: person.mxid },
          { name: `${person.name}'s local part`, value: person.mxid.slice(1).split(":")[0] ?? "" },
        ]
      : []),
    ...("lid" in person
      ? [
          { name: `${person.name}'s LID`, value: person.lid },
          { name: `${person.name}'s name on WhatsApp`, value: person.whatsAppName },
        ]
      : []),
  ]);
}

/** Whether this is the whole Matrix id of somebody who takes part. */
export function isSomebody(value: unknown): boolean {
  return Object.values(CAST).some((person) => "mxid" in person && person.mxid === value);
}

/** Whether this is a JID of somebody who takes part, and nothing else: of the person, or of one of their devices. */
export function isSomebodysJid(value: string): boolean {
  const { ana } = CAST;
  const [, user, server] = /^(\d+)(?::\d+)?@(s\.whatsapp\.net|lid)$/.exec(value) ?? [];
  return server === "lid" ? user === ana.lid : user === digits(ana.phone);
}

/** A number as WhatsApp has it: without the plus. */
export function digits(number: string): string {
  return number.replace(/\D/g, "");
}

/** A number as people read it: `+1 202 555 0100`. */
export function readable(number: string): string {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
}
