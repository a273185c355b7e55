// The load generator's HTTP client by hand, for the same reason as http-server.ts: kept-alive connections, one request at a
// time on each, nothing read of an answer but where it ends.
import net from "node:net";

const HEAD_END = Buffer.from("\r\n\r\n");

/** One kept-alive connection. */
export class LeanConnection {
  readonly #socket: net.Socket;
  #rest: Buffer | undefined;
  #answered: (() => void) | undefined;

  constructor(port: number) {
    this.#socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (piece: Buffer) => this.#read(piece));
    this.#socket.on("error", (error) => {
      throw error; // the bench is void when its own connection breaks
    });
  }

  /** Sends a request with a JSON body; calls back when its answer is there. */
  send(method: string, target: string, json: string, answered: () => void): void {
    this.#answered = answered;
    const length = Buffer.byteLength(json);
    this.#socket.write(
      `${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${json}`,
    );
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    const data = this.#rest === undefined ? piece : Buffer.concat([this.#rest, piece]);
    this.#rest = data;
    const end = data.indexOf(HEAD_END);
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(data.toString("latin1", 0, end))?.[1] ?? 0);
    if (data.length < end + HEAD_END.length + length) return;
    this.#rest = undefined;
    this.#answered?.();
  }
}
