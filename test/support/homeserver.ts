import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { TransactionPusher } from "./homeserver-push.ts";
import { type HomeserverRequest, requestOf } from "./homeserver-request.ts";
import { answer, type Call, type Reply, refusal, syncReply } from "./homeserver-routes.ts";
import { type HomeserverEvent, HomeserverState } from "./homeserver-state.ts";
import { tokenOf } from "./homeserver-sync.ts";

/** How a loopback homeserver is made. */
export interface HomeserverOptions {
  readonly serverName?: string;
  /** 0 or left out: a free one. */
  readonly port?: number;
  readonly asToken: string;
  /** Its appservice: where transactions go; none without it. */
  readonly appservice?: { readonly url: string; readonly hsToken: string };
  /** The appservice's bot and what its ghosts begin with (`@_fb_`). */
  readonly bot?: string;
  readonly ghostStart?: string;
  /** Where the state is kept over a kill; written before each 200 that promises something. */
  readonly file?: string;
  /** How long each answer takes on top, in ms. */
  readonly delayMs?: number;
}

/** What a test can make this server answer instead of doing its work. */
export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: string;
      readonly after?: "before" | "done";
    }
  /** The connection breaks; `done`: after the request was carried out. */
  | { readonly kind: "break"; readonly after: "before" | "done" }
  /** No answer, ever. */
  | { readonly kind: "hang" };

