import type { Timestamp } from "../src/model/time.ts";
import type { Message, Side, Talk } from "./talk.ts";
import { until } from "./watch.ts";

/** One text on a screen. */
export interface Bubble {
  /** In which chat: the number that it is with, or the room's name. */
  readonly place: string;
  readonly isOwn: boolean;
  readonly text: string;
  /** What the phone shows as its time. */
  readonly clock: Timestamp;
  /** Its place in all that happened on all phones. */
  readonly order: number;
  readonly chapter: string;
  /** A text of Ana's and Leo's conversation. */
  readonly message?: Message;
  /** The text that it quotes. */
  readonly answering?: string;
}

/** A screen and its person's thumbs. What the bridge itself says stays unread until the story has read it, word for word. */
export abstract class Phone {
  /** Whose it is, and on which network. */
  readonly title: string;
  readonly bubbles: Bubble[] = [];
  readonly #side: Side | undefined;
  readonly #talk: Talk;
  readonly #unread: Bubble[] = [];

  constructor(title: string, talk: Talk, side?: Side) {
    this.title = title;
    this.#talk = talk;
    this.#side = side;
  }

  /** Waits for a text of the bridge's, or of somebody outside of Ana's and Leo's conversation, and reads it. @throws NotSeen */
  async reads(expected: string | RegExp): Promise<readonly string[]> {
    const pattern = typeof expected === "string" ? undefined : expected;
    const what = `"${typeof expected === "string" ? expected : expected.source}" on ${this.title}`;
    return until(what, () => {
      for (const [at, { text }] of this.#unread.entries()) {
        const found = pattern === undefined ? (text === expected ? [text] : undefined) : pattern.exec(text);
        if (found === undefined || found === null) continue;
        this.#unread.splice(at, 1);
        return found;
      }
      return undefined;
    });
  }

  /** What it shows that the story didn't expect. */
  get unread(): readonly string[] {
    return this.#unread.map(({ text }) => text);
  }

  protected wrote(place: string, text: string, message?: Message, answering?: string): void {
    this.#put(place, text, true, Date.now(), message, answering);
  }

  /** A text came; gives the message that it is. `said`: what its sender wrote, where more than that is shown. */
  protected shows(place: string, text: string, clock: Timestamp, said = text): Message | undefined {
    const message = this.#side && this.#talk.arrived(this.#side, said);
    const bubble = this.#put(place, text, false, clock, message);
    if (message === undefined) this.#unread.push(bubble);
    return message;
  }

  #put(
    place: string,
    text: string,
    isOwn: boolean,
    clock: Timestamp,
    message?: Message,
    answering?: string,
  ): Bubble {
    const { chapter } = this.#talk;
    const bubble = {
      ...{ place, isOwn, text, clock, chapter, order: this.#talk.next() },
      ...(message && { message }),
      ...(answering !== undefined && { answering }),
    };
    this.bubbles.push(bubble);
    return bubble;
  }
}
