import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Milliseconds, Sensitive } from "../../src/model/index.ts";
import { isRecord } from "./json.ts";

/** How the listener is made. */
interface ListenerOptions {
  readonly hsToken: Sensitive<string>;
  /** Takes a transaction's body; the homeserver gets its 200 after it. */
  readonly onTransaction: (body: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Called for a request with a wrong token. */
  readonly onRefused: () => void;
  readonly maxBodyBytes?: number;
}

/** A transaction has at most 100 events of 64 KiB, and as many receipts as came in a moment. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;
const PREFIX = "/_matrix/app/v1/";
/**
 * A homeserver sends the next transaction when it has the answer to the last one, with all that came meanwhile. Answered at once,
 * each message makes a transaction of its own, which brings nothing but its echo: an eighth of the daemon's work under full load.
 */
const GATHER_MS = 10;

/** An answer: a status and, for errors, a Matrix code with a sentence. */
interface Answer {
  readonly status: number;
  readonly errcode?: string;
  readonly error?: string;
}

const OK: Answer = { status: 200 };

/**
 * The HTTP server that the homeserver calls (Matrix Application Service API 1.7): transactions, ping, and the questions
 * whether a user or room exists.
 */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #expected: Buffer;
  readonly #server: Server;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#expected = digest(options.hsToken.expose());
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    // One that listens can fail to accept (no file descriptor left): that must not end the process.
    this.#server.on("error", () => undefined);
    this.#server.keepAliveTimeout = 65_000; // longer than a homeserver keeps a connection, so that it closes first
  }

  /** Begins to listen. @throws what `listen` says: the port is taken, or not ours to take. */
  async listen(port: number, bind: string): Promise<void> {
    const listening = once(this.#server, "listening"); // rejects at an error, and leaves no listener behind
    this.#server.listen(port, bind);
    await listening;
  }

  /** Stops listening; what is being answered has `deadline` ms. */
  async close(deadline: Milliseconds): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const late = new AbortController();
    await Promise.race([closed, delay(deadline, undefined, { signal: late.signal }).catch(() => undefined)]);
    late.abort();
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#route(request);
    } catch {
      answer = { status: 500, errcode: "M_UNKNOWN", error: "this request couldn't be handled" };
    }
    if (response.destroyed) return;
    const { status, ...error } = answer;
    const body = JSON.stringify(error);
    const isUnread = !request.complete;
    response.writeHead(status, {
      "content-type": "application/json",
      "content-length": Buffer.byteLength(body),
      ...(isUnread ? { connection: "close" } : {}),
    });
    response.end(body);
  }

  async #route(request: IncomingMessage): Promise<Answer> {
    const [path = ""] = (request.url ?? "").split("?");
    if (!path.startsWith(PREFIX)) return unrecognised(404);
    const refusal = this.#refusal(request.headers.authorization);
    if (refusal !== undefined) return refusal;
    const [what, ...rest] = path.slice(PREFIX.length).split("/");
    if (what === "transactions" && rest.length === 1) {
      return request.method === "PUT" ? await this.#transaction(request) : unrecognised(405);
    }
    if (what === "ping" && rest.length === 0) return request.method === "POST" ? OK : unrecognised(405);
    if (what === "users" || what === "rooms" || what === "thirdparty") {
      return { status: 404, errcode: "M_NOT_FOUND", error: "there is nothing of that name here" };
    }
    return unrecognised(404);
  }

  #refusal(authorization: string | undefined): Answer | undefined {
    const token = /^Bearer (.+)$/i.exec(authorization ?? "")?.[1];
    if (token === undefined) {
      return { status: 401, errcode: "M_UNAUTHORIZED", error: "expected the header Authorization: Bearer" };
    }
    if (timingSafeEqual(digest(token), this.#expected)) return undefined;
    this.#options.onRefused();
    return { status: 403, errcode: "M_FORBIDDEN", error: "the hs_token isn't the one of our registration" };
  }

  async #transaction(request: IncomingMessage): Promise<Answer> {
    const text = await readBody(request, this.#options.maxBodyBytes ?? MAX_BODY_BYTES);
    if (text === undefined) {
      return { status: 413, errcode: "M_TOO_LARGE", error: "the transaction has more bytes than are taken" };
    }
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return { status: 400, errcode: "M_NOT_JSON", error: "found something else, expected JSON" };
    }
    if (!isRecord(body)) {
      return {
        status: 400,
        errcode: "M_BAD_JSON",
        error: "found another kind of value, expected a JSON object",
      };
    }
    await this.#options.onTransaction(body);
    await delay(GATHER_MS);
    return OK;
  }
}

function unrecognised(status: 404 | 405): Answer {
  return {
    status,
    errcode: "M_UNRECOGNIZED",
    error: "there is no such endpoint in the application service API",
  };
}

/** Tokens of any length are compared in the same time. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

async function readBody(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const part: Buffer = chunk; // no encoding is set, so that chunks are buffers
    size += part.length;
    if (size > limit) return undefined;
    chunks.push(part);
  }
  return Buffer.concat(chunks, size).toString("utf8");
}
