import type { Dice } from "./dice.ts";
import type { Entry, Ledger } from "./ledger.ts";
import type { WirePart } from "./smpp-proxy.ts";
import type { SmscSide } from "./smsc-side.ts";
import { type Direction, textOf } from "./token.ts";
import { pause } from "./wait.ts";

const TRY_AGAIN = 150;

/** Somebody who says something now and then. */
export interface Talker {
  /** Talks until the signal; resolves when all that was said is told to be taken, or `giveUp` is aborted. */
  run(signal: AbortSignal, giveUp: AbortSignal): Promise<void>;
  /** Says a few things at once, now. */
  poke(): void;
}

/** How often somebody says something: one text each `least` to `most` ms, now and then `burst` at once, at most. */
export interface Pace {
  readonly least: number;
  readonly most: number;
  readonly burst: number;
}

/** One side of a conversation. */
export interface Voice {
  readonly conversation: number;
  readonly direction: Direction;
  readonly dice: Dice;
  readonly pace: Pace;
  readonly ledger: Ledger;
}

/** Where each try to send has an end. @throws Error when the network didn't say that it has the text. */
interface ChatNetwork {
  send(conversation: number, token: string, text: string): Promise<void>;
}

abstract class PacedTalker implements Talker {
  protected readonly voice: Voice;
  #wake: () => void = () => undefined;
  #poked = false;

  constructor(voice: Voice) {
    this.voice = voice;
  }

  poke(): void {
    this.#poked = true;
    this.#wake();
  }

  async run(signal: AbortSignal, giveUp: AbortSignal): Promise<void> {
    const { dice, pace } = this.voice;
    while (!signal.aborted) {
      const poked = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      if (!this.#poked) await Promise.race([pause(dice.whole(pace.least, pace.most)), poked]);
      if (signal.aborted) return;
      const count = this.#poked || dice.chance(0.1) ? dice.whole(2, pace.burst) : 1;
      this.#poked = false;
      await this.say(count, giveUp);
    }
  }

  /** Mostly short; one in eight takes several SMS. */
  protected words({ token }: Entry): string {
    const { dice } = this.voice;
    const wide = dice.chance(0.2);
    return textOf(token, dice.chance(0.125) ? dice.whole(200, 420) : dice.whole(10, 60), wide);
  }

  protected abstract say(count: number, giveUp: AbortSignal): Promise<void>;
}

/**
 * Somebody whose network knows a message by its id: each goes out under one until the network says that it has it (a 200 of the
 * homeserver's, an ack of WhatsApp's server), and the next only then.
 */
export class ChatTalker extends PacedTalker {
  readonly #network: ChatNetwork;

  constructor(voice: Voice, network: ChatNetwork) {
    super(voice);
    this.#network = network;
  }

  protected async say(count: number, giveUp: AbortSignal): Promise<void> {
    const { ledger, conversation, direction } = this.voice;
    for (let n = 0; n < count; n += 1) {
      const entry = ledger.next(conversation, direction);
      const body = this.words(entry);
      while (entry.toldAt === undefined && !giveUp.aborted) {
        entry.tries += 1;
        try {
          await this.#network.send(conversation, entry.token, body);
          entry.toldAt = Date.now();
        } catch {
          await pause(TRY_AGAIN);
        }
      }
    }
  }
}

/** A text on its way from a phone. */
interface Going {
  readonly entry: Entry;
  readonly text: string;
  readonly reference: number;
  /** The parts that aren't answered yet; undefined: all. */
  parts: readonly number[] | undefined;
  /** The connection on which it last stood whole. */
  connection: number | undefined;
}

/** A phone behind the SMSC: what isn't answered is sent again, first of all and in its order. */
export class PhoneTalker extends PacedTalker {
  readonly #smsc: SmscSide;
  readonly #addresses: { readonly phone: string; readonly number: string };
  #reference = 0;
  #seen: () => void = () => undefined;
  /** What is being written now. */
  #writing: Going | undefined;
  /** What isn't answered yet, in order. */
  #open: readonly Going[] = [];

  constructor(voice: Voice, smsc: SmscSide, addresses: { readonly phone: string; readonly number: string }) {
    super(voice);
    this.#smsc = smsc;
    this.#addresses = addresses;
  }

  /** A deliver_sm with this token went by on its way to the daemon; the last of those that are sent counts. */
  seen(token: string, { part, parts, connection }: WirePart): void {
    const place = this.#open.findIndex(({ entry }) => entry.token === token);
    const going = this.#open[place];
    if (going === undefined || part !== (going.parts?.at(-1) ?? parts)) return;
    going.connection = connection;
    // What was cut off with an earlier connection comes behind this one, by the network's own doing.
    for (const earlier of this.#open.slice(0, place))
      earlier.entry.excused ||= earlier.entry.toldAt === undefined && earlier.connection !== connection;
    if (going === this.#writing) this.#seen();
  }

  /** The SMSC knows that this part is taken. */
  answered(token: string, { part, parts }: WirePart): void {
    const going = this.#open.find(({ entry }) => entry.token === token);
    if (going === undefined) return;
    const all = going.parts ?? Array.from({ length: parts }, (_, at) => at + 1);
    going.parts = all.filter((each) => each !== part);
    if (going.parts.length === 0) going.entry.toldAt ??= Date.now();
  }

  protected async say(count: number, giveUp: AbortSignal): Promise<void> {
    const { ledger, conversation, direction } = this.voice;
    let open = Array.from({ length: count }, (): Going => {
      const entry = ledger.next(conversation, direction);
      this.#reference += 1;
      const text = this.words(entry);
      return { entry, text, reference: this.#reference, parts: undefined, connection: undefined };
    });
    while (open.length > 0 && !giveUp.aborted) {
      this.#open = open;
      const tries: Promise<void>[] = [];
      for (const one of open) tries.push((await this.#written(one)).over);
      await Promise.all(tries);
      const lastTold = open.findLastIndex(({ entry }) => entry.toldAt !== undefined);
      for (const { entry } of open.slice(0, Math.max(0, lastTold)))
        entry.excused ||= entry.toldAt === undefined;
      open = open.filter(({ entry }) => entry.toldAt === undefined);
      if (open.length > 0) await pause(TRY_AGAIN);
    }
  }

  /** Begins a try and waits until it is on the wire, or over: what follows then comes behind it. */
  async #written(going: Going): Promise<{ readonly over: Promise<void> }> {
    const seen = new Promise<void>((resolve) => {
      this.#seen = resolve;
      this.#writing = going;
    });
    const over = this.#try(going);
    await Promise.race([seen, over]);
    return { over };
  }

  async #try(going: Going): Promise<void> {
    const { entry, text, reference, parts } = going;
    entry.tries += 1;
    const send = { ...this.#addresses, text, reference, ...(parts === undefined ? {} : { parts }) };
    const statuses = await this.#smsc.deliver(send);
    if (statuses === undefined) return;
    const sent = parts ?? statuses.map((_, at) => at + 1);
    going.parts = sent.filter((_, at) => statuses[at] !== 0);
    if (going.parts.length === 0) entry.toldAt ??= Date.now();
  }
}
