import type { Address } from "../adapter/event.ts";
import type { Leg } from "../model/conversation.ts";
import type { AccountId, ConversationId } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { NumberRequest } from "../store/number-pool.ts";
import type { Office } from "./errands/errand.ts";

/** A conversation that has to be led by one of an account's numbers. */
interface NumberWish extends NumberRequest {
  readonly account: AccountId;
}

/** Where it is led: in a chat of its own, or at the desk that the chat is. */
export type NumberPlace = Required<Pick<Leg, "number" | "portal">> & Pick<Leg, "chat" | "desk">;

/**
 * Finds a number for a conversation and a phone; undefined on an account without numbers. The same one however often it is
 * asked. @throws StoreAway
 */
export async function placeOnNumber(office: Office, wish: NumberWish): Promise<NumberPlace | undefined> {
  const { account, phone } = wish;
  const pool = office.pools.get(account);
  if (pool === undefined) return undefined;
  const { number } = await pool.allocate(wish);
  const place = office.accounts.get(account)?.portalOf?.(number, phone);
  if (place === undefined) throw new Error("an account with numbers gives no portals");
  const chat = office.house.store.vault.keyring.chat(account, place.chat.expose());
  const desk = await deskAt(office, { account, chat }, place.chat, number, phone);
  const { portal } = place;
  return desk === undefined ? { number, portal, chat } : { number, portal, desk };
}

type Lane = Parameters<Office["desks"]["open"]>[0];

/** The desk that a chat is, or has to be: the front door is always one. */
async function deskAt(
  { accounts, desks, house }: Office,
  lane: Lane,
  chat: Sensitive<string>,
  number: Sensitive<Address>,
  phone: Sensitive<Address>,
): Promise<ConversationId | undefined> {
  const there = await house.cache.legOf(lane.chat);
  const conversation = there && (await house.cache.get(there.conversation));
  if (conversation?.record.origin === "desk") return conversation.id;
  const door = accounts.get(lane.account)?.frontDoor;
  if (door === undefined || !("number" in door) || door.number !== number.expose()) return undefined;
  return (await desks.open(lane, chat, phone))?.conversation;
}
