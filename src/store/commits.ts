import type { Change, Conversation, Leg } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { AccountId, CanonicalId, ChatKey, LegId } from "../model/ids.ts";
import type { Sensitive } from "../model/sensitive.ts";
import type { Timestamp } from "../model/time.ts";
import type { Conversations } from "./conversations.ts";
import { canonicalBytes, keys } from "./keys.ts";
import { LEASE } from "./lanes.ts";
import type { DeliveryPayload } from "./legs.ts";
import { sliceEnd, sliceOf, sourceEntry } from "./message-map.ts";
import type { Fence } from "./meta.ts";
import type { SlotKey } from "./redis/slots.ts";
import type { Store } from "./store.ts";

/** What a commit freezes. */
export interface Commit {
  /** The conversation as it was when it was decided: its version is what the commit is compared with. */
  readonly conversation: Conversation;
  readonly canonical: CanonicalId;
  readonly acceptedAt: Timestamp;
  /** The commit of the same lane that was sent before it and isn't answered yet: it is done after that one, or not at all. */
  readonly after?: Pick<Commit, "canonical" | "acceptedAt">;
  /** The lane it came by, and its fence; absent for what the house does by itself. */
  readonly lane?: { readonly chat: ChatKey; readonly fence: Fence };
  /** Where it came from, for the message map. */
  readonly source?: { readonly leg: LegId; readonly ref?: Sensitive<string> };
  readonly changes: readonly Change[];
  readonly deliveries: readonly PlannedDelivery[];
  /** Native chats that become known with it. */
  readonly chats?: readonly { readonly chat: ChatKey; readonly leg: LegId }[];
}

/** What the caller wants for a leg on which nothing waits: `mark` it as sending, only `claim` it, or leave it to others. */
export type Wish = "mark" | "claim" | "leave";

/** How a commit went; `claimed`: which of its deliveries' legs are the caller's now, in the order given. */
export type CommitReply =
  | { readonly kind: "committed"; readonly claimed: readonly boolean[] }
  /** It was committed before, maybe by a process that is gone. */
  | { readonly kind: "known" }
  /** The conversation has changed: load and decide again. */
  | { readonly kind: "stale" }
  /** Somebody else has the lane. */
  | { readonly kind: "fenced" };

/** A delivery's payload, as it will be stored. */
export function payloadOf(commit: Commit, delivery: PlannedDelivery): DeliveryPayload {
  return {
    conversation: commit.conversation.id,
    leg: delivery.leg,
    canonical: commit.canonical,
    slice: sliceOf(commit.acceptedAt),
    task: delivery.task,
    acceptedAt: commit.acceptedAt,
    ...(delivery.from === undefined ? {} : { from: delivery.from }),
  };
}

/** Commits decisions: `commit.lua`, all or nothing. */
export class Commits {
  readonly #store: Store;
  readonly #conversations: Conversations;

  constructor(store: Store, conversations: Conversations) {
    this.#store = store;
    this.#conversations = conversations;
  }

  /**
   * `wishes` has one entry for each delivery; `fence` is what claimed legs get; `onReply` is called by the very reply (see
   * Lanes). @throws StoreAway
   */
  async commit(
    commit: Commit,
    wishes: readonly Wish[],
    fence: Fence,
    onReply: (reply: CommitReply) => void,
  ): Promise<CommitReply> {
    const { connection, journal, scripts, vault } = this.#store;
    const { conversation, canonical, deliveries, changes, chats = [], after = commit } = commit;
    const slice = sliceOf(commit.acceptedAt);
    const names: SlotKey<"c">[] = [
      keys.conversation(conversation.id),
      keys.map(slice, canonicalBytes(canonical)),
      keys.map(sliceOf(after.acceptedAt), canonicalBytes(after.canonical)),
    ];
    const written = changes.length === 0 ? [] : this.#conversations.fieldsOf(conversation, changes);
    const args: (string | Buffer | number)[] = [
      conversation.version,
      commit.lane?.chat ?? "",
      commit.lane?.fence ?? "",
      canonicalBytes(canonical),
      this.#mapEntry(commit),
      sliceEnd(slice),
      LEASE,
      written.length,
      deliveries.length,
      chats.length,
      fence,
      commit.after === undefined ? "" : canonicalBytes(after.canonical),
    ];
    for (const [field, value] of written) args.push(field, value);
    deliveries.forEach((delivery, i) => {
      const account = accountOf(commit, delivery.leg);
      names.push(
        keys.delivery(delivery.id),
        keys.leg(delivery.leg),
        keys.legsDue(account),
        keys.legFences(account),
      );
      const sealed = vault.sealFor(
        "24h",
        "delivery",
        delivery.id,
        JSON.stringify(payloadOf(commit, delivery)),
      );
      args.push(
        delivery.id,
        delivery.leg,
        WISHES[wishes[i] ?? "leave"],
        Math.round(delivery.deadline),
        sealed,
      );
    });
    for (const { chat, leg } of chats) {
      names.push(keys.chat(chat));
      args.push(`${conversation.id}:${leg}`);
    }
    const reply = await connection.call(scripts.commit, names, args).then((raw) => {
      const read = readReply(Number(raw), deliveries.length);
      onReply(read);
      return read;
    });
    // Also of a commit that is repeated: the process that made it may have been killed before this.
    if ((reply.kind === "committed" || reply.kind === "known") && closes(commit))
      await journal.note({ kind: "closed", conversation: conversation.id });
    return reply;
  }

  /** Whether something was committed under this id, in whatever conversation. @throws StoreAway */
  async isKnown(canonical: CanonicalId, acceptedAt: Timestamp): Promise<boolean> {
    const id = canonicalBytes(canonical);
    return (await this.#store.connection.command("HEXISTS", keys.map(sliceOf(acceptedAt), id), id)) === 1;
  }

  /** What the map keeps of the source: nothing for what the house does by itself. */
  #mapEntry({ canonical, source, conversation }: Commit): Buffer | string {
    if (source === undefined) return "";
    const index = conversation.legs.findIndex((leg) => leg.id === source.leg);
    const ref = source.ref?.expose();
    return sourceEntry(
      this.#store.vault,
      canonical,
      ref === undefined ? { leg: index } : { leg: index, ref },
    );
  }
}

/** Whether nothing is said in its conversation any more after it. */
function closes({ conversation, changes }: Commit): boolean {
  return conversation.record.open && changes.some((it) => it.kind === "record" && !it.record.open);
}

const WISHES: Readonly<Record<Wish, string>> = { mark: "m", claim: "c", leave: "" };

/** By which account a leg of a commit is reached, also one that comes with it. @throws when there is no such leg. */
export function accountOf({ conversation, changes }: Commit, leg: LegId): AccountId {
  const isIt = (each: Leg): boolean => each.id === leg;
  const found =
    conversation.legs.find(isIt) ??
    changes.flatMap((change) => (change.kind === "leg" ? change.leg : [])).find(isIt);
  if (found === undefined)
    throw new Error("a delivery was decided for a leg that the conversation doesn't have");
  return found.account;
}

function readReply(reply: number, deliveries: number): CommitReply {
  if (reply === 0) return { kind: "known" };
  if (reply === -1) return { kind: "stale" };
  if (reply === -2) return { kind: "fenced" };
  return {
    kind: "committed",
    claimed: Array.from({ length: deliveries }, (_, i) => ((reply >> (i + 1)) & 1) === 1),
  };
}
