import { type Clock, MINUTE, type Milliseconds, type Random, SECOND } from "../../../src/model/index.ts";
import { Recent } from "../recent.ts";

/** How fast an account writes in the long run. What is faster than people are gets it restricted. */
export interface PacingSettings {
  /** Messages a minute in one chat, and of the whole account. */
  readonly perChatPerMinute: number;
  readonly perAccountPerMinute: number;
}

/** `go`: it is this one's turn. `later`: not soon; nothing was reserved. */
type Turn =
  | { readonly kind: "go" }
  | { readonly kind: "later"; readonly after: Milliseconds; readonly scope: "portal" | "account" };

/** A turn that is further off isn't waited for here: others may go on meanwhile. */
const LONGEST_WAIT: Milliseconds = 15 * SECOND;
/** So many messages may leave one after the other before the long run counts, as people answer in several lines. */
const BURST = 5;
/** The pause between two messages, as parts of what the long run has for one: at random in between. */
const PAUSE = { least: 0.1, most: 0.3 };
/** What one message takes of the long run, likewise. */
const SHARE = { least: 0.75, most: 1.25 };
/** So many chats are remembered; one that was silent so long may write at once. */
const CHATS = 10_000;

/** What was used up, on the monotonic clock (GCRA, ITU-T I.371): `paid` is when nothing of it counts any more. */
interface Pace {
  readonly paid: Milliseconds;
  /** When the pause after the last message is over. */
  readonly rested: Milliseconds;
}

/** Says when the next message may leave, in the order in which it is asked. */
export class Pacing {
  readonly #perChat: Milliseconds;
  readonly #perAccount: Milliseconds;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #chats = new Recent<string, Pace>(CHATS);
  #account: Pace = { paid: 0, rested: 0 };

  constructor(settings: PacingSettings, clock: Clock, random: Random) {
    this.#perChat = MINUTE / settings.perChatPerMinute;
    this.#perAccount = MINUTE / settings.perAccountPerMinute;
    this.#clock = clock;
    this.#random = random;
  }

  /** Waits for the turn of a message to a chat. @throws the signal's reason when it is aborted first. */
  async turn(chat: string, signal: AbortSignal): Promise<Turn> {
    const now = this.#clock.monotonic();
    const pace = this.#chats.get(chat) ?? { paid: 0, rested: 0 };
    const ofChat = earliest(pace, this.#perChat);
    const ofAccount = earliest(this.#account, this.#perAccount);
    const at = Math.max(now, ofChat, ofAccount);
    if (at - now > LONGEST_WAIT) {
      return { kind: "later", after: at - now, scope: ofAccount > ofChat ? "account" : "portal" };
    }
    this.#chats.set(chat, this.#after(pace, at, this.#perChat));
    this.#account = this.#after(this.#account, at, this.#perAccount);
    if (at > now) await this.#clock.sleep(at - now, signal);
    return { kind: "go" };
  }

  #after({ paid }: Pace, at: Milliseconds, each: Milliseconds): Pace {
    return {
      paid: Math.max(paid, at) + each * this.#between(SHARE),
      rested: at + each * this.#between(PAUSE),
    };
  }

  #between({ least, most }: { readonly least: number; readonly most: number }): number {
    return least + (most - least) * this.#random.fraction();
  }
}

function earliest({ paid, rested }: Pace, each: Milliseconds): Milliseconds {
  return Math.max(rested, paid - (BURST - 1) * each);
}
