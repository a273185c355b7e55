import type { Account } from "../adapter/account.ts";
import { frontDoors, pasteLinks } from "../consent/paste-lines.ts";
import type { ConfiguredDoor } from "../model/front-door.ts";
import type { AccountId } from "../model/ids.ts";
import { sensitive } from "../model/sensitive.ts";
import type { FrontDoor } from "../model/texts.ts";
import { NumberPool } from "../store/number-pool.ts";
import { Desks } from "./desks.ts";
import type { Office } from "./errands/errand.ts";
import type { House } from "./house.ts";
import type { Committer } from "./own-commit.ts";
import { Pairings } from "./pairing/pairings.ts";

/** Furnishes the office. */
export function openOffice(
  house: House,
  committer: Committer,
  accounts: ReadonlyMap<AccountId, Account>,
): Office {
  const pools = new Map<AccountId, NumberPool>();
  for (const [id, account] of accounts) {
    const pool = poolOf(house, id, account);
    if (pool !== undefined) pools.set(id, pool);
  }
  const doors = (here: AccountId): readonly FrontDoor[] =>
    frontDoors(doorsOf(accounts), accounts.get(here)?.frontDoor);
  const links = (code: string): readonly string[] => pasteLinks(doorsOf(accounts), code);
  const desks = new Desks(house, accounts);
  const pairings = new Pairings(house, committer, accounts);
  return { house, committer, accounts, doors, links, desks, pairings, pools };
}

/** As people read them: phones first, since everybody has one. */
const DOORS: readonly ConfiguredDoor["kind"][] = ["number", "link", "user"];

/** Where strangers reach this bridge. */
function doorsOf(accounts: ReadonlyMap<AccountId, Account>): readonly ConfiguredDoor[] {
  const doors = [...accounts.values()].flatMap(({ frontDoor }) => frontDoor ?? []);
  return doors.toSorted((one, other) => DOORS.indexOf(one.kind) - DOORS.indexOf(other.kind));
}

function poolOf(house: House, id: AccountId, account: Account): NumberPool | undefined {
  const { capabilities, frontDoor, numbers } = account;
  if (numbers === undefined || frontDoor === undefined || !("number" in frontDoor)) return undefined;
  const { network } = capabilities;
  return new NumberPool(house.store, {
    ...{ network, account: id, numbers },
    frontDoor: sensitive(frontDoor.number),
  });
}
