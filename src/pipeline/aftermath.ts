import type { Degradation, Outcome } from "../adapter/operation.ts";
import { legOfSeat } from "../model/conversation.ts";
import type { Reason } from "../model/reason.ts";
import { MINUTE, type Milliseconds } from "../model/time.ts";
import {
  backoff,
  followUp,
  type NoticeKind,
  QUESTION_TIME,
  type Step,
  stepAfter,
} from "../routing/follow-up.ts";
import { afterLoss } from "../routing/loss.ts";
import { shapeFor } from "../routing/shape.ts";
import { legOf, type Settlement } from "../store/legs.ts";
import { sharedLegs } from "./desk-legs.ts";
import { closings } from "./errands/leave.ts";
import { groupMade, groupNotMade } from "./group-not-made.ts";
import { circumstancesOf, type House } from "./house.ts";
import type { Leg, Pending, Workplace } from "./leg.ts";
import { type Committer, commitOwn, followingFrom } from "./own-commit.ts";
import type { Performed } from "./performer.ts";

/** What the leg does after a try. */
export type Next =
  /** The delivery is taken off with what became of it. */
  | { readonly kind: "settle"; readonly settlement: Settlement }
  /** It stays the head of its leg, and is due again after `span` ms. */
  | { readonly kind: "rest"; readonly span: Milliseconds }
  /** Somebody else has the leg. */
  | { readonly kind: "lost" };

/** An answer that was given in time may be decided a little later. */
const LATE_ANSWER: Milliseconds = 5 * MINUTE;

const LOST: Next = { kind: "lost" };
const DROP: Next = { kind: "settle", settlement: { kind: "drop" } };

/** Sees to what follows from a try: portals that were opened, retries, and that a sender is told. */
export class Aftermath {
  readonly #house: House;
  readonly #committer: Committer;

  constructor(house: House, committer: Committer) {
    this.#house = house;
    this.#committer = committer;
  }

  /** Whether the network would still recognise the delivery's id if it were sent again. */
  repeatable(head: Pending, { account }: Workplace): boolean {
    return (
      head.markedAt === undefined || this.#house.clock.now() - head.markedAt < account.capabilities.repeatSafe
    );
  }

  /** Says what to do after a try, once everything else that follows from it is durable. @throws StoreAway */
  async of(leg: Leg, head: Pending, result: Performed, workplace: Workplace): Promise<Next> {
    const { counters, random, rules } = this.#house;
    if (result.kind === "lost") return LOST;
    if (result.kind === "cancelled") {
      counters.add("footbridge_deliveries_cancelled_total", leg.held.account);
      // What may have arrived isn't sent elsewhere as well.
      if (!head.interrupted) await this.#moved(leg, head);
      return DROP;
    }
    const { outcome } = result;
    const repeatable = this.repeatable(head, workplace);
    const step = stepAfter(
      outcome,
      head.attempts + (head.marked ? 0 : 1),
      repeatable,
      rules,
      random.fraction(),
    );
    switch (step.kind) {
      case "done":
        return this.#done(leg, head, outcome);
      case "again":
        return this.#again(leg, head, result, step, workplace);
      case "park":
        return this.#park(leg, head, outcome);
      case "bury":
        return this.#bury(leg, head, step.reason);
      case "fail":
        return this.giveUp(leg, head, step.reason);
    }
  }

  /** It won't arrive: its sender is told. */
  async giveUp(leg: Leg, head: Pending, reason: Reason): Promise<Next> {
    const { counters, log } = this.#house;
    const { account } = leg.held;
    if (reason === "expired") counters.add("footbridge_deliveries_expired_total", account);
    else counters.addBy("footbridge_deliveries_failed_total", account, reason);
    log.warn("delivery.failed", { account, delivery: head.id, reason });
    await this.#tell(leg, head, "givenUp", reason);
    await this.#unopened(leg, head);
    return DROP;
  }

