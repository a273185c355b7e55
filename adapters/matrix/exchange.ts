import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher } from "undici";

/** An answer as it came. */
interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Undefined when it was longer than the limit. */
  readonly text: string | undefined;
}

/** One request on a pool, without the stream objects that undici's own `request` makes for each answer. */
interface Exchange {
  readonly pool: Dispatcher;
  readonly request: Dispatcher.DispatchOptions;
  /** Octets of an answer's body. */
  readonly limit: number;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a request and reads the whole answer. @throws what undici says, or the signal's reason. */
export function exchange(parts: Exchange): Promise<RawAnswer> {
  const { signal } = parts;
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const reader = new AnswerReader(parts.limit, resolve, reject, signal);
    parts.pool.dispatch(parts.request, reader);
  });
}

class AnswerReader implements Dispatcher.DispatchHandler {
  readonly #limit: number;
  readonly #resolve: (answer: RawAnswer) => void;
  readonly #reject: (error: unknown) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #chunks: Buffer[] = [];
  #size = 0;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #controller: Dispatcher.DispatchController | undefined;
  #isOver = false;

  constructor(
    limit: number,
    resolve: (answer: RawAnswer) => void,
    reject: (error: unknown) => void,
    signal: AbortSignal | undefined,
  ) {
    this.#limit = limit;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#signal = signal;
    signal?.addEventListener("abort", this.#abort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#isOver) controller.abort(new Error("the request was aborted before it began"));
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    // An informational answer comes before the real one.
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= this.#limit) {
      this.#chunks.push(chunk);
      return;
    }
    this.#end();
    this.#resolve({ status: this.#status, headers: this.#headers, text: undefined });
    controller.abort(new Error("the answer is longer than the limit"));
  }

  onResponseEnd(): void {
    if (this.#isOver) return;
    this.#end();
    const [only] = this.#chunks;
    const isOne = this.#chunks.length === 1 && only !== undefined;
    const text = (isOne ? only : Buffer.concat(this.#chunks, this.#size)).toString("utf8");
    this.#resolve({ status: this.#status, headers: this.#headers, text });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#isOver) return;
    this.#end();
    this.#reject(error);
  }

  readonly #abort = (): void => {
    if (this.#isOver) return;
    this.#end();
    const reason: unknown = this.#signal?.reason;
    this.#reject(reason);
    this.#controller?.abort(reason instanceof Error ? reason : new Error("the request was aborted"));
  };

  #end(): void {
    this.#isOver = true;
    this.#signal?.removeEventListener("abort", this.#abort);
  }
}
