import type { CommandArguments } from "../../model/command.ts";
import type { NetworkName } from "../../model/ids.ts";
import type { Identity } from "../../store/people.ts";
import type { House } from "../house.ts";
import type { Ending, ErrandScene } from "./errand.ts";
import { reachAt } from "./follow.ts";
import { identityName, isBehind, wanter } from "./link-parts.ts";
import { preferredBy, takesTexts } from "./preference.ts";
import { titlesOf } from "./show-me.ts";

/** `prefer`: where messages reach this person from now on, in all of their conversations; without networks: where they write. */
export async function prefer(scene: ErrandScene, { networks }: CommandArguments["prefer"]): Promise<Ending> {
  const { house, leg } = scene;
  const person = await wanter(scene);
  const identities = await house.people.identities(person);
  const missing = networks.find((network) => identities.every((each) => each.network !== network));
  if (missing !== undefined) {
    const [network = missing] = titlesOf([missing], house);
    return { say: [house.texts.noAccountOn({ network })] };
  }
  const isPinned = networks.length > 0;
  await house.settings.set(person, "prefer", isPinned ? networks : undefined);
  const here = identities.find((each) => isBehind(each, leg, house));
  // Of several accounts on one network it is this one. Without a preference it is compared anew when they write.
  await house.settings.set(person, "last", isPinned ? here?.id : undefined);
  const identity = (await preferredBy(house, person)) ?? here;
  if (identity !== undefined) await reachAt(scene, person, identity, { pinned: isPinned });
  const { texts } = house;
  const stopped = await stoppedOn(house, identities, networks);
  return {
    say: [
      texts.preferred({ networks: titlesOf(networks, house) }),
      ...stopped.map((each) => texts.takesNoTexts(identityName(each, house))),
    ],
  };
}

/** Those of the accounts that were asked for that take no texts. */
async function stoppedOn(
  house: House,
  identities: readonly Identity[],
  networks: readonly NetworkName[],
): Promise<readonly Identity[]> {
  const asked = identities.filter(({ network }) => networks.includes(network));
  const takes = await Promise.all(asked.map((each) => takesTexts(house, each)));
  return asked.filter((_, i) => takes[i] === false);
}