/** A homeserver of our own on 127.0.0.1, which does only what Synapse was seen to do. */
export interface Homeserver {
  readonly url: string;
  readonly port: number;
  readonly state: HomeserverState;
  /** How many requests came, by `METHOD first-part-of-path`. */
  readonly calls: ReadonlyMap<string, number>;
  /** Called with each request that comes. */
  onRequest: (request: HomeserverRequest) => void;
  /** The next requests that fit get this instead: as many as `times`, 1 when left out. */
  fail(fits: (call: Call) => boolean, fault: Fault, times?: number): void;
  /** Forgets all faults that are still to come. */
  heal(): void;
  /** A user makes a direct chat with somebody. */
  userCreatesRoom(user: string, invite: string, isDirect?: boolean): string;
  userInvites(room: string, user: string, invite: string): void;
  /** A user sends: what comes back is the event's id, and means that it is durable here. */
  userSends(room: string, user: string, text: string): string;
  userSendsEvent(
    room: string,
    user: string,
    type: string,
    content: Record<string, unknown>,
    more?: Partial<HomeserverEvent>,
  ): string;
  userJoins(room: string, user: string): void;
  userLeaves(room: string, user: string): void;
  typing(room: string, users: readonly string[]): void;
  receipt(room: string, user: string, event: string): void;
  /** The messages that a room shows, in order. */
  shown(room: string): { readonly id: string; readonly sender: string; readonly body: string }[];
  /** Not reachable until `resume`; the state stays. */
  outage(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a loopback homeserver. */
export async function startHomeserver(options: HomeserverOptions): Promise<Homeserver> {
  const server = new LoopbackHomeserver(options);
  await server.resume();
  return server;
}

const RESERVED = refusal(400, "M_EXCLUSIVE", "This user ID is reserved by an application service.");
interface Waiting {
  readonly call: Call;
  readonly reply: (reply: Reply) => void;
}

class LoopbackHomeserver implements Homeserver {
  readonly state: HomeserverState;
  readonly calls = new Map<string, number>();
  onRequest: Homeserver["onRequest"] = () => undefined;
  readonly #options: HomeserverOptions;
  readonly #pusher: TransactionPusher | undefined;
  readonly #faults: { fits: (call: Call) => boolean; fault: Fault; times: number }[] = [];
  readonly #waiting = new Set<Waiting>();
  #server: Server | undefined;
  #port: number;
  #isWaking = false;

  constructor(options: HomeserverOptions) {
    this.#options = options;
    this.#port = options.port ?? 0;
    this.state = new HomeserverState(options.serverName ?? "localhost");
    this.#restore();
    this.#pusher = options.appservice === undefined ? undefined : new TransactionPusher(options.appservice);
    this.state.onEvent((room, event) => {
      this.#pusher?.push({ kind: "event", event: { ...event, room_id: room.id } });
      this.#wakeSoon();
    });
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  fail(fits: (call: Call) => boolean, fault: Fault, times = 1): void {
    this.#faults.push({ fits, fault, times });
  }

  heal(): void {
    this.#faults.length = 0;
  }

  userCreatesRoom(user: string, invite: string, isDirect = true): string {
    const room = this.state.makeRoom();
    const create = { type: "m.room.create", sender: user, state_key: "", content: { room_version: "12" } };
    this.state.append(room, create);
    this.state.setMembership(room, user, user, "join");
    this.state.setMembership(room, user, invite, "invite", isDirect);
    return room.id;
  }

  userInvites(room: string, user: string, invite: string): void {
    const found = this.state.room(room);
    if (found !== undefined) this.state.setMembership(found, user, invite, "invite", true);
  }

  userSends(room: string, user: string, text: string): string {
    return this.userSendsEvent(room, user, "m.room.message", { msgtype: "m.text", body: text });
  }

  userSendsEvent(
    room: string,
    user: string,
    type: string,
    content: Record<string, unknown>,
    more: Partial<HomeserverEvent> = {},
  ): string {
    const found = this.state.room(room);
    if (found === undefined) throw new Error("there is no such room");
    const event = this.state.append(found, { type, sender: user, content, ...more });
    this.#save();
    return event.event_id;
  }

  userJoins(room: string, user: string): void {
    const found = this.state.room(room);
    if (found !== undefined) this.state.setMembership(found, user, user, "join");
  }

  userLeaves(room: string, user: string): void {
    const found = this.state.room(room);
    if (found !== undefined) this.state.setMembership(found, user, user, "leave");
  }

  typing(room: string, users: readonly string[]): void {
    const event = { type: "m.typing", room_id: room, content: { user_ids: users } };
    this.#pusher?.push({ kind: "ephemeral", event });
  }

  receipt(room: string, user: string, event: string): void {
    const content = { [event]: { "m.read": { [user]: { ts: Date.now() } } } };
    this.#pusher?.push({ kind: "ephemeral", event: { type: "m.receipt", room_id: room, content } });
  }

  shown(room: string): { readonly id: string; readonly sender: string; readonly body: string }[] {
    const events = this.state.room(room)?.events ?? [];
    return events
      .filter(({ event }) => event.type === "m.room.message")
      .map(({ event }) => ({ id: event.event_id, sender: event.sender, body: String(event.content.body) }));
  }

  async outage(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    this.#waiting.clear();
    await closed;
  }

  async resume(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = createServer((request, response) => {
      void this.#serve(request, response);
    });
    server.keepAliveTimeout = 60_000;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#port, "127.0.0.1", resolve);
    });
    const address = server.address();
    if (typeof address === "object" && address !== null) this.#port = address.port;
    this.#server = server;
  }

  async stop(): Promise<void> {
    this.#pusher?.stop();
    await this.outage();
    this.#save();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer); // no encoding is set
    } catch {
      return; // the client went away
    }
    const reply = (answered: Reply): void => {
      if (response.destroyed) return;
      const body = JSON.stringify(answered.json);
      response.writeHead(answered.status, {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      });
      response.end(body);
    };
    const text = Buffer.concat(chunks).toString("utf8");
    this.onRequest(requestOf(request, text));
    const call = this.#callOf(request, text);
    if ("status" in call) return reply(call);
    const name = `${call.method} ${call.path[0]}`;
    this.calls.set(name, (this.calls.get(name) ?? 0) + 1);
    const fault = this.#faultFor(call);
    if (fault !== undefined) return this.#act(fault, call, response);
    if (this.#options.delayMs !== undefined) await new Promise((r) => setTimeout(r, this.#options.delayMs));
    await this.#handle(call, reply, response);
  }

  async #handle(call: Call, reply: (reply: Reply) => void, response: ServerResponse): Promise<void> {
    const [head] = call.path;
    if (head === "sync") return this.#sync(call, reply, response);
    if (head === "appservice") return reply(await this.#ping(call));
    if (head === "register") return reply(call.method === "GET" ? RESERVED : this.#register(call));
    const ours = this.#isOurs(call.user);
    if (ours && call.user !== this.#sender && !this.state.users.has(call.user)) {
      return reply(refusal(403, "M_FORBIDDEN", "Application service has not registered this user"));
    }
    if (!ours && head === "account") {
      return reply(refusal(403, "M_FORBIDDEN", "Application service cannot masquerade as this user"));
    }
    const answered = answer(this.state, call);
    if (call.method !== "GET") this.#save();
    reply(answered);
  }

  #callOf(request: IncomingMessage, text: string): Call | Reply {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const path = /^\/_matrix\/client\/(?:v1|v3)\/(.+)$/.exec(url.pathname)?.[1];
    if (request.headers.authorization !== `Bearer ${this.#options.asToken}`) {
      return refusal(401, "M_UNKNOWN_TOKEN", "Unrecognised access token");
    }
    if (url.pathname === "/_matrix/client/versions") return { status: 200, json: { versions: ["v1.15"] } };
    if (path === undefined) return refusal(404, "M_UNRECOGNIZED", "unrecognised");
    let body: Record<string, unknown> = {};
    try {
      if (text !== "") body = JSON.parse(text) as Record<string, unknown>; // checked where it is used
    } catch {
      return refusal(400, "M_NOT_JSON", "not JSON");
    }
    return {
      method: request.method ?? "GET",
      path: path.split("/").map(decodeURIComponent),
      query: url.searchParams,
      body,
      user: url.searchParams.get("user_id") ?? this.#sender,
      device: url.searchParams.get("device_id") ?? undefined,
    };
  }

  #register(call: Call): Reply {
    const user = `@${String(call.body.username)}:${this.state.serverName}`;
    if (!this.#isOurs(user)) return refusal(400, "M_EXCLUSIVE", "not in the namespace");
    if (this.state.users.has(user)) return refusal(400, "M_USER_IN_USE", "User ID already taken.");
    this.state.users.add(user);
    this.#save();
    return { status: 200, json: { user_id: user } };
  }

  /** The registration's own user, which is there without being registered. */
  get #sender(): string {
    return `@_fb_sender:${this.state.serverName}`;
  }

