import { type Clock, type Milliseconds, SECOND } from "../model/time.ts";

/** A socket of ours that is open. */
interface Listener {
  /** Whether it is still what its name or port leads to. */
  isThere(): boolean;
  close(): Promise<void>;
}

/** Opens one; `isTaken` says of its error that another process has the place. */
interface Opening {
  open(): Promise<Listener>;
  isTaken(error: unknown): boolean;
  /** How long another process may still have the place once the state folder is ours. */
  readonly patience: Milliseconds;
}

const AGAIN: Milliseconds = SECOND / 4;

/**
 * What the daemon listens on for those who watch it. It is opened before anything else, so that a start that takes long can be
 * told from one that hangs; but who has the state folder is known only later, and whoever has it gets the sockets.
 */
export class Front {
  readonly #openings: readonly Opening[];
  readonly #clock: Clock;
  readonly #open = new Map<Opening, Listener>();
  #closed = false;

  constructor(openings: readonly Opening[], clock: Clock) {
    this.#openings = openings;
    this.#clock = clock;
  }

  /** Opens what is free. @throws what opening throws for another reason */
  async openFree(): Promise<void> {
    await Promise.all(this.#openings.map((opening) => this.#try(opening)));
  }

  /** The state folder is ours: opens the rest, as soon as a predecessor lets go of it. @throws what opening throws, in the end */
  async openAll(): Promise<void> {
    const began = this.#clock.monotonic();
    for (const opening of this.#openings) {
      const end = began + opening.patience;
      while (!(await this.#try(opening, this.#clock.monotonic() >= end))) await this.#clock.sleep(AGAIN);
    }
  }

  /** Closes all. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open.values()].map((listener) => listener.close()));
    this.#open.clear();
  }

  /** False when its place is taken; `last`: then that is an error. */
  async #try(opening: Opening, last = false): Promise<boolean> {
    const there = this.#open.get(opening);
    if (this.#closed || there?.isThere() === true) return true;
    await there?.close();
    this.#open.delete(opening);
    try {
      const listener = await opening.open();
      this.#open.set(opening, listener);
      if (this.#closed) await listener.close();
      return true;
    } catch (error) {
      if (last || !opening.isTaken(error)) throw error;
      return false;
    }
  }
}
