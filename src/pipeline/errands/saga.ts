import type { Conversation } from "../../model/conversation.ts";
import type { CanonicalId, ConversationId, LegId } from "../../model/ids.ts";
import { type Milliseconds, SECOND } from "../../model/time.ts";
import type { House } from "../house.ts";
import { commitOwn, type OwnWork } from "../own-commit.ts";
import type { ErrandScene } from "./errand.ts";

/** The first octet of what an errand does once in each of many conversations; the next says which errand it is. */
const SAGA = 0x21;

/** What an errand may do in many conversations. */
const WHAT = {
  ...{ block: 1, unblock: 2, mute: 3, unmute: 4, tidy: 5, name: 6, guard: 7, optOut: 8 },
  ...{ ask: 9, unite: 10, optedOut: 11, revise: 12, ownTalk: 13, groups: 14 },
  ...{ reach: 32, unlink: 33, unlinked: 34, handOver: 35, windUp: 36, handedOver: 37, takenOver: 38 },
  ...{ forget: 48, forgotten: 49 },
} as const;

/**
 * Does something once in one of many conversations, however often the errand is begun. Which conversations these are may
 * change between two tries: so the step is named after the conversation, not counted. @throws StoreAway
 */
export function commitIn(
  scene: ErrandScene,
  conversation: ConversationId,
  what: keyof typeof WHAT,
  make: (conversation: Conversation) => OwnWork | undefined,
): Promise<boolean> {
  const { house, committer, event } = scene;
  const canonical = sagaStep(scene, conversation, what);
  return commitOwn(house, committer, { conversation, canonical, acceptedAt: event.acceptedAt }, make);
}

/** The canonical id of what an errand does once for a conversation. */
export function sagaStep(
  { event }: ErrandScene,
  conversation: ConversationId,
  what: keyof typeof WHAT,
): CanonicalId {
  const parts = [
    Buffer.of(SAGA, WHAT[what]),
    ...[event.canonical, conversation].map((id) => Buffer.from(id, "base64url")),
  ];
  return Buffer.concat(parts).toString("base64url") as CanonicalId; // of our own making
}

const LOOK_EVERY: Milliseconds = 20;
/** Longer than any try takes. What is still marked then is in doubt, and isn't sent again once its gate is closed. */
const LONGEST_TRY: Milliseconds = 60 * SECOND;

/**
 * Waits until nothing is on its way on these legs: what was marked before their gates were closed has arrived, or won't.
 * @throws StoreAway
 */
export async function waitForSends({ clock, legs }: House, ids: readonly LegId[]): Promise<void> {
  const end = clock.monotonic() + LONGEST_TRY;
  for (const id of ids) {
    for (;;) {
      const [head] = await legs.read(id, 0, 1);
      if (head === undefined || "why" in head || head.state !== "sending") break;
      if (clock.monotonic() >= end) return;
      await clock.sleep(LOOK_EVERY);
    }
  }
}
