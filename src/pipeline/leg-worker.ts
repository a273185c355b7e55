import { assertNever } from "../model/assert-never.ts";
import type { Conversation } from "../model/conversation.ts";
import type { PlannedDelivery } from "../model/delivery.ts";
import type { AccountId, LegId } from "../model/ids.ts";
import type { Milliseconds, Timestamp } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import { accountOf, type Commit, type CommitReply, type Wish } from "../store/commits.ts";
import { legOf, type Settlement } from "../store/legs.ts";
import type { Fence } from "../store/meta.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { Aftermath, type Next } from "./aftermath.ts";
import { earliest } from "./at-work.ts";
import type { House } from "./house.ts";
import {
  atWork,
  freshPending,
  hasExpiredHead,
  type Leg,
  leave,
  logUnreadable,
  NO_PAYLOAD,
  newLeg,
  oldestHead,
  type Pending,
  storedPending,
  type Workplace,
} from "./leg.ts";
import { NeverBegun } from "./never-begun.ts";
import type { Committer } from "./own-commit.ts";
import { type Performed, Performer } from "./performer.ts";

/** How many deliveries of a leg are kept in memory; the rest is read back from Redis. */
const IN_MEMORY = 64;

/**
 * Sends what was committed: in order for each leg, one at a time, many legs side by side as far as their account lets them.
 * It holds in memory what was just committed, so that nothing is read back on the way.
 */
export class LegWorker implements Committer {
  readonly #house: House;
  readonly #workplaces: ReadonlyMap<AccountId, Workplace>;
  readonly #performer: Performer;
  readonly #aftermath: Aftermath;
  readonly #legs = new Map<LegId, Leg>();
  readonly #neverBegun = new NeverBegun();
  #boot = 0;
  #stopping = false;

