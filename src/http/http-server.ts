import { isIP } from "node:net";
import { answerHealth, type HealthSource } from "./health.ts";

/** Where to listen; see `http` in the config. */
interface HttpPlace {
  readonly bind: string;
  readonly port: number;
}

/** What the HTTP server answers with. */
interface HttpAnswers {
  readonly health: HealthSource;
  /** The metrics as Prometheus reads them; loaded with the first request. */
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Hears of what went wrong beneath an answer. */
  readonly onError: (error: unknown) => void;
}

/** An HTTP server at work. */
interface HttpServer {
  /** The port that it has: the system's choice where 0 was asked for. */
  readonly port: number;
  close(): Promise<void>;
}

/** The HTTP server can't listen. The message is one sentence with its remedy. */
export class HttpServerError extends Error {
  override readonly name = "HttpServerError";
  readonly why: "in-use" | "failed";

  constructor(why: HttpServerError["why"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.why = why;
  }
}

/** A request, and an answer, are small; who is slower than this is dropped. */
const PATIENCE_MS = 10_000;
const LONGEST_BODY = 1_024;
/** Whoever watches needs one or two; strangers may not use up the daemon's descriptors. */
const MOST_CONNECTIONS = 64;
/** The names under which a browser's page may not reach a loopback port: all but these (DNS rebinding). */
const OWN_NAMES = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/**
 * Listens for whoever watches the daemon: health and metrics, to read only, for everybody who reaches the port. Fastify is loaded
 * here and nowhere else, so that a daemon without it doesn't carry it.
 * @throws HttpServerError
 */
export async function openHttpServer(place: HttpPlace, answers: HttpAnswers): Promise<HttpServer> {
  const { fastify } = await import("fastify");
  const app = fastify({
    logger: false,
    bodyLimit: LONGEST_BODY,
    requestTimeout: PATIENCE_MS,
    connectionTimeout: PATIENCE_MS,
    http: { headersTimeout: PATIENCE_MS, connectionsCheckingInterval: PATIENCE_MS / 2 },
    forceCloseConnections: true,
  });
  app.server.maxConnections = MOST_CONNECTIONS;
  if (isLoopback(place.bind))
    app.addHook("onRequest", async (request, reply) => {
      if (!OWN_NAMES.test(request.headers.host ?? ""))
        await reply.code(421).send({ error: "this port is asked for as localhost" });
    });
  app.get("/health/:what", async (request, reply) => {
    const path = request.url.split("?")[0] ?? "";
    const answer = await answerHealth(answers.health, path);
    if (answer === undefined) return reply.callNotFound();
    return reply.code(answer.code).header("cache-control", "no-store").send(answer.body);
  });
  app.get("/metrics", async (_request, reply) => {
    const { type, text } = await answers.metrics();
    return reply.header("content-type", type).send(text);
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: "no such path" }));
  app.setErrorHandler((error, _request, reply) => {
    const code = error instanceof Error && "statusCode" in error ? Number(error.statusCode) : 500;
    if (code >= 400 && code < 500) return reply.code(code).send({ error: "it isn't understood" }); // a stranger's fault
    answers.onError(error);
    return reply.code(500).send({ error: "it couldn't be answered; the daemon's log says more" });
  });
  try {
    await app.listen({ host: place.bind, port: place.port });
  } catch (error) {
    await app.close();
    throw explained(error, place);
  }
  const address = app.server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : place.port,
    close: () => app.close(),
  };
}

function isLoopback(bind: string): boolean {
  return bind === "::1" || bind.startsWith("127.");
}

function explained(error: unknown, { bind, port }: HttpPlace): HttpServerError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  const where = `${isIP(bind) === 6 ? `[${bind}]` : bind}:${port}`;
  const words: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program listens there: give http.port in the config another one",
    EADDRNOTAVAIL: "this machine hasn't that address: correct http.bind in the config",
    EACCES: "this user may not listen there: give http.port in the config one above 1023",
  };
  const remedy = words[code] ?? "correct http in the config";
  return new HttpServerError(
    code === "EADDRINUSE" ? "in-use" : "failed",
    `the HTTP server can't listen at ${where} (${code}): ${remedy}`,
    { cause: error },
  );
}
