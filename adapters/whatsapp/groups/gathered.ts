import type { Address } from "../../../src/adapter/index.ts";
import { addressOf } from "../people.ts";
import type { GroupInfo, Member } from "./info.ts";
import { isUs, memberOf, othersIn } from "./members.ts";
import type { GroupParts } from "./parts.ts";
import type { GroupQueries } from "./queries.ts";

/** Somebody who is asked into a group is in it already. */
export const ALREADY_IN = "409";
/** Somebody is there who has to go, and it can't be told who. */
const UNTOLD = "unknown";

/**
 * A group with its person in it, who is asked in again if they have left, and nobody else: whom another device of our account has put
 * there is put out again, since what is said there is for one person's eyes.
 * @param jid the person's
 * @returns the code of why that can't be, where it can't
 */
export async function gathered(
  found: GroupInfo,
  { to, jid }: { readonly to: Address; readonly jid: string },
  ask: GroupQueries,
  parts: Pick<GroupParts, "own" | "people" | "book">,
): Promise<GroupInfo | string> {
  const { group } = found;
  let info = found;
  let person = await personIn(info, to, parts);
  if (person === undefined) {
    const error = await ask.add(group, jid);
    if (error !== undefined && error !== ALREADY_IN) return error;
    info = await ask.info(group);
    person = await personIn(info, to, parts);
  }
  const others = othersIn(info, parts.own());
  const strangers = others.filter((member) => member !== person);
  if (strangers.length === 0) return info;
  if (person === undefined) return others.length === 1 ? info : UNTOLD; // named in a form of which we don't know whose it is
  if (!info.members.some((member) => isUs(member, parts.own()))) return UNTOLD;
  const error = await ask.remove(
    group,
    strangers.map(({ jid: one }) => one),
  );
  return error ?? { ...info, members: info.members.filter((member) => !strangers.includes(member)) };
}

async function personIn(
  info: GroupInfo,
  to: Address,
  { people, book }: Pick<GroupParts, "people" | "book">,
): Promise<Member | undefined> {
  const also = (await book.ofGroup(info.group))?.also ?? [];
  const known = new Set([to, ...also]);
  const named = info.members.find((member) =>
    [addressOf(member.jid), addressOf(member.otherJid)].some((one) => one !== undefined && known.has(one)),
  );
  return named ?? memberOf(info, to, people);
}
