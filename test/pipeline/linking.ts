// People who link accounts: their desks on both scripted networks, and what is said there.

import type { ContactRecord, Conversation, Leg, Seat } from "../../src/model/conversation.ts";
import type { HandleId } from "../../src/model/handle.ts";
import { type ConversationId, type LegId, networkName, type SeatId } from "../../src/model/ids.ts";
import type { LimitSettings } from "../../src/model/limits.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { SECOND } from "../../src/model/time.ts";
import { ROOMY } from "../support/roomy-limits.ts";
import { givenPortal } from "../support/scripted-account.ts";
import { PHONES, ROOMS, type Side, type TestHouse, until, type World } from "../support/test-house.ts";

const roomy = { budget: 1_000_000, per: SECOND };
/** Nobody who links and unlinks all day is too fast. */
export const UNHURRIED: LimitSettings = {
  ...ROOMY.settings,
  commands: roomy,
  linkCodes: roomy,
  messages: roomy,
};

const DOOR = "+15550100100";
const POOL = "+15550100111";
/** How strangers reach phones, and a number for conversations. */
export const TWO_NUMBERS = { phones: { numbers: [DOOR, POOL] } } as const;
/** A number for everything. */
export const ONE_NUMBER = { phones: { numbers: [DOOR] } } as const;

/** One account of somebody, with its chat with the bridge itself. */
export interface Desk {
  readonly side: Side;
  readonly from: string;
  readonly chat: string;
}

/** A Matrix user's room with the bot. */
export function roomDesk(user: string): Desk {
  return { side: "rooms", from: user, chat: `!desk-${user}` };
}

/** A phone's chat with our front door. */
export function phoneDesk(phone: string): Desk {
  return { side: "phones", from: phone, chat: `${DOOR} ${phone}` };
}

/** What the bridge said at a desk, oldest first. */
export function saidAt(world: World, { side, chat }: Desk): readonly string[] {
  return world[side].texts(chat, "notice");
}

/** Writes at a desk and waits for the answer that comes there. */
export async function ask(world: World, house: TestHouse, desk: Desk, text: string): Promise<string> {
  const before = saidAt(world, desk).length;
  await house.say(desk.side, text, { chat: desk.chat, from: desk.from });
  await until(() => saidAt(world, desk).length > before);
  return saidAt(world, desk).at(-1) ?? "";
}

/** The code of `link`, as it is typed. */
export async function codeAt(world: World, house: TestHouse, desk: Desk): Promise<string> {
  const answer = await ask(world, house, desk, "link");
  const [, first = "", second = ""] = /send (\d{4}) (\d{4}) within/.exec(answer) ?? [];
  return `${first} ${second}`;
}

/** Links the second account with the first, up to the first one's yes. */
export async function link(world: World, house: TestHouse, first: Desk, second: Desk): Promise<string> {
  await ask(world, house, second, await codeAt(world, house, first));
  const asked = saidAt(world, first).length;
  await ask(world, house, second, "1");
  await until(() => saidAt(world, first).length > asked);
  return ask(world, house, first, "1");
}

/** A phone's chat with the number for conversations. */
export function pooled(phone: string): string {
  return givenPortal(POOL, phone);
}

/** A conversation that a phone began with somebody on Matrix. */
export interface Meeting {
  readonly id: ConversationId;
  readonly room: string;
  readonly portal: string;
}

/** Makes one, as a request does that was accepted. */
export async function meet(house: TestHouse, user: string, phone: string, name = "Ana"): Promise<Meeting> {
  const { conversations, numberPairs, people, store } = house.house;
  const newId = <T extends string>(): T => store.vault.newId() as T; // a new random id
  const owner = await people.findOrCreate(networkName("matrix"), sensitive(user));
  const guest = await people.findOrCreate(networkName("sms"), sensitive(phone));
  const seats: readonly Seat[] = [
    { id: newId<SeatId>(), person: owner.id, name, state: "accepted" },
    { id: newId<SeatId>(), person: guest.id, name: "Amber Fox", state: "accepted" },
  ];
  const [room, portal] = [`!room-of-${user}-${phone}`, pooled(phone)];
  const { keyring } = store.vault;
  const legs: readonly Leg[] = [
    {
      ...{
        id: newId<LegId>(),
        seat: seats[0]?.id ?? newId(),
        account: ROOMS,
        to: sensitive(user),
        alias: "a",
      },
      ...{ portal: sensitive(room), chat: keyring.chat(ROOMS, room), away: false },
    },
    {
      ...{
        id: newId<LegId>(),
        seat: seats[1]?.id ?? newId(),
        account: PHONES,
        to: sensitive(phone),
        alias: "b",
      },
      ...{
        portal: sensitive(portal),
        chat: keyring.chat(PHONES, portal),
        away: false,
        number: sensitive(POOL),
      },
    },
  ];
  const record: ContactRecord = {
    ...{ origin: "contact", open: true, label: "bike", kept: {}, told: [], questions: {} },
    ...{ handle: newId<HandleId>(), owner: seats[0]?.id ?? newId(), desk: newId<ConversationId>() },
    ...{ requestUntil: 0, answer: "accept" },
  };
  const conversation: Conversation = { id: newId(), version: 1, gate: 0, record, seats, legs };
  await conversations.create(conversation);
  const leg = legs[1]?.id ?? newId<LegId>();
  await numberPairs.claim(sensitive(phone), sensitive(POOL), { conversation: conversation.id, leg });
  return { id: conversation.id, room, portal };
}

/** What people said, without the bridge's own words about hops. */
export function spoken(texts: readonly string[]): readonly string[] {
  return texts.filter((text) => !text.startsWith("Weakest hop:"));
}
