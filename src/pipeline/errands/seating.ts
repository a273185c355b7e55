import type { Address } from "../../adapter/event.ts";
import { readableNumber } from "../../consent/paste-lines.ts";
import type { Leg, Seat } from "../../model/conversation.ts";
import type { AccountId, ConversationId, LegId } from "../../model/ids.ts";
import { portalAlias } from "../../model/portal-alias.ts";
import type { Sensitive } from "../../model/sensitive.ts";
import type { Whereabouts } from "../../model/texts.ts";
import type { ErrandScene } from "./errand.ts";

/** Who is to be reached in a conversation, and how. */
interface Wish {
  readonly conversation: ConversationId;
  readonly seat: Seat["id"];
  readonly leg: LegId;
  readonly account: AccountId;
  readonly to: Sensitive<Address>;
  /** The number that they texted: kept whenever it is free. */
  readonly texted?: Sensitive<Address>;
  /** The desk from where they look at it. */
  readonly desk: ConversationId;
  /** What a room of theirs is called. */
  readonly room: string;
}

/** Where somebody is reached from now on. */
export interface Seating {
  readonly leg: Leg;
  /** As they are told. */
  readonly where: Whereabouts;
  /** Its portal has to be opened. */
  readonly opens: boolean;
}

/** Finds a place for a conversation: a room of its own, or a number that is free for this phone. Safe to repeat. @throws StoreAway */
export async function seatingFor(scene: ErrandScene, wish: Wish): Promise<Seating> {
  const pool = scene.pools.get(wish.account);
  return pool === undefined ? inRoom(scene, wish) : onNumber(scene, wish, pool);
}

function inRoom({ event, house }: ErrandScene, { leg: id, seat, account, to, room }: Wish): Seating {
  const octets = Buffer.from(
    house.store.vault.keyring.derived(`portal of ${id}`, event.canonical),
    "base64url",
  );
  const leg: Leg = { id, seat, account, to, alias: portalAlias({ bytes: () => octets }), away: false };
  return { leg, where: { kind: "room", room }, opens: true };
}

async function onNumber(
  scene: ErrandScene,
  { account, conversation, desk, leg, seat, texted, to }: Wish,
  pool: Pool,
): Promise<Seating> {
  const request = { phone: to, conversation, leg, ...(texted && { texted }) };
  const { number } = await pool.allocate(request);
  const place = scene.accounts.get(account)?.portalOf?.(number, to);
  if (place === undefined) throw new Error("an account with numbers gives no portals");
  const chat = scene.house.store.vault.keyring.chat(account, place.chat.expose());
  const at = await deskAt(scene, { account, chat }, place.chat, number, to);
  const { portal } = place;
  const made: Leg = { id: leg, seat, account, to, number, portal, alias: "", away: false };
  return {
    leg: at === undefined ? { ...made, chat } : { ...made, desk: at },
    where: at === desk ? { kind: "here" } : { kind: "number", number: readableNumber(number.expose()) },
    opens: false,
  };
}

type Pool = NonNullable<ReturnType<ErrandScene["pools"]["get"]>>;
type Lane = Parameters<ErrandScene["desks"]["open"]>[0];

/** The desk that a chat is, or has to be: the front door is always one. */
async function deskAt(
  { accounts, desks, house }: ErrandScene,
  lane: Lane,
  chat: Sensitive<string>,
  number: Sensitive<Address>,
  to: Sensitive<Address>,
): Promise<ConversationId | undefined> {
  const there = await house.cache.legOf(lane.chat);
  const conversation = there && (await house.cache.get(there.conversation));
  if (conversation?.record.origin === "desk") return conversation.id;
  const door = accounts.get(lane.account)?.frontDoor;
  if (door === undefined || !("number" in door) || door.number !== number.expose()) return undefined;
  return (await desks.open(lane, chat, to))?.conversation;
}
