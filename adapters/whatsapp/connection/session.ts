import { type Clock, type Milliseconds, SECOND } from "../../../src/model/index.ts";
import {
  type AuthenticationState,
  type BinaryNode,
  type CacheStore,
  makeWASocket,
  type SocketConfig,
  type UserFacingSocketConfig,
  type WASocket,
} from "../baileys.ts";
import { type Closed, closedBy } from "./closed.ts";
import { guardListeners } from "./guard.ts";
import { SILENT } from "./silent.ts";

/** What a connection needs of the account's credentials (auth/auth.ts). */
export interface SessionAuth {
  readonly state: AuthenticationState;
  readonly isPaired: boolean;
  /** Durable when it resolves. */
  saveCreds(): Promise<void>;
  /** Takes back what a pairing left that was never finished. */
  tidyPairing(): void;
  /** Forgets all; `state` is that of a new device then. */
  forget(): Promise<void>;
}

/** What the account's other parts hang into each socket. */
export interface SessionHooks {
  readonly makeSignalRepository?: SocketConfig["makeSignalRepository"];
  /** A message of ours by its id, for one who couldn't open it; undefined when it isn't known. */
  readonly getMessage: SocketConfig["getMessage"];
  readonly msgRetryCounterCache?: CacheStore;
  /** The members of a group to which something goes now; undefined when the server is to be asked. */
  readonly cachedGroupMetadata?: SocketConfig["cachedGroupMetadata"];
  /** Called with each socket when it was made, before anything came: the time to listen. */
  readonly made: (socket: WASocket) => void;
}

/** How one socket is opened. */
interface SessionOptions {
  readonly auth: SessionAuth;
  readonly hooks: SessionHooks;
  readonly clock: Clock;
  readonly version?: readonly [number, number, number];
  /** Operating system, browser and its version, as the phone lists us. */
  readonly browser: readonly [string, string, string];
  /** Where to connect to, instead of WhatsApp. */
  readonly server?: string;
  /** Whether the phone with this JID may link us. */
  readonly accepts: (jid: string) => boolean;
  /** A code to be scanned, of one that isn't linked. */
  readonly onQr?: (qr: string) => void;
  /** The account may write to nobody new, until then where that is known; or it may again. */
  readonly onTimeLock?: (lock: { readonly active: boolean; readonly until: Date | undefined }) => void;
  /** A listener of Baileys' failed, or something couldn't be saved; the session ends by it. */
  readonly onError: (error: unknown) => void;
}

/** How long the server may take over closing, before the socket is cut. */
const GRACE: Milliseconds = SECOND / 4;
/** How long the server may take over an answer. */
const QUERY_TIMEOUT: Milliseconds = 30 * SECOND;

/** The life of one socket, from the first octet to the last; it is never opened twice. */
export class Session {
  readonly socket: WASocket;
  /** Resolves when messages can go both ways; never when it closes before, so look at `closed` too. */
  readonly opened: Promise<void>;
  /** Resolves when it is over and all credentials are saved. */
  readonly closed: Promise<Closed>;
  readonly #options: SessionOptions;
  readonly #open = Promise.withResolvers<void>();
  readonly #over = Promise.withResolvers<Closed>();
  #isOpen = false;
  /** Why it ends, where that isn't what Baileys says. */
  #why: Closed | undefined;
  #saved: Promise<void> = Promise.resolve();

