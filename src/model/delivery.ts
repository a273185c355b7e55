import type { Content } from "./content.ts";
import type { DeliveryId, LegId, SeatId } from "./ids.ts";
import type { Timestamp } from "./time.ts";

/** What a delivery does on its leg. Everything else it needs is the leg's, looked up when it is performed. */
export type Task =
  | {
      readonly kind: "send";
      readonly content: Content;
      readonly at: Timestamp;
      /** It goes also to somebody who wants no more texts: the answer to their own STOP or HELP. */
      readonly insists?: true;
    }
  | { readonly kind: "openPortal" }
  | { readonly kind: "updatePortal" }
  | { readonly kind: "closePortal" };

/** A delivery that was decided and isn't stored yet. */
export interface PlannedDelivery {
  readonly id: DeliveryId;
  readonly leg: LegId;
  readonly task: Task;
  /** When it is given up. */
  readonly deadline: Timestamp;
  /** Whose message it is, and who is told when it doesn't arrive; absent for what the bridge does by itself. */
  readonly from?: SeatId;
}
