import { TryLater } from "../adapter/errors.ts";
import { applyChanges } from "../model/conversation.ts";
import type { AccountId, ChatKey } from "../model/ids.ts";
import { type Milliseconds, SECOND, type Timestamp } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import { KeyNotReady, UnknownKey } from "../privacy/errors.ts";
import type { Decision } from "../routing/effects.ts";
import type { AcceptedEvent } from "../store/accepted-event.ts";
import type { Commit, CommitReply, Wish } from "../store/commits.ts";
import type { AcceptReply, LaneName, Taken } from "../store/lanes.ts";
import type { Fence } from "../store/meta.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { earliest } from "./at-work.ts";
import type { Decider } from "./decider.ts";
import type { House } from "./house.ts";
import { type Lane, newLane } from "./lane.ts";
import type { LegWorker } from "./leg-worker.ts";

/** How many events of a lane are committed before their heads are taken off. */
const BATCH = 16;
/** How many events of a lane are kept in memory; the rest is read back from Redis. */
const IN_MEMORY = 128;
/** An event that can't be worked on is buried after so many tries. */
const TRIES = 5;
/** So many conflicts in a row are normal. */
const CONFLICTS = 5;
/** A network that couldn't be asked is asked again. */
const ASK_AGAIN: Milliseconds = 2 * SECOND;
const FIRST_PAUSE: Milliseconds = SECOND / 4;

/** How far a batch came. */
type BatchEnd = { readonly done: number; readonly end: "all" | "fenced" | "stale" | "again" | "later" };

/** Redis went away while it waited. */
const NOTHING_DONE: BatchEnd = { done: 0, end: "all" };

/**
 * Takes accepted events from their lanes, decides and commits: in order for each lane, many lanes side by side. It holds in
 * memory what it just accepted, so that nothing is read back on the way.
 */
export class LaneWorker {
  readonly #house: House;
  readonly #legs: LegWorker;
  readonly #decider: Decider;
  readonly #lanes = new Map<ChatKey, Lane>();
  /** Counts the boots: what was begun under one ends with it. */
  #boot = 0;
  #pops: Lane[] = [];
  #idle: (() => void) | undefined;

  constructor(house: House, legs: LegWorker, decider: Decider) {
    this.#house = house;
    this.#legs = legs;
    this.#decider = decider;
  }

  get size(): number {
    return this.#lanes.size;
  }

