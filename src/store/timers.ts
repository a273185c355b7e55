import type { ConversationId } from "../model/ids.ts";
import type { Timestamp } from "../model/time.ts";
import { keys } from "./keys.ts";
import { texts } from "./reply.ts";
import type { Store } from "./store.ts";

/**
 * What is due in a conversation at a time. `request`: it ends unanswered. `held`: texts that wait for an answer aren't sent.
 * `guard`: likewise, where one of them gives something away. `link`: a question about a link wasn't answered. `over`: it is
 * closed, and goes. `forget`: the person of this desk asked to be forgotten. `idle`: it is looked at whether a guest has been
 * away for so long that they are. `ended`: this desk forgets that a conversation ended there.
 */
export interface Timer {
  readonly kind: "request" | "held" | "guard" | "link" | "over" | "forget" | "idle" | "ended";
  readonly conversation: ConversationId;
  readonly at: Timestamp;
}

/**
 * What is due by time in conversations: one sorted set. A timer is set before what it ends is written, and dropped after that has
 * ended, so that a crash leaves at most one that finds nothing to do. The time is part of its name: one that is set anew for
 * later is another.
 */
export class Timers {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** May be repeated. @throws StoreAway */
  async set(timer: Timer): Promise<void> {
    const { connection, journal } = this.#store;
    await connection.command("ZADD", keys.timers, timer.at, nameOf(timer));
    // Said by the commit that closed it as well; a crash may have come between that and this.
    if (timer.kind === "over") await journal.note({ kind: "closed", conversation: timer.conversation });
  }

  /** Those whose time has come, the oldest first. @throws StoreAway */
  async due(now: Timestamp, atMost: number): Promise<readonly Timer[]> {
    const range = ["-inf", now, "LIMIT", 0, atMost] as const;
    const names = texts(await this.#store.connection.command("ZRANGEBYSCORE", keys.timers, ...range));
    return names.map(timerOf);
  }

  /** It is done. May be repeated. @throws StoreAway */
  async drop(timer: Timer): Promise<void> {
    await this.#store.connection.command("ZREM", keys.timers, nameOf(timer));
  }
}

function nameOf({ kind, conversation, at }: Timer): string {
  return `${kind}:${conversation}:${at}`;
}

/** Written by `nameOf`. */
function timerOf(name: string): Timer {
  const [kind, conversation, at] = name.split(":");
  return { kind: kind as Timer["kind"], conversation: conversation as ConversationId, at: Number(at) };
}
