import { Redis, type RedisOptions } from "ioredis";
import type { Clock, Milliseconds } from "../../model/time.ts";
import { describeError } from "../../observe/errors.ts";
import type { Logger } from "../../observe/log.ts";
import { SocketConnector } from "./connector.ts";
import type { Connection, ConnectionOptions, RedisServer } from "./contract.ts";
import { StoreAway, StoreRefused } from "./errors.ts";
import { Outage } from "./outage.ts";
import { PendingCall } from "./pending.ts";
import { isAway, replyCode, toStoreError } from "./reply-errors.ts";
import { type RedisArgument, type Reply, RespWriter } from "./resp.ts";
import type { Script } from "./scripts.ts";
import { requireOneSlot } from "./slots.ts";
import { redisOptions, type ServerTarget } from "./target.ts";

/** Above this a batch is sent before the turn ends, so that Redis begins to work on it. */
const FULL_BATCH = 256 * 1024;
const FIRST_RETRY: Milliseconds = 20;
const LONGEST_RETRY: Milliseconds = 1_000;
const LAST_ANSWERS: Milliseconds = 1_000;
/** Runs where a writing script would be allowed to, and writes nothing: refused while loading, on a replica, on a full disk. */
const PROBE = "#!lua flags=allow-oom\nreturn 1";

const backoff = (attempt: number): Milliseconds => Math.min(FIRST_RETRY * 2 ** (attempt - 1), LONGEST_RETRY);

/** The connection to one server. */
export class SingleConnection implements Connection {
  readonly stats = { calls: 0, batches: 0 };
  readonly #redis: Redis;
  readonly #log: Logger;
  readonly #clock: Clock;
  /** The start of each script's command, already in RESP. */
  readonly #scripts = new Map<Script, Buffer>();
  readonly #writer = new RespWriter();
  readonly #outage = new Outage();
  readonly #downListeners: (() => void)[] = [];
  readonly #upListeners: (() => void)[] = [];
  #batch: PendingCall[] = [];
  #underWay = 0;
  #scheduled = false;
  #up = false;
  #closed = false;
  /** Counts connects: what was begun under one ends with it. */
  #session = 0;
  #lastCode: string | undefined;
  /** How often in a row the server was there but couldn't serve. */
  #refusals = 0;
  #idle: (() => void) | undefined;

  constructor(target: ServerTarget, options: ConnectionOptions) {
    this.#log = options.log;
    this.#clock = options.clock;
    for (const script of options.scripts ?? []) this.#scripts.set(script, prefixOf(script));
    const settings: RedisOptions & { replyMapping: "legacy" } = {
      ...redisOptions(target),
      Connector: SocketConnector as NonNullable<RedisOptions["Connector"]>,
      // RESP 2: no reply of ours needs 3, and a user without the right to HELLO can connect.
      protocol: 2,
      replyMapping: "legacy",
      disableClientInfo: true,
      // Loading is found out by loading the scripts, without the right to INFO.
      enableReadyCheck: false,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      // 0: what is under way is rejected as soon as the connection breaks.
      maxRetriesPerRequest: 0,
      connectTimeout: 5_000,
      retryStrategy: backoff,
    };
    this.#redis = new Redis(settings);
    // An error of ioredis can hold a command with its arguments: only its class and code are kept.
    this.#redis.on("error", (error: unknown) => this.#broke(error));
    this.#redis.on("close", () => this.#down());
    this.#redis.on("ready", () => void this.#begin());
  }

  get up(): boolean {
    return this.#up;
  }

  /** Why it isn't up, as far as that has a code. */
  get lastCode(): string | undefined {
    return this.#lastCode;
  }

  get servers(): readonly RedisServer[] {
    return this.#up ? [this] : [];
  }

  call(script: Script, keys: readonly (string | Buffer)[], args: readonly RedisArgument[]): Promise<Reply> {
    if (!this.#up) return Promise.reject(new StoreAway(this.#lastCode));
    let prefix = this.#scripts.get(script);
    if (prefix === undefined) prefix = this.#introduce(script);
    const writer = this.#writer;
    const before = writer.length;
    try {
      requireOneSlot(script.name, keys);
      writer.begin(3 + keys.length + args.length);
      writer.raw(prefix);
      writer.part(keys.length);
      for (const key of keys) writer.part(key);
      for (const arg of args) writer.part(arg);
    } catch (error) {
      writer.rollback(before);
      return Promise.reject(error);
    }
    return this.#queue("evalsha", script.name);
  }

  command(name: string, ...args: RedisArgument[]): Promise<Reply> {
    if (!this.#up) return Promise.reject(new StoreAway(this.#lastCode));
    return this.#command(name, args);
  }

  onDown(listener: () => void): void {
    this.#downListeners.push(listener);
  }

  onUp(listener: () => void): void {
    this.#upListeners.push(listener);
  }

  flush(): void {
    const calls = this.#batch;
    if (calls.length === 0) return;
    this.#batch = [];
    this.stats.batches++;
    this.stats.calls += calls.length;
    PendingCall.send(this.#redis, calls, this.#writer.take());
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.flush();
    if (this.#up && this.#underWay > 0) {
      await this.#within(LAST_ANSWERS, (answered) => {
        this.#idle = answered;
      });
    }
    this.#up = false;
    const connected = ["connecting", "connect", "ready"].includes(this.#redis.status);
    await this.#within(LAST_ANSWERS, (ended) => {
      if (connected) this.#redis.once("end", ended);
      this.#redis.disconnect();
      if (!connected) ended();
    });
  }

