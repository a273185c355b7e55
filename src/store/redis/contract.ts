import type { Clock, Milliseconds } from "../../model/time.ts";
import type { Logger } from "../../observe/log.ts";
import type { RedisArgument, Reply } from "./resp.ts";
import type { KeysOf, Script } from "./scripts.ts";

/**
 * One ordered connection: calls are done in the order in which they were made, and answered in that order; on a cluster those
 * of each slot are. Calls of one turn of the event loop go out as one write for each server. Nothing is ever sent a second time by
 * itself, but what a cluster's node says that it didn't do.
 */
export interface Connection {
  /**
   * Runs a script. All keys have the same hash tag, with every kind of Redis: what works on one server works on a cluster.
   * @throws StoreAway when there is no connection, or it broke before the answer came (then it may have been done);
   * StoreFull when Redis is out of memory and the script may not run then; StoreRefused for a script's own error;
   * CrossSlot, before anything is sent, for keys that can't be on one server.
   */
  call<Kind extends string>(
    script: Script<Kind>,
    keys: KeysOf<NoInfer<Kind>>,
    args: readonly RedisArgument[],
  ): Promise<Reply>;
  /**
   * A plain command on a key, in the same order as calls. Not for what changes the connection (SELECT, SUBSCRIBE, MULTI,
   * MONITOR, QUIT), nor for what blocks. What names no key (INFO, SCAN) is asked of `servers`. @throws as `call` does.
   */
  command(name: string, ...args: RedisArgument[]): Promise<Reply>;
  /** Those that answer now: one, or a cluster's masters. None while the connection is down. */
  readonly servers: readonly RedisServer[];
  /** Whether calls are taken now. */
  readonly up: boolean;
  /** Of a cluster: for how long calls have waited for a slot that is on its way. 0 while none does. */
  readonly held?: Milliseconds;
  /** The connection broke: said before the calls that were under way are rejected. */
  onDown(listener: () => void): void;
  /** It is there (again), and all scripts are loaded. */
  onUp(listener: () => void): void;
  /** Sends what waits for the end of this turn. */
  flush(): void;
  /** Waits for the answers that are under way, at most a second, then ends the connection. */
  close(): Promise<void>;
  readonly stats: { readonly calls: number; readonly batches: number };
}

/** One server, to be asked what names no key. */
export interface RedisServer {
  /** In a cluster: which slots it has, `0-5460`. */
  readonly slots?: string;
  /** In the order of the connection's calls to this server. @throws as `Connection.command` does */
  command(name: string, ...args: RedisArgument[]): Promise<Reply>;
}

export interface ConnectionOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Loaded at each connect. Others are loaded before their first call, and from then on, too. */
  readonly scripts?: Iterable<Script>;
}
