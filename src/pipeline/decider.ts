import { TryLater } from "../adapter/errors.ts";
import { decideDesk } from "../commands/desk.ts";
import { decideConversation } from "../commands/in-conversation.ts";
import type { Change, Conversation, DeskRecord } from "../model/conversation.ts";
import type { AccountId, CanonicalId, ConversationId, LegId } from "../model/ids.ts";
import { DAY, type Timestamp } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { Decision } from "../routing/effects.ts";
import { laneEvent } from "../routing/lane-event.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import type { Commit } from "../store/commits.ts";
import type { LaneName } from "../store/lanes.ts";
import { conversationByRef, findByRef } from "../store/message-map.ts";
import type { Fence } from "../store/meta.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { announce, hasDesks, sharedLegs } from "./desk-legs.ts";
import type { Desks } from "./desks.ts";
import { isLeaving } from "./errands/forget-me.ts";
import { textsOf } from "./errands/held-back.ts";
import { isRevisedBy } from "./errands/kept-text.ts";
import type { ErrandRunner } from "./errands/runner.ts";
import { circumstancesOf, type House } from "./house.ts";
import type { Committer } from "./own-commit.ts";
import { withinLimits } from "./toll.ts";
import type { WantedLegs } from "./wanted-legs.ts";

/** What comes of an event of a lane before it is committed. */
type Prepared =
  | { readonly kind: "commit"; readonly commit: Commit; readonly decision: Decision }
  /** Nothing follows from it. */
  | { readonly kind: "skip" }
  /** A fault of ours: it is tried again a few times, then buried. */
  | { readonly kind: "again" }
  /** A network has to be asked first and can't be now. */
  | { readonly kind: "later" };

/** What the decider works with. */
interface DeciderParts {
  readonly house: House;
  readonly committer: Committer;
  readonly desks: Desks;
  readonly errands: ErrandRunner;
  readonly wanted: WantedLegs;
}

/** Loads what an event is about and says what is to be committed; does what was decided before and is still open. */
export class Decider {
  readonly #parts: DeciderParts;

  constructor(parts: DeciderParts) {
    this.#parts = parts;
  }

  /**
   * @param settleBefore waits until all that was decided before in this lane is committed
   * @throws StoreAway
   */
  async prepare(
    lane: { readonly name: LaneName; readonly fence: Fence },
    event: AcceptedEvent,
    settleBefore: () => Promise<unknown>,
  ): Promise<Prepared> {
    const { committer, house } = this.#parts;
    const { counters, log } = house;
    const { account } = lane.name;
    try {
      const place = await this.#placeOf(lane.name, event);
      if (place === "done") return { kind: "skip" };
      const conversation = place && (await this.#settled(place, event, settleBefore));
      if (conversation === "done") return { kind: "skip" };
      if (place === undefined || conversation === undefined || isLeaving(conversation.record)) {
        counters.add("footbridge_events_ignored_total", account);
        log.info("event.ignored", { account, reason: "no-conversation" });
        return { kind: "skip" };
      }
      const ready = await this.#reachable(event, conversation, settleBefore);
      const decided = await this.#decide(event, place.leg, ready, account);
      const decision = withRevival(await withinLimits(house, event, ready, place.leg, decided), event);
      if (decision.ignored !== undefined) {
        counters.add("footbridge_events_ignored_total", account);
        log.info("event.ignored", { account, reason: decision.ignored });
        return { kind: "skip" };
      }
      if (hasDesks(ready)) await announce(house, committer, ready, place.leg, event);
      return { kind: "commit", commit: commitOf(lane, event, place.leg, ready, decision), decision };
    } catch (error) {
      if (error instanceof StoreAway) throw error;
      if (error instanceof TryLater) return { kind: "later" };
      log.error("event.undecided", { account, ...describeError(error) });
      return { kind: "again" };
    }
  }

  /** Does the errand of a decision that was just committed. @throws StoreAway; what the errand throws */
  async finish({ conversation, source }: Commit, event: AcceptedEvent): Promise<void> {
    if (source !== undefined) await this.#finish(conversation.id, source.leg, event);
  }

  /** Where an event belongs. `done`: it was decided before a crash, and what it was decided in is gone by now. */
  async #placeOf(name: LaneName, event: AcceptedEvent) {
    const { cache, commits } = this.#parts.house;
    const known = cache.peekLeg(name.chat) ?? (await cache.legOf(name.chat));
    // Without the chat itself nothing can be begun there: it was known when this was written, and what it led to is gone.
    if (event.chat === undefined) return known;
    // A crash may have left the chat's entry without its conversation, which is made now.
    if (known !== undefined && !(await this.#isGone(known.conversation))) return known;
    if (await commits.isKnown(event.canonical, event.acceptedAt)) return "done";
    return this.#parts.desks.open(name, event.chat, event.from, event.alsoFrom);
  }

  /** The desk's person was forgotten, or is about to be. */
  async #isGone(id: ConversationId): Promise<boolean> {
    const { cache } = this.#parts.house;
    const conversation = cache.peek(id) ?? (await cache.get(id));
    if (conversation === undefined) return true;
    return isLeaving(conversation.record) && Object.keys(conversation.record.errands ?? {}).length === 0;
  }

  /** The conversation, once the errand that was open on the leg is done. `done`: so is this event, decided before a crash. */
  async #settled(
    place: { readonly conversation: ConversationId; readonly leg: LegId },
    event: AcceptedEvent,
    settleBefore: () => Promise<unknown>,
  ): Promise<Conversation | "done" | undefined> {
    const { cache } = this.#parts.house;
    const id = place.conversation;
    const conversation = cache.peek(id) ?? (await cache.get(id));
    const errand = conversation?.record.errands?.[place.leg];
    if (errand === undefined) return conversation;
    await settleBefore();
    // Heads are taken off after their batch: after a crash the errand may be of one behind this one, which is done.
    if (errand.id !== event.canonical && (await this.#isDecided(event))) return "done";
    await this.#finish(id, place.leg, event);
    return errand.id === event.canonical ? "done" : cache.get(id);
  }

  /** Whether an event was decided before. */
  async #isDecided({ acceptedAt, canonical }: AcceptedEvent): Promise<boolean> {
    return this.#parts.house.commits.isKnown(canonical, acceptedAt);
  }

  /** The conversation in which each of those whom a message is for has the leg that they want. */
  async #reachable(
    { body }: AcceptedEvent,
    conversation: Conversation,
    settleBefore: () => Promise<unknown>,
  ): Promise<Conversation> {
    if (body.kind !== "message" || conversation.seats.every(({ wants }) => wants === undefined))
      return conversation;
    await settleBefore();
    return this.#parts.wanted.fulfil(conversation);
  }

