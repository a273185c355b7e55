import type { WhatsAppSide } from "../../test/support/whatsapp/side.ts";
import { type Direction, NUMBER, phoneOf } from "../peers/calls.ts";
import type { BenchSmsc } from "../peers/smsc.ts";

/** Texts under way to one person on WhatsApp. */
const EACH = 16;
const GIVEN_UP_AFTER_MS = 30_000;
const TOKEN = /fb(\d+)!/;
const PADDING =
  "the quick brown fox jumps over the lazy dog and is on its way to the other side of the road ";

/** People who text, and people on WhatsApp, who answer; `in` is from SMS to WhatsApp. */
export class WhatsAppTalk {
  readonly #smsc: BenchSmsc;
  readonly #whatsapp: WhatsAppSide;
  readonly #conversations: number;
  /** What each text that is under way calls when it has arrived. */
  readonly #waiting = new Map<number, () => void>();
  #sent = 0;

  constructor(smsc: BenchSmsc, whatsapp: WhatsAppSide, conversations: number) {
    this.#smsc = smsc;
    this.#whatsapp = whatsapp;
    this.#conversations = conversations;
    smsc.onMessage = (text) => this.#arrived(text);
    whatsapp.onText = (_, text) => this.#arrived(text);
  }

  /** Texts of one conversation, each after the one before it has arrived: their times in ms, from one phone to the other. */
  async oneByOne(direction: Direction, count: number): Promise<readonly number[]> {
    const times: number[] = [];
    for (let i = 0; i < count; i++) {
      const began = performance.now();
      await this.#say(direction, 0).arrived;
      times.push(performance.now() - began);
    }
    return times;
  }

  /** So many texts, half each way, as fast as they go; gives the seconds until all have arrived. */
  async flood(count: number): Promise<number> {
    const began = performance.now();
    const each = count / 2 / this.#conversations;
    const all = Array.from({ length: this.#conversations }, (_, conversation) => [
      this.#floodIn(conversation, each),
      this.#floodOut(conversation, each),
    ]);
    await Promise.all(all.flat());
    return (performance.now() - began) / 1_000;
  }

  async #floodIn(conversation: number, count: number): Promise<void> {
    let left = count;
    const line = async (): Promise<void> => {
      for (; left > 0; ) {
        left -= 1;
        await this.#say("in", conversation).arrived;
      }
    };
    await Promise.all(Array.from({ length: EACH }, line));
  }

  /** A phone sends one at a time, and doesn't wait for where it goes. */
  async #floodOut(conversation: number, count: number): Promise<void> {
    const arrivals: Promise<void>[] = [];
    for (let i = 0; i < count; i++) {
      const { sent, arrived } = this.#say("out", conversation);
      arrivals.push(arrived);
      await sent;
    }
    await Promise.all(arrivals);
  }

  #say(direction: Direction, conversation: number) {
    const number = this.#sent;
    this.#sent += 1;
    const text = `${PADDING}fb${number}!`;
    const arrived = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error("a text hasn't arrived in time")), GIVEN_UP_AFTER_MS);
      this.#waiting.set(number, () => {
        clearTimeout(late);
        resolve();
      });
    });
    const sent = this.#send(direction, conversation, text, number);
    return { sent, arrived };
  }

  async #send(direction: Direction, conversation: number, text: string, number: number): Promise<void> {
    if (direction === "in") this.#smsc.deliver(phoneOf(conversation), NUMBER, text);
    else await this.#whatsapp.send(conversation, `${number}`, text);
  }

  #arrived(text: string): void {
    const number = Number(TOKEN.exec(text)?.[1]);
    const resolve = this.#waiting.get(number);
    this.#waiting.delete(number);
    resolve?.();
  }
}
