import { type Clock, type Milliseconds, SECOND } from "../model/time.ts";
import type { Logger } from "../observe/log.ts";
import type { Connection } from "../store/redis/connection.ts";
import { StoreAway } from "../store/redis/errors.ts";
import { allowed } from "../store/redis/reply-errors.ts";

const BEAT: Milliseconds = 5 * SECOND;
/** A Redis that says nothing for so long counts as away: a frozen one keeps its connection. */
const NO_ANSWER: Milliseconds = 2 * SECOND;

/** What comes of a work that asks Redis; undefined when nothing has come of it for two seconds. @throws what it throws before */
export async function inTime<T>(work: Promise<T>, clock: Clock): Promise<T | undefined> {
  const late = new AbortController();
  const silence = clock.sleep(NO_ANSWER, late.signal).then(
    () => undefined,
    () => undefined, // something came of it
  );
  try {
    return await Promise.race([work, silence]);
  } finally {
    late.abort();
  }
}

/** Asks Redis now and then whether it is there, and remembers since when it answers, or doesn't. */
export class Heartbeat {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #log: Logger;
  #answers = true;
  /** Since when it is so, on the monotonic clock. */
  #since: Milliseconds;
  /** Since when it has been silent, as far as the log says that it is. */
  #toldSilent: Milliseconds | undefined;

  constructor(connection: Connection, clock: Clock, log: Logger) {
    this.#connection = connection;
    this.#clock = clock;
    this.#log = log;
    this.#since = clock.monotonic();
  }

  /** Runs until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.answers("PING");
      await this.#clock.sleep(BEAT, signal).catch(() => undefined); // the end
    }
  }

  /** For how long Redis has answered again. 0 while it doesn't. */
  get answering(): Milliseconds {
    return this.#answers ? this.#clock.monotonic() - this.#since : 0;
  }

  /** For how long it hasn't. 0 while it does. */
  get silent(): Milliseconds {
    return this.#answers ? 0 : this.#clock.monotonic() - this.#since;
  }

  /** For how long calls have waited for a slot of a cluster that is on its way. 0 while none does. */
  get held(): Milliseconds {
    return this.#connection.held ?? 0;
  }

  /**
   * What Redis answers within two seconds to a command on a key: `reply` is undefined when it refuses it. Undefined: it is away or
   * silent.
   */
  async answer(name: string, ...args: readonly string[]): Promise<{ readonly reply: unknown } | undefined> {
    const answer = await this.within(this.#ask(this.#connection, name, args));
    this.#note(answer !== undefined);
    return answer;
  }

  /** What each server answers to a command that names no key, in the same way; undefined when one of them is away or silent. */
  async answers(name: string, ...args: readonly string[]): Promise<readonly unknown[] | undefined> {
    const { servers } = this.#connection;
    const all = await this.within(Promise.all(servers.map((server) => this.#ask(server, name, args))));
    const replies = all?.flatMap((answer) => (answer === undefined ? [] : [answer.reply]));
    const isWhole = replies !== undefined && replies.length > 0 && replies.length === servers.length;
    this.#note(isWhole);
    this.#tell(isWhole);
    return isWhole ? replies : undefined;
  }

  /** See `inTime`. */
  within<T>(work: Promise<T>): Promise<T | undefined> {
    return inTime(work, this.#clock);
  }

  async #ask(
    server: Pick<Connection, "command">,
    name: string,
    args: readonly string[],
  ): Promise<{ readonly reply: unknown } | undefined> {
    try {
      return { reply: await allowed(server.command(name, ...args)) };
    } catch (error) {
      return error instanceof StoreAway ? undefined : { reply: undefined };
    }
  }

  #note(answers: boolean): void {
    if (answers === this.#answers) return;
    this.#answers = answers;
    this.#since = this.#clock.monotonic();
  }

  /** Says that a connection which is there brings no answers: of one that broke the store says it itself. Once for each silence. */
  #tell(answers: boolean): void {
    const since = this.#toldSilent;
    if (since === undefined && !answers && this.#connection.up) {
      this.#toldSilent = this.#clock.monotonic() - NO_ANSWER;
      this.#log.warn("store.connection.silent", { ms: NO_ANSWER });
    } else if (since !== undefined && answers) {
      this.#toldSilent = undefined;
      this.#log.info("store.connection.answers", { ms: Math.round(this.#clock.monotonic() - since) });
    }
  }
}
