import type { AccountId, NetworkName } from "../model/ids.ts";
import type { Office } from "./errands/errand.ts";

/**
 * The account by which people on a network are reached. Undefined where there is none here, or only one that has no numbers to
 * give out.
 */
export function accountFor({ accounts, pools }: Office, network: NetworkName): AccountId | undefined {
  const found = [...accounts].find(([, { capabilities }]) => capabilities.network === network);
  if (found === undefined) return undefined;
  const [account, { portalOf }] = found;
  return portalOf !== undefined && !pools.has(account) ? undefined : account;
}
