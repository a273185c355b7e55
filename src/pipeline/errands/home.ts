import { personOf } from "./acquaintance.ts";
import type { ErrandScene } from "./errand.ts";

/** Who asks for something at a desk is asked there, too. May be repeated. @throws StoreAway */
export async function setHome({ conversation: { id, record }, house, seat }: ErrandScene): Promise<void> {
  if (record.origin === "desk") await house.settings.set(await personOf(house, seat.person), "home", id);
}