  /** When the lane at work that has made no step for longest made its last one, on the monotonic clock; undefined: none is at work. */
  get oldestStep(): Milliseconds | undefined {
    return earliest([...this.#lanes.values()].filter(({ working }) => working));
  }

  /** When the oldest event that is held here and isn't decided yet was taken in. */
  get oldest(): Timestamp | undefined {
    let oldest: Timestamp | undefined;
    for (const { events } of this.#lanes.values()) {
      const [head] = events;
      if (head !== undefined && !(head instanceof Error) && head.acceptedAt < (oldest ?? Infinity))
        oldest = head.acceptedAt;
    }
    return oldest;
  }

  /** Whether an event has expired, or may have, that isn't worked on yet. */
  hasExpired(): boolean {
    const oldest = this.#house.clock.now() - this.#house.rules.deadline;
    return [...this.#lanes.values()].some(({ events: [head], more, reading }) =>
      head === undefined ? more || reading : head instanceof Error || head.acceptedAt <= oldest,
    );
  }

  /** What came in with one call: all is taken in before any is worked on, so that a lane's is committed together. */
  accepted(account: AccountId, taken: readonly Taken[], fence: Fence): void {
    const ours = new Set<Lane>();
    for (const { arrival, reply } of taken) {
      if (arrival.kind === "receipt") continue;
      const lane = this.#takeIn({ account, chat: arrival.chat }, arrival.event, reply, fence);
      if (lane !== undefined) ours.add(lane);
    }
    for (const lane of ours) this.#work(lane);
  }

  /** Says the lane that an event is in now, when it is ours. */
  #takeIn(name: LaneName, event: AcceptedEvent, reply: AcceptReply, fence: Fence): Lane | undefined {
    if (reply === "claimed") {
      const lane = newLane(name, fence, [event]);
      this.#lanes.set(name.chat, lane);
      return lane;
    }
    const lane = reply === "queued" ? this.#lanes.get(name.chat) : undefined;
    if (lane === undefined) return undefined; // known already, or somebody else's, or due later
    if (lane.more || lane.reading || lane.events.length >= IN_MEMORY) lane.more = true;
    else lane.events.push(event);
    return lane;
  }

  /** A lane was claimed from Redis: its events are read from there. `attempts` counts the claims that came to nothing. */
  claimed(name: LaneName, fence: Fence, attempts: number): void {
    const known = this.#lanes.get(name.chat);
    if (known !== undefined) {
      known.fence = fence;
      return;
    }
    const lane = newLane(name, fence, [], attempts - 1);
    this.#lanes.set(name.chat, lane);
    this.#work(lane);
  }

  /**
   * Something was put at the end of a lane that isn't in our hands: it is read back, and so is what comes behind it. Called by the
   * very reply (see Lanes).
   */
  grew(chat: ChatKey): void {
    const lane = this.#lanes.get(chat);
    if (lane !== undefined) lane.more = true;
  }

  /** Everything in memory may be wrong: Redis was away. */
  forget(): void {
    this.#boot += 1;
    this.#lanes.clear();
    this.#pops = [];
  }

  /** The lanes that are ours, for renewing their leases. */
  held(): readonly { name: LaneName; fence: Fence }[] {
    return [...this.#lanes.values()].map(({ name, fence }) => ({ name, fence }));
  }

  /**
   * The lease of a lane under this fence was lost: somebody else works on it now. Said late, when the lane has been drained
   * and is ours again under a newer fence, it means nothing.
   */
  lost(chat: ChatKey, fence: Fence): void {
    if (this.#lanes.get(chat)?.fence === fence) this.#release(chat);
  }

  /** Resolves when no lane has anything left. */
  async drained(): Promise<void> {
    while (this.#lanes.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
  }

  #release(chat: ChatKey): void {
    this.#lanes.delete(chat);
    if (this.#lanes.size === 0) this.#idle?.();
  }

  #work(lane: Lane): void {
    if (lane.working) return;
    lane.working = true;
    lane.movedAt = this.#house.clock.monotonic();
    const boot = this.#boot;
    this.#run(lane, boot).catch((error: unknown) => {
      if (error instanceof StoreAway || boot !== this.#boot) return; // all begins anew when Redis is back
      this.#house.log.error("lane.stopped", { lane: lane.name.chat, ...describeError(error) });
      this.#release(lane.name.chat); // its lease runs out, and it is claimed again
    });
  }

  async #run(lane: Lane, boot: number): Promise<void> {
    for (;;) {
      while (lane.events.length > 0) {
        lane.movedAt = this.#house.clock.monotonic();
        const batch = lane.events.slice(0, BATCH);
        const { done, end } = await this.#house.pause.during(() =>
          boot === this.#boot ? this.#commitAll(lane, batch) : Promise.resolve(NOTHING_DONE),
        );
        if (boot !== this.#boot || this.#lanes.get(lane.name.chat) !== lane) return;
        lane.events.splice(0, done);
        if (done > 0) {
          lane.tries = 0;
          lane.conflicts = 0;
          this.#pop(lane, done);
        }
        if (end === "fenced") return this.#release(lane.name.chat);
        if (end === "stale") await this.#conflict(lane);
        if (end === "again") await this.#pauseOrBury(lane);
        if (end === "later") await this.#house.clock.sleep(ASK_AGAIN);
        if (boot !== this.#boot || this.#lanes.get(lane.name.chat) !== lane) return;
      }
      if (!lane.more) break;
      await this.#readMore(lane);
      if (boot !== this.#boot) return;
    }
    lane.working = false;
  }

  /** Events that were pushed out of memory are read back, behind those that are committed and still stand in the lane. */
  async #readMore(lane: Lane): Promise<void> {
    const skip = lane.committed;
    lane.more = false;
    lane.reading = true;
    // Taken in by the reply itself: nothing that was accepted before or after may come between.
    await this.#house.lanes.read(lane.name, skip, IN_MEMORY, (events) => {
      lane.reading = false;
      if (lane.committed !== skip)
        lane.more = true; // heads were taken off meanwhile: read again
      else {
        lane.events.push(...events);
        if (events.length === IN_MEMORY) lane.more = true;
        else if (events.length === 0 && skip === 0) this.#pop(lane, 0);
      }
    });
  }

