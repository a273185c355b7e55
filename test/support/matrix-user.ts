import {
  ClientEvent,
  createClient,
  Direction,
  type ICreateClientOpts,
  type MatrixClient,
  MatrixEvent,
  RoomEvent,
  RoomMemberEvent,
} from "matrix-js-sdk";
import { logger } from "matrix-js-sdk/lib/logger.js";

/** What a user's client shows of one event, in the order in which it came. */
interface SeenEvent {
  readonly id: string;
  readonly room: string;
  readonly sender: string;
  readonly type: string;
  readonly body: string;
  readonly html?: string;
  readonly replyTo?: string;
  readonly msgtype: string;
  /** When it was written, as the client shows it: ms since 1970. */
  readonly at: number;
}

/** How a user is made. */
interface MatrixUserOptions {
  readonly url: string;
  readonly name: string;
  /** Accept every invite as it comes (the default). */
  readonly joinInvites?: boolean;
  /** Encrypt in encrypted rooms, as people's clients do; without it the client sends nothing there. */
  readonly encrypts?: boolean;
}

/** A person with a real Matrix client (matrix-js-sdk). */
export interface MatrixUser {
  readonly id: string;
  readonly accessToken: string;
  readonly client: MatrixClient;
  /** All messages that the client showed so far, of all rooms, in order. */
  readonly seen: readonly SeenEvent[];
  /** All messages of a room as the homeserver has them, oldest first, whatever the client missed. */
  history(room: string): Promise<readonly SeenEvent[]>;
  /** The messages of one room. */
  seenIn(room: string): readonly SeenEvent[];
  /** Sends a text, with a txnId of its own when one is given, until the homeserver says 200; gives the event's id. */
  sendText(room: string, body: string, txnId?: string): Promise<string>;
  /** Sends HTML with its plain form. */
  sendHtml(room: string, body: string, html: string): Promise<string>;
  /** Sends any message event. */
  sendEvent(room: string, type: string, content: Record<string, unknown>): Promise<string>;
  /** Takes one of their messages back; gives the redaction's id. */
  takeBack(room: string, event: string): Promise<string>;
  typing(room: string, isTyping: boolean): Promise<void>;
  /** Sends a read receipt for the newest message shown in the room. */
  readLatest(room: string): Promise<void>;
  /** Waits until the condition holds. @throws Error after `ms`. */
  until<T>(condition: () => T | undefined | false, ms?: number): Promise<T>;
  stop(): void;
}

const quiet = {
  trace: () => undefined,
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  getChild: () => quiet,
};

/** Parts of the SDK log here, or to children of it, whatever they are given. */
function silence(): void {
  const root = logger as unknown as { methodFactory: () => () => void; rebuild(): void }; // a logger of loglevel's
  root.methodFactory = () => () => undefined;
  root.rebuild();
}

/** Registers a user (or logs in, when the name is taken) with password `pw`, starts its client and waits for its first sync. */
export async function matrixUser(options: MatrixUserOptions): Promise<MatrixUser> {
  silence();
  const session = await logIn(options.url, options.name);
  const client = createClient({
    baseUrl: options.url,
    accessToken: session.access_token,
    userId: session.user_id,
    deviceId: session.device_id,
    logger: quiet as NonNullable<ICreateClientOpts["logger"]>, // it is asked for these methods only
  });
  const seen: SeenEvent[] = [];
  const known = new Set<string>();
  const show = (event: MatrixEvent): void => {
    const shown = shownOf(event);
    if (shown === undefined || known.has(shown.id)) return;
    known.add(shown.id);
    seen.push(shown);
  };
  client.on(RoomEvent.Timeline, (event, _room, isPast) => {
    if (isPast !== true) show(event);
  });
  client.on(RoomEvent.LocalEchoUpdated, show); // one's own get their id there
  if (options.joinInvites !== false) {
    client.on(RoomMemberEvent.Membership, (_event, member) => {
      if (member.userId !== session.user_id || member.membership !== "invite") return;
      client.joinRoom(member.roomId).catch(() => undefined); // the room may be gone already
    });
  }
  if (options.encrypts === true) await client.initRustCrypto({ useIndexedDB: false });
  await client.startClient({ initialSyncLimit: 100 });
  await new Promise<void>((resolve) => client.once(ClientEvent.Sync, () => resolve()));
  return userOf(client, session, seen);
}