  #isOurs(user: string): boolean {
    const { bot = `@footbridge:${this.state.serverName}`, ghostStart = "@_fb_" } = this.#options;
    return user === bot || user.startsWith(ghostStart);
  }

  #sync(call: Call, reply: (reply: Reply) => void, response: ServerResponse): void {
    if (!this.state.users.has(call.user)) {
      reply(refusal(403, "M_FORBIDDEN", "Application service has not registered this user"));
      return;
    }
    const now = syncReply(this.state, call);
    const empty: Reply = { status: 200, json: { next_batch: tokenOf(this.state.position) } };
    const hold = Number(call.query.get("timeout") ?? 0);
    if (now !== undefined || hold === 0) {
      reply(now ?? empty);
      return;
    }
    const waiting: Waiting = {
      call,
      reply: (answered) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        reply(answered);
      },
    };
    const timer = setTimeout(
      () => waiting.reply({ ...empty, json: { next_batch: tokenOf(this.state.position) } }),
      hold,
    );
    response.once("close", () => {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    });
    this.#waiting.add(waiting);
  }

  /** Those who wait are answered in the next turn, so that one answer has all that came in this one. */
  #wakeSoon(): void {
    if (this.#isWaking) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      for (const waiting of [...this.#waiting]) {
        const reply = syncReply(this.state, waiting.call);
        if (reply !== undefined) waiting.reply(reply);
      }
    });
  }

  async #ping(call: Call): Promise<Reply> {
    if (call.path[1] !== "footbridge") return refusal(403, "M_FORBIDDEN", "Mismatching ID in path");
    const status = await this.#pusher?.ping(call.body);
    if (this.#pusher === undefined) return refusal(400, "M_URL_NOT_SET");
    if (status === undefined) return refusal(502, "M_CONNECTION_FAILED");
    return status === 200
      ? { status: 200, json: { duration_ms: 1 } }
      : refusal(502, "M_BAD_STATUS", "", { status });
  }

  #faultFor(call: Call): Fault | undefined {
    const at = this.#faults.findIndex(({ fits }) => fits(call));
    const found = this.#faults[at];
    if (found === undefined) return undefined;
    found.times -= 1;
    if (found.times <= 0) this.#faults.splice(at, 1);
    return found.fault;
  }

  async #act(fault: Fault, call: Call, response: ServerResponse): Promise<void> {
    if (fault.kind === "hang") return;
    if (fault.after === "done") await this.#handle(call, () => undefined, response);
    if (fault.kind === "break") {
      response.socket?.destroy();
      return;
    }
    const body = fault.body ?? JSON.stringify({ errcode: "M_UNKNOWN", error: "a fault of the test" });
    response.writeHead(fault.status, { "content-type": "application/json" });
    response.end(body);
  }

  #save(): void {
    const { file } = this.#options;
    if (file === undefined) return;
    writeFileSync(`${file}.tmp`, this.state.dump());
    renameSync(`${file}.tmp`, file);
  }

  #restore(): void {
    const { file } = this.#options;
    if (file === undefined) return;
    try {
      this.state.restore(readFileSync(file, "utf8"));
    } catch (error) {
      const isNew = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isNew) throw error;
    }
  }
}
