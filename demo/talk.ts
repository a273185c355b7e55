import type { Milliseconds } from "../src/model/time.ts";
import { CAST } from "./cast.ts";
import type { Line } from "./script.ts";
import { until } from "./watch.ts";

/** Who of the two: Ana has two phones. */
export type Side = "ana" | "leo";

/** The other one. */
export function otherSide(side: Side): Side {
  return side === "ana" ? "leo" : "ana";
}

/** One text of the conversation on its way to the other side. Spans are measured with a monotonic clock. */
export interface Message {
  readonly chapter: string;
  readonly from: Side;
  readonly text: string;
  /** What the other side has to be shown. */
  readonly shown: string;
  /** It waits for the seller's yes, so its time says nothing. */
  readonly waits: boolean;
  /** When the sender's network had it. */
  sentAt?: Milliseconds;
  /** When the bridge told the sender's network that it has it; only SMS is told. */
  takenAt?: Milliseconds;
  arrivedAt?: Milliseconds;
  /** How many texts the mobile network carried it in. */
  parts?: number;
  /** How often it arrived. */
  copies: number;
}

/** The conversation of Ana and Leo: all that was typed and what arrived of it. */
export class Talk {
  readonly messages: Message[] = [];
  /** In the order in which they came, for each side. */
  readonly arrivals: Readonly<Record<Side, Message[]>> = { ana: [], leo: [] };
  chapter = "";
  #last = 0;

  typed(from: Side, line: Line): Message {
    const { text, shown = text, waits = false } = line;
    const message: Message = { chapter: this.chapter, from, text, shown, waits, copies: 0 };
    this.messages.push(message);
    return message;
  }

  /** A phone of this side shows a text that it didn't send: which message that is, if it is one. */
  arrived(at: Side, text: string): Message | undefined {
    const now = performance.now();
    const message = this.messages.find(({ from, shown }) => from === otherSide(at) && shown === text);
    if (message === undefined) return undefined;
    message.copies += 1;
    this.arrivals[at].push(message);
    message.arrivedAt ??= now;
    return message;
  }

  /** Waits until these are on the other side's phone. @throws NotSeen */
  async all(messages: readonly Message[]): Promise<void> {
    for (const message of messages) {
      const [from, to] = [CAST[message.from].name, CAST[otherSide(message.from)].name];
      await until(`"${message.text.slice(0, 40)}" of ${from} on ${to}'s phone`, () => message.arrivedAt);
    }
  }

  sentBy(side: Side): readonly Message[] {
    return this.messages.filter(({ from }) => from === side);
  }

  /** Counts what happens on all phones, so that they can be shown in its order. */
  next(): number {
    this.#last += 1;
    return this.#last;
  }
}

/** From the moment when the sender's network had it to the moment when the other phone showed it, in ms. */
export function journey({ sentAt, arrivedAt }: Message): Milliseconds | undefined {
  return sentAt === undefined || arrivedAt === undefined ? undefined : arrivedAt - sentAt;
}

/** Median and slowest of some messages, in ms. */
export function timing(messages: readonly Message[]): { median: Milliseconds; slowest: Milliseconds } {
  const spans = messages.flatMap((message) => journey(message) ?? []).toSorted((a, b) => a - b);
  return {
    median: spans[Math.floor((spans.length - 1) / 2)] ?? Number.NaN,
    slowest: spans.at(-1) ?? Number.NaN,
  };
}
