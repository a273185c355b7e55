import { mkdir } from "node:fs/promises";
import type { Clock, Milliseconds } from "../../model/time.ts";
import { describeError } from "../../observe/errors.ts";
import type { Logger } from "../../observe/log.ts";
import { EmbeddedRedisFailed } from "./errors.ts";
import { type FolderLock, lockFolder } from "./folder-lock.ts";
import { findProgram, SERVERS } from "./programs.ts";
import { chooseGuard, type Guard, type ServerPlan, ServerProcess } from "./server-process.ts";
import { type Fsync, serverArguments } from "./server-settings.ts";
import { openSocketPath, type SocketPath } from "./socket-path.ts";
import type { RedisTarget } from "./target.ts";

interface EmbeddedRedisOptions {
  /** The state folder, 0700; made when it isn't there. One daemon at a time. */
  readonly folder: string;
  readonly log: Logger;
  readonly clock: Clock;
  /** A program's name or path; `redis-server` or `valkey-server` when it is left out. */
  readonly binary?: string;
  readonly fsync?: Fsync;
  /** In octets; no limit when it is left out. */
  readonly maxMemory?: number;
  /** How long a predecessor in the folder is waited for, in ms. */
  readonly wait?: Milliseconds;
  /** How long the server may take to end before it is killed, in ms. */
  readonly patience?: Milliseconds;
  readonly guard?: Guard;
}

/** A private Redis server in a folder, which ends with this process. */
export interface EmbeddedRedis {
  readonly target: RedisTarget;
  /** The server's process; undefined between two of them. */
  readonly pid: number | undefined;
  /** It died, and another one serves the same data. */
  onRestart(listener: () => void): void;
  /** Ends it in an orderly way and gives the folder free. */
  stop(): Promise<void>;
}

const SOCKET = "redis.sock";
const PREDECESSOR: Milliseconds = 10_000;
/** A server that lived for so long is started again at once; others after a growing pause. */
const STEADY: Milliseconds = 5_000;
const LONGEST_PAUSE: Milliseconds = 5_000;

/**
 * Starts a server on a unix socket in the folder, with every answered write on the disk, and keeps it running.
 * @throws EmbeddedRedisFailed when there is no server program, another daemon has the folder, or the server ends at once.
 */
export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { folder, log, clock } = options;
  const binary = serverProgram(options.binary);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const socket = openSocketPath(folder, SOCKET);
  try {
    const [lock, guard] = await Promise.all([
      lockFolder(folder, options.wait ?? PREDECESSOR, { clock, log }),
      options.guard ?? chooseGuard(),
    ]);
    const settings = { socket: SOCKET, fsync: options.fsync ?? ("always" as const) };
    const memory = options.maxMemory === undefined ? {} : { maxMemory: options.maxMemory };
    const args = serverArguments({ ...settings, ...memory });
    const plan: ServerPlan = { binary, folder, arguments: args, guard, lockFd: lock.fd };
    const { patience } = options;
    const server = new Supervised({ plan, socket, lock, log, clock, patience });
    await server.start();
    return server;
  } catch (error) {
    socket.close();
    throw error;
  }
}

function serverProgram(wanted: string | undefined): string {
  const names = wanted === undefined ? SERVERS : [wanted];
  for (const name of names) {
    const path = findProgram(name);
    if (path !== undefined) return path;
  }
  throw new EmbeddedRedisFailed(
    `found no ${names.join(" or ")}: install it (Debian: apt-get install redis-server), or set redis.url to a server of yours`,
  );
}

interface Parts {
  readonly plan: ServerPlan;
  readonly socket: SocketPath;
  readonly lock: FolderLock;
  readonly log: Logger;
  readonly clock: Clock;
  readonly patience: Milliseconds | undefined;
}

class Supervised implements EmbeddedRedis {
  readonly target: RedisTarget;
  readonly #parts: Parts;
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #listeners: (() => void)[] = [];
  readonly #stopping = new AbortController();
  #server: ServerProcess | undefined;
  #supervision: Promise<void> = Promise.resolve();

  constructor(parts: Parts) {
    this.target = { kind: "socket", path: parts.socket.path };
    this.#parts = parts;
    this.#log = parts.log;
    this.#clock = parts.clock;
  }

  get pid(): number | undefined {
    return this.#server?.running === true ? this.#server.pid : undefined;
  }

  onRestart(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Starts the first server; its failure is the caller's to tell. */
  async start(): Promise<void> {
    const began = this.#clock.monotonic();
    const server = new ServerProcess(this.#parts.plan);
    this.#server = server;
    try {
      await server.ready(this.#parts.socket.path, this.#clock);
    } catch (error) {
      await this.#parts.lock.release();
      throw error;
    }
    this.#log.info("store.server.ready", { ms: this.#clock.monotonic() - began });
    this.#supervision = this.#supervise(server);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#server?.stop(this.#parts.socket.path, this.#clock, this.#parts.patience);
    await this.#supervision;
    this.#parts.socket.close();
    await this.#parts.lock.release();
  }

  /** Starts a new server whenever one ended that shouldn't. */
  async #supervise(first: ServerProcess): Promise<void> {
    let server = first;
    let pause = 0;
    for (;;) {
      const began = this.#clock.monotonic();
      await server.ended;
      if (this.#stopping.signal.aborted) return;
      this.#log.error("store.server.died", { ms: this.#clock.monotonic() - began });
      pause = this.#clock.monotonic() - began >= STEADY ? 0 : Math.min(LONGEST_PAUSE, 2 * pause + 20);
      await this.#clock.sleep(pause, this.#stopping.signal).catch(() => undefined);
      if (this.#stopping.signal.aborted) return;
      server = new ServerProcess(this.#parts.plan);
      this.#server = server;
      await this.#announce(server);
    }
  }

  async #announce(server: ServerProcess): Promise<void> {
    const began = this.#clock.monotonic();
    try {
      await server.ready(this.#parts.socket.path, this.#clock);
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#log.error("store.server.failed", describeError(error));
      return;
    }
    if (this.#stopping.signal.aborted) return;
    this.#log.warn("store.server.restarted", { ms: this.#clock.monotonic() - began });
    for (const listener of this.#listeners) listener();
  }
}
