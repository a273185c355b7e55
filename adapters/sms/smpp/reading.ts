import type { Socket } from "node:net";
import type { Clock, Milliseconds } from "../../../src/model/index.ts";

/**
 * Stops reading a socket while too much of what came is unanswered, or while the peer doesn't take what we write, so that
 * memory stays bounded. While the house is what is slow, the session's clock stands still: a response that lies unread in
 * the socket must not look like one that is missing. While the peer is what is slow it runs on, or nothing would ever end.
 */
export class ReadingGate {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #limit: number;
  #full = false;
  #stuck = false;
  #closed = false;
  #stoppedAt: Milliseconds | undefined;
  #stopped: Milliseconds = 0;

  constructor(socket: Socket, clock: Clock, limit: number) {
    this.#socket = socket;
    this.#clock = clock;
    this.#limit = limit;
  }

  /** The session's monotonic time. */
  now(): Milliseconds {
    return (this.#stoppedAt ?? this.#clock.monotonic()) - this.#stopped;
  }

  /** So many arrivals wait for their answer. */
  unanswered(count: number): void {
    if (!this.#full && count >= this.#limit) {
      this.#full = true;
      this.#stoppedAt ??= this.#clock.monotonic();
      this.#apply();
    } else if (this.#full && count <= this.#limit / 2) {
      this.#full = false;
      if (this.#stoppedAt !== undefined) this.#stopped += this.#clock.monotonic() - this.#stoppedAt;
      this.#stoppedAt = undefined;
      this.#apply();
    }
  }

  /** Whether the peer takes what is written. */
  wrote(flowing: boolean): void {
    this.#stuck = !flowing;
    this.#apply();
  }

  /** Reads no more decisions into a socket that is ending. */
  close(): void {
    this.#closed = true;
  }

  #apply(): void {
    if (this.#closed) return;
    if (this.#full || this.#stuck) this.#socket.pause();
    else this.#socket.resume();
  }
}
