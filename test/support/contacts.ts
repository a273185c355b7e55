// Conversations that began with a handle, as the errand of a first text leaves them.

import type { Conversation, Leg, Seat } from "../../src/model/conversation.ts";
import type { HandleId } from "../../src/model/handle.ts";
import { type ConversationId, type LegId, networkName, type SeatId } from "../../src/model/ids.ts";
import { sensitive } from "../../src/model/sensitive.ts";
import { givenPortal } from "./scripted-account.ts";
import { PHONES, ROOMS, type TestHouse, type World } from "./test-house.ts";

/** Who sells something in rooms, and whose phone writes to them. */
export interface Contact {
  readonly id: ConversationId;
  readonly label: string;
  readonly room: string;
  readonly number: string;
  readonly owner: string;
  readonly guest: string;
}

export const SELLER = "@seller.canary:example.org";
export const BUYER = "+351930000001";

const MATRIX = networkName("matrix");
const SMS = networkName("sms");

/** An accepted conversation of a seller with a buyer. */
export async function contactOf(
  { house, keyring }: TestHouse,
  more: Partial<Omit<Contact, "id">> & { readonly name?: string } = {},
): Promise<Contact> {
  const { vault } = house.store;
  const newId = <T extends string>(): T => vault.newId() as T; // a new random id
  const { label = "bike", owner = SELLER, guest = BUYER, number = "+15550100111", name = "Amber Fox" } = more;
  const id = newId<ConversationId>();
  const room = more.room ?? `!${id}:canary.example`;
  const seller = await house.people.findOrCreate(MATRIX, sensitive(owner));
  const buyer = await house.people.findOrCreate(SMS, sensitive(guest));
  const ownerSeat = newId<SeatId>();
  const seats: Seat[] = [
    { id: ownerSeat, person: seller.id, name: label, state: "accepted" },
    { id: newId<SeatId>(), person: buyer.id, name, state: "accepted" },
  ];
  const portal = givenPortal(number, guest);
  const places = [
    { account: ROOMS, to: sensitive(owner), portal: sensitive(room), chat: keyring.chat(ROOMS, room) },
    {
      ...{ account: PHONES, to: sensitive(guest), number: sensitive(number) },
      ...{ portal: sensitive(portal), chat: keyring.chat(PHONES, portal) },
    },
  ];
  const legs = seats.map((seat, i) => ({
    ...{ id: newId<LegId>(), seat: seat.id, alias: "abcdefghijklmnopqrstuvwxyz", away: false },
    ...places[i],
  })) as readonly Leg[]; // two seats, two places
  const conversation: Conversation = {
    ...{ id, version: 1, gate: 0, seats, legs },
    record: {
      ...{ open: true, origin: "contact", label, told: [], questions: {}, kept: {} },
      ...{ handle: newId<HandleId>(), owner: ownerSeat, desk: newId<ConversationId>() },
      ...{ requestUntil: 0, answer: "accept" },
    },
  };
  await house.conversations.create(conversation);
  return { id, label, room, number, owner, guest };
}

export function ownerSays(house: TestHouse, { room, owner }: Contact, text: string) {
  return house.say("rooms", text, { chat: room, from: owner });
}

export function guestSays(house: TestHouse, { number, guest }: Contact, text: string) {
  return house.say("phones", text, { chat: givenPortal(number, guest), from: guest });
}

export function ownerReads(world: World, { room }: Contact): string[] {
  return world.rooms.texts(room);
}

export function guestReads(world: World, { number, guest }: Contact): string[] {
  return world.phones.texts(givenPortal(number, guest));
}
