import type { Clock, Milliseconds } from "../../model/time.ts";
import type { RedisServer } from "./contract.ts";
import { StoreFull } from "./errors.ts";
import type { Script } from "./scripts.ts";

const EVERY: Milliseconds = 500;
/** Refused by a server that is out of memory, and does nothing elsewhere. */
const PROBE = "#!lua\nreturn 1";

/**
 * Whether every server of a cluster has room. One server refuses intake while it is full, and does all else; in a cluster what is
 * taken in by one server fills another one with what follows from it, which may not refuse it. So intake is refused while any is full.
 */
export class Room {
  readonly #servers: readonly RedisServer[];
  #isFull = false;

  constructor(servers: readonly RedisServer[]) {
    this.#servers = servers;
  }

  /** Whether a script may not run now. */
  refuses(script: Script): boolean {
    return this.#isFull && !/^#!lua .*\ballow-oom\b/.test(script.source);
  }

  /** Looks now and then, until it is stopped. */
  async watch(clock: Clock, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await clock.sleep(EVERY, signal).catch(() => undefined);
    }
  }

  /** Asks every server. One that goes says nothing. */
  async look(): Promise<void> {
    const answers = await Promise.allSettled(this.#servers.map((server) => server.command("EVAL", PROBE, 0)));
    this.#isFull = answers.some(
      (answer) => answer.status === "rejected" && answer.reason instanceof StoreFull,
    );
  }
}
