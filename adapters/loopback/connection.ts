import { once } from "node:events";
import net from "node:net";
import { assertNever, type Clock, type Milliseconds, type Reason, SECOND } from "../../src/model/index.ts";
import type { LoopbackConfig } from "./config.ts";
import { LineReader } from "./lines.ts";
import { type FromNetwork, type NetworkError, type Request, readLine, writeLine } from "./protocol.ts";

/** After so long a ping asks whether anybody is still there. */
const PING_EVERY: Milliseconds = 20 * SECOND;

/** What became of a request. `unsent`: the network can't have seen it. `unanswered`: it may have. */
export type Answer =
  | { readonly kind: "done"; readonly thread?: string; readonly message?: string }
  | { readonly kind: "error"; readonly error: NetworkError; readonly after?: Milliseconds }
  | { readonly kind: "unsent" }
  | { readonly kind: "unanswered"; readonly reason: Reason };

/** What a connection hands on. */
interface ConnectionHandler {
  event(event: Extract<FromNetwork, { is: "event" }>): void;
  typing(typing: Extract<FromNetwork, { is: "typing" }>): void;
  /** A line came that isn't of this protocol. */
  unreadable(): void;
}

/** One connection to the network, from its first octet to its last. It never throws for what the network does. */
export class Connection {
  readonly #config: LoopbackConfig;
  readonly #clock: Clock;
  readonly #handler: ConnectionHandler;
  readonly #socket: net.Socket;
  readonly #lines = new LineReader();
  readonly #calls = new Map<number, (answer: Answer) => void>();
  readonly #over = new AbortController();
  readonly #welcome = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<Reason>();
  #lastCall = 0;

  /** Connects and says who we are; `welcome` and `ended` tell how that goes. */
  constructor(config: LoopbackConfig, clock: Clock, handler: ConnectionHandler) {
    this.#config = config;
    this.#clock = clock;
    this.#handler = handler;
    this.#socket = net.connect({ host: config.host, port: config.port, noDelay: true });
    this.#socket.on("data", (piece: Buffer) => this.#read(piece));
    this.#socket.on("error", () => this.#end("network-error"));
    this.#socket.on("close", () => this.#end("network-error"));
    this.#socket.write(writeLine({ do: "hello", token: config.token.expose() }));
    void this.#watch();
  }

  /** True once the network said that it knows us, false when the connection ended before. */
  get welcome(): Promise<boolean> {
    return this.#welcome.promise;
  }

  /** Why it ended, once it did; all requests are settled by then. */
  get ended(): Promise<Reason> {
    return this.#ended.promise;
  }

  /** Aborted when it ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Asks for something and waits for the answer: until the config's time is up, the connection ends, or `signal`. */
  async call(request: Request, signal?: AbortSignal): Promise<Answer> {
    if (this.over.aborted || signal?.aborted === true) return { kind: "unsent" };
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const settled = new AbortController();
    const giveUp = (reason: Reason) => resolve({ kind: "unanswered", reason });
    const call = ++this.#lastCall;
    this.#calls.set(call, resolve);
    signal?.addEventListener("abort", () => giveUp("unsure"), { signal: settled.signal });
    this.#clock.sleep(this.#config.timeoutMs, settled.signal).then(
      () => giveUp("timeout"),
      () => undefined,
    );
    this.#socket.write(writeLine({ ...request, call }));
    try {
      return await promise;
    } finally {
      settled.abort();
      this.#calls.delete(call);
    }
  }

  /** Says that these events are ours now. */
  acknowledge(ids: readonly string[]): void {
    if (!this.over.aborted) this.#socket.write(writeLine({ do: "ack", ids }));
  }

  /** Says that somebody types, or has stopped. */
  typing(thread: string, typing: boolean): void {
    if (!this.over.aborted) this.#socket.write(writeLine({ do: "typing", thread, typing }));
  }

  /** Ends once nothing is under way, after `deadline` ms at the latest: what is written goes out first. */
  async close(deadline: Milliseconds): Promise<void> {
    const end = this.#clock.monotonic() + deadline;
    while (this.#calls.size > 0 && this.#clock.monotonic() < end - deadline / 4) {
      await this.#clock.sleep(Math.min(10, deadline / 4), this.over).catch(() => undefined);
    }
    if (this.over.aborted) return;
    this.#socket.end();
    const late = this.#clock.sleep(Math.max(0, end - this.#clock.monotonic()), this.over);
    await Promise.race([once(this.#socket, "close"), late]).catch(() => undefined);
    this.abort();
  }

  /** Ends at once. */
  abort(): void {
    this.#end("not-connected");
  }

  #read(piece: Buffer): void {
    const lines = this.#lines.push(piece);
    if (lines === undefined) this.#end("malformed");
    for (const line of lines ?? []) {
      if (this.over.aborted) return;
      const message = readLine(line);
      if (message === undefined) this.#handler.unreadable();
      else this.#take(message);
    }
  }

  #take(message: FromNetwork): void {
    switch (message.is) {
      case "welcome":
        this.#welcome.resolve(true);
        return;
      case "goodbye":
        this.#end(message.why === "unauthorised" ? "unauthorised" : "network-error");
        return;
      case "answer":
        this.#calls.get(message.call)?.(answerOf(message));
        return;
      case "event":
        this.#handler.event(message);
        return;
      case "typing":
        this.#handler.typing(message);
        return;
      default:
        assertNever(message);
    }
  }

  /** Asks now and then whether anybody is there: a connection can die without a word. */
  async #watch(): Promise<void> {
    const welcomed = new AbortController();
    this.#clock.sleep(this.#config.timeoutMs, AbortSignal.any([welcomed.signal, this.over])).then(
      () => this.#end("timeout"),
      () => undefined,
    );
    await this.welcome;
    welcomed.abort();
    while (!this.over.aborted) {
      await this.#clock.sleep(PING_EVERY, this.over).catch(() => undefined);
      const answer = await this.call({ do: "ping" });
      if (answer.kind === "unanswered") this.#end(answer.reason);
    }
  }

  #end(reason: Reason): void {
    if (this.over.aborted) return;
    this.#over.abort();
    this.#socket.destroy();
    for (const settle of this.#calls.values()) settle({ kind: "unanswered", reason: "network-error" });
    this.#welcome.resolve(false);
    this.#ended.resolve(reason);
  }
}

function answerOf(message: Extract<FromNetwork, { is: "answer" }>): Answer {
  const { error, after, thread, message: id } = message;
  if (error !== undefined) return { kind: "error", error, ...(after === undefined ? {} : { after }) };
  return {
    kind: "done",
    ...(thread === undefined ? {} : { thread }),
    ...(id === undefined ? {} : { message: id }),
  };
}
