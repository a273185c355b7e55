import type { CommandArguments } from "../../model/command.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { reachAt } from "./follow.ts";
import { isBehind, wanter } from "./link-parts.ts";
import { titlesOf } from "./show-me.ts";

/** `prefer`: where messages reach this person from now on, in all of their conversations; without networks: where they write. */
export async function prefer(scene: ErrandScene, { networks }: CommandArguments["prefer"]): Promise<Ending> {
  const { house, leg } = scene;
  const person = await wanter(scene);
  const identities = await house.people.identities(person);
  const wanted = networks.map((network) => identities.find((each) => each.network === network));
  const missing = networks.find((_, i) => wanted[i] === undefined);
  if (missing !== undefined) {
    const [network = missing] = titlesOf([missing], house);
    return { say: [house.texts.noAccountOn({ network })] };
  }
  await house.settings.set(person, "prefer", networks.length === 0 ? undefined : networks);
  const here = identities.find((each) => isBehind(each, leg, house));
  const identity = wanted[0] ?? here;
  // Where they are reached changes without their writing: it is compared anew when they do.
  await house.settings.set(person, "last", undefined);
  if (identity !== undefined) await reachAt(scene, person, identity, { pinned: networks.length > 0 });
  return { say: [house.texts.preferred({ networks: titlesOf(networks, house) })] };
}
