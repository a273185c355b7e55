import { chmodSync, lstatSync, unlinkSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { BURIED_ID, type ControlHandlers } from "./control-api.ts";
import { sendBackup } from "./control-backup.ts";
import { readPairRequest, streamSteps } from "./control-pairing.ts";
import { ControlSocketError, controlSocketPath } from "./control-socket.ts";
import { answerHealth, type HealthSource } from "./health.ts";

/** A control socket that is open. */
export interface ControlServer {
  readonly path: string;
  /** Whether the socket of that name is still this one: two that start at once may take each other's for a dead one's. */
  isThere(): boolean;
  /** Ends it at once and removes the socket. */
  close(): Promise<void>;
}

/** What opening it needs. */
interface ControlServerOptions {
  /** It exists, and is ours alone. */
  readonly stateFolder: string;
  /** A function gives them as soon as they are there. */
  readonly handlers: ControlHandlers | (() => ControlHandlers | undefined);
  /** Answers before the handlers are there, too. */
  readonly health?: HealthSource;
  /** Hears of what a handler threw. */
  readonly onError: (error: unknown) => void;
}

type Answer = { readonly code: number; readonly body: unknown };
type Route = {
  readonly method: "GET" | "POST";
  readonly path: RegExp;
  answer(handlers: ControlHandlers, id: string): Promise<Answer>;
};

/** What is answered of an account that isn't there, or has no phone. */
const UNLINKABLE = {
  unknown: { code: 404, body: { error: "the running bridge has no account of this name" } },
  unsupported: { code: 409, body: { error: "this account isn't linked with a phone: its config says all" } },
} as const;

const STARTING: Answer = {
  code: 503,
  body: { error: "the daemon is starting: ask again in a moment" },
};

const REDIS_AWAY = 'Redis is away or doesn\'t answer: "footbridge doctor" says more';

const ROUTES: readonly Route[] = [
  { method: "GET", path: /^\/status$/, answer: async (it) => ({ code: 200, body: await it.status() }) },
  {
    method: "GET",
    path: /^\/doctor$/,
    answer: async (it) => ({ code: 200, body: { findings: await it.doctor() } }),
  },
  { method: "GET", path: /^\/audit$/, answer: async (it) => ({ code: 200, body: await it.audit() }) },
  {
    method: "GET",
    path: /^\/buried$/,
    answer: async (it) => ({ code: 200, body: { buried: await it.buried() } }),
  },
  {
    method: "POST",
    path: /^\/operator\/greeting$/,
    answer: async (it) => ({ code: 200, body: { result: await it.greet() } }),
  },
  {
    method: "POST",
    path: /^\/buried\/([^/]+)\/retry$/,
    answer: async (it, id) => change(id, await it.retry(id)),
  },
  {
    method: "POST",
    path: /^\/buried\/([^/]+)\/drop$/,
    answer: async (it, id) => change(id, await it.drop(id)),
  },
  {
    method: "POST",
    path: /^\/accounts\/([^/]+)\/unpair$/,
    answer: async (it, id) => {
      const result = await it.unpair(id);
      return result === "unknown" || result === "unsupported"
        ? UNLINKABLE[result]
        : { code: 200, body: { result } };
    },
  },
];

const BACKUP = "/backup";
const PAIR = /^\/accounts\/([A-Za-z0-9_-]{1,64})\/pair$/;
/** The longest body that a request may have, in octets. */
const LONGEST_BODY = 4_096;

function change(id: string, result: "retried" | "dropped" | "unknown"): Answer {
  return { code: result === "unknown" ? 404 : 200, body: { id, result } };
}

/**
 * Opens the control socket: HTTP with JSON on a unix socket that only this user may use (0600). One that a dead daemon left
 * is replaced.
 * @throws ControlSocketError `in-use` when another daemon answers there, `not-a-socket` when something else has the name.
 */
export async function openControlServer(options: ControlServerOptions): Promise<ControlServer> {
  const path = controlSocketPath(options.stateFolder);
  await removeStale(path);
  const server = createServer((request, response) => void answer(request, response, options));
  server.requestTimeout = 5_000;
  server.headersTimeout = 5_000;
  await listenPrivately(server, path);
  const inode = lstatSync(path, { throwIfNoEntry: false })?.ino;
  return {
    path,
    isThere: () => lstatSync(path, { throwIfNoEntry: false })?.ino === inode,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve()); // node removes the socket's file
        server.closeAllConnections();
      }),
  };
}

