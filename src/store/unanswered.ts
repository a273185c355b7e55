import type { CanonicalId, ConversationId, SeatId } from "../model/ids.ts";
import type { Timestamp } from "../model/time.ts";
import { keys } from "./keys.ts";
import { texts } from "./reply.ts";
import type { Store } from "./store.ts";

/** Whose answer is waited for, and since which event: one for each question. */
export interface Awaited {
  readonly conversation: ConversationId;
  readonly seat: SeatId;
  readonly canonical: CanonicalId;
}

/** Texts that wait for their writer's answer, by the time when they are given up. Noted before the question is asked. */
export class Unanswered {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws StoreAway */
  async add(awaited: Awaited, until: Timestamp): Promise<void> {
    await this.#store.connection.command("ZADD", keys.unanswered, until, nameOf(awaited));
  }

  /** Those whose time is over, the oldest first. @throws StoreAway */
  async due(now: Timestamp, atMost: number): Promise<readonly Awaited[]> {
    const { connection } = this.#store;
    const names = await connection.command("ZRANGEBYSCORE", keys.unanswered, "-inf", now, "LIMIT", 0, atMost);
    return texts(names).map((name) => {
      const [conversation, seat, canonical] = name.split(":") as [ConversationId, SeatId, CanonicalId]; // nameOf's
      return { conversation, seat, canonical };
    });
  }

  /** @throws StoreAway */
  async remove(awaited: Awaited): Promise<void> {
    await this.#store.connection.command("ZREM", keys.unanswered, nameOf(awaited));
  }
}

function nameOf({ conversation, seat, canonical }: Awaited): string {
  return `${conversation}:${seat}:${canonical}`;
}