  async #finish(id: ConversationId, legId: LegId, event: AcceptedEvent): Promise<void> {
    const conversation = await this.#parts.house.cache.get(id);
    const leg = conversation?.legs.find((each) => each.id === legId);
    if (conversation !== undefined && leg !== undefined)
      await this.#parts.errands.finish(conversation, leg, event);
  }

  async #decide(
    event: AcceptedEvent,
    leg: LegId,
    conversation: Conversation,
    account: AccountId,
  ): Promise<Decision> {
    const { house } = this.#parts;
    const { record } = conversation;
    if (record.origin === "desk") {
      const quoted =
        record.threads.length === 0 && record.groups !== true
          ? undefined
          : await this.#quotedBy(event, account);
      const about = laneEvent(event, leg, await this.#aboutOf(event, account));
      const now = quoted === undefined ? about : { ...about, quoted };
      return seen(decideDesk(now, conversation, record, circumstancesOf(house)), record, event.acceptedAt);
    }
    const shared = hasDesks(conversation) ? await sharedLegs(house, conversation) : [];
    // Only a question can be answered by a reaction: without one it makes no difference what it is on.
    const asks = Object.keys(record.questions).length > 0;
    const about = asks ? await this.#aboutOf(event, account) : undefined;
    const now = { ...laneEvent(event, leg, about), revises: this.#revises(event, leg, conversation) };
    return decideConversation(now, conversation, circumstancesOf(house, shared));
  }

  /** Whether an event changes or takes back a text that waits in the conversation for its writer's answer. */
  #revises(event: AcceptedEvent, leg: LegId, { legs, record }: Conversation): boolean {
    const seat = legs.find(({ id }) => id === leg)?.seat;
    const waiting = seat && record.guarded?.[seat];
    if (seat === undefined || waiting === undefined) return false;
    return textsOf(this.#parts.house, seat, waiting).some((text) => isRevisedBy(text, event));
  }

  /** The conversation of the chat whose message is quoted, or reacted to. */
  async #quotedBy({ body }: AcceptedEvent, account: AccountId): Promise<ConversationId | undefined> {
    const quoted =
      body.kind === "reaction" ? body.target : body.kind === "message" ? body.replyTo : undefined;
    if (quoted === undefined) return undefined;
    const { clock, store } = this.#parts.house;
    return conversationByRef(store, account, quoted.expose(), clock.now());
  }

  /** The commit whose message a reaction is on. */
  async #aboutOf({ body }: AcceptedEvent, account: AccountId): Promise<CanonicalId | undefined> {
    if (body.kind !== "reaction") return undefined;
    const { clock, store } = this.#parts.house;
    return (await findByRef(store, account, body.target.expose(), clock.now()))?.place.canonical;
  }
}

function commitOf(
  lane: { readonly name: LaneName; readonly fence: Fence },
  event: AcceptedEvent,
  leg: LegId,
  conversation: Conversation,
  decision: Decision,
): Commit {
  return {
    conversation,
    canonical: event.canonical,
    acceptedAt: event.acceptedAt,
    lane: { chat: lane.name.chat, fence: lane.fence },
    source: event.ref === undefined ? { leg } : { leg, ref: event.ref },
    changes: withErrand(conversation, leg, decision),
    deliveries: decision.deliveries,
  };
}

/** Whoever does something at their desk was there: it is written once a day, since guests who stay away are forgotten. */
function seen(decision: Decision, record: DeskRecord, at: Timestamp): Decision {
  const isNews = decision.ignored === undefined && at - (record.seen ?? 0) >= DAY;
  if (!isNews) return decision;
  const before = decision.changes.find((change) => change.kind === "record")?.record ?? record;
  if (before.origin !== "desk") return decision;
  const others = decision.changes.filter((change) => change.kind !== "record");
  return { ...decision, changes: [...others, { kind: "record", record: { ...before, seen: at } }] };
}

/** What is asked about is frozen with the answer: the conversation may ask about something else by the time it is committed. */
function withRevival(decision: Decision, { acceptedAt, canonical }: AcceptedEvent): Decision {
  if (decision.revive === undefined) return decision;
  const errand = { kind: "send-again", id: canonical, at: acceptedAt, ...decision.revive } as const;
  return { ...decision, errand };
}

/** An errand is frozen with the decision, in the record. */
function withErrand({ record }: Conversation, leg: LegId, { changes, errand }: Decision): readonly Change[] {
  if (errand === undefined) return changes;
  const changed = changes.find((change) => change.kind === "record")?.record ?? record;
  const errands = { ...changed.errands, [leg]: errand };
  const others = changes.filter((change) => change.kind !== "record");
  return [...others, { kind: "record", record: { ...changed, errands } }];
}