async function removeStale(path: string): Promise<void> {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (!there.isSocket()) {
    throw new ControlSocketError("not-a-socket", `${path} is there and is no socket: move it away`);
  }
  if (await answers(path)) {
    throw new ControlSocketError(
      "in-use",
      `a daemon is running already with this state folder (${path} answers): stop it first, or give "state" another folder`,
    );
  }
  unlinkSync(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", (error) =>
      settle(!("code" in error) || (error.code !== "ECONNREFUSED" && error.code !== "ENOENT")),
    );
  });
}

function listenPrivately(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    // `on`: a server that has begun can fail to accept (no file descriptor left), and must not end the process by that.
    server.on("error", (error) => {
      const code = "code" in error ? String(error.code) : error.name;
      const remedy = "check that the state folder exists and is writable";
      reject(
        new ControlSocketError("failed", `${path} can't be opened (${code}): ${remedy}`, { cause: error }),
      );
    });
    server.listen(path, resolve);
    // It stands there already, unless an error is on its way. Not by the umask: that is the whole process's, and what others of
    // its threads make in the same moment would get no more rights either.
    if (lstatSync(path, { throwIfNoEntry: false })?.isSocket()) chmodSync(path, 0o600);
  });
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: ControlServerOptions,
): Promise<void> {
  const failure = (error: unknown): string => {
    options.onError(error);
    const name = error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "an error";
    const more = name === "StoreAway" ? REDIS_AWAY : "its log says more";
    return `the daemon couldn't do it (${name}); ${more}`;
  };
  let reply: Answer | "streamed";
  try {
    const health =
      options.health && request.method === "GET" && (await answerHealth(options.health, request.url ?? ""));
    const handlers = typeof options.handlers === "function" ? options.handlers() : options.handlers;
    const account = PAIR.exec(request.url ?? "")?.[1];
    if (health || handlers === undefined) {
      request.resume();
      reply = health || STARTING;
    } else if (request.url === BACKUP && request.method === "POST") {
      request.resume();
      reply = await sendBackup(response, handlers);
    } else if (account === undefined || request.method !== "POST") {
      request.resume(); // no other route takes a body
      reply = await route(request, handlers);
    } else reply = await pair(account, request, response, handlers, failure);
  } catch (error) {
    reply = { code: 500, body: { error: failure(error) } };
  }
  if (reply === "streamed") return;
  response.writeHead(reply.code, { "content-type": "application/json", connection: "close" });
  response.end(JSON.stringify(reply.body));
}

/** Links an account, for as long as who asked for it is there. */
async function pair(
  account: string,
  request: IncomingMessage,
  response: ServerResponse,
  handlers: ControlHandlers,
  failure: (error: unknown) => string,
): Promise<Answer | "streamed"> {
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  const by = readPairRequest(await bodyOf(request));
  if (by === undefined) return { code: 400, body: { error: "that is no request to link an account" } };
  const steps = handlers.pair(account, by, gone.signal);
  if (steps === "unknown" || steps === "unsupported") return UNLINKABLE[steps];
  await streamSteps(response, steps, failure);
  return "streamed";
}

/** The body, as far as it may go. */
async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) {
    text += String(part);
    if (text.length > LONGEST_BODY) return "";
  }
  return text;
}

async function route(request: IncomingMessage, handlers: ControlHandlers): Promise<Answer> {
  let known = PAIR.test(request.url ?? "") || request.url === BACKUP;
  for (const { method, path, answer: run } of ROUTES) {
    const match = path.exec(request.url ?? "");
    if (match === null) continue;
    known = true;
    if (request.method !== method) continue;
    const id = match[1] ?? "";
    if (match.length > 1 && !BURIED_ID.test(id)) return { code: 404, body: { id: "", result: "unknown" } };
    return run(handlers, id);
  }
  return known
    ? { code: 405, body: { error: "this path takes another method" } }
    : { code: 404, body: { error: "no such path" } };
}
