// The network that adapters/loopback speaks to: JSON lines over TCP on 127.0.0.1. Only the types of the protocol are shared
// with the adapter. It keeps what isn't acknowledged and brings it again, in order, on the next connection.

import { once } from "node:events";
import net from "node:net";
import { createInterface } from "node:readline";
import type { Request, ToNetwork, What } from "../../adapters/loopback/protocol.ts";
import { type Answered, LoopbackNetworkState, type Thread } from "./loopback-network-state.ts";

export interface LoopbackNetworkOptions {
  readonly token: string;
  /** 0 or left out: a free one. */
  readonly port?: number;
}

/** What happens to a request instead of its being done and answered. */
export type NetworkFault =
  | { readonly kind: "error"; readonly error: string; readonly after?: number }
  /** No answer, though the connection stays; `done`: it was carried out all the same. */
  | { readonly kind: "silent"; readonly done: boolean }
  /** The connection breaks instead of an answer. */
  | { readonly kind: "cut"; readonly done: boolean };

/** How many events may be unacknowledged on a connection at a time. */
const WINDOW = 100;

interface Client {
  readonly socket: net.Socket;
  isWelcome: boolean;
  /** Which unacknowledged events were brought on this connection. */
  readonly brought: Set<string>;
}

export class LoopbackNetwork {
  readonly state = new LoopbackNetworkState();
  /** How many requests came that could do something: pings and acknowledgements aren't counted. */
  requests = 0;
  /** How many connections were welcomed. */
  welcomes = 0;
  port: number;
  readonly #token: string;
  readonly #clients = new Set<Client>();
  readonly #faults: { readonly does: Request["do"]; readonly fault: NetworkFault; times: number }[] = [];
  #server: net.Server | undefined;

  private constructor(options: LoopbackNetworkOptions) {
    this.#token = options.token;
    this.port = options.port ?? 0;
  }

  /** Listens. */
  static async start(options: LoopbackNetworkOptions): Promise<LoopbackNetwork> {
    const network = new LoopbackNetwork(options);
    await network.back();
    return network;
  }

  /** Listens (again). */
  async back(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = net.createServer((socket) => this.#serve(socket));
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    const bound = server.address();
    if (bound !== null && typeof bound === "object") this.port = bound.port;
    this.#server = server;
  }

  /** Not reachable until `back`; what it knows stays. */
  async away(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    this.cut();
    await closed;
  }

  async stop(): Promise<void> {
    await this.away();
  }

  /** Breaks all connections, without a word. */
  cut(): void {
    for (const { socket } of this.#clients) socket.destroy();
  }

  /** Something happens in a thread; gives the event's id. */
  happens(thread: string, from: string, what: What | object): string {
    const client = this.#client;
    const event = this.state.happens(thread, from, what, client === undefined);
    if (client !== undefined) this.#bring(client);
    return event.id;
  }

  /** A person writes; gives the event's id. */
  says(thread: string, from: string, text: string): string {
    return this.happens(thread, from, { kind: "text", text });
  }

  /** A person begins to type, or stops. */
  types(thread: string, from: string, typing: boolean): void {
    for (const client of this.#clients) this.#say(client, { is: "typing", thread, from, typing });
  }

  /** Brings an event once more, acknowledged or not. */
  bringAgain(id: string): void {
    const event = this.state.events.get(id);
    for (const client of this.#clients) if (event !== undefined) this.#say(client, event);
  }

  /** Octets of no meaning, as they are. */
  raw(octets: string | Buffer): void {
    for (const { socket } of this.#clients) socket.write(octets);
  }

  isAcknowledged(id: string): boolean {
    return this.state.events.has(id) && !this.state.unacknowledged.has(id);
  }

  /** The next requests of this kind meet a fault: as many as `times`. */
  fail(does: Request["do"], fault: NetworkFault, times = 1): void {
    this.#faults.push({ does, fault, times });
  }

  /** Forgets all faults that are still to come. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** The thread of a portal that must be there. */
  thread(id: string): Thread {
    const thread = this.state.threads.get(id);
    if (thread === undefined) throw new Error("there is no such thread");
    return thread;
  }

  get #client(): Client | undefined {
    return [...this.#clients].findLast(({ isWelcome }) => isWelcome);
  }

  #serve(socket: net.Socket): void {
    const client: Client = { socket, isWelcome: false, brought: new Set() };
    this.#clients.add(client);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#clients.delete(client));
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => {
      this.#take(client, JSON.parse(line) as ToNetwork); // the adapter's own lines; a wrong one fails the test
    });
    lines.on("error", () => undefined);
  }

  #take(client: Client, message: ToNetwork): void {
    if (message.do === "hello") {
      this.#hello(client, message.token);
      return;
    }
    if (!client.isWelcome) {
      client.socket.destroy();
      return;
    }
    switch (message.do) {
      case "ack":
        for (const id of message.ids) this.state.unacknowledged.delete(id);
        this.#bring(client);
        return;
      case "typing": {
        const thread = this.state.threads.get(message.thread);
        if (thread !== undefined) thread.typing = message.typing;
        return;
      }
      default: {
        const { call, ...request } = message;
        this.#call(client, request, call);
      }
    }
  }

  #hello(client: Client, token: string): void {
    if (token !== this.#token) {
      this.#say(client, { is: "goodbye", why: "unauthorised" });
      client.socket.end();
      return;
    }
    client.isWelcome = true;
    this.welcomes += 1;
    this.#say(client, { is: "welcome" });
    this.#bring(client);
  }

  /** Brings what isn't acknowledged and wasn't brought on this connection yet, as far as the window goes. */
  #bring(client: Client): void {
    for (const id of client.brought) if (!this.state.unacknowledged.has(id)) client.brought.delete(id);
    for (const [id, event] of this.state.unacknowledged) {
      if (client.brought.size >= WINDOW) return;
      if (client.brought.has(id)) continue;
      client.brought.add(id);
      this.#say(client, event);
    }
  }

  #call(client: Client, request: Request, call: number): void {
    if (request.do !== "ping") this.requests += 1;
    const fault = this.#faultFor(request.do);
    if (fault?.kind === "error") {
      const { kind: _, ...error } = fault;
      this.#say(client, { is: "answer", call, ...error });
      return;
    }
    const isDone = fault === undefined || fault.done;
    const answered: Answered = isDone ? this.state.carryOut(request) : {};
    if (fault === undefined) this.#say(client, { is: "answer", call, ...answered });
    if (fault?.kind === "cut") client.socket.destroy();
  }

  #faultFor(does: Request["do"]): NetworkFault | undefined {
    const at = this.#faults.findIndex((one) => one.does === does);
    const found = this.#faults[at];
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#faults.splice(at, 1);
    return found.fault;
  }

  #say({ socket }: Client, message: object): void {
    if (!socket.destroyed) socket.write(`${JSON.stringify(message)}\n`);
  }
}