  /** Its leg was closed before it began: the message goes where its reader is reached now, or its sender is told. */
  async #moved(leg: Leg, head: Pending): Promise<void> {
    const { payload } = head;
    if (payload?.task.kind !== "send" || payload.from === undefined) return;
    const { task, from } = payload;
    const what = { ...payload, canonical: followingFrom(head.id, "moved", head.revived) };
    const held = await this.#house.cache.get(payload.conversation);
    const circumstances = circumstancesOf(this.#house, held && (await sharedLegs(this.#house, held)));
    await commitOwn(this.#house, this.#committer, what, (conversation) => {
      const place = legOf(conversation, leg.id);
      if (place?.leg.over !== true) return undefined;
      const reader = conversation.seats.find(({ id }) => id === place.leg.seat);
      const isRead = conversation.record.open && reader?.state === "accepted";
      const to = isRead ? legOfSeat(conversation, reader) : undefined;
      if (to === undefined) {
        const troubled = { delivery: head.id, leg: leg.id, from, deadline: head.deadline };
        return followUp("givenUp", "gone", troubled, conversation, circumstances);
      }
      const writer = conversation.seats.find(({ id }) => id === from);
      // Where it was to be read it stood alone; now it may stand among others.
      const content =
        writer === undefined || place.leg.desk !== undefined
          ? task.content
          : shapeFor(to, task.content, writer, conversation, circumstances);
      const delivery = {
        id: circumstances.nextDeliveryId(),
        leg: to.id,
        task: { ...task, content },
        deadline: head.deadline,
        from,
      };
      return { changes: [], deliveries: [delivery] };
    });
  }

  /** Late messages are spoken of once for each leg and outage. */
  async tellLate(leg: Leg, head: Pending, reason: Reason): Promise<void> {
    const { payload } = head;
    const now = this.#house.clock.now();
    if (leg.told || payload === undefined || now >= head.deadline) return;
    if (now - payload.acceptedAt < this.#house.rules.firstNotice) return;
    leg.told = true;
    try {
      await this.#tell(leg, head, "stillTrying", reason);
    } catch (error) {
      leg.told = false; // it wasn't said
      throw error;
    }
  }

  async #done(leg: Leg, head: Pending, outcome: Outcome): Promise<Next> {
    if (outcome.kind !== "done") return DROP;
    if (outcome.opened !== undefined) await this.#opened(leg, head, outcome.opened);
    if (outcome.loss !== undefined) await this.#tellLoss(leg, head, outcome.loss);
    leg.failures = 0;
    leg.told = false;
    this.#house.counters.add("footbridge_deliveries_done_total", leg.held.account);
    const refs = outcome.refs.map((ref) => ref.expose());
    if (refs.length === 0) return { kind: "settle", settlement: { kind: "done", refs, legIndex: 0 } };
    const { index, shared } = await this.#placeInMap(leg, head);
    return { kind: "settle", settlement: { kind: "done", refs, legIndex: index, shared } };
  }

  /** Nobody knows whether it arrived: its sender is asked. */
  async #park(leg: Leg, head: Pending, outcome: Outcome): Promise<Next> {
    const { clock, counters, log } = this.#house;
    counters.add("footbridge_deliveries_parked_total", leg.held.account);
    log.warn("delivery.unsure", { account: leg.held.account, delivery: head.id });
    await this.#tell(leg, head, "unsure", "unsure");
    await this.#unopened(leg, head);
    const refs = outcome.kind === "unknown" ? (outcome.refs ?? []).map((ref) => ref.expose()) : [];
    const { index: legIndex } = await this.#placeInMap(leg, head);
    const until = clock.now() + QUESTION_TIME + LATE_ANSWER;
    return { kind: "settle", settlement: { kind: "park", until, reason: "unsure", refs, legIndex } };
  }

  async #bury(leg: Leg, head: Pending, reason: Reason): Promise<Next> {
    const { counters, log } = this.#house;
    counters.addBy("footbridge_buried_total", leg.held.account, "delivery");
    log.error("delivery.buried", { account: leg.held.account, delivery: head.id, reason });
    await this.#tell(leg, head, "givenUp", reason);
    await this.#unopened(leg, head);
    return { kind: "settle", settlement: { kind: "bury", until: head.deadline, reason } };
  }

  async #again(
    leg: Leg,
    head: Pending,
    { outcome, doubt }: Extract<Performed, { kind: "performed" }>,
    step: Extract<Step, { kind: "again" }>,
    { gate }: Workplace,
  ): Promise<Next> {
    const { clock, counters, legs, random, rules } = this.#house;
    counters.add("footbridge_deliveries_retried_total", leg.held.account);
    leg.failures += 1;
    const told = outcome.kind === "retry" && outcome.after !== undefined;
    const wait = step.counts || told ? step.in : backoff(leg.failures, rules, random.fraction());
    if (outcome.kind === "unknown") {
      // What may have arrived stays marked: it is sent again under the same id.
      head.interrupted = true;
      const lost = await legs.renew(leg.held.account, [{ id: leg.id, fence: leg.held.fence }]);
      if (lost.length > 0) return LOST;
    } else {
      if (!(await legs.retry(leg.held, head.id, wait, !step.counts))) return LOST;
      if (head.marked && !step.counts) head.attempts -= 1;
      if (!head.marked && step.counts) head.attempts += 1;
      head.marked = false;
      head.interrupted = doubt;
    }
    await this.tellLate(leg, head, outcome.kind === "done" ? "unsure" : outcome.reason);
    if (step.scope === "account") gate.pauseFor(wait);
    return { kind: "rest", span: Math.min(wait, Math.max(0, head.deadline - clock.now())) };
  }

  /** A portal was opened: from here on what is written there is this leg's. */
  async #opened(
    leg: Leg,
    head: Pending,
    opened: NonNullable<Extract<Outcome, { kind: "done" }>["opened"]>,
  ): Promise<void> {
    if (head.payload === undefined) return;
    await groupMade(this.#house, this.#committer, leg.id, head);
    const chat = this.#house.store.vault.keyring.chat(leg.held.account, opened.chat.expose());
    const what = { ...head.payload, canonical: followingFrom(head.id, "opened") };
    await commitOwn(this.#house, this.#committer, what, (conversation) => {
      const place = legOf(conversation, leg.id);
      if (place === undefined) return undefined;
      const changed = { ...place.leg, portal: opened.portal, chat, away: false };
      // Its person may have been unlinked meanwhile, or wants it no more.
      const deliveries = changed.over === true ? closings([changed], this.#house) : [];
      return { changes: [{ kind: "leg", leg: changed }], deliveries, chats: [{ chat, leg: leg.id }] };
    });
  }

  /** If it was a portal that couldn't be opened, the next message tries again. */
  async #unopened(leg: Leg, head: Pending): Promise<void> {
    if (head.payload?.task.kind !== "openPortal") return;
    if (await groupNotMade(this.#house, this.#committer, leg.id, head)) return;
    const what = { ...head.payload, canonical: followingFrom(head.id, "unopened", head.revived) };
    await commitOwn(this.#house, this.#committer, what, (conversation) => {
      const place = legOf(conversation, leg.id);
      if (place === undefined || place.leg.away) return undefined;
      return { changes: [{ kind: "leg", leg: { ...place.leg, away: true } }], deliveries: [] };
    });
  }

  async #tell(leg: Leg, head: Pending, kind: NoticeKind, reason: Reason): Promise<void> {
    const { payload } = head;
    if (payload?.from === undefined) return;
    const { conversation, acceptedAt, from } = payload;
    const told = followingFrom(head.id, kind, head.revived);
    const troubled = { delivery: head.id, leg: leg.id, from, deadline: head.deadline, told };
    const what = { conversation, acceptedAt, canonical: told };
    await commitOwn(this.#house, this.#committer, what, (now) =>
      followUp(kind, reason, troubled, now, circumstancesOf(this.#house)),
    );
  }

  async #tellLoss(leg: Leg, head: Pending, loss: readonly Degradation[]): Promise<void> {
    const { payload } = head;
    if (payload?.from === undefined) return;
    const arrived = { leg: leg.id, from: payload.from };
    const { conversation, acceptedAt } = payload;
    const what = { conversation, acceptedAt, canonical: followingFrom(head.id, "loss") };
    await commitOwn(this.#house, this.#committer, what, (now) =>
      afterLoss(loss, arrived, now, circumstancesOf(this.#house)),
    );
  }

  /** The leg's place in its conversation, by which the message map counts, and whether its chat holds others beside. */
  async #placeInMap(leg: Leg, { payload }: Pending): Promise<{ index: number; shared: boolean }> {
    const conversation = payload && (await this.#house.cache.get(payload.conversation));
    const index = Math.max(0, conversation?.legs.findIndex((each) => each.id === leg.id) ?? 0);
    return { index, shared: conversation?.legs[index]?.desk !== undefined };
  }
}
