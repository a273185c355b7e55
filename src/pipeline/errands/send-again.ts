import type { ErrandHandler } from "./errand.ts";

/** What may not have arrived is sent again, or is left, as its sender said: that delivery and no other, whatever is asked since. */
export const sendAgain: ErrandHandler<"send-again"> = async ({ house }, { delivery, leg, action }) => {
  await house.legs.revive(delivery, leg, action, "parked");
  return {};
};
