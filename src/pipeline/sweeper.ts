import type { AccountId } from "../model/ids.ts";
import { HOUR, MINUTE, type Milliseconds, SECOND } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { ClockGuard } from "../privacy/clock-guard.ts";
import { KeyNotReady } from "../privacy/errors.ts";
import { LEASE } from "../store/lanes.ts";
import { deadMapGenerations } from "../store/message-map.ts";
import type { Fence } from "../store/meta.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { earliest } from "./at-work.ts";
import type { DueWork } from "./due/due-work.ts";
import type { House } from "./house.ts";
import type { LaneWorker } from "./lane-worker.ts";
import type { LegWorker } from "./leg-worker.ts";
import type { ReceiptWorker } from "./receipt-worker.ts";

/** How much is claimed in one go. */
const CLAIM = 256;
const CLAIM_EVERY: Milliseconds = SECOND;
const RENEW_EVERY: Milliseconds = LEASE / 3;
const OUTAGES_EVERY: Milliseconds = 15 * SECOND;
const DUE_EVERY: Milliseconds = 2 * SECOND;
const KEYS_EVERY: Milliseconds = MINUTE;
/** Expired values stay in the append-only file until it is rewritten. */
const REWRITE_EVERY: Milliseconds = HOUR;

/** What the sweeper looks after. */
interface Swept {
  readonly accounts: readonly AccountId[];
  readonly lanes: LaneWorker;
  readonly legs: LegWorker;
  readonly receipts: ReceiptWorker;
  readonly due: DueWork;
  readonly clockGuard: ClockGuard;
  /** We run the Redis server ourselves: its files are ours to keep short. */
  readonly embedded: boolean;
}

/** Does what is due by time: claims, renewals, expiry, keys. Everything here may run late without harm. */
export class Sweeper {
  readonly #house: House;
  readonly #swept: Swept;
  /** The jobs that are at work. */
  readonly #atWork = new Set<{ readonly movedAt: Milliseconds }>();
  #running = false;

  constructor(house: House, swept: Swept) {
    this.#house = house;
    this.#swept = swept;
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    this.#running = true;
    const jobs: readonly [Milliseconds, () => Promise<void>][] = [
      [CLAIM_EVERY, () => this.claimDue(false)],
      [RENEW_EVERY, () => this.#renew()],
      [OUTAGES_EVERY, () => this.#swept.legs.tellOfOutages()],
      [OUTAGES_EVERY, () => this.endKept()],
      [DUE_EVERY, () => this.#swept.due.run()],
      [KEYS_EVERY, () => this.#keys()],
      [REWRITE_EVERY, () => this.#rewrite()],
    ];
    await Promise.all(jobs.map(([every, job]) => this.#repeat(every, job, signal)));
    this.#running = false;
  }

  get running(): boolean {
    return this.#running;
  }

  /** When the job that has been at work for longest began, on the monotonic clock; undefined: none is. */
  get oldestStep(): Milliseconds | undefined {
    return earliest([...this.#atWork]);
  }

  async #repeat(every: Milliseconds, job: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#house.clock.sleep(every, signal);
        await this.#timed(() => this.#withKeys(job));
      } catch (error) {
        if (signal.aborted || error instanceof StoreAway) continue;
        this.#house.log.error("sweep.failed", describeError(error));
      }
    }
  }

  async #timed(job: () => Promise<void>): Promise<void> {
    const begun = { movedAt: this.#house.clock.monotonic() };
    this.#atWork.add(begun);
    await job().finally(() => this.#atWork.delete(begun));
  }

  /** After a machine slept, all that is due wakes up at once: whoever needs the keys of now first has them made. */
  async #withKeys(job: () => Promise<void>): Promise<void> {
    try {
      await job();
    } catch (error) {
      if (!(error instanceof KeyNotReady)) throw error;
      await this.#house.store.vault.keyring.prepare();
      await job();
    }
  }

  /** Claims lanes and legs that are due; `all`: also what a predecessor leased, since the folder lock proves it is gone. */
  async claimDue(all: boolean): Promise<void> {
    const { accounts, lanes, legs, receipts } = this.#swept;
    const house = this.#house;
    for (const account of accounts) {
      receipts.kick(account);
      await claimAll(
        house.fences,
        (fence, atMost) => house.lanes.claim(account, fence, atMost, all),
        ({ chat, attempts }, fence) => lanes.claimed({ account, chat }, fence, attempts),
      );
      await claimAll(
        house.fences,
        (fence, atMost) => house.legs.claim(account, fence, atMost, all),
        (id, fence) => legs.claimed(id, account, fence),
      );
    }
  }

  /** Ends parked and buried deliveries whose time is over. Their senders know: they were told when it was kept. */
  async endKept(): Promise<void> {
    for (const from of ["parked", "buried"] as const) {
      for (;;) {
        const ended = await this.#house.legs.kept(from, this.#house.clock.now(), CLAIM);
        for (const id of ended) await this.#house.legs.endKept(id, from);
        if (ended.length < CLAIM) break;
      }
    }
    for (const account of this.#swept.accounts) {
      await this.#house.lanes.endBuried(account, this.#house.clock.now(), CLAIM);
    }
  }

  async #renew(): Promise<void> {
    const { accounts, lanes, legs } = this.#swept;
    for (const [account, held] of Map.groupBy(lanes.held(), ({ name }) => name.account)) {
      const pairs = held.map(({ name, fence }) => ({ chat: name.chat, fence }));
      const lost = new Set(await this.#house.lanes.renew(account, pairs));
      for (const { chat, fence } of pairs) if (lost.has(chat)) lanes.lost(chat, fence);
    }
    for (const account of accounts) {
      const held = legs.held(account);
      const lost = new Set(await this.#house.legs.renew(account, held));
      for (const { id, fence } of held) if (lost.has(id)) legs.lost(id, fence);
    }
  }

  /** Makes the keys of the next period, and destroys those whose time is over: after what they sealed was ended. */
  async #keys(): Promise<void> {
    const { keyring } = this.#house.store.vault;
    await keyring.prepare();
    await this.#house.renewal.run(); // asks no clock what is over
    if (!this.#swept.clockGuard.mayDestroy()) return;
    // Whose message has expired is told first: afterwards nobody can read who that was.
    if (this.#swept.lanes.hasExpired() || this.#swept.legs.hasExpired()) return;
    await this.endKept();
    const now = this.#house.clock.now();
    await keyring.destroyExpired(now);
    for (const generation of deadMapGenerations(this.#house.store.vault, now))
      await keyring.dropMapGeneration(generation);
  }

  async #rewrite(): Promise<void> {
    if (this.#swept.embedded) await this.#house.store.connection.command("BGREWRITEAOF");
  }
}

/**
 * Claims and hands over until nothing is due any more. Each call has a fence of its own, drawn as it is made: under one from before
 * a wait, what was claimed and worked on meanwhile would be ours under a fence that is too old to commit with.
 */
async function claimAll<T>(
  fences: House["fences"],
  claim: (fence: Fence, atMost: number) => Promise<readonly T[]>,
  take: (each: T, fence: Fence) => void,
): Promise<void> {
  for (;;) {
    const fence = fences.next();
    const claimed = await claim(fence, CLAIM);
    for (const each of claimed) take(each, fence);
    if (claimed.length < CLAIM) return;
  }
}
