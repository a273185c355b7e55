import type { Capabilities, Feature, Support } from "../../src/model/capabilities.ts";
import type { Content } from "../../src/model/content.ts";
import type { Conversation, Leg, PairRecord, Seat } from "../../src/model/conversation.ts";
import type { PlannedDelivery } from "../../src/model/delivery.ts";
import {
  accountId,
  type CanonicalId,
  type ConversationId,
  type DeliveryId,
  type LegId,
  networkName,
  type PersonId,
  type SeatId,
} from "../../src/model/ids.ts";
import { type Sensitive, sensitive } from "../../src/model/sensitive.ts";
import { english } from "../../src/model/texts.ts";
import { HOUR } from "../../src/model/time.ts";
import type { Circumstances } from "../../src/routing/effects.ts";
import type { LaneEvent } from "../../src/routing/lane-event.ts";

export const NOW = Date.UTC(2026, 4, 14, 12, 0);
export const DEADLINE = 20 * HOUR;

export const ROOMS = accountId("rooms");
export const PHONES = accountId("phones");
export const ROOM_LEG = "room-leg" as LegId; // ids are opaque: any text will do, here and below
export const PHONE_LEG = "phone-leg" as LegId;
const ROOM_SEAT = "room-seat" as SeatId;
const PHONE_SEAT = "phone-seat" as SeatId;
export const ANA = sensitive("@ana:example.org");
export const FOX = sensitive("+351912345678");

const seats: readonly Seat[] = [
  { id: ROOM_SEAT, person: "ana" as PersonId, name: "Ana", state: "accepted" },
  { id: PHONE_SEAT, person: "fox" as PersonId, name: "Amber Fox", state: "accepted" },
];

const legs: readonly Leg[] = [
  { id: ROOM_LEG, seat: ROOM_SEAT, account: ROOMS, to: ANA, alias: "a", away: false },
  { id: PHONE_LEG, seat: PHONE_SEAT, account: PHONES, to: FOX, alias: "b", away: false },
];

/** Ana on Matrix and Amber Fox on SMS. */
export function conversation(
  record: Partial<PairRecord> = {},
  change: { readonly legs?: Partial<Leg>; readonly seats?: Partial<Seat> } = {},
): Conversation {
  return {
    id: "conversation" as ConversationId,
    version: 7,
    gate: 2,
    record: { open: true, origin: "pair", told: [], questions: {}, ...record },
    seats: seats.map((seat) => (seat.id === PHONE_SEAT ? { ...seat, ...change.seats } : seat)),
    legs: legs.map((leg) => (leg.id === PHONE_LEG ? { ...leg, ...change.legs } : leg)),
  };
}

/** What a test says an event is: from the room unless it says from the phone. */
export function event(
  body: LaneEvent["body"],
  from: "room" | "phone" | Sensitive<string> = "room",
  more: Partial<LaneEvent> = {},
): LaneEvent {
  return {
    canonical: "canonical" as CanonicalId,
    leg: from === "phone" ? PHONE_LEG : ROOM_LEG,
    from: from === "room" ? ANA : from === "phone" ? FOX : from,
    at: NOW - 2_000,
    acceptedAt: NOW - 1_000,
    body,
    ...more,
  };
}

export function message(text: string): LaneEvent["body"] {
  return { kind: "message", content: { kind: "text", text } };
}

const none: Readonly<Record<Feature, Support>> = {
  formatted: "none",
  edit: "none",
  reaction: "none",
  delete: "none",
  reply: "none",
};

function capabilities(title: string, features: Partial<Record<Feature, Support>>): Capabilities {
  return {
    network: networkName(title.toLowerCase()),
    title,
    features: { ...none, ...features },
    encryption: "none",
    portals: "given",
    repeatSafe: 0,
    concurrency: 1,
    optOutWords: false,
    receipts: { delivered: false, read: false },
  };
}

/** The same each time: ids are counted, the clock stands. */
export function circumstances(now = NOW): Circumstances {
  let count = 0;
  return {
    now,
    nextDeliveryId: () => `d${++count}` as DeliveryId,
    networks: [],
    operator: undefined,
    linkable: [],
    isShared: () => false,
    doorOf: () => undefined,
    capabilitiesOf: (account) =>
      account === ROOMS ? capabilities("Matrix", { formatted: "full" }) : capabilities("SMS", {}),
    texts: english,
    timeZone: "Europe/Lisbon",
    deadline: DEADLINE,
  };
}

/** What deliveries say, shortly: `phone-leg: hello`, `room-leg! a notice`, `phone-leg openPortal`. */
export function shown(deliveries: readonly PlannedDelivery[]): string[] {
  return deliveries.map(({ leg, task }) =>
    task.kind === "send" ? `${leg}${spoken(task.content)}` : `${leg} ${task.kind}`,
  );
}

function spoken(content: Content): string {
  if (content.kind === "unbridgeable") return ` ${content.what}`;
  return content.kind === "notice" ? `! ${content.text}` : `: ${content.text}`;
}
