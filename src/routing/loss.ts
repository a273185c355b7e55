import type { Degradation } from "../adapter/operation.ts";
import { type Change, type Conversation, toldMark } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { LegId, SeatId } from "../model/ids.ts";
import { notice } from "./decide.ts";
import type { Circumstances } from "./effects.ts";

/** A delivery that arrived. */
export interface Arrived {
  readonly leg: LegId;
  /** Absent for what the bridge said by itself: then nobody is told. */
  readonly from?: SeatId;
}

/**
 * Tells a sender what a network left out of a message that arrived, once for each kind and leg; what `decide` said from the
 * capabilities counts as told. Formatting is spoken of only where the network has it in full, so that its loss surprises.
 * Undefined when there is nothing to say.
 */
export function afterLoss(
  loss: readonly Degradation[],
  arrived: Arrived,
  conversation: Conversation,
  circumstances: Circumstances,
): { readonly deliveries: readonly PlannedDelivery[]; readonly changes: readonly Change[] } | undefined {
  const { record, legs, seats } = conversation;
  const to = legs.find((leg) => leg.seat === arrived.from);
  const leg = legs.find((each) => each.id === arrived.leg);
  const name = seats.find((seat) => seat.id === leg?.seat)?.name;
  if (to === undefined || leg === undefined || name === undefined) return undefined;
  const { features, title: network } = circumstances.capabilitiesOf(leg.account);
  const news = [...new Set(loss)].filter((feature) => {
    const isExpected = feature === "formatted" && features.formatted !== "full";
    return !isExpected && !record.told.includes(toldMark(feature, leg.id));
  });
  if (news.length === 0) return undefined;
  const { asText, onceAsText } = circumstances.texts;
  const deliveries = news.map((feature) => {
    const say = features[feature] === "full" ? onceAsText : asText;
    return notice(to, say({ name, feature, network }), circumstances);
  });
  const told = [...record.told, ...news.map((feature) => toldMark(feature, leg.id))];
  return { deliveries, changes: [{ kind: "record", record: { ...record, told } }] };
}