interface Session {
  readonly access_token: string;
  readonly user_id: string;
  readonly device_id: string;
}

function userOf(client: MatrixClient, session: Session, seen: readonly SeenEvent[]): MatrixUser {
  const sendEvent = async (room: string, type: string, content: object, txnId?: string): Promise<string> => {
    const answer = await client.sendEvent(room, type as never, content as never, txnId); // any type, any content
    return answer.event_id;
  };
  return {
    id: session.user_id,
    accessToken: session.access_token,
    client,
    seen,
    history: (room) => history(client, room),
    seenIn: (room) => seen.filter((event) => event.room === room),
    sendText: (room, body, txnId) => sendEvent(room, "m.room.message", { msgtype: "m.text", body }, txnId),
    sendHtml: (room, body, html) =>
      sendEvent(room, "m.room.message", {
        msgtype: "m.text",
        body,
        format: "org.matrix.custom.html",
        formatted_body: html,
      }),
    sendEvent: (room, type, content) => sendEvent(room, type, content),
    takeBack: async (room, event) => (await client.redactEvent(room, event)).event_id,
    typing: async (room, isTyping) => {
      await client.sendTyping(room, isTyping, 20_000);
    },
    readLatest: async (room) => {
      const event = client.getRoom(room)?.getLiveTimeline().getEvents().at(-1);
      if (event === undefined) throw new Error("the room shows nothing that could be read");
      await client.sendReadReceipt(event);
    },
    until,
    stop: () => client.stopClient(),
  };
}

function shownOf(event: MatrixEvent): SeenEvent | undefined {
  const id = event.getId();
  const room = event.getRoomId();
  const sender = event.getSender();
  // A local echo has an id that begins with ~ until the homeserver has given one.
  if (id === undefined || room === undefined || sender === undefined || id.startsWith("~")) return undefined;
  if (event.getType() !== "m.room.message") return undefined;
  const content = event.getContent();
  const replyTo: unknown = content["m.relates_to"]?.["m.in_reply_to"]?.event_id;
  return {
    id,
    room,
    sender,
    type: event.getType(),
    body: String(content.body),
    msgtype: String(content.msgtype),
    at: event.getTs(),
    ...(typeof content.formatted_body === "string" ? { html: content.formatted_body } : {}),
    ...(typeof replyTo === "string" ? { replyTo } : {}),
  };
}

async function history(client: MatrixClient, room: string): Promise<readonly SeenEvent[]> {
  const newestFirst: SeenEvent[] = [];
  let from: string | null = null;
  for (;;) {
    const page = await client.createMessagesRequest(room, from, 100, Direction.Backward);
    for (const raw of page.chunk) {
      const shown = shownOf(new MatrixEvent({ ...raw, room_id: room }));
      if (shown !== undefined) newestFirst.push(shown);
    }
    if (page.end === undefined || page.end === from) return newestFirst.reverse();
    from = page.end;
  }
}

async function until<T>(condition: () => T | undefined | false, ms = 10_000): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms for something that didn't happen`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function logIn(url: string, name: string): Promise<Session> {
  const registered = await post(`${url}/_matrix/client/v3/register`, {
    username: name,
    password: "pw",
    auth: { type: "m.login.dummy" },
  });
  if (registered.ok) return (await registered.json()) as Session; // the specification's answer
  const loggedIn = await post(`${url}/_matrix/client/v3/login`, {
    type: "m.login.password",
    identifier: { type: "m.id.user", user: name },
    password: "pw",
  });
  if (!loggedIn.ok) throw new Error(`the user can't log in: found status ${loggedIn.status}`);
  return (await loggedIn.json()) as Session; // the specification's answer
}

/** Without an Authorization header: Synapse takes a user's registration with one for an appservice's. */
function post(url: string, body: object): Promise<Response> {
  return fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}