  /** Waits for `start` to call its argument, at most `ms`. */
  async #within(ms: Milliseconds, start: (done: () => void) => void): Promise<void> {
    const timer = new AbortController();
    const late = this.#clock.sleep(ms, timer.signal).catch(() => undefined);
    await Promise.race([late, new Promise<void>(start)]);
    timer.abort();
  }

  #command(name: string, args: readonly RedisArgument[], label = name): Promise<Reply> {
    const before = this.#writer.length;
    try {
      this.#writer.begin(1 + args.length);
      this.#writer.part(name);
      for (const arg of args) this.#writer.part(arg);
    } catch (error) {
      this.#writer.rollback(before);
      return Promise.reject(error);
    }
    return this.#queue(name.toLowerCase(), label);
  }

  #queue(name: string, label: string): Promise<Reply> {
    if (!this.#scheduled) {
      this.#scheduled = true;
      setImmediate(() => {
        this.#scheduled = false;
        this.flush();
      });
    }
    this.#underWay++;
    const session = this.#session;
    const reply = new Promise<Reply>((resolve, reject) => {
      const settled = (value: Reply): void => {
        this.#settled();
        // Everybody has begun anew: what was done behind a call that the server refused is found in Redis, as after any break.
        if (session === this.#session) resolve(value);
        else reject(new StoreAway(this.#lastCode));
      };
      const failed = (error: Error): void => {
        this.#settled();
        reject(this.#failed(label, error));
      };
      this.#batch.push(new PendingCall(name, settled, failed));
    });
    if (this.#writer.length > FULL_BATCH) this.flush();
    return reply;
  }

  #settled(): void {
    if (--this.#underWay === 0) this.#idle?.();
  }

  #failed(label: string, error: Error): Error {
    const mapped = toStoreError(label, error);
    if (mapped instanceof StoreAway && this.#up) {
      this.#lastCode = mapped.code;
      this.#down();
      // NOSCRIPT (somebody flushed the scripts), READONLY, MISCONF: all begins anew, in order, when this server takes writes.
      if (isAway(error)) this.#redis.disconnect(true);
    }
    return mapped;
  }

  /** A script that wasn't named at the start: loaded just before its first call. */
  #introduce(script: Script): Buffer {
    const prefix = prefixOf(script);
    this.#scripts.set(script, prefix);
    this.#load(script).catch((error: unknown) => this.#broke(error));
    return prefix;
  }

  #load(script: Script): Promise<Reply> {
    return this.#command("script", ["load", script.source], script.name);
  }

  /** Loads the scripts, then lets calls in. A server that can't serve now is left, and met again a little later. */
  async #begin(): Promise<void> {
    const session = ++this.#session;
    try {
      const loads = [...this.#scripts.keys()].map((script) => this.#load(script));
      const done = Promise.all([this.#command("eval", [PROBE, 0]), ...loads]);
      this.flush();
      await done;
      if (session === this.#session) this.#ready();
    } catch (error) {
      this.#broke(error);
      await this.#clock.sleep(backoff(++this.#refusals));
      if (session === this.#session && !this.#closed) this.#redis.disconnect(true);
    }
  }

  #ready(): void {
    if (this.#closed) return;
    this.#up = true;
    this.#lastCode = undefined;
    this.#refusals = 0;
    this.#outage.over();
    this.#log.info("store.connection.up", { count: this.#scripts.size });
    for (const listener of this.#upListeners) listener();
  }

  /** Remembers why, and says each cause once for each outage. */
  #broke(error: unknown): void {
    const { error: name, code = replyCode(error) } = describeError(error);
    this.#lastCode = code;
    if (this.#closed || !this.#outage.isNews(code)) return;
    const what = error instanceof StoreRefused ? { kind: error.call } : {};
    this.#log.warn("store.connection.broken", {
      error: name,
      ...(code === undefined ? {} : { code }),
      ...what,
    });
  }

  #down(): void {
    this.#session++;
    if (!this.#up) return;
    this.#up = false;
    if (!this.#closed) this.#log.warn("store.connection.down", { count: this.#underWay });
    for (const listener of this.#downListeners) listener();
  }
}

function prefixOf(script: Script): Buffer {
  return Buffer.from(`$7\r\nEVALSHA\r\n$40\r\n${script.sha}\r\n`);
}
