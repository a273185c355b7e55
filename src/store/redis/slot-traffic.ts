import type { Clock, Milliseconds } from "../../model/time.ts";
import { StoreAway } from "./errors.ts";
import { type Endpoint, Redirected } from "./redirection.ts";
import type { Reply } from "./resp.ts";
import type { SlotWaits } from "./slot-waits.ts";
import { SLOTS } from "./slots.ts";

/** A call to one slot. */
interface SlotCall {
  readonly slot: number;
  /** Asks the node that has the slot now. */
  readonly send: () => Promise<Reply>;
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface TrafficOptions {
  readonly clock: Clock;
  /** A slot is another node's from now on. False when that node isn't known. */
  readonly move: (slot: number, to: Endpoint) => boolean;
  /** A slot is on its way, and its calls wait. Said once for each slot that is held. */
  readonly onHeld: (slot: number) => void;
  /** Is told of each slot that is waited for. */
  readonly waits: SlotWaits;
  /** It can't go on like this: everything has to begin anew. */
  readonly onLost: (code: string) => void;
}

/** A slot whose calls wait. */
interface Held {
  /** Those that came back undone, in the order in which they were made: nodes answer in order. */
  returned: SlotCall[];
  /** Those that were made since. */
  waiting: SlotCall[];
  to: Endpoint | undefined;
  code: string;
  readonly since: Milliseconds;
  tries: number;
}

/** How long calls wait for a slot that is on its way, before everything begins anew. */
const PATIENCE: Milliseconds = 10_000;
const FIRST_PAUSE: Milliseconds = 5;
const LONGEST_PAUSE: Milliseconds = 250;

/**
 * Keeps the order of the calls to each slot, whichever node has it: as soon as one comes back undone, those made later wait behind
 * it until it is done. It is the first to be sent again, alone, once all that were under way to its slot are answered.
 */
export class SlotTraffic {
  readonly #options: TrafficOptions;
  readonly #underWay = new Set<SlotCall>();
  /** Sent and not answered, by slot. */
  readonly #sent = new Uint32Array(SLOTS);
  readonly #held = new Map<number, Held>();
  #ended = false;
  #idle: (() => void) | undefined;

  constructor(options: TrafficOptions) {
    this.#options = options;
  }

  /** Calls without an answer. */
  get size(): number {
    return this.#underWay.size;
  }

  run(call: SlotCall): void {
    this.#underWay.add(call);
    const held = this.#held.get(call.slot);
    if (held === undefined) this.#send(call);
    else held.waiting.push(call);
  }

  /** Resolves when every call is answered. */
  idle(): Promise<void> {
    if (this.#underWay.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle = resolve;
    });
  }

  /** All that has no answer yet is rejected; what nodes answer from now on isn't heard. */
  end(code: string | undefined): void {
    this.#ended = true;
    const calls = [...this.#underWay];
    this.#underWay.clear();
    this.#held.clear();
    this.#options.waits.lose();
    for (const call of calls) call.reject(new StoreAway(code));
    this.#idle?.();
  }

  #send(call: SlotCall): void {
    const { slot } = call;
    this.#sent[slot] = (this.#sent[slot] ?? 0) + 1;
    call.send().then(
      (reply) => {
        if (this.#ended) return;
        call.resolve(reply);
        this.#answered(call);
      },
      (error: unknown) => {
        if (this.#ended) return;
        if (error instanceof Redirected) this.#returned(call, error);
        else {
          call.reject(error);
          this.#answered(call);
        }
      },
    );
  }

  #answered(call: SlotCall): void {
    this.#underWay.delete(call);
    if (this.#underWay.size === 0) this.#idle?.();
    if (this.#arrived(call.slot) > 0) return;
    const held = this.#held.get(call.slot);
    if (held !== undefined && held.returned.length > 0) {
      this.#again(call.slot, held);
      return;
    }
    this.#options.waits.end(call.slot);
    if (held === undefined) return;
    // The first one was done where the slot is now: the others follow it.
    this.#held.delete(call.slot);
    for (const next of held.waiting) this.#send(next);
  }

  #returned(call: SlotCall, { to, code }: Redirected): void {
    let held = this.#held.get(call.slot);
    if (held === undefined) {
      const since = this.#options.clock.monotonic();
      held = { returned: [], waiting: [], to: undefined, code, since, tries: 0 };
      this.#held.set(call.slot, held);
      this.#options.waits.begin(call.slot);
      if (to === undefined) this.#options.onHeld(call.slot);
    }
    held.returned.push(call);
    held.to = to ?? held.to;
    held.code = code;
    if (this.#arrived(call.slot) === 0) this.#again(call.slot, held);
  }

  #arrived(slot: number): number {
    const left = (this.#sent[slot] ?? 1) - 1;
    this.#sent[slot] = left;
    return left;
  }

  #again(slot: number, held: Held): void {
    const { clock, move, onLost } = this.#options;
    const [first, ...others] = held.returned;
    held.returned = [];
    held.waiting = [...others, ...held.waiting];
    if (first === undefined) return;
    const isKnown = held.to === undefined || move(slot, held.to);
    if (!isKnown || clock.monotonic() - held.since > PATIENCE) {
      onLost(held.code);
      return;
    }
    // At once to another node; the same one, or one that sends it on as well, is given time.
    const isMoved = held.to !== undefined && held.tries === 0;
    held.to = undefined;
    held.tries += 1;
    const pause = isMoved ? 0 : Math.min(FIRST_PAUSE * 2 ** (held.tries - 1), LONGEST_PAUSE);
    void clock.sleep(pause).then(() => {
      if (!this.#ended) this.#send(first);
    });
  }
}
