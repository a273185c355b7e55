import type { AccountId } from "../model/ids.ts";
import { ALERT_KINDS, type Alert } from "../model/texts.ts";
import { MINUTE, type Milliseconds } from "../model/time.ts";
import { describeError } from "../observe/errors.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { type AlertReading, type AlertSubject, alertsOf, partsOf, THRESHOLDS } from "./alerts.ts";
import { WORKS } from "./news.ts";
import type { Newsroom } from "./newsroom.ts";
import { overdueKeys, type Readable, readDisk } from "./readings.ts";
import { readRedis } from "./redis-readings.ts";

const EVERY: Milliseconds = MINUTE;

/** What is watched. */
type Watched = Omit<Readable, "health" | "alerts">;

/** Looks each minute at what the operator has to know beside their accounts, and gives it to the newsroom. */
export class Watch {
  readonly #watched: Watched;
  readonly #newsroom: Newsroom | undefined;
  readonly #depths = new Map<AccountId, readonly number[]>();
  #active: ReadonlySet<Alert["kind"]> = new Set();

  /** Without a newsroom it is looked all the same, for the metrics. */
  constructor(watched: Watched, newsroom: Newsroom | undefined) {
    this.#watched = watched;
    this.#newsroom = newsroom;
  }

  /** Each alert, and whether it was on at the last look. */
  get active(): ReadonlyMap<string, boolean> {
    return new Map(ALERT_KINDS.map((kind) => [kind, this.#active.has(kind)]));
  }

  /** Runs until the signal is aborted; never throws. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#watched.reported.house;
    while (!signal.aborted) {
      try {
        await clock.sleep(EVERY, signal);
        await this.look();
      } catch (error) {
        if (!signal.aborted && !(error instanceof StoreAway)) log.error("watch.failed", describeError(error));
      }
    }
  }

  /** Looks once. While Redis is away nothing is known, and nothing could be told. @throws StoreAway */
  async look(): Promise<void> {
    const told = await this.#newsroom?.told();
    const reading = await this.#read();
    if (reading === undefined) return;
    const facts = alertsOf(reading, (subject) => told?.(subject) ?? this.#lastOf(subject));
    this.#active = new Set(
      [...facts].flatMap(([subject, fact]) => (fact === WORKS ? [] : [partsOf(subject).kind])),
    );
    for (const [subject, fact] of facts) this.#newsroom?.alert(subject, fact);
  }

  #lastOf(subject: AlertSubject): string {
    return this.#active.has(partsOf(subject).kind) ? "on" : WORKS;
  }

  async #read(): Promise<AlertReading | undefined> {
    const { certificates, heartbeat, reported, state } = this.#watched;
    const { house, pipeline } = reported;
    const redis = await readRedis(heartbeat);
    if (redis === undefined) return undefined;
    const now = house.clock.now();
    const { oldest } = pipeline.lanes;
    const { limit, used } = redis;
    return {
      now,
      queues: await this.#queues(),
      undecided: oldest === undefined ? 0 : now - oldest,
      buried: await reported.buried.newest((await this.#newsroom?.ownDesks()) ?? new Set()),
      diskFree: (await readDisk(state))?.free,
      memoryUsed: limit === undefined || limit === 0 || used === undefined ? undefined : used / limit,
      clockHeld: !reported.clockGuard.mayDestroy(),
      keysOverdue: overdueKeys(house).span,
      certificates,
    };
  }

  async #queues(): Promise<AlertReading["queues"]> {
    const { house, pipeline, workplaces } = this.#watched.reported;
    const queues = new Map<
      AccountId,
      AlertReading["queues"] extends ReadonlyMap<AccountId, infer Q> ? Q : never
    >();
    for (const [account, { account: own, gate }] of workplaces) {
      const oldest = pipeline.legs.oldest(account);
      const before = this.#depths.get(account) ?? [];
      const depths = [...before, await house.legs.backlog(account)].slice(-THRESHOLDS.queueGrows.looks - 1);
      this.#depths.set(account, depths);
      const { kind } = gate.state;
      queues.set(account, {
        network: own.capabilities.title,
        works: kind === "connected" || kind === "degraded",
        oldest: oldest === undefined ? 0 : house.clock.now() - oldest,
        depths,
      });
    }
    return queues;
  }
}
