import type { NetworkName } from "../../model/ids.ts";
import type { House } from "../house.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { accountsOf, wanter } from "./link-parts.ts";

/** `me`: what is linked, and where messages reach this person. */
export async function showMe(scene: ErrandScene): Promise<Ending> {
  const { house, leg } = scene;
  const person = await wanter(scene);
  const { own, others } = await accountsOf(house, person, leg);
  const { prefer = [] } = await house.settings.of(person);
  return { say: [house.texts.me({ own, others, prefer: titlesOf(prefer, house) })] };
}

/** Networks by the names that people know; one that was taken out of the config by its own. */
export function titlesOf(networks: readonly NetworkName[], house: House): readonly string[] {
  const known = house.networks();
  return networks.map((network) => known.find((each) => each.network === network)?.title ?? network);
}
