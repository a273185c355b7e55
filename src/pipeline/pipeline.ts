import type { Account } from "../adapter/account.ts";
import { IntakeRefused } from "../adapter/errors.ts";
import type { AccountId } from "../model/ids.ts";
import { type Milliseconds, SECOND } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import type { ClockGuard } from "../privacy/clock-guard.ts";
import { ACCOUNT_LEASE, AccountLease } from "../store/account-lease.ts";
import { Fences } from "../store/meta.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { Decider } from "./decider.ts";
import { DueWork } from "./due/due-work.ts";
import type { Office } from "./errands/errand.ts";
import { ErrandRunner } from "./errands/runner.ts";
import type { House } from "./house.ts";
import { LaneWorker } from "./lane-worker.ts";
import type { Workplace } from "./leg.ts";
import { LegWorker } from "./leg-worker.ts";
import { openOffice } from "./office.ts";
import type { Door } from "./patience.ts";
import { ReceiptWorker } from "./receipt-worker.ts";
import { Sweeper } from "./sweeper.ts";
import { WantedLegs } from "./wanted-legs.ts";

interface PipelineOptions {
  readonly house: House;
  readonly workplaces: ReadonlyMap<AccountId, Workplace>;
  readonly clockGuard: ClockGuard;
  readonly embedded: boolean;
  /** Names this process as the owner of its accounts. */
  readonly owner: string;
  /** Done once, after the accounts are ours and before anything is worked on. */
  readonly prepare: (legs: LegWorker) => Promise<void>;
  /** Another process has one of our accounts now: this one has to end. */
  readonly onLost: (account: AccountId) => void;
}

const RENEW_LEASES_EVERY: Milliseconds = ACCOUNT_LEASE / 3;

/** The workers together, kept in step with Redis: what they hold in memory is thrown away whenever Redis was away. */
export class Pipeline implements Door {
  readonly lanes: LaneWorker;
  readonly legs: LegWorker;
  readonly receipts: ReceiptWorker;
  readonly sweeper: Sweeper;
  readonly office: Office;
  readonly #house: House;
  readonly #options: PipelineOptions;
  readonly #leases: ReadonlyMap<AccountId, AccountLease>;
  readonly #background = new AbortController();
  /** Counts the breaks of the connection: what was begun before one doesn't count after it. */
  #breaks = 0;
  #prepared = false;
  #open = false;
  #stopping = false;
  #waiting: (() => void)[] = [];
  #sweeping: Promise<unknown> | undefined;

  constructor(options: PipelineOptions) {
    const { house, workplaces, clockGuard, embedded, owner } = options;
    this.#house = house;
    this.#options = options;
    this.#leases = new Map(
      [...workplaces.keys()].map((account) => [account, new AccountLease(house.store, account, owner)]),
    );
    this.legs = new LegWorker(house, workplaces);
    const office = openOffice(house, this.legs, accountsOf(workplaces));
    this.office = office;
    this.lanes = new LaneWorker(house, this.legs, deciderOf(office));
    this.receipts = new ReceiptWorker(house);
    const accounts = [...workplaces.keys()];
    const { lanes, legs, receipts } = this;
    const due = new DueWork(office);
    this.sweeper = new Sweeper(house, { accounts, lanes, legs, receipts, due, clockGuard, embedded });
  }

  get isOpen(): boolean {
    return this.#open && !this.#stopping;
  }

  /** As `Door.open`. @throws IntakeRefused */
  async open(patience: Milliseconds): Promise<void> {
    if (this.#stopping) throw new IntakeRefused("stopping");
    if (this.#open) return;
    const opened = new Promise<"open">((resolve) => this.#waiting.push(() => resolve("open")));
    const late = this.#house.clock.sleep(patience).then(() => "late" as const);
    if ((await Promise.race([opened, late])) === "late") throw new IntakeRefused("store-away");
    if (this.#stopping) throw new IntakeRefused("stopping");
  }

  /** Takes over what stands in Redis, and lets events in. Goes on by itself after each break of the connection. */
  async start(): Promise<void> {
    const { connection } = this.#house.store;
    connection.onDown(() => this.#down());
    connection.onUp(() => void this.#up());
    await this.#takeOver();
    this.#sweeping = Promise.all([this.sweeper.run(this.#background.signal), this.#keepLeases()]);
  }

  /** Lets nothing in any more. */
  close(): void {
    this.#stopping = true;
    this.#letGo();
  }

  /** Works off what can be worked off now. */
  async drain(): Promise<void> {
    await this.lanes.drained();
    await this.legs.drained();
  }

  /** Begins nothing new and waits for what is under way. */
  async stop(): Promise<void> {
    this.close();
    this.#background.abort();
    await this.office.pairings.close();
    await this.legs.stop();
    await this.#sweeping;
    const { connection } = this.#house.store;
    if (connection.up) await Promise.allSettled([...this.#leases.values()].map((lease) => lease.release()));
  }

  #down(): void {
    this.#breaks += 1;
    this.#open = false;
    this.lanes.forget();
    this.legs.forget();
  }

  async #up(): Promise<void> {
    try {
      await this.#takeOver();
    } catch (error) {
      // Away again: the next time it is there this begins anew.
      if (!(error instanceof StoreAway))
        this.#house.log.error("pipeline.take-over.failed", describeError(error));
    }
  }

  /** A new boot: what an earlier one held is claimed under higher fences, since the accounts' leases say that it is gone. */
  async #takeOver(): Promise<void> {
    const breaks = this.#breaks;
    this.#house.cache.clear();
    // What was answered just before the connection broke may have been taken in just after it.
    this.lanes.forget();
    this.legs.clear();
    this.#house.fences = await Fences.begin(this.#house.store);
    for (const [account, lease] of this.#leases) await this.#take(account, lease);
    if (!this.#prepared) await this.#options.prepare(this.legs);
    this.#prepared = true;
    await this.sweeper.claimDue(true);
    if (breaks !== this.#breaks) return; // the connection broke meanwhile: its return begins anew
    this.#open = true;
    this.#letGo();
  }

  /** Embedded, the folder's lock proves that the owner before us is gone; else its lease has to run out. */
  async #take(account: AccountId, lease: AccountLease): Promise<void> {
    for (let said = false; !(await lease.hold(this.#options.embedded)); said = true) {
      if (!said) this.#house.log.warn("account.owned", { account });
      await this.#house.clock.sleep(SECOND, this.#background.signal);
    }
  }

  async #keepLeases(): Promise<void> {
    const { signal } = this.#background;
    const { clock, log } = this.#house;
    while (!signal.aborted) {
      try {
        await clock.sleep(RENEW_LEASES_EVERY, signal);
        for (const [account, lease] of this.#leases) {
          if (!(await lease.hold())) this.#options.onLost(account);
        }
      } catch (error) {
        if (!signal.aborted && !(error instanceof StoreAway))
          log.error("account.lease.failed", describeError(error));
      }
    }
  }

  #letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

function deciderOf(office: Office): Decider {
  const { committer, house } = office;
  const errands = new ErrandRunner(office);
  const wanted = new WantedLegs(office);
  return new Decider({ house, committer, desks: office.desks, errands, wanted });
}

function accountsOf(workplaces: ReadonlyMap<AccountId, Workplace>): ReadonlyMap<AccountId, Account> {
  return new Map([...workplaces].map(([id, { account }]) => [id, account]));
}
