import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from "node:http";

/** What happens to one request: `before` it reaches the homeserver, or `after` that has done what it asks. */
export interface HttpFault {
  readonly kind: "502" | "break";
  readonly when: "before" | "after";
  /** Which request: the next message that is sent, or the next poll. */
  readonly of: "send" | "sync";
}

/** Stands between the daemon and the homeserver; what users send goes past it. */
export class HttpProxy {
  /** Where the homeserver is. */
  target = 0;
  port = 0;
  /** Called when the daemon asks for news, and with what it is told: when it asks again it has taken that in. */
  onPoll: (step: { readonly kind: "asked" } | { readonly kind: "told"; readonly text: string }) => void =
    () => undefined;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #faults: HttpFault[] = [];
  #server: Server | undefined;

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens (again); before that nobody can connect. */
  async open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((incoming, response) => {
      this.#serve(incoming, response).catch(() => response.destroy());
    });
    server.keepAliveTimeout = 60_000;
    this.#server = server;
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
  }

  /** Ends all connections and takes no new ones. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  }

  /** Ends what it holds. */
  async stop(): Promise<void> {
    await this.close();
    this.#agent.destroy();
  }

  /** Has this happen at the next occasion. */
  fault(fault: HttpFault): void {
    this.#faults.push(fault);
  }

  /** Forgets what didn't happen yet. */
  heal(): void {
    this.#faults.length = 0;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const fault = this.#next(incoming);
    if (fault?.when === "before") return act(fault, response);
    const isPoll = incoming.url?.includes("/sync") === true;
    if (isPoll) this.onPoll({ kind: "asked" });
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // no encoding is set
    const answer = await this.#ask(incoming, Buffer.concat(chunks), response);
    if (fault !== undefined) {
      answer.resume();
      await once(answer, "end");
      return act(fault, response);
    }
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    const told: Buffer[] = [];
    for await (const piece of answer) {
      told.push(piece as Buffer); // no encoding is set
      response.write(piece);
    }
    if (isPoll) this.onPoll({ kind: "told", text: Buffer.concat(told).toString() });
    response.end();
  }

  async #ask(incoming: IncomingMessage, body: Buffer, response: ServerResponse): Promise<IncomingMessage> {
    const { method, url, headers } = incoming;
    const asked = request({
      agent: this.#agent,
      host: "127.0.0.1",
      port: this.target,
      path: url,
      ...(method === undefined ? {} : { method }),
      headers: { ...headers, "content-length": body.length },
    });
    response.once("close", () => asked.destroy());
    asked.end(body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    return answer;
  }

  #next({ method, url = "" }: IncomingMessage): HttpFault | undefined {
    const of =
      method === "PUT" && url.includes("/send/") ? "send" : url.includes("/sync") ? "sync" : undefined;
    const at = this.#faults.findIndex((fault) => fault.of === of);
    return at < 0 ? undefined : this.#faults.splice(at, 1)[0];
  }
}

function act(fault: HttpFault, response: ServerResponse): void {
  if (fault.kind === "break") {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(502, { "content-type": "text/html" });
  response.end("<html><body>502 Bad Gateway</body></html>");
}
