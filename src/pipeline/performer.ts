import type { Account } from "../adapter/account.ts";
import { LeaseLost } from "../adapter/errors.ts";
import type { Attempt, Operation, Outcome, Profile } from "../adapter/operation.ts";
import { assertNever } from "../model/assert-never.ts";
import type { Conversation, Leg as LegRecord } from "../model/conversation.ts";
import type { DeliveryId } from "../model/ids.ts";
import { nameWithLabel } from "../model/texts.ts";
import { describeError } from "../observe/errors.ts";
import { asSeen } from "../routing/shape.ts";
import type { DeliveryPayload } from "../store/legs.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { Departures } from "./departure.ts";
import type { House } from "./house.ts";
import type { Leg, Pending } from "./leg.ts";

/** How a try ended: with an outcome, or because the delivery or the leg isn't ours to send any more. */
export type Performed =
  /** `doubt`: an earlier try of it may have happened, whatever this one says. */
  | { readonly kind: "performed"; readonly outcome: Outcome; readonly doubt: boolean }
  /** It was taken back before it began. */
  | { readonly kind: "cancelled" }
  /** Another process has the leg. */
  | { readonly kind: "lost" };

/** The conversation and the leg's place in it. */
interface Scene {
  readonly conversation: Conversation;
  readonly leg: LegRecord;
}

/** Runs the tries. A try that is under way is remembered until what follows from it is durable, also over a restart of Redis. */
export class Performer {
  readonly #house: House;
  readonly #departures: Departures;
  readonly #tries = new Map<
    DeliveryId,
    { readonly result: Promise<Performed>; readonly abort: AbortController; over: boolean }
  >();
  #idle: (() => void)[] = [];

  constructor(house: House) {
    this.#house = house;
    this.#departures = new Departures(house);
  }

  /** The try of a delivery that is under way, or has ended and isn't settled. */
  of(id: DeliveryId): Promise<Performed> | undefined {
    return this.#tries.get(id)?.result;
  }

  forget(id: DeliveryId): void {
    this.#tries.delete(id);
  }

  abort(id: DeliveryId): void {
    this.#tries.get(id)?.abort.abort(new LeaseLost());
  }