  constructor(options: SessionOptions) {
    this.#options = options;
    this.opened = this.#open.promise;
    this.closed = this.#over.promise;
    this.socket = makeWASocket(socketConfig(options));
    const { ev, ws } = this.socket;
    guardListeners(ws, (error) => this.#failed(error));
    ev.on("creds.update", ({ account, me }) => {
      if (account !== undefined && me !== undefined && !options.accepts(me.id)) this.#refuse();
      else this.#save();
    });
    ev.on("connection.update", (update) => {
      if (update.qr !== undefined) options.onQr?.(update.qr);
      const { reachoutTimeLock: lock } = update;
      if (lock !== undefined) {
        options.onTimeLock?.({ active: lock.isActive === true, until: lock.timeEnforcementEnds });
      }
      if (update.connection === "open") {
        this.#isOpen = true;
        this.#open.resolve();
      }
      if (update.connection === "close") void this.#close(update.lastDisconnect?.error);
    });
    try {
      options.hooks.made(this.socket);
    } catch (error) {
      this.#failed(error);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Calls with each stanza that comes. */
  onStanza(listener: (stanza: BinaryNode) => void): void {
    this.socket.ws.on("frame", (frame: BinaryNode | Uint8Array) => {
      if (!(frame instanceof Uint8Array)) listener(frame);
    });
  }

  /** Asks something that the server has to answer; resolves when it has, rejects when it didn't or the socket is closed. */
  async ask(): Promise<void> {
    await this.socket.query({
      tag: "iq",
      attrs: { to: "s.whatsapp.net", type: "get", xmlns: "w:p" },
      content: [{ tag: "ping", attrs: {} }],
    });
  }

  /** Has the server take us off the linked devices; resolves when it has, rejects as `ask` does. */
  async logOut(): Promise<void> {
    const jid = this.#options.auth.state.creds.me?.id ?? "";
    // As Baileys' own `logout`, which doesn't wait for the answer.
    await this.socket.query({
      tag: "iq",
      attrs: { to: "s.whatsapp.net", type: "set", xmlns: "md" },
      content: [{ tag: "remove-companion-device", attrs: { jid, reason: "user_initiated" } }],
    });
  }

  /** Ends it, for this reason if it had no other before; resolves when it is closed. */
  async end(why: Closed = { kind: "again", reason: "not-connected" }): Promise<void> {
    this.#why ??= why;
    this.#isOpen = false;
    // It waits until the other side has closed too, for 30 s when that is dead.
    this.socket.end(undefined).catch(() => undefined);
    const over = new AbortController();
    this.#options.clock.sleep(GRACE, over.signal).then(
      () => this.#cut(),
      () => undefined,
    );
    await this.closed;
    over.abort();
  }

  /** Turns a phone away before our answer is on its way: without that it links nothing. */
  #refuse(): void {
    this.#why ??= { kind: "other-number" };
    this.#cut();
  }

  #cut(): void {
    // The web socket itself, which Baileys keeps to itself, is the only one that can be closed without waiting.
    const { socket } = this.socket.ws as unknown as { readonly socket: { terminate(): void } | null };
    socket?.terminate();
  }

  #save(): void {
    this.#saved = this.#saved
      .then(() => this.#options.auth.saveCreds())
      .catch((error: unknown) => this.#failed(error));
  }

  #failed(error: unknown): void {
    if (this.#why !== undefined) return; // what follows from the end of it
    this.#options.onError(error);
    void this.end({ kind: "again", reason: "network-error" });
  }

  async #close(error: unknown): Promise<void> {
    this.#isOpen = false;
    this.#why ??= closedBy(error);
    // Who waits for an answer is told by this alone: Baileys takes the listeners for "close" off before it closes, and what
    // waits then would keep the socket in memory until its time is over.
    this.socket.ws.emit("error", new Error("the connection is closed"));
    await this.#saved;
    this.#over.resolve(this.#why);
  }
}

function socketConfig(options: SessionOptions): UserFacingSocketConfig {
  const { auth, hooks, version, browser, server } = options;
  return {
    auth: auth.state,
    logger: SILENT,
    browser: [...browser],
    // A key that is there and undefined would take the place of Baileys' default.
    ...(version === undefined ? {} : { version: [...version] }),
    ...(server === undefined ? {} : { waWebSocketUrl: server }),
    ...(hooks.makeSignalRepository === undefined ? {} : { makeSignalRepository: hooks.makeSignalRepository }),
    ...(hooks.msgRetryCounterCache === undefined ? {} : { msgRetryCounterCache: hooks.msgRetryCounterCache }),
    ...(hooks.cachedGroupMetadata === undefined ? {} : { cachedGroupMetadata: hooks.cachedGroupMetadata }),
    getMessage: hooks.getMessage,
    defaultQueryTimeoutMs: QUERY_TIMEOUT,
    // With them an ack's error may be only in the echo of the message.
    emitOwnEvents: false,
    markOnlineOnConnect: false,
    generateHighQualityLinkPreview: false,
    // The first LIDs come with the recent history, so that only the full one is left out.
    syncFullHistory: false,
    // What it ignores is refused with an error, and that is for the account to decide.
    shouldIgnoreJid: () => false,
  };
}
