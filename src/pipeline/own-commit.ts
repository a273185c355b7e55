import { applyChanges, type Change, type Conversation } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { CanonicalId, ChatKey, ConversationId, DeliveryId, LegId } from "../model/ids.ts";
import { portalAlias } from "../model/portal-alias.ts";
import type { Timestamp } from "../model/time.ts";
import type { Commit, CommitReply, Wish } from "../store/commits.ts";
import type { Fence } from "../store/meta.ts";
import type { House } from "./house.ts";

/** What the house does by itself, made from the conversation as it is; undefined when there is nothing to do. */
export interface OwnWork {
  readonly changes: readonly Change[];
  readonly deliveries: readonly PlannedDelivery[];
  readonly chats?: readonly { readonly chat: ChatKey; readonly leg: LegId }[];
}

/** Who hears of commits: what is committed on legs of ours is begun at once. */
export interface Committer {
  wishFor(conversation: Conversation, delivery: PlannedDelivery): Wish;
  committed(commit: Commit, wishes: readonly Wish[], reply: CommitReply, fence: Fence): void;
  uncommitted(commit: Commit, wishes: readonly Wish[]): void;
}

/**
 * Commits what the house does by itself, once for each canonical id however often it is asked, deciding again when the
 * conversation has changed meanwhile. Says whether there was anything to do.
 * @throws StoreAway
 */
export async function commitOwn(
  house: House,
  committer: Committer,
  what: {
    readonly conversation: ConversationId;
    readonly canonical: CanonicalId;
    readonly acceptedAt: Timestamp;
  },
  make: (conversation: Conversation) => OwnWork | undefined,
): Promise<boolean> {
  for (;;) {
    const conversation = await house.cache.get(what.conversation);
    const work = conversation && make(conversation);
    if (conversation === undefined || work === undefined) return false;
    const commit: Commit = { ...work, conversation, canonical: what.canonical, acceptedAt: what.acceptedAt };
    const fence = house.fences.next();
    const after = applyChanges(conversation, work.changes); // knows the legs that are new
    const wishes = work.deliveries.map((delivery): Wish => committer.wishFor(after, delivery));
    const call = house.commits.commit(commit, wishes, fence, (answer) => {
      if (answer.kind !== "committed") house.cache.drop(conversation.id);
      else {
        if (work.changes.length > 0) house.cache.put(after);
        for (const { chat, leg } of work.chats ?? [])
          house.cache.placed(chat, { conversation: conversation.id, leg });
      }
      committer.committed(commit, wishes, answer, fence);
    });
    call.catch(() => committer.uncommitted(commit, wishes));
    if ((await call).kind !== "stale") return true;
  }
}

/**
 * Commits what is done once because the conversation itself says whether it is done: `make` gives nothing the second time, and
 * may find it to be done anew once it was undone. `head` are the first two octets of the canonical id, which say by whom.
 * @throws StoreAway
 */
export function commitUnlessDone(
  house: House,
  committer: Committer,
  conversation: ConversationId,
  head: readonly [number, number],
  make: (conversation: Conversation) => OwnWork | undefined,
): Promise<boolean> {
  const nonce = Buffer.from(house.store.vault.newId(), "base64url");
  const octets = Buffer.concat([Buffer.from(head), Buffer.from(conversation, "base64url"), nonce]);
  const canonical = octets.toString("base64url") as CanonicalId; // of our own making
  return commitOwn(house, committer, { conversation, canonical, acceptedAt: house.clock.now() }, make);
}

/** An id of the house's form that comes from another one, the same each time: what is made by it is made once. */
export function idFrom<T extends string>({ store }: House, id: string, what: string): T {
  return store.vault.keyring.derived(what, id).slice(0, 16) as T; // ids are opaque
}

/** The name of a leg's portal that comes from something, the same each time: what is opened by it is opened once. */
export function aliasFrom({ store }: House, leg: LegId, from: string): string {
  const octets = Buffer.from(store.vault.keyring.derived(`portal of ${leg}`, from), "base64url");
  return portalAlias({ bytes: () => octets });
}

/** What the house says or does about a delivery, as the first octet of its canonical id. */
const ABOUT = {
  stillTrying: 1,
  givenUp: 2,
  unsure: 3,
  opened: 4,
  unopened: 5,
  loss: 6,
  moved: 7,
} as const;

/**
 * The canonical id of what follows from a delivery: the same each time, so that it happens once. `revived`: how often it was
 * kept and put back, since a sender who asked for it is told anew.
 */
export function followingFrom(delivery: DeliveryId, what: keyof typeof ABOUT, revived = 0): CanonicalId {
  const id = Buffer.concat([Buffer.of(ABOUT[what], revived & 0xff), Buffer.from(delivery, "base64url")]);
  return id.toString("base64url") as CanonicalId; // of our own making
}
