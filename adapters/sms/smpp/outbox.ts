import type { Socket } from "node:net";

/** Writes all PDUs of one turn of the event loop together: one system call and one segment instead of many. */
export class Outbox {
  readonly #socket: Socket;
  /** Called when what was queued has been handed to the socket, which now holds so many octets that the peer hasn't taken. */
  readonly #flushed: (held: number) => void;
  #queue: Buffer[] = [];
  #closed = false;

  constructor(socket: Socket, flushed: (held: number) => void) {
    this.#socket = socket;
    this.#flushed = flushed;
  }

  add(octets: Buffer): void {
    if (this.#closed) return;
    if (this.#queue.length === 0) setImmediate(() => this.flush());
    this.#queue.push(octets);
  }

  /** Hands over what is queued now. */
  flush(): void {
    if (this.#closed || this.#queue.length === 0) return;
    const [first] = this.#queue;
    const octets = this.#queue.length === 1 && first !== undefined ? first : Buffer.concat(this.#queue);
    this.#queue = [];
    this.#socket.write(octets);
    this.#flushed(this.#socket.writableLength);
  }

  /** Nothing more goes out; what was queued and not handed over is dropped. */
  close(): void {
    this.#closed = true;
    this.#queue = [];
  }
}
