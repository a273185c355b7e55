import {
  type Clock,
  HOUR,
  MINUTE,
  type Milliseconds,
  type Random,
  SECOND,
} from "../../../src/model/index.ts";

/** How long nothing at all may come before the server is asked whether it is there. */
const SILENT_AFTER: Milliseconds = 25 * SECOND;
/** How long it may take to answer. */
const PATIENCE: Milliseconds = 10 * SECOND;
/** How long nothing that the server brings by itself may come before the connection is taken for deaf: at first, and at most. */
const DEAF_AFTER: Milliseconds = 20 * MINUTE;
const DEAF_AFTER_MOST: Milliseconds = 4 * HOUR;

/** Stanzas that the server brings by itself. Of a deaf connection queries are answered all the same. */
const BROUGHT: ReadonlySet<string> = new Set([
  "message",
  "receipt",
  "notification",
  "call",
  "presence",
  "chatstate",
]);

/** What the watchdog does with a session. */
export interface Watched {
  onStanza(
    listener: (stanza: { readonly tag: string; readonly attrs: { readonly offline?: string } }) => void,
  ): void;
  ask(): Promise<void>;
}

/**
 * Finds connections that stand and are of no use. `silent`: nothing is answered. `deaf`: queries are, and nothing comes (seen
 * for 50 h with open sockets). That can't be told from a quiet day, so that after a while without news a fresh socket is
 * asked for, which brings what was kept back; the longer that brings nothing, the more rarely.
 */
export class Watchdog {
  readonly #clock: Clock;
  readonly #random: Random;
  #deafAfter = DEAF_AFTER;

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Watches a session that was just made; resolves with what is wrong with it, never when nothing is before it is aborted. */
  async watch(session: Watched, signal: AbortSignal): Promise<"silent" | "deaf"> {
    let heard = this.#clock.monotonic();
    let brought = heard;
    session.onStanza(({ tag, attrs }) => {
      heard = this.#clock.monotonic();
      if (!BROUGHT.has(tag)) return;
      brought = heard;
      // Live news are nothing to go by: what was kept back while the socket stood shows that it was deaf.
      if (attrs.offline !== undefined) this.#deafAfter = DEAF_AFTER;
    });
    const deafAfter = this.#deafAfter * (0.75 + this.#random.fraction() / 2);
    for (;;) {
      await this.#clock.sleep(SILENT_AFTER, signal);
      if (this.#clock.monotonic() - brought >= deafAfter) {
        this.#deafAfter = Math.min(DEAF_AFTER_MOST, this.#deafAfter * 2);
        return "deaf";
      }
      const asked = this.#clock.monotonic();
      if (asked - heard < SILENT_AFTER) continue;
      await this.#answered(session, signal);
      if (heard < asked) return "silent";
    }
  }

  /** Waits for an answer, not too long. A session that ends meanwhile aborts it. */
  async #answered(session: Watched, signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const patience = this.#clock.sleep(PATIENCE, AbortSignal.any([signal, over.signal]));
    await Promise.race([session.ask().catch(() => patience), patience]).finally(() => over.abort());
  }
}
