import { Pool } from "undici";
import type { Sensitive } from "../../src/model/index.ts";
import { exchange } from "./exchange.ts";
import { isRecord } from "./json.ts";

/** A request to the homeserver's API. */
export interface MatrixRequest {
  readonly method: "GET" | "PUT" | "POST" | "DELETE";
  /** Path under the homeserver's address, each variable part already percent-encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as they are, instead of JSON. */
  readonly octets?: Uint8Array;
  /** Aborts it; the answer is then `failed`. */
  readonly signal?: AbortSignal;
  /** How long the answer's head may take, in ms; by default the client's own limit. */
  readonly timeoutMs?: number;
}

/** What came of a request: values, never an exception, and nothing in it that may be printed but `status` and `errcode`. */
export type MatrixAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** The body as JSON, or undefined when it is none. */
      readonly json: unknown;
      /** `M_...`, from an error's body. */
      readonly errcode?: string;
      /** How long to wait, in ms, where the homeserver says so. */
      readonly retryAfterMs?: number;
    }
  /** No answer. `sent`: whether the homeserver may have got the request. */
  | { readonly kind: "failed"; readonly sent: boolean; readonly why: Failure };

/** Why there was no answer. */
type Failure = "refused" | "broken" | "timeout" | "aborted" | "too-large";

/** The longest error code that is taken over; anything else that is no code of the specification is dropped. */
const ERRCODE = /^[A-Z0-9_.]{1,64}$/i;
/** The largest answer that is read: a `/sync` after a long absence in many rooms. */
const MAX_ANSWER_BYTES = 128 * 1024 * 1024;

/** How a client is made. */
interface MatrixHttpOptions {
  readonly url: string;
  readonly asToken: Sensitive<string>;
  /** How many connections are kept. */
  readonly connections: number;
  readonly timeoutMs: number;
  readonly maxAnswerBytes?: number;
}

/** Our own HTTP client to one homeserver: a pool of kept-alive connections, one request at a time on each. */
export class MatrixHttp {
  readonly #pool: Pool;
  readonly #base: string;
  readonly #authorization: Sensitive<string>;
  readonly #timeoutMs: number;
  readonly #maxAnswerBytes: number;

  constructor(options: MatrixHttpOptions) {
    const url = new URL(options.url);
    this.#pool = new Pool(url.origin, {
      connections: options.connections,
      pipelining: 1,
      connect: { timeout: Math.min(options.timeoutMs, 10_000) },
      keepAliveTimeout: 30_000,
    });
    this.#base = url.pathname.replace(/\/+$/, "");
    this.#authorization = options.asToken.map((token) => `Bearer ${token}`);
    this.#timeoutMs = options.timeoutMs;
    this.#maxAnswerBytes = options.maxAnswerBytes ?? MAX_ANSWER_BYTES;
  }

  /**
   * Sends a request. A connection that breaks before an answer (a kept-alive one to a homeserver that was restarted does at
   * its first use) is tried once more at once: every request of ours may be repeated, by its txnId or by its nature.
   */
  async request(request: MatrixRequest): Promise<MatrixAnswer> {
    const first = await this.#once(request);
    if (first.kind !== "failed" || first.why !== "broken" || request.signal?.aborted === true) return first;
    const second = await this.#once(request);
    return second.kind === "failed" ? { ...second, sent: true } : second;
  }

  /** Ends all connections; what is under way fails. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #once(request: MatrixRequest): Promise<MatrixAnswer> {
    const timeout = request.timeoutMs ?? this.#timeoutMs;
    try {
      const answer = await exchange({
        pool: this.#pool,
        request: {
          method: request.method,
          path: this.#base + request.path + queryOf(request.query),
          headers: {
            authorization: this.#authorization.expose(),
            ...typeOf(request),
          },
          body: request.octets ?? (request.body === undefined ? null : JSON.stringify(request.body)),
          headersTimeout: timeout,
          bodyTimeout: timeout,
        },
        limit: this.#maxAnswerBytes,
        signal: request.signal,
      });
      if (answer.text === undefined) return { kind: "failed", sent: true, why: "too-large" };
      return answerOf(answer.status, answer.headers["retry-after"], answer.text);
    } catch (error) {
      return failureOf(error, request.signal);
    }
  }
}

/** The content's type, where there is one. */
function typeOf({ body, octets }: MatrixRequest): Readonly<Record<string, string>> {
  if (octets !== undefined) return { "content-type": "application/octet-stream" };
  return body === undefined ? {} : { "content-type": "application/json" };
}

/** `?a=b` of the values that are there. */
function queryOf(query: MatrixRequest["query"]): string {
  if (query === undefined) return "";
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) parts.push(`${name}=${encodeURIComponent(value)}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}

function answerOf(status: number, retryAfter: string | string[] | undefined, text: string): MatrixAnswer {
  const json = parsed(text);
  if (status < 400 || !isRecord(json)) {
    const wait = status === 429 ? secondsToMs(retryAfter) : undefined;
    return { kind: "answer", status, json, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  const errcode = typeof json.errcode === "string" && ERRCODE.test(json.errcode) ? json.errcode : undefined;
  const wait = retryAfterOf(json.retry_after_ms) ?? secondsToMs(retryAfter);
  return {
    kind: "answer",
    status,
    json,
    ...(errcode === undefined ? {} : { errcode }),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // a proxy's HTML page, or an answer that was cut off
  }
}

function retryAfterOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

function secondsToMs(header: string | string[] | undefined): number | undefined {
  const seconds = typeof header === "string" ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1_000 : undefined;
}

/** Errors of a connection that was never made: the request can't have arrived. */
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EADDRNOTAVAIL",
  "ENOENT",
  "UND_ERR_CONNECT_TIMEOUT",
]);

function failureOf(error: unknown, signal: AbortSignal | undefined): MatrixAnswer {
  const code = codeOf(error);
  if (NEVER_SENT.has(code)) return { kind: "failed", sent: false, why: "refused" };
  if (signal?.aborted === true) return { kind: "failed", sent: true, why: "aborted" };
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") {
    return { kind: "failed", sent: true, why: "timeout" };
  }
  if (code.startsWith("CERT_") || code.startsWith("ERR_TLS") || code.endsWith("_CERT") || code === "EPROTO") {
    return { kind: "failed", sent: false, why: "refused" };
  }
  return { kind: "failed", sent: true, why: "broken" };
}

/** The code of an error, of its cause, or of the first of several (one for each address of a name). */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0]);
  return codeOf(error.cause);
}