  abortAll(): void {
    for (const { abort } of this.#tries.values()) abort.abort(new LeaseLost());
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while ([...this.#tries.values()].some(({ over }) => !over)) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  perform(
    leg: Leg,
    head: Pending,
    payload: DeliveryPayload,
    scene: Scene,
    account: Account,
  ): Promise<Performed> {
    const abort = new AbortController();
    const result = this.#perform(leg, head, payload, scene, account, abort.signal);
    const entry = { result, abort, over: false };
    this.#tries.set(head.id, entry);
    const ended = (): void => {
      entry.over = true;
      for (const resolve of this.#idle.splice(0)) resolve();
    };
    result.then(ended, ended);
    return result;
  }

  async #perform(
    leg: Leg,
    head: Pending,
    payload: DeliveryPayload,
    scene: Scene,
    account: Account,
    signal: AbortSignal,
  ): Promise<Performed> {
    const operation = operationFor(head.id, payload, scene);
    const doubt = head.interrupted;
    const performed = (outcome: Outcome): Performed => ({ kind: "performed", outcome, doubt });
    // Its portal was never opened. Of a leg that isn't used any more it goes where its reader is reached now.
    if (operation === undefined)
      return scene.leg.over === true
        ? { kind: "cancelled" }
        : performed({ kind: "refused", reason: "gone", scope: "portal" });
    const attempt = new LegAttempt(this.#house, leg, head, signal, (parts) =>
      this.#departures.withheld({ head, account: leg.held.account, payload, leg: scene.leg, parts }),
    );
    this.#countWait(leg, head, payload, attempt);
    const { clock, counters } = this.#house;
    const began = clock.monotonic();
    try {
      const outcome = await account.perform(operation, attempt);
      counters.took("footbridge_perform_seconds", leg.held.account, clock.monotonic() - began);
      return performed(outcome);
    } catch (error) {
      if (attempt.end !== undefined) return { kind: attempt.end };
      if (attempt.withheld !== undefined) return performed(attempt.withheld);
      const reason = "internal";
      if (error instanceof StoreAway && !attempt.begun) {
        return performed({ kind: "retry", reason, scope: "delivery", counts: false });
      }
      if (!(error instanceof LeaseLost)) {
        this.#house.log.error("perform.threw", { account: leg.held.account, ...describeError(error) });
      }
      if (attempt.begun) return performed({ kind: "unknown", reason });
      return performed({ kind: "retry", reason, scope: "delivery", counts: true });
    }
  }

  /** How long a person's message took through the house, at its first try. */
  #countWait(leg: Leg, { revived }: Pending, payload: DeliveryPayload, { number }: Attempt): void {
    if (number > 1 || revived > 0 || payload.from === undefined || payload.task.kind !== "send") return;
    const { clock, counters } = this.#house;
    const took = Math.max(0, clock.now() - payload.acceptedAt);
    counters.took("footbridge_relay_seconds", leg.held.account, took);
  }
}

/** One try, as the adapter sees it. */
class LegAttempt implements Attempt {
  readonly number: number;
  readonly signal: AbortSignal;
  readonly resumed?: NonNullable<Attempt["resumed"]>;
  /** It may have happened: this try was marked by the adapter, or an earlier one ended unknown. */
  begun: boolean;
  /** Why the try must not go on. */
  end: "cancelled" | "lost" | undefined;
  /** What came of the last look before the first octet, when it may not leave. */
  withheld: Outcome | undefined;
  readonly #look: (parts: number) => Promise<Outcome | undefined>;
  readonly #house: House;
  readonly #leg: Leg;
  readonly #head: Pending;

  constructor(
    house: House,
    leg: Leg,
    head: Pending,
    signal: AbortSignal,
    look: (parts: number) => Promise<Outcome | undefined>,
  ) {
    this.#house = house;
    this.#leg = leg;
    this.#head = head;
    this.#look = look;
    this.number = head.attempts + (head.marked ? 0 : 1);
    this.signal = signal;
    this.begun = head.interrupted;
    if (head.progress !== undefined) this.resumed = head.progress;
  }

  async mark(parts = 1): Promise<void> {
    if (this.signal.aborted) throw new LeaseLost();
    // What may have gone out before goes again only while nobody closed its leg.
    if (!this.#head.marked || this.#head.interrupted) await this.#mark();
    // After the mark: who wants no more texts says so first, and then waits for what is marked.
    this.withheld = await this.#look(parts);
    if (this.withheld !== undefined) throw new LeaseLost();
    this.begun = true;
    this.#countParts(parts);
  }

  #countParts(parts: number): void {
    const { capabilities, counters } = this.#house;
    const { account } = this.#leg.held;
    if (capabilities(account).paid !== true) return;
    counters.add("footbridge_sms_parts_total", account, parts);
    const spent = this.#head.taken?.find(({ limit }) => limit === "smsSpend");
    if (spent !== undefined) counters.add("footbridge_sms_spend_total", account, spent.cost);
  }

  async #mark(): Promise<void> {
    const marked = await this.#house.legs.mark(this.#leg.held, this.#head.id);
    if (marked === true) {
      if (this.#head.marked) return;
      this.#head.marked = true;
      this.#head.markedAt ??= this.#house.clock.now();
      this.#head.attempts += 1;
      return;
    }
    this.end = marked === undefined ? "lost" : "cancelled";
    throw new LeaseLost();
  }

  async progress(note: NonNullable<Attempt["resumed"]>): Promise<void> {
    if (this.signal.aborted) throw new LeaseLost();
    if (!(await this.#house.legs.progress(this.#leg.held, this.#head.id, note))) {
      this.end = "lost";
      throw new LeaseLost();
    }
    this.#head.progress = note;
  }
}

/** Whom a leg's portal shows. */
function profileOf(conversation: Conversation, leg: LegRecord): Profile {
  const other = conversation.seats.find((seat) => seat.id !== leg.seat);
  if (other === undefined) return { name: "" };
  const seen = asSeen(other, conversation);
  return seen.label === undefined ? { name: seen.name } : { name: seen.name, title: nameWithLabel(seen) };
}

/** What the adapter is asked to do. Undefined when the leg has no portal: it couldn't be opened. */
function operationFor(
  id: DeliveryId,
  { task }: DeliveryPayload,
  { conversation, leg }: Scene,
): Operation | undefined {
  if (task.kind === "openPortal") {
    const profile = conversation.record.origin === "desk" ? "bridge" : profileOf(conversation, leg);
    return { id, kind: "openPortal", leg: leg.id, to: leg.to, alias: leg.alias, profile };
  }
  const { portal } = leg;
  if (portal === undefined) return undefined;
  switch (task.kind) {
    case "send":
      return { id, kind: "send", portal, content: task.content, at: task.at };
    case "updatePortal":
      return { id, kind: "updatePortal", portal, profile: profileOf(conversation, leg) };
    case "closePortal":
      return { id, kind: "closePortal", portal };
    default:
      return assertNever(task);
  }
}
