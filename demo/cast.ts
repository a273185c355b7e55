// Who takes part in the demo. The numbers are from the range that is kept for fiction (+1 202 555 01xx).

/** Everybody, by what they are called here; nobody in the story learns another one's address. */
export const CAST = {
  /** Sells a bike; has a Matrix account, and a phone that she links with it later. */
  ana: { name: "Ana", mxid: "@ana.soler:home.example", phone: "+12025550142" },
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

/** Something that must not be found: its name in reports, and itself. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** All that nobody else may see of anybody: phone numbers, Matrix ids, and the part of these that names somebody. */
export function addresses(): readonly Secret[] {
  return Object.values(CAST).flatMap((person) => [
    ...("phone" in person ? [{ name: `${person.name}'s number`, value: person.phone }] : []),
    ...("mxid" in person
      ? [
          { name: `${person.name}'s Matrix id`, value: person.mxid },
          { name: `${person.name}'s local part`, value: person.mxid.slice(1).split(":")[0] ?? "" },
        ]
      : []),
  ]);
}

/** Whether this is the whole Matrix id of somebody who takes part. */
export function isSomebody(value: unknown): boolean {
  return Object.values(CAST).some((person) => "mxid" in person && person.mxid === value);
}

/** A number as people read it: `+1 202 555 0100`. */
export function readable(number: string): string {
  return number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "+1 $1 $2 $3");
}
