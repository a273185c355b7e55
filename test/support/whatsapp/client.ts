import {
  type AnyMessageContent,
  type AuthenticationState,
  type ConnectionState,
  DisconnectReason,
  initAuthCreds,
  type MiscMessageGenerationOptions,
  makeWASocket,
  type proto,
  type UserFacingSocketConfig,
  type WAMessage,
  type WASocket,
} from "baileys";
import { pino } from "pino";
import { Journal } from "../journal.ts";
import { MemoryKeys } from "./people/signal.ts";

/** Something that a client told, in the order in which it was told. */
type Told =
  | { readonly event: "message"; readonly kind: "notify" | "append"; readonly message: WAMessage }
  | { readonly event: "update"; readonly key: proto.IMessageKey; readonly update: Partial<WAMessage> }
  | { readonly event: "reaction"; readonly key: proto.IMessageKey; readonly text: string }
  | { readonly event: "receipt"; readonly key: proto.IMessageKey; readonly receipt: object }
  | { readonly event: "presence"; readonly chat: string; readonly state: string }
  | { readonly event: "group"; readonly id: string; readonly what: string }
  | { readonly event: "qr"; readonly qr: string }
  | { readonly event: "connection"; readonly state: Partial<ConnectionState> }
  | { readonly event: "closed"; readonly code: number | undefined };

/** The unmodified Baileys client, with a memory of its own, for the tests of the server. */
export class BaileysClient {
  readonly keys = new MemoryKeys();
  readonly sent = new Map<string, proto.IMessage>();
  readonly #server: { readonly url: string };
  readonly #config: Partial<UserFacingSocketConfig>;
  readonly #journal = new Journal<Told>();
  readonly #auth: AuthenticationState;
  #socket: WASocket | undefined;

  constructor(server: { readonly url: string }, config: Partial<UserFacingSocketConfig> = {}) {
    this.#server = server;
    this.#config = config;
    this.#auth = { creds: initAuthCreds(), keys: this.keys };
  }

  /** Links a new client by QR and waits until it is connected. */
  static async linked(
    server: { readonly url: string; scan(number: string, qr: string): void },
    number: string,
    config: Partial<UserFacingSocketConfig> = {},
  ): Promise<BaileysClient> {
    const client = new BaileysClient(server, config);
    client.connect();
    const { qr } = await client.waitFor("qr");
    server.scan(number, qr);
    await client.open();
    return client;
  }

  /** All that it told so far. */
  get told(): readonly Told[] {
    return this.#journal.entries;
  }

  get socket(): WASocket {
    if (this.#socket === undefined) throw new Error("the client isn't connected");
    return this.#socket;
  }

  get creds(): AuthenticationState["creds"] {
    return this.#auth.creds;
  }

  /** Begins to connect; after a restart that the server asks for (515) it does so again. */
  connect(): void {
    const socket = makeWASocket({
      auth: this.#auth,
      waWebSocketUrl: this.#server.url,
      logger: pino({ level: "silent" }),
      // With them an ack's error may be only in the echo of the message.
      emitOwnEvents: false,
      getMessage: async ({ id }) => this.sent.get(id ?? ""),
      ...this.#config,
    });
    this.#socket = socket;
    this.#hear(socket);
  }

  /** Waits until it is connected, from now on or already. */
  async open(since = 0): Promise<void> {
    await this.waitFor("connection", ({ state }) => state.connection === "open", since, 10_000);
  }

  /** Closes without logging out. */
  async close(): Promise<void> {
    await this.#socket?.end(undefined);
  }

  /** Closes and connects again, and waits for it. */
  async reconnect(): Promise<void> {
    await this.close();
    const since = this.told.length;
    this.connect();
    await this.open(since);
  }

  /** Sends; the id of the message. */
  async send(
    to: string,
    content: AnyMessageContent,
    options: MiscMessageGenerationOptions = {},
  ): Promise<string> {
    const message = await this.socket.sendMessage(to, content, options);
    const id = message?.key.id ?? "";
    if (message?.message) this.sent.set(id, message.message);
    return id;
  }

  /** The texts that came, in their order. */
  texts(since = 0): string[] {
    return this.told.slice(since).flatMap((told) => {
      const text = told.event === "message" && !told.message.key.fromMe ? textOf(told.message) : undefined;
      return text === undefined ? [] : [text];
    });
  }

  /** Waits for a text, and gives the whole message. */
  async text(text: string, ms?: number): Promise<WAMessage> {
    const { message } = await this.waitFor("message", (told) => textOf(told.message) === text, 0, ms);
    return message;
  }

  /** The first thing of a kind that fits, of what was told since `since` and what will be. */
  async waitFor<E extends Told["event"]>(
    event: E,
    fits: (told: Extract<Told, { event: E }>) => boolean = () => true,
    since = 0,
    ms = 5_000,
  ): Promise<Extract<Told, { event: E }>> {
    const good = (told: Told): told is Extract<Told, { event: E }> =>
      // Of this event, so the cast is one of a narrowing that TypeScript doesn't see.
      told.event === event && fits(told as Extract<Told, { event: E }>);
    return this.#journal.waitFor(good, ms, `found no ${event} that fits in ${ms} ms`, since);
  }

  #tell(told: Told): void {
    this.#journal.add(told);
  }

  #hear(socket: WASocket): void {
    socket.ev.on("creds.update", (update) => Object.assign(this.#auth.creds, update));
    socket.ev.on("connection.update", (state) => this.#connection(state));
    socket.ev.on("messages.upsert", ({ messages, type }) => {
      for (const message of messages)
        this.#tell({ event: "message", kind: type, message: structuredClone(message) });
    });
    socket.ev.on("messages.update", (updates) => {
      for (const { key, update } of updates) this.#tell({ event: "update", key, update });
    });
    socket.ev.on("messages.reaction", (reactions) => {
      for (const { key, reaction } of reactions)
        this.#tell({ event: "reaction", key, text: reaction.text ?? "" });
    });
    socket.ev.on("message-receipt.update", (updates) => {
      for (const { key, receipt } of updates) this.#tell({ event: "receipt", key, receipt });
    });
    socket.ev.on("presence.update", ({ id, presences }) => {
      const [state] = Object.values(presences);
      this.#tell({ event: "presence", chat: id, state: state?.lastKnownPresence ?? "" });
    });
    socket.ev.on("groups.upsert", (groups) => {
      for (const { id } of groups) this.#tell({ event: "group", id, what: "create" });
    });
  }

  #connection(state: Partial<ConnectionState>): void {
    this.#tell({ event: "connection", state });
    if (state.qr !== undefined) this.#tell({ event: "qr", qr: state.qr });
    if (state.connection !== "close") return;
    const code = codeOf(state);
    this.#tell({ event: "closed", code });
    if (code === DisconnectReason.restartRequired) this.connect();
  }
}

/** The words of a text message. */
function textOf({ message }: WAMessage): string | undefined {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? undefined;
}

function codeOf({ lastDisconnect }: Partial<ConnectionState>): number | undefined {
  const error: unknown = lastDisconnect?.error;
  // A Boom has its status code there.
  return (error as { output?: { statusCode?: number } } | undefined)?.output?.statusCode;
}