  constructor(house: House, workplaces: ReadonlyMap<AccountId, Workplace>) {
    this.#house = house;
    this.#workplaces = workplaces;
    this.#performer = new Performer(house);
    this.#aftermath = new Aftermath(house, this);
    for (const { gate } of workplaces.values()) gate.onTurn((id) => this.#turn(id));
  }

  /** Legs that have something to send. */
  get size(): number {
    return this.#legs.size;
  }

  /** When the oldest message that waits for an account was taken in. */
  oldest(account: AccountId): Timestamp | undefined {
    return oldestHead(this.#legs.values(), account);
  }

  /** As `LaneWorker.oldestStep`. */
  get oldestStep(): Milliseconds | undefined {
    return earliest(atWork(this.#legs.values()));
  }

  /** Whether a delivery has expired, or may have, whose sender isn't told yet. */
  hasExpired(): boolean {
    return hasExpiredHead(this.#legs.values(), this.#house.clock.now());
  }

  /** What to ask for when a delivery is committed: `mark` takes a place of its account, which `committed` uses or gives back. */
  wishFor(conversation: Conversation, delivery: PlannedDelivery): Wish {
    const account = conversation.legs.find((leg) => leg.id === delivery.leg)?.account;
    const workplace = account && this.#workplaces.get(account);
    if (workplace === undefined) return "leave";
    if (this.#legs.has(delivery.leg) || this.#stopping) return "claim";
    return workplace.gate.tryEnter() ? "mark" : "claim";
  }

  /** A commit was answered: what is ours is begun at once. Called by the very reply. */
  committed(commit: Commit, wishes: readonly Wish[], reply: CommitReply, fence: Fence): void {
    commit.deliveries.forEach((delivery, i) => {
      const claimed = reply.kind === "committed" && reply.claimed[i] === true;
      const account = accountOf(commit, delivery.leg);
      const gate = this.#workplaces.get(account)?.gate;
      if (gate === undefined) return;
      if (!claimed && wishes[i] === "mark") gate.release();
      if (reply.kind !== "committed") return;
      const pending = freshPending(
        commit,
        delivery,
        claimed && wishes[i] === "mark",
        this.#house.clock.now(),
      );
      if (claimed)
        this.#begin({ id: delivery.leg, account, conversation: commit.conversation.id, fence }, [pending]);
      else this.#append(delivery.leg, pending);
    });
  }

  /** A commit got no answer: what was asked for it is given back. Whether it is done shows when Redis is back. */
  uncommitted(commit: Commit, wishes: readonly Wish[]): void {
    for (const [i, delivery] of commit.deliveries.entries()) {
      if (wishes[i] !== "mark") continue;
      this.#neverBegun.add(delivery.id);
      this.#workplaces.get(accountOf(commit, delivery.leg))?.gate.release();
    }
  }

  /** A leg was claimed from Redis. */
  claimed(id: LegId, account: AccountId, fence: Fence): void {
    const known = this.#legs.get(id);
    if (known !== undefined) {
      known.held = { ...known.held, fence };
      if (known.phase === "resting" && known.rest === undefined) this.#run(known);
      return;
    }
    // Which conversation it belongs to is in its deliveries: read them first.
    this.#begin({ id, account, conversation: "" as Leg["held"]["conversation"], fence }, []);
  }

  /** Everything in memory may be wrong: Redis was away. Tries that are under way go on, and are found again. */
  forget(): void {
    this.#neverBegun.age();
    this.clear();
  }

  /** As `forget`, of the same break. */
  clear(): void {
    this.#boot += 1;
    const legs = [...this.#legs.values()];
    this.#legs.clear();
    for (const leg of legs) {
      const [head] = leg.queue;
      if (head?.marked && !head.interrupted && this.#performer.of(head.id) === undefined)
        this.#neverBegun.add(head.id);
      leg.rest?.abort();
      this.#workplaces.get(leg.held.account)?.gate.forget(leg.id);
    }
  }

  /** Legs whose leases have to be renewed: those at work and those that wait for a retry. */
  held(account: AccountId): readonly { id: LegId; fence: Fence }[] {
    const legs = atWork(this.#legs.values()).filter(({ held }) => held.account === account);
    return legs.map(({ id, held }) => ({ id, fence: held.fence }));
  }

  /**
   * The lease of a leg under this fence was lost: its try ends without another request. Said late, when the leg has been
   * drained and is ours again under a newer fence, it means nothing.
   */
  lost(id: LegId, fence: Fence): void {
    const leg = this.#legs.get(id);
    if (leg === undefined || leg.held.fence !== fence) return;
    const [head] = leg.queue;
    if (head !== undefined) this.#performer.abort(head.id);
    this.#drop(leg);
  }

  /** Everything is sent that can be sent now. */
  async drained(): Promise<void> {
    while (atWork(this.#legs.values()).length > 0) await this.#house.clock.sleep(10);
  }

  /** Nothing new begins; resolves when what is under way has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#performer.idle();
    await this.drained();
  }

  /** Ends what is under way, without waiting for it. */
  abort(): void {
    this.#performer.abortAll();
  }

  #begin(held: Leg["held"], queue: Pending[]): void {
    const leg = newLeg(held, queue);
    this.#legs.set(held.id, leg);
    this.#run(leg);
  }

  #append(id: LegId, pending: Pending): void {
    const leg = this.#legs.get(id);
    if (leg === undefined) return; // not ours: its owner, or the next sweep, finds it
    if (leg.more || leg.reading || leg.queue.length >= IN_MEMORY) leg.more = true;
    else leg.queue.push(pending);
  }

  #turn(id: LegId): void {
    const leg = this.#legs.get(id);
    if (leg !== undefined && leg.phase === "resting") this.#run(leg);
  }

  /** Lets go of a leg, unless another has taken its place meanwhile. */
  #drop(leg: Leg): void {
    if (this.#legs.get(leg.id) !== leg) return;
    this.#legs.delete(leg.id);
    leg.rest?.abort();
    this.#workplaces.get(leg.held.account)?.gate.forget(leg.id);
  }

  #run(leg: Leg): void {
    if (leg.phase === "working") return;
    leg.phase = "working";
    leg.movedAt = this.#house.clock.monotonic();
    leg.rest?.abort();
    leg.rest = undefined;
    const boot = this.#boot;
    this.#work(leg, boot).catch((error: unknown) => {
      if (error instanceof StoreAway || boot !== this.#boot) return; // all begins anew when Redis is back
      this.#house.log.error("leg.stopped", {
        leg: leg.id,
        account: leg.held.account,
        ...describeError(error),
      });
      this.#drop(leg); // its lease runs out, and it is claimed again
    });
  }

  /** Works a leg off, until it is empty, has to wait, or isn't ours any more. */
  async #work(leg: Leg, boot: number): Promise<void> {
    const workplace = this.#workplaces.get(leg.held.account);
    if (workplace === undefined) return this.#drop(leg);
    const ours = (): boolean => boot === this.#boot && this.#legs.get(leg.id) === leg;
    while (ours()) {
      leg.movedAt = this.#house.clock.monotonic();
      const head = leg.queue[0];
      if (head !== undefined) {
        const then = await this.#deliver(leg, head, workplace, boot);
        if (then === "wait" && ours()) return;
        if (then === "wait") break;
        continue;
      }
      if (!leg.more) return this.#drop(leg);
      await this.#readMore(leg);
    }
    // A place may have been taken for a head that will not be sent under this lease.
    leave(leg.queue[0], workplace);
  }

  /** Does what is to be done with the head of a leg. `wait`: its turn or its retry comes later. */
  async #deliver(leg: Leg, head: Pending, workplace: Workplace, boot: number): Promise<"on" | "wait"> {
    const { payload } = head;
    if (payload === undefined) return this.#settle(leg, head, { kind: "drop" }, workplace);
    const earlier = await this.#performer.of(head.id);
    if (boot !== this.#boot) return "wait";
    if (earlier !== undefined && earlier.kind !== "lost") return this.#after(leg, head, earlier, workplace);
    this.#performer.forget(head.id); // what was lost with an earlier fence begins anew under ours
    const now = this.#house.clock.now();
    if (head.interrupted && !this.#aftermath.repeatable(head, workplace)) {
      return this.#after(
        leg,
        head,
        { kind: "performed", outcome: { kind: "unknown", reason: "unsure" }, doubt: true },
        workplace,
      );
    }
    if (!head.marked && now >= head.deadline) {
      return this.#do(await this.#aftermath.giveUp(leg, head, "expired"), leg, head, workplace);
    }
    if (!head.hasPlace && !this.#enter(leg, head, workplace)) return "wait";
    let result: Performed;
    try {
      const conversation = await this.#house.cache.get(payload.conversation);
      const place = conversation && legOf(conversation, leg.id);
      this.#neverBegun.begins(head.id);
      result =
        conversation === undefined || place === undefined
          ? { kind: "cancelled" }
          : await this.#performer.perform(
              leg,
              head,
              payload,
              { conversation, leg: place.leg },
              workplace.account,
            );
    } finally {
      leave(head, workplace);
    }
    if (boot !== this.#boot) return "wait"; // who has the leg now finds how it ended
    return this.#after(leg, head, result, workplace);
  }

  /** Takes a place of the account, or rests until the leg's turn comes. */
  #enter(leg: Leg, head: Pending, { gate }: Workplace): boolean {
    head.hasPlace = !this.#stopping && gate.enter(leg.id);
    if (!head.hasPlace) leg.phase = "resting";
    return head.hasPlace;
  }

  /** Does what follows from a try, and forgets the try once that is durable. */
  async #after(leg: Leg, head: Pending, result: Performed, workplace: Workplace): Promise<"on" | "wait"> {
    const then = await this.#do(await this.#aftermath.of(leg, head, result, workplace), leg, head, workplace);
    this.#performer.forget(head.id);
    return then;
  }

  async #do(next: Next, leg: Leg, head: Pending, workplace: Workplace): Promise<"on" | "wait"> {
    switch (next.kind) {
      case "settle":
        return this.#settle(leg, head, next.settlement, workplace);
      case "rest":
        this.#rest(leg, next.span);
        return "wait";
      case "lost":
        this.#drop(leg);
        return "wait";
      default:
        return assertNever(next);
    }
  }

