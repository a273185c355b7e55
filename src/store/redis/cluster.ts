import type { Clock, Milliseconds } from "../../model/time.ts";
import { describeError } from "../../observe/errors.ts";
import type { Logger } from "../../observe/log.ts";
import { type ClusterSession, openSession } from "./cluster-session.ts";
import type { Connection, ConnectionOptions, RedisServer } from "./contract.ts";
import { StoreAway, StoreFull, StoreRefused } from "./errors.ts";
import { gateBeside, gated } from "./gated.ts";
import { Outage } from "./outage.ts";
import type { RedisArgument, Reply } from "./resp.ts";
import type { Script } from "./scripts.ts";
import { SlotWaits } from "./slot-waits.ts";
import { requireOneSlot, slotOf } from "./slots.ts";
import type { ClusterTarget } from "./target.ts";

const FIRST_RETRY: Milliseconds = 20;
const LONGEST_RETRY: Milliseconds = 1_000;
const LAST_ANSWERS: Milliseconds = 1_000;
/** What names no key: a cluster's servers each have an answer of their own. */
const KEYLESS = new Set([
  "INFO",
  "TIME",
  "SCAN",
  "CONFIG",
  "PING",
  "CLUSTER",
  "SCRIPT",
  "KEYS",
  "BGREWRITEAOF",
]);

/**
 * The connections to all masters of a cluster as one: they are up together and down together, so that what is known in memory of
 * one slot is never older than what is known of another (docs/decisions/020-redis-cluster.md).
 */
export class ClusterConnection implements Connection {
  readonly #target: ClusterTarget;
  readonly #log: Logger;
  readonly #clock: Clock;
  /** As they run on a cluster. */
  readonly #scripts = new Map<Script, Script>();
  readonly #waits: SlotWaits;
  readonly #outage = new Outage();
  readonly #downListeners: (() => void)[] = [];
  readonly #upListeners: (() => void)[] = [];
  readonly #closing = new AbortController();
  readonly #work: Promise<void>;
  readonly #counted = { calls: 0, batches: 0 };
  #session: ClusterSession | undefined;
  #lastCode: string | undefined;

  constructor(target: ClusterTarget, { log, clock, scripts }: ConnectionOptions) {
    this.#target = target;
    this.#log = log;
    this.#clock = clock;
    this.#waits = new SlotWaits(clock);
    for (const script of scripts ?? []) this.#scripts.set(script, gated(script));
    this.#work = this.#run();
  }

  get up(): boolean {
    return this.#session !== undefined;
  }

  get servers(): readonly RedisServer[] {
    return this.#session?.servers ?? [];
  }

  get held(): Milliseconds {
    return this.#waits.longest;
  }

  get stats(): Connection["stats"] {
    const now = this.#session?.stats ?? { calls: 0, batches: 0 };
    return { calls: this.#counted.calls + now.calls, batches: this.#counted.batches + now.batches };
  }

  call(script: Script, keys: readonly (string | Buffer)[], args: readonly RedisArgument[]): Promise<Reply> {
    const session = this.#session;
    if (session === undefined) return Promise.reject(new StoreAway(this.#lastCode));
    const [first] = keys;
    try {
      if (first === undefined) throw new StoreRefused(script.name, "KEYLESS", undefined);
      requireOneSlot(script.name, keys);
      if (session.room.refuses(script)) throw new StoreFull();
    } catch (error) {
      return Promise.reject(error);
    }
    const there = this.#gated(script);
    const all = [...keys, gateBeside(first)];
    return session.run(slotOf(first), (node) => node.call(there, all, args));
  }

  command(name: string, ...args: RedisArgument[]): Promise<Reply> {
    const session = this.#session;
    if (session === undefined) return Promise.reject(new StoreAway(this.#lastCode));
    const key = name === "MEMORY" ? args[1] : args[0];
    if (KEYLESS.has(name) || key === undefined)
      return Promise.reject(new StoreRefused(name.toLowerCase(), "KEYLESS", undefined));
    const slot = slotOf(typeof key === "number" ? String(key) : key);
    return session.run(slot, (node) => node.command(name, ...args));
  }

  onDown(listener: () => void): void {
    this.#downListeners.push(listener);
  }

  onUp(listener: () => void): void {
    this.#upListeners.push(listener);
  }

  flush(): void {
    this.#session?.flush();
  }

  async close(): Promise<void> {
    this.flush();
    const session = this.#session;
    if (session !== undefined) await this.#within(LAST_ANSWERS, session.idle());
    this.#closing.abort();
    this.#session?.end(undefined);
    await this.#work;
  }

  async #within(ms: Milliseconds, work: Promise<void>): Promise<void> {
    const timer = new AbortController();
    await Promise.race([work, this.#clock.sleep(ms, timer.signal).catch(() => undefined)]);
    timer.abort();
  }

  #gated(script: Script): Script {
    let there = this.#scripts.get(script);
    if (there === undefined) {
      there = gated(script);
      this.#scripts.set(script, there);
    }
    return there;
  }

  /** Connects, and begins anew whenever a part of the cluster has gone. */
  async #run(): Promise<void> {
    const { signal } = this.#closing;
    let known = this.#target;
    for (let attempt = 0; !signal.aborted; attempt++) {
      try {
        const session = await openSession(known, {
          ...{ clock: this.#clock, scripts: this.#scripts.values(), signal, waits: this.#waits },
          onBroken: (fields) => this.#broke(fields),
          onHeld: (slot) => this.#log.warn("store.slot.moving", { slot }),
          onEnd: (code) => this.#down(code),
        });
        attempt = 0;
        known = session.knownBy(this.#target);
        if (signal.aborted) session.end(undefined);
        else this.#ready(session);
        await session.ended;
      } catch (error) {
        if (!signal.aborted) this.#broke(describeError(error));
      }
      const pause = Math.min(FIRST_RETRY * 2 ** attempt, LONGEST_RETRY);
      await this.#clock.sleep(pause, signal).catch(() => undefined);
    }
  }

  #ready(session: ClusterSession): void {
    this.#session = session;
    this.#lastCode = undefined;
    this.#outage.over();
    this.#log.info("store.cluster.up", { count: session.servers.length });
    for (const listener of this.#upListeners) listener();
  }

  /** Called by the session before it rejects what was under way. */
  #down(code: string | undefined): void {
    const session = this.#session;
    if (session === undefined) return;
    this.#session = undefined;
    this.#lastCode = code;
    this.#counted.calls += session.stats.calls;
    this.#counted.batches += session.stats.batches;
    if (this.#closing.signal.aborted) return;
    this.#log.warn("store.connection.down", { count: session.size });
    for (const listener of this.#downListeners) listener();
  }

  /** Remembers why, and says each cause once for each outage. */
  #broke(fields: Parameters<Logger["warn"]>[1]): void {
    const code = typeof fields?.code === "string" ? fields.code : undefined;
    this.#lastCode = code ?? this.#lastCode;
    if (this.#closing.signal.aborted || !this.#outage.isNews(code)) return;
    this.#log.warn("store.connection.broken", fields);
  }
}
