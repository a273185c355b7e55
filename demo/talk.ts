import type { Milliseconds, Timestamp } from "../src/model/time.ts";
import { nameOf, otherSide, type Side } from "./parties.ts";
import type { Line } from "./script.ts";
import { until } from "./watch.ts";

/** One text on its way from one phone to the other. Spans are measured with a monotonic clock. */
export interface Message {
  readonly chapter: string;
  readonly from: Side;
  readonly text: string;
  /** What the other phone has to show. */
  readonly shown: string;
  /** When its sender typed it: what their phone shows. */
  readonly typedAt: Timestamp;
  /** When the sender's network had it. */
  sentAt?: Milliseconds;
  /** When the bridge told the sender's network that it has it; only SMS is told. */
  takenAt?: Milliseconds;
  arrivedAt?: Milliseconds;
  /** What the receiving phone shows as its time. */
  arrivedClock?: Timestamp;
  /** How many texts the mobile network carried it in. */
  parts?: number;
  /** How often it arrived. */
  copies: number;
}

/** All that was said and what arrived of it, as both phones saw it. */
export class Talk {
  readonly messages: Message[] = [];
  /** In the order in which they came, for each phone. */
  readonly arrivals: Readonly<Record<Side, Message[]>> = { ana: [], leo: [] };
  /** What a phone showed that nobody had typed: a notice of the bridge, for example. */
  readonly strangers: Readonly<Record<Side, string[]>> = { ana: [], leo: [] };
  chapter = "";

  typed(from: Side, line: Line): Message {
    const message: Message = {
      chapter: this.chapter,
      from,
      text: line.text,
      shown: line.shown ?? line.text,
      typedAt: Date.now(),
      copies: 0,
    };
    this.messages.push(message);
    return message;
  }

  /** A phone shows a text that it didn't send. */
  arrived(at: Side, text: string, clock: Timestamp): void {
    const now = performance.now();
    const message = this.messages.find(({ from, shown }) => from === otherSide(at) && shown === text);
    if (message === undefined) {
      this.strangers[at].push(text);
      return;
    }
    message.copies += 1;
    this.arrivals[at].push(message);
    message.arrivedAt ??= now;
    message.arrivedClock ??= clock;
  }

  /** Waits until these are on the other phone. @throws NotSeen */
  async all(messages: readonly Message[]): Promise<void> {
    for (const message of messages) {
      const what = `"${message.text.slice(0, 40)}" of ${nameOf(message.from)} on ${nameOf(otherSide(message.from))}'s phone`;
      await until(what, () => message.arrivedAt);
    }
  }

  sentBy(side: Side): readonly Message[] {
    return this.messages.filter(({ from }) => from === side);
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