  #rest(leg: Leg, span: Milliseconds): void {
    const rest = new AbortController();
    leg.rest = rest;
    leg.phase = "resting";
    this.#house.clock.sleep(span, rest.signal).then(
      () => {
        if (leg.rest !== rest) return;
        leg.rest = undefined;
        this.#turn(leg.id);
      },
      () => undefined, // it goes on for another reason
    );
  }

  /** Speaks of what waits behind a closed gate for long. Called now and then. */
  async tellOfOutages(): Promise<void> {
    for (const leg of [...this.#legs.values()]) {
      const head = leg.queue[0];
      const gate = this.#workplaces.get(leg.held.account)?.gate;
      if (head === undefined || gate === undefined || gate.open || leg.phase === "working") continue;
      if (this.#house.clock.now() >= head.deadline) this.#run(leg);
      else await this.#aftermath.tellLate(leg, head, "not-connected");
    }
  }

  /** Takes the head off, and goes on with the next where it is known and the account lets it. */
  async #settle(
    leg: Leg,
    head: Pending,
    settlement: Settlement,
    { gate }: Workplace,
  ): Promise<"on" | "wait"> {
    const next = this.#legs.get(leg.id) === leg ? leg.queue[1] : undefined;
    const wanted =
      next?.payload !== undefined && !next.marked && !this.#stopping && gate.tryEnter() ? next : undefined;
    const payload = head.payload ?? NO_PAYLOAD;
    let result: "on" | "wait" = "on";
    try {
      await this.#house.legs.settle(leg.held, { id: head.id, payload }, settlement, wanted?.id, (reply) => {
        if (wanted !== undefined && reply !== "marked") gate.release();
        if (reply === "lost") {
          this.#drop(leg);
          result = "wait";
          return;
        }
        leg.queue.shift();
        if (head.taken !== undefined && (settlement.kind === "done" || settlement.kind === "drop"))
          this.#house.limits.close(head.taken, head.id); // what is kept may be sent again
        if (reply === "marked" && wanted !== undefined) {
          wanted.marked = true;
          wanted.hasPlace = true;
          wanted.markedAt ??= this.#house.clock.now();
          wanted.attempts += 1;
        } else if (reply === "empty") this.#drop(leg);
        else if (leg.queue.length === 0) leg.more = true;
      });
    } catch (error) {
      if (wanted !== undefined) {
        this.#neverBegun.add(wanted.id);
        gate.release();
      }
      throw error;
    }
    return result;
  }

  async #readMore(leg: Leg): Promise<void> {
    leg.more = false;
    leg.reading = true;
    const read = await this.#house.legs.read(leg.id, leg.queue.length, IN_MEMORY);
    leg.reading = false;
    for (const each of read) leg.queue.push(storedPending(each, this.#neverBegun.has(each.id)));
    const conversation = read
      .map((each) => ("payload" in each ? each.payload.conversation : undefined))
      .find(Boolean);
    if (conversation !== undefined) leg.held = { ...leg.held, conversation };
    if (read.length === IN_MEMORY) leg.more = true;
    logUnreadable(this.#house.log, read);
    if (read.length === 0 && !leg.more && !(await this.#house.legs.release(leg.held))) leg.more = true;
  }
}
