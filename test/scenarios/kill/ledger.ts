import { type Direction, tokenText } from "./token.ts";

/** One text, from its first try on. Times in ms since 1970. */
export interface Entry {
  readonly token: string;
  readonly conversation: number;
  readonly direction: Direction;
  readonly triedAt: number;
  tries: number;
  /** When its network was told that it is taken (a 200 of the homeserver's, status 0 for each SMS, an ack of WhatsApp's server). */
  toldAt: number | undefined;
  /** The network itself brought it in after a later one: it isn't looked at for its place. */
  excused: boolean;
}

/** A text that came to a phone. */
export interface PhoneArrival {
  readonly text: string;
  readonly at: number;
}

/** All that was said, and what came to the phones. */
export class Ledger {
  readonly entries: Entry[] = [];
  /** By conversation, in the order in which they came. */
  readonly phones: readonly PhoneArrival[][];
  readonly #sequences = new Map<string, number>();

  constructor(conversations: number) {
    this.phones = Array.from({ length: conversations }, () => []);
  }

  /** The next text of a conversation in a direction. */
  next(conversation: number, direction: Direction): Entry {
    const key = `${conversation}${direction}`;
    const sequence = (this.#sequences.get(key) ?? 0) + 1;
    this.#sequences.set(key, sequence);
    const token = tokenText({ conversation, direction, sequence });
    const entry = {
      token,
      conversation,
      direction,
      triedAt: Date.now(),
      tries: 0,
      toldAt: undefined,
      excused: false,
    };
    this.entries.push(entry);
    return entry;
  }

  /** Of one conversation and direction, in the order in which they were said. */
  of(conversation: number, direction: Direction): readonly Entry[] {
    return this.entries.filter((one) => one.conversation === conversation && one.direction === direction);
  }
}
