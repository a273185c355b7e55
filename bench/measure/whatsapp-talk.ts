import type { WhatsAppSide } from "../../test/support/whatsapp/side.ts";
import { type Direction, NUMBER, phoneOf } from "../peers/calls.ts";
import type { BenchSmsc } from "../peers/smsc.ts";

/** Texts under way in a conversation, each way. */
const EACH = 16;
const GIVEN_UP_AFTER_MS = 30_000;
/** Longer than a handle's code, for which the bridge would take what looks like one. */
const TOKEN = /thebenchmark(\d+)!/;
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
      await this.#arrivalOf(direction, 0);
      times.push(performance.now() - began);
    }
    return times;
  }

  /** So many texts, half each way, as fast as they go; gives the seconds until all have arrived. */
  async flood(count: number): Promise<number> {
    const began = performance.now();
    const each = count / 2 / this.#conversations;
    const all = Array.from({ length: this.#conversations }, (_, conversation) => [
      this.#flood("in", conversation, each),
      this.#flood("out", conversation, each),
    ]);
    await Promise.all(all.flat());
    return (performance.now() - began) / 1_000;
  }

  async #flood(direction: Direction, conversation: number, count: number): Promise<void> {
    let left = count;
    const line = async (): Promise<void> => {
      while (left > 0) {
        left -= 1;
        await this.#arrivalOf(direction, conversation);
      }
    };
    await Promise.all(Array.from({ length: EACH }, line));
  }

  /** Says something and waits until it is on the other phone. */
  async #arrivalOf(direction: Direction, conversation: number): Promise<void> {
    const number = this.#sent;
    this.#sent += 1;
    const text = `${PADDING}thebenchmark${number}!`;
    const arrived = new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () =>
          reject(new Error(`${this.#waiting.size} texts haven't arrived in time, the first ${direction}`)),
        GIVEN_UP_AFTER_MS,
      );
      this.#waiting.set(number, () => {
        clearTimeout(late);
        resolve();
      });
    });
    if (direction === "in") this.#smsc.deliver(phoneOf(conversation), NUMBER, text);
    else await this.#whatsapp.send(conversation, `${number}`, text);
    await arrived;
  }

  #arrived(text: string): void {
    const number = Number(TOKEN.exec(text)?.[1]);
    const resolve = this.#waiting.get(number);
    this.#waiting.delete(number);
    resolve?.();
  }
}
