import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network between a client and a server on this machine that can die without a word: nothing is passed, nothing is closed. */
export class DeadNetwork {
  readonly #server = createServer((client) => this.#join(client));
  readonly #sockets = new Set<Socket>();
  readonly #target: URL;

  private constructor(target: string) {
    this.#target = new URL(target);
  }

  static async before(server: { readonly url: string }): Promise<DeadNetwork> {
    const network = new DeadNetwork(server.url);
    network.#server.listen(0, "127.0.0.1");
    await once(network.#server, "listening");
    return network;
  }

  /** The server's address by way of it. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on TCP
    return this.#target.href.replace(this.#target.port, String(port));
  }

  /** The connections that stand pass nothing any more. New ones are well. */
  die(): void {
    for (const socket of this.#sockets) {
      socket.unpipe();
      socket.pause();
    }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const server = connect(Number(this.#target.port), "127.0.0.1");
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => this.#sockets.delete(socket));
    }
    client.pipe(server);
    server.pipe(client);
  }
}
