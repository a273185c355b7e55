import type { Conversation, Leg } from "../../src/model/conversation.ts";
import type { CanonicalId, ChatKey, DeliveryId } from "../../src/model/ids.ts";
import type { Fence } from "../../src/store/meta.ts";
import { legsOf, newId } from "./fixture.ts";

export const WORKERS = 3;

/** A delivery; its state as Redis writes it: queued, sending, uncertain, buried. */
export interface Record {
  readonly id: DeliveryId;
  readonly leg: ModelLeg;
  state: "q" | "s" | "u" | "b";
  attempts: number;
  gate: number;
}

export interface ModelLeg {
  readonly leg: Leg;
  readonly queue: Record[];
  fence: Fence | undefined;
  leased: boolean;
}

/** What the legs should be, and what each worker believes it holds. */
export class Model {
  conversation: Conversation;
  readonly legs: readonly ModelLeg[];
  readonly held: Map<ModelLeg, Fence>[] = Array.from({ length: WORKERS }, () => new Map());
  readonly events = new Map<number, CanonicalId>();
  readonly committed = new Set<CanonicalId>();
  readonly kept = { parked: [] as Record[], buried: [] as Record[] };
  readonly ended: DeliveryId[] = [];
  readonly all: DeliveryId[] = [];
  readonly chat = newId<ChatKey>();
  /** Older than all that come after it. */
  readonly staleFence: Fence;
  laneFence: Fence | undefined;
  seen = 0;

  constructor(conversation: Conversation, staleFence: Fence) {
    this.conversation = conversation;
    this.staleFence = staleFence;
    this.legs = legsOf(conversation).map((each) => ({
      leg: each,
      queue: [],
      fence: undefined,
      leased: false,
    }));
  }

  leg(index: number): ModelLeg {
    const found = this.legs[index];
    if (found === undefined) throw new RangeError("no such leg");
    return found;
  }

  heldBy(index: number): Map<ModelLeg, Fence> {
    return this.held[index] ?? new Map();
  }

  canonical(event: number): CanonicalId {
    const id = this.events.get(event) ?? newId<CanonicalId>();
    this.events.set(event, id);
    return id;
  }

  /** The head is gone: what is left keeps the leg, or frees it. */
  afterHead(on: ModelLeg): void {
    on.leased = on.queue.length > 0;
    if (on.queue.length === 0) on.fence = undefined;
  }
}
