import type { LoopbackSmsc } from "../test/support/smsc.ts";
import type { SmscMessage } from "../test/support/smsc-messages.ts";
import { FRONT_DOOR, readable } from "./cast.ts";
import { Phone } from "./phone.ts";
import type { Line } from "./script.ts";
import type { Message, Side, Talk } from "./talk.ts";
import { expectThat } from "./watch.ts";

/**
 * A plain phone: it knows nothing of the others but the bridge's numbers. It shows dots for `…` and a dash for `·`, which would
 * make an SMS hold half as much.
 */
export class SmsPhone extends Phone {
  readonly number: string;
  readonly #smsc: LoopbackSmsc;
  readonly #talk: Talk;
  readonly #side: Side | undefined;

  constructor(title: string, number: string, smsc: LoopbackSmsc, talk: Talk, side?: Side) {
    super(title, talk, side);
    this.number = number;
    this.#smsc = smsc;
    this.#talk = talk;
    this.#side = side;
  }

  /** Texts the bridge; resolves when that told the mobile network that it has it. */
  async write(text: string, to: string = FRONT_DOOR): Promise<void> {
    this.wrote(readable(to), text);
    await this.#send(text, to);
  }

  /** Texts what belongs to Ana's and Leo's conversation; `taken` as in `write`. */
  say(line: Line, to: string = FRONT_DOOR): { readonly message: Message; readonly taken: Promise<void> } {
    const message = this.#talk.typed(this.#side ?? "leo", line);
    this.wrote(readable(to), line.text, message);
    message.sentAt = performance.now();
    const taken = this.#send(line.text, to).then((parts) => {
      message.takenAt = performance.now();
      message.parts = parts;
    });
    taken.catch(() => undefined); // its error is told by whoever waits for it
    return { message, taken };
  }

  /** The mobile network brings a text. */
  receive({ from, text, parts, at }: SmscMessage): void {
    const message = this.shows(readable(from), text, at);
    if (message !== undefined) message.parts = parts;
  }

  async #send(text: string, to: string): Promise<number> {
    const answers = await this.#smsc.text(this.number, to, text);
    expectThat(
      answers.every((status) => status === 0),
      `the bridge refused a text of ${this.title}`,
    );
    return answers.length;
  }
}
