import type { Identity, PersonHandle } from "../../store/people.ts";
import type { House } from "../house.ts";

/** Whether texts to an account's owner can arrive: not where they said STOP. @throws StoreAway */
export async function takesTexts(house: House, { address, network }: Identity): Promise<boolean> {
  const capabilities = house.networks().find((each) => each.network === network);
  if (capabilities === undefined) return false;
  return !capabilities.optOutWords || !(await house.optOuts.isOut(address, [{ kind: "service" }]));
}

/**
 * The account by which somebody prefers to be reached: the first of their networks on which texts can arrive; of several
 * accounts on one network the one that said so. Undefined: they have no preference, or can't be reached by it now.
 * @throws StoreAway
 */
export async function preferredBy(house: House, person: PersonHandle): Promise<Identity | undefined> {
  const { last, prefer = [] } = await house.settings.of(person);
  if (prefer.length === 0) return undefined;
  const identities = await house.people.identities(person);
  const first = [...identities].sort((one, other) => Number(other.id === last) - Number(one.id === last));
  for (const network of prefer) {
    for (const identity of first)
      if (identity.network === network && (await takesTexts(house, identity))) return identity;
  }
  return undefined;
}
