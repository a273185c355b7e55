// Who talks in the demo. The numbers are from the ranges that are kept for fiction and tests.

/** A party's addresses: what nobody else may ever see. */
export const ANA = { name: "Ana", mxid: "@ana.soler:home.example", localpart: "ana.soler" } as const;
export const LEO = { name: "Leo", number: "+12025550123" } as const;
/** The bridge's own number: all that Leo's phone sees. */
export const BRIDGE_NUMBER = "+12025550111";
export const SERVER_NAME = "home.example";

/** Which of the two phones. */
export type Side = "ana" | "leo";

/** The other phone. */
export function otherSide(side: Side): Side {
  return side === "ana" ? "leo" : "ana";
}

/** Whose phone it is, as the other one sees them. */
export function nameOf(side: Side): string {
  return side === "ana" ? ANA.name : LEO.name;
}
