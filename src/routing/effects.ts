import type { OperatorConfig } from "../config/index.ts";
import type { Capabilities } from "../model/capabilities.ts";
import type { Change, Leg } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { Errand } from "../model/errand.ts";
import type { ConfiguredDoor } from "../model/front-door.ts";
import type { AccountId, DeliveryId, LegId } from "../model/ids.ts";
import type { Texts } from "../model/texts.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";

/** What follows from one event: all of it is committed together. */
export interface Decision {
  readonly deliveries: readonly PlannedDelivery[];
  readonly changes: readonly Change[];
  /** A kept delivery goes again or ends: done as an errand is, after the commit. */
  readonly revive?: { readonly delivery: DeliveryId; readonly leg: LegId; readonly action: "again" | "drop" };
  /** Done after the commit and before the lane goes on. */
  readonly errand?: Errand;
  /** Why nothing follows; counted, so that nothing is dropped without a trace. */
  readonly ignored?: "no-conversation" | "closed" | "not-a-participant" | "nothing-to-do" | "limited";
}

/** An account that its operator links with a phone. */
export interface Linkable {
  readonly account: AccountId;
  readonly network: Pick<Capabilities, "network" | "title">;
}

/** What a decision needs from outside beside the event and the snapshot, so that it has no clock and no chance of its own. */
export interface Circumstances {
  readonly now: Timestamp;
  readonly nextDeliveryId: () => DeliveryId;
  readonly capabilitiesOf: (account: AccountId) => Capabilities;
  /** Where the bridge itself is reached on an account. */
  readonly doorOf: (account: AccountId) => ConfiguredDoor | undefined;
  /** Whether several conversations are led in the chat of this leg, so that names tell them apart. */
  readonly isShared: (leg: Leg) => boolean;
  /** Each network of this bridge, once. */
  readonly networks: readonly Capabilities[];
  /** Who runs the bridge, if they are named, and what they may link from their chat with it. */
  readonly operator: OperatorConfig | undefined;
  readonly linkable: readonly Linkable[];
  readonly texts: Texts;
  /** IANA name, for times in notices. */
  readonly timeZone: string;
  /** How long a text is tried, in ms from its acceptance. */
  readonly deadline: Milliseconds;
}
