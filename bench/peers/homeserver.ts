// The loopback homeserver of test/support (its state, routes, /sync and transactions) behind the lean HTTP server.
import { TransactionPusher } from "../../test/support/homeserver-push.ts";
import { answer, type Call, type Reply, refusal, syncReply } from "../../test/support/homeserver-routes.ts";
import { type HomeserverRoom, HomeserverState } from "../../test/support/homeserver-state.ts";
import { tokenOf } from "../../test/support/homeserver-sync.ts";
import { type LeanRequest, serveLean } from "./http-server.ts";

/** How the homeserver reaches the appservice. */
export interface Appservice {
  readonly url: string;
  readonly hsToken: string;
}

type ReplyWith = (status: number, json: string) => void;
type Waiting = { readonly call: Call; readonly reply: (reply: Reply) => void };

const NO_EVENT = "{}";

/** A homeserver that does what Synapse does for an appservice: echoes in `/sync`, transactions beside it. */
export class BenchHomeserver {
  readonly state = new HomeserverState("localhost");
  /** Called with the text of each message that a ghost sends, before it is answered. */
  onMessage: (text: string) => void = () => undefined;
  /** Requests that none of this knows. */
  onOther: (request: LeanRequest, reply: ReplyWith) => void = (_, reply) => reply(404, NO_EVENT);
  port = 0;
  #pusher: TransactionPusher | undefined;
  /** Rooms in which the appservice has nobody: it hears nothing of them. */
  readonly #strange = new Set<HomeserverRoom>();
  readonly #waiting = new Set<Waiting>();
  #isWaking = false;

  async listen(): Promise<number> {
    this.port = await serveLean((request, reply) => this.#serve(request, reply));
    this.state.onEvent((room, event) => {
      if (this.#strange.has(room)) return;
      this.#pusher?.push({ kind: "event", event: { ...event, room_id: room.id } });
      this.#wakeSoon();
    });
    return this.port;
  }

  connect(appservice: Appservice): void {
    this.#pusher = new TransactionPusher(appservice);
  }

  /** A user's message. */
  userSends(room: HomeserverRoom, user: string, text: string): void {
    this.state.append(room, {
      type: "m.room.message",
      sender: user,
      content: { msgtype: "m.text", body: text },
    });
  }

  /** A room of one user, without the appservice. */
  makeStrangeRoom(user: string): HomeserverRoom {
    const room = this.state.makeRoom();
    this.#strange.add(room);
    this.state.setMembership(room, user, user, "join");
    return room;
  }

  #serve(request: LeanRequest, replyWith: ReplyWith): void {
    const call = callOf(request);
    if (call === undefined) {
      this.onOther(request, replyWith);
      return;
    }
    const reply = ({ status, json }: Reply): void => replyWith(status, JSON.stringify(json));
    const [head] = call.path;
    if (head === "sync") this.#sync(call, reply);
    else if (head === "appservice") void this.#ping(call).then(reply);
    else if (head === "register") reply(this.#register(call));
    else {
      if (call.method === "PUT" && call.path[2] === "send") this.onMessage(String(call.body.body));
      reply(answer(this.state, call));
    }
  }

  #register(call: Call): Reply {
    const user = `@${String(call.body.username)}:localhost`;
    if (this.state.users.has(user)) return refusal(400, "M_USER_IN_USE");
    this.state.users.add(user);
    return { status: 200, json: { user_id: user } };
  }

  async #ping(call: Call): Promise<Reply> {
    const status = await this.#pusher?.ping(call.body);
    return status === 200
      ? { status: 200, json: { duration_ms: 1 } }
      : refusal(502, "M_BAD_STATUS", "", { status });
  }

  #sync(call: Call, reply: (reply: Reply) => void): void {
    const isKnown = this.state.users.has(call.user);
    const now = isKnown ? syncReply(this.state, call) : refusal(403, "M_FORBIDDEN");
    const nothing = (): Reply => ({ status: 200, json: { next_batch: tokenOf(this.state.position) } });
    const hold = Number(call.query.get("timeout") ?? 0);
    if (now !== undefined || hold === 0) {
      reply(now ?? nothing());
      return;
    }
    const timer = setTimeout(() => waiting.reply(nothing()), hold);
    const waiting: Waiting = {
      call,
      reply: (answered) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        reply(answered);
      },
    };
    this.#waiting.add(waiting);
  }

  /** One answer has all that came in a turn. */
  #wakeSoon(): void {
    if (this.#isWaking || this.#waiting.size === 0) return;
    this.#isWaking = true;
    setImmediate(() => {
      this.#isWaking = false;
      for (const waiting of [...this.#waiting]) {
        const reply = syncReply(this.state, waiting.call);
        if (reply !== undefined) waiting.reply(reply);
      }
    });
  }
}

const CLIENT_API = /^\/_matrix\/client\/(?:v1|v3)\/([^?]+)(?:\?(.*))?$/;

function callOf({ method, target, body }: LeanRequest): Call | undefined {
  const [, path, query] = CLIENT_API.exec(target) ?? [];
  if (path === undefined) return undefined;
  const params = new URLSearchParams(query ?? "");
  return {
    method,
    path: path.split("/").map((part) => (part.includes("%") ? decodeURIComponent(part) : part)),
    query: params,
    body: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>), // from what is measured
    user: params.get("user_id") ?? "@_fb_sender:localhost",
    device: params.get("device_id") ?? undefined,
  };
}
