import type { InboundBody } from "../adapter/event.ts";
import type { Address } from "../model/address.ts";
import type { CanonicalId, ConversationId, LegId } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";

/** An accepted event as `decide` sees it. */
export interface LaneEvent {
  readonly canonical: CanonicalId;
  /** The leg whose native chat it came from. */
  readonly leg: LegId;
  readonly from: Sensitive<Address>;
  /** When it was written, as its network says. */
  readonly at: Timestamp;
  readonly acceptedAt: Timestamp;
  readonly body: Exclude<InboundBody, { kind: "status" }>;
  /** The commit whose message a reaction is on, where that is known. */
  readonly about?: CanonicalId;
  /** The conversation whose message it quotes or reacts to, in a chat that holds several. */
  readonly quoted?: ConversationId;
  /** It changes or takes back a text that waits in its conversation for its writer's answer. */
  readonly revises?: boolean;
}

/** An accepted event as `decide` sees it. */
export function laneEvent(event: AcceptedEvent, leg: LegId, about?: CanonicalId): LaneEvent {
  const { body } = event;
  if (body.kind === "status") throw new TypeError("a receipt doesn't go by a lane");
  return {
    canonical: event.canonical,
    leg,
    from: event.from,
    at: event.at,
    acceptedAt: event.acceptedAt,
    body,
    ...(about === undefined ? {} : { about }),
  };
}
