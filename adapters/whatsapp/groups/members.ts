import type { Address } from "../../../src/adapter/index.ts";
import { isOwn, type Own } from "../inbound/stanza.ts";
import { addressOf, type People, type Person } from "../people.ts";
import type { GroupEntry } from "./book.ts";
import type { GroupInfo, Member } from "./info.ts";

/** Whether a member is we. */
export function isUs({ jid, otherJid }: Member, own: Own): boolean {
  return isOwn(jid, own) || isOwn(otherJid, own);
}

/** Those in a group, and those who can't be put into it, beside us. */
export function othersIn({ members }: GroupInfo, own: Own): readonly Member[] {
  return members.filter((member) => !isUs(member, own));
}

/** The member who goes by this address, in whichever form the group names them. */
export async function memberOf(info: GroupInfo, to: Address, people: People): Promise<Member | undefined> {
  for (const member of info.members) {
    const person = await people.of(member.jid, member.otherJid);
    if (person !== undefined && formsOf(person).includes(to)) return member;
  }
  return undefined;
}

/** All addresses of a person that are known. */
export function formsOf({ address, also }: Person): readonly Address[] {
  return [address, ...(also === undefined ? [] : [also])].map((one) => one.expose());
}

/** The other addresses by which a group names somebody. */
export function alsoOf({ jid, otherJid }: Member, to: Address): readonly Address[] {
  return [addressOf(jid), addressOf(otherJid)].flatMap((one) =>
    one === undefined || one === to ? [] : [one],
  );
}

/** Whether somebody is the person of a group of ours. */
export function isPersonOf({ to, also }: GroupEntry, person: Person): boolean {
  return formsOf(person).some((one) => one === to || also.includes(one));
}