  /** Another lane changed the conversation first; it is decided again, and nobody is waited for unless it goes on and on. */
  async #conflict(lane: Lane): Promise<void> {
    lane.conflicts += 1;
    if (lane.conflicts > CONFLICTS)
      await this.#house.clock.sleep(this.#house.random.fraction() * 20 * lane.conflicts);
  }

  async #pauseOrBury(lane: Lane): Promise<void> {
    lane.tries += 1;
    if (lane.tries < TRIES) return this.#house.clock.sleep(FIRST_PAUSE * 2 ** lane.tries);
    await this.#bury(lane, "internal");
  }

  async #bury(lane: Lane, reason: "internal" | "expired"): Promise<void> {
    const house = this.#house;
    // The head must be the one that is stuck.
    while (lane.committed > 0 && this.#lanes.get(lane.name.chat) === lane) await house.clock.sleep(10);
    if (this.#lanes.get(lane.name.chat) !== lane) return;
    const id = house.store.vault.newId();
    const { account } = lane.name;
    const record = JSON.stringify({ account, reason, since: house.clock.now(), attempts: lane.tries });
    const { fence } = lane;
    const until = house.clock.now() + house.rules.deadline;
    await house.lanes.bury(lane.name, fence, id, record, until, (left) => {
      if (this.#lanes.get(lane.name.chat) !== lane) return;
      if (left < 0) {
        // Claimed anew by us, it is tried once more; by somebody else, it is theirs.
        if (lane.fence === fence) this.#release(lane.name.chat);
        return;
      }
      house.counters.addBy("footbridge_buried_total", account, "event");
      house.log.error("event.buried", { account, lane: lane.name.chat, reason });
      lane.events.shift();
      lane.tries = 0;
      if (left === 0 && lane.events.length === 0) this.#release(lane.name.chat);
    });
  }

  /**
   * Commits a batch in order. What raises no version goes out without waiting: each names the one before it, and when that comes
   * too late or is refused, so are those behind it.
   */
  async #commitAll(lane: Lane, batch: readonly (AcceptedEvent | Error)[]): Promise<BatchEnd> {
    let underWay: Promise<CommitReply | "skipped">[] = [];
    let last: Commit | undefined;
    let done = 0;
    const settle = async (): Promise<BatchEnd | undefined> => {
      const replies = await Promise.all(underWay);
      underWay = [];
      last = undefined;
      for (const reply of replies) {
        if (reply === "skipped" || reply.kind === "committed" || reply.kind === "known") done += 1;
        else if (reply.kind === "fenced") return { done, end: "fenced" };
        else return { done, end: "stale" };
      }
      return undefined;
    };
    for (const event of batch) {
      lane.movedAt = this.#house.clock.monotonic();
      if (event instanceof Error) {
        const end = await settle();
        return end ?? (done > 0 ? { done, end: "all" } : await this.#unreadable(lane, event));
      }
      let broken: BatchEnd | undefined;
      const prepared = await this.#decider.prepare(lane, event, async () => {
        broken ??= await settle();
      });
      // One before it wasn't committed: it stays behind that one.
      if (broken !== undefined) return broken;
      if (prepared.kind === "again" || prepared.kind === "later")
        return (await settle()) ?? { done, end: prepared.kind };
      if (prepared.kind === "skip") underWay.push(Promise.resolve("skipped"));
      else {
        const { commit, decision } = prepared;
        const now: Commit = last === undefined ? commit : { ...commit, after: last };
        last = commit;
        underWay.push(this.#commit(now, decision));
        if (commit.changes.length === 0) continue;
        const end = await settle();
        if (end !== undefined) return end;
        const ran = decision.errand === undefined ? "done" : await this.#runErrand(lane, commit, event);
        if (ran !== "done") return { done: done - 1, end: ran };
      }
    }
    return (await settle()) ?? { done, end: "all" };
  }

  /** An event that can't be opened: expired while we were down, or damaged. The operator sees that it was there. */
  async #unreadable(lane: Lane, error: Error): Promise<BatchEnd> {
    if (error instanceof KeyNotReady) return { done: 0, end: "again" };
    await this.#bury(lane, error instanceof UnknownKey ? "expired" : "internal");
    return { done: 0, end: "all" };
  }

  /** Does what was decided beyond the conversation; what isn't done is tried again with its event. @throws StoreAway */
  async #runErrand(lane: Lane, commit: Commit, event: AcceptedEvent): Promise<"done" | "again" | "later"> {
    try {
      await this.#decider.finish(commit, event);
      return "done";
    } catch (error) {
      if (error instanceof StoreAway) throw error;
      if (error instanceof TryLater) return "later";
      this.#house.log.error("errand.failed", { account: lane.name.account, ...describeError(error) });
      return "again";
    }
  }

  #commit(commit: Commit, decision: Decision): Promise<CommitReply> {
    const { cache, commits, fences } = this.#house;
    const fence = fences.next();
    const wishes = decision.deliveries.map(
      (delivery): Wish => this.#legs.wishFor(commit.conversation, delivery),
    );
    const call = commits.commit(commit, wishes, fence, (reply) => {
      if (reply.kind !== "committed") cache.drop(commit.conversation.id);
      else if (commit.changes.length > 0) cache.put(applyChanges(commit.conversation, commit.changes));
      this.#legs.committed(commit, wishes, reply, fence);
    });
    call.catch(() => this.#legs.uncommitted(commit, wishes));
    return call;
  }

  /** Takes committed heads off: all lanes of a turn in one call. */
  #pop(lane: Lane, count: number): void {
    lane.committed += count;
    if (!this.#pops.includes(lane)) this.#pops.push(lane);
    if (this.#pops.length === 1) setImmediate(() => this.#flushPops());
  }

  #flushPops(): void {
    const boot = this.#boot;
    const byAccount = Map.groupBy(this.#pops, (lane) => lane.name.account);
    this.#pops = [];
    for (const [account, lanes] of byAccount) {
      const heads = lanes.map((lane) => {
        const count = lane.committed - lane.popping;
        lane.popping = lane.committed;
        return { chat: lane.name.chat, fence: lane.fence, count };
      });
      const popped = (left: readonly number[]): void => {
        if (boot !== this.#boot) return;
        for (const [i, lane] of lanes.entries()) {
          const head = heads[i];
          if (head !== undefined) this.#popped(lane, head, left[i] ?? -1);
        }
      };
      this.#house.lanes.pop(account, heads, popped).catch((error: unknown) => {
        if (!(error instanceof StoreAway)) this.#house.log.error("lane.pop.failed", describeError(error));
      });
    }
  }

  #popped(lane: Lane, { fence, count }: { fence: Fence; count: number }, left: number): void {
    if (this.#lanes.get(lane.name.chat) !== lane) return;
    lane.popping -= count;
    if (left < 0 && lane.fence !== fence) {
      this.#pop(lane, 0); // claimed anew by us meanwhile: they still stand there
      return;
    }
    lane.committed -= count;
    if (left < 0 || (left === 0 && lane.events.length === 0)) this.#release(lane.name.chat);
    else if (left > 0 && lane.events.length === 0 && lane.committed === 0) {
      lane.more = true;
      this.#work(lane);
    }
  }
}
