import {
  type Change,
  type Conversation,
  type DeskRecord,
  isWaiting,
  type Leg,
} from "../model/conversation.ts";
import type { AccountId, ConversationId, LegId } from "../model/ids.ts";
import type { House } from "./house.ts";
import { aliasFrom, idFrom } from "./own-commit.ts";

// Where a network has one chat for everything, its person can have a group for each conversation instead. Such a leg stands
// before one at the desk, which serves when the group can't be had; the desk's chat doesn't hold the conversation meanwhile.

/** Whether the person of a desk wants a group for each conversation. @throws StoreAway */
export async function wantsGroups(house: House, account: AccountId, desk: ConversationId): Promise<boolean> {
  const record = await deskWithGroups(house, account, desk);
  return record?.groups === true;
}

/** The group that stands before a leg at a desk; `from` is what it is named after: the same each time. */
export function groupBefore(house: House, { account, id: behind, seat, to }: Leg, from: string): Leg {
  const id = idFrom<LegId>(house, from, `group before ${behind}`);
  return { id, seat, account, to, alias: aliasFrom(house, id, from), behind, away: false };
}

/**
 * Whether groups are offered with a conversation that is led at a desk from now on: once, with the second one that is open
 * there. The same answer for the same conversation. @throws StoreAway
 */
export async function offersGroups(
  house: House,
  account: AccountId,
  desk: ConversationId,
  conversation: ConversationId,
): Promise<boolean> {
  const record = await deskWithGroups(house, account, desk);
  if (record === undefined || record.groups === true) return false;
  const offered = record.told.find((mark) => mark.startsWith(OFFERED));
  if (offered !== undefined) return offered === offerMark(conversation);
  for (const { conversation: other } of record.threads) {
    const led = other === conversation ? undefined : (await house.cache.get(other))?.record;
    if (led?.open === true && !(led.origin === "contact" && isWaiting(led))) return true;
  }
  return false;
}

const OFFERED = "groups:";

/** A desk where groups are offered with a conversation, and not again. */
export function withOffer(desk: DeskRecord, conversation: ConversationId): DeskRecord {
  const mark = offerMark(conversation);
  return desk.told.includes(mark) ? desk : { ...desk, told: [...desk.told, mark] };
}

function offerMark(conversation: ConversationId): string {
  return `${OFFERED}${conversation}`;
}

async function deskWithGroups(
  { cache, capabilities }: House,
  account: AccountId,
  desk: ConversationId,
): Promise<DeskRecord | undefined> {
  if (capabilities(account).groups !== true) return undefined;
  const record = (await cache.get(desk))?.record;
  return record?.origin === "desk" ? record : undefined;
}

/** Whether a group stands before a leg at a desk: then the desk's chat doesn't hold the conversation. */
export function isBehindGroup({ legs }: Pick<Conversation, "legs">, { id }: Leg): boolean {
  return legs.some(({ behind, over }) => behind === id && over !== true);
}

/** A group isn't used any more: what waits for it goes where its person is reached now, by the leg behind it. */
export function backBehind({ seats }: Conversation, group: Leg, behind: LegId): readonly Change[] {
  const gone: Change = { kind: "leg", leg: { ...group, over: true, gate: (group.gate ?? 0) + 1 } };
  const seat = seats.find(({ id }) => id === group.seat);
  return seat?.via === group.id ? [gone, { kind: "seat", seat: { ...seat, via: behind } }] : [gone];
}
