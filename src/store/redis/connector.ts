import { connect as connectTcp, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { AbstractConnector, type RedisOptions } from "ioredis";

/**
 * ioredis' own way to a socket, but a socket's errors always have a listener. ioredis listens once, and a socket with TLS can
 * have two: its certificate is refused, then the server's last alert is read. The second would end the process.
 */
export class SocketConnector extends AbstractConnector {
  readonly #options: RedisOptions;

  constructor(options: RedisOptions) {
    super(options.disconnectTimeout ?? 2_000);
    this.#options = options;
  }

  /** @throws when `disconnect` was called first. */
  override async connect(): Promise<Socket | TLSSocket> {
    this.connecting = true;
    // ioredis attaches its listeners in the turn in which this resolves.
    await new Promise((resolve) => process.nextTick(resolve));
    if (!this.connecting) throw new Error("Connection is closed.");
    const { path, host, port, family, tls } = this.#options;
    const where = path === undefined ? { host, port, family } : { path };
    const options = { ...where, ...tls } as ConnectionOptions & { port: number };
    const socket = tls === undefined ? connectTcp(options) : connectTls(options);
    this.stream = socket;
    socket.on("error", (error: Error) => {
      this.firstError ??= error;
    });
    return socket;
  }
}
