import { type Clock, type Milliseconds, SECOND } from "../../../src/model/index.ts";
import { type BinaryNode, proto, unpadRandomMax16 } from "../baileys.ts";

/** Where messages go once they are opened. */
export interface Inbox {
  /**
   * The message in a stanza (device-sent ones without their wrapper), in the order of the stanzas; a stanza in several parts
   * comes once for each. It may come again after a crash. Resolves when it is durable, or needn't be.
   * @throws when it can't be kept: nothing of it is acknowledged, and the connection is closed so that it comes again.
   */
  take(stanza: BinaryNode, order: number, message: proto.IMessage): Promise<void>;
  /** News of a group, in its place among the messages, before it is acknowledged; it may come again. @throws as `take` does */
  takeNotification?(stanza: BinaryNode): Promise<void>;
}

interface StanzaBookParts {
  readonly inbox: Inbox;
  readonly clock: Pick<Clock, "sleep">;
  /** Whose stanzas baileys doesn't open: what is given to it as `shouldIgnoreJid`. */
  readonly ignores?: (jid: string) => boolean;
  /** Hears why a connection was closed: what the inbox or the key store threw. */
  readonly onRefused?: (error: unknown) => void;
}

/** What is used of a connection: a socket's `ws`. */
interface Line {
  on(event: string, listener: Listener): unknown;
  listeners(event: string): readonly unknown[];
  removeAllListeners(event: string): unknown;
  close(): unknown;
}

type Listener = (stanza: BinaryNode) => unknown;

/** A stanza that is in work. */
interface Entry {
  readonly stanza: BinaryNode;
  readonly order: number;
  readonly line: Line;
  /** Its parts that weren't opened yet. */
  parts: number;
  readonly opened: Promise<void>;
  readonly settle: () => void;
}

const MESSAGE = "CB:message";
const NOTIFICATION = "CB:notification";
/** What libsignal opens. */
const SEALED: ReadonlySet<string | undefined> = new Set(["msg", "pkmsg", "skmsg"]);
/** How long a stanza of those that waited may take until the next one is begun. Baileys opens it, or never will. */
const PATIENCE: Milliseconds = 10 * SECOND;

/**
 * Knows which stanza a ciphertext came in, and has baileys work on stanzas in the order in which they came, one at a time: by
 * itself it begins with all at once, and those that wait longer for the key store fall behind. Nothing is remembered of a
 * stanza that baileys has done with.
 */
export class StanzaBook {
  readonly #parts: StanzaBookParts;
  /** By the very object that baileys hands to the repository. */
  readonly #entries = new WeakMap<Uint8Array, Entry>();
  readonly #refused = new WeakSet<Line>();
  #line: Line | undefined;
  #last = 0;

  constructor(parts: StanzaBookParts) {
    this.#parts = parts;
  }

  /** Takes the stanzas of a new socket in hand. Call it as soon as the socket is made. */
  watch(line: Line): void {
    const opening = ownListeners(line, MESSAGE);
    const noting = ownListeners(line, NOTIFICATION);
    this.#line = line;
    let before: Promise<unknown> = Promise.resolve();
    const inTurn = (work: () => Promise<void>): void => {
      before = before.then(work).catch(() => undefined);
    };
    line.on(MESSAGE, (stanza: BinaryNode) => {
      const entry = this.#enter(stanza, line);
      inTurn(() => this.#work(entry, opening));
    });
    line.on(NOTIFICATION, (stanza: BinaryNode) => {
      // All others are between the server and baileys.
      if (stanza.attrs.type === "w:gp2") inTurn(() => this.#note(stanza, line, noting));
      else for (const listener of noting) listener(stanza);
    });
  }

  /** Nothing more is acknowledged on the connection that stands: it is closed before whoever calls this goes on. */
  refuse(error: unknown): void {
    if (this.#line !== undefined) this.#refuse(this.#line, error);
  }

  /** Hands an opened part of a stanza to the inbox. @throws what the inbox throws, after the connection was closed. */
  async take(ciphertext: Uint8Array, padded: Uint8Array): Promise<proto.IMessage | undefined> {
    const entry = this.#entries.get(ciphertext);
    if (entry === undefined)
      throw new Error("found a ciphertext of no stanza: watch the socket that opens it");
    const message = messageIn(padded);
    // What isn't a message to us isn't one to baileys, which asks for it again.
    if (message === undefined) return undefined;
    try {
      await this.#parts.inbox.take(entry.stanza, entry.order, message);
    } catch (error) {
      this.#refuse(entry.line, error);
      throw error;
    }
    return message;
  }

  /** A part of a stanza was opened and stored, or can't be. */
  done(ciphertext: Uint8Array): void {
    const entry = this.#entries.get(ciphertext);
    if (entry === undefined) return;
    entry.parts -= 1;
    if (entry.parts <= 0) entry.settle();
  }

  #enter(stanza: BinaryNode, line: Line): Entry {
    this.#last += 1;
    const { promise, resolve } = Promise.withResolvers<void>();
    const sealed = this.#parts.ignores?.(stanza.attrs.from ?? "") === true ? [] : sealedParts(stanza);
    const entry = { stanza, order: this.#last, line, parts: sealed.length, opened: promise, settle: resolve };
    for (const part of sealed) this.#entries.set(part, entry);
    if (sealed.length === 0) resolve();
    return entry;
  }

  async #work(entry: Entry, listeners: readonly Listener[]): Promise<void> {
    if (this.#refused.has(entry.line)) return;
    await Promise.all(listeners.map((listener) => listener(entry.stanza)));
    // One that waited for us is only put into a queue of baileys' by that.
    if (entry.stanza.attrs.offline !== undefined) await this.#patiently(entry.opened);
  }

  async #note(stanza: BinaryNode, line: Line, listeners: readonly Listener[]): Promise<void> {
    if (this.#refused.has(line)) return;
    try {
      await this.#parts.inbox.takeNotification?.(stanza);
    } catch (error) {
      return this.#refuse(line, error);
    }
    await Promise.all(listeners.map((listener) => listener(stanza)));
  }

  async #patiently(opened: Promise<void>): Promise<void> {
    const over = new AbortController();
    const late = this.#parts.clock.sleep(PATIENCE, over.signal).catch(() => undefined);
    await Promise.race([opened, late]);
    over.abort();
  }

  #refuse(line: Line, error: unknown): void {
    if (this.#refused.has(line)) return;
    this.#refused.add(line);
    // Closing begins at once: from here on baileys can send neither a receipt nor that it failed.
    void line.close();
    this.#parts.onRefused?.(error);
  }
}

/** Takes off baileys' own listeners, the only ones of a socket that was just made. */
function ownListeners(line: Line, event: string): readonly Listener[] {
  const listeners = line.listeners(event) as readonly Listener[]; // of stanzas, all of them
  line.removeAllListeners(event);
  return listeners;
}

/** What baileys opens of a stanza: lib/Socket/messages-recv.js (handleMessage), lib/Utils/decode-wa-message.js. */
function sealedParts({ content }: BinaryNode): Uint8Array[] {
  const parts = Array.isArray(content) ? content.filter(({ tag }) => tag === "enc") : [];
  if (parts[0]?.attrs.type === "msmsg") return [];
  return parts.flatMap((part) =>
    part.content instanceof Uint8Array && SEALED.has(part.attrs.type) ? [part.content] : [],
  );
}

function messageIn(padded: Uint8Array): proto.IMessage | undefined {
  try {
    const message = proto.Message.decode(unpadRandomMax16(padded));
    return message.deviceSentMessage?.message ?? message;
  } catch {
    return undefined;
  }
}
