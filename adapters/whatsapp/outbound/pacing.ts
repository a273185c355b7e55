import { type Clock, type Milliseconds, type Random, SECOND } from "../../../src/model/index.ts";
import { Recent } from "../recent.ts";

/** How fast an account writes. What is faster than people are gets it restricted. */
export interface PacingSettings {
  /** The time between two messages in one chat, in seconds. */
  readonly perChatSeconds: number;
  /** The time between any two messages, in seconds. */
  readonly perAccountSeconds: number;
  /** By what part of itself each of these times is longer or shorter, at random: 0.4 is from 60 % to 140 %. */
  readonly jitter: number;
}

/** `go`: it is this one's turn. `later`: not soon; nothing was reserved. */
export type Turn =
  | { readonly kind: "go" }
  | { readonly kind: "later"; readonly after: Milliseconds; readonly scope: "portal" | "account" };

/** A turn that is further off isn't waited for here: others may go on meanwhile. */
const LONGEST_WAIT: Milliseconds = 15 * SECOND;
/** So many chats are remembered; one that was silent so long may write at once. */
const CHATS = 10_000;

/** Says when the next message may leave, in the order in which it is asked. */
export class Pacing {
  readonly #settings: PacingSettings;
  readonly #clock: Clock;
  readonly #random: Random;
  /** When the next one may leave, on the monotonic clock. */
  readonly #chats = new Recent<string, Milliseconds>(CHATS);
  #account: Milliseconds = 0;

  constructor(settings: PacingSettings, clock: Clock, random: Random) {
    this.#settings = settings;
    this.#clock = clock;
    this.#random = random;
  }

  /** Waits for the turn of a message to a chat. @throws the signal's reason when it is aborted first. */
  async turn(chat: string, signal: AbortSignal): Promise<Turn> {
    const now = this.#clock.monotonic();
    const ofChat = this.#chats.get(chat) ?? 0;
    const at = Math.max(now, this.#account, ofChat);
    if (at - now > LONGEST_WAIT) {
      return { kind: "later", after: at - now, scope: this.#account > ofChat ? "account" : "portal" };
    }
    this.#account = at + this.#gap(this.#settings.perAccountSeconds);
    this.#chats.set(chat, at + this.#gap(this.#settings.perChatSeconds));
    if (at > now) await this.#clock.sleep(at - now, signal);
    return { kind: "go" };
  }

  #gap(seconds: number): Milliseconds {
    const { jitter } = this.#settings;
    return seconds * SECOND * (1 - jitter + 2 * jitter * this.#random.fraction());
  }
}
