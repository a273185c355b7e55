// A Baileys client with the adapter's keys, repository and stanza book, and an inbox that shows what came.

import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { type Auth, openAuth } from "../../../adapters/whatsapp/auth/auth.ts";
import type { SignalKeys } from "../../../adapters/whatsapp/auth/signal-keys.ts";
import type { BinaryNode, proto, UserFacingSocketConfig } from "../../../adapters/whatsapp/baileys.ts";
import { durableRepository } from "../../../adapters/whatsapp/signal/repository.ts";
import { type Inbox, StanzaBook } from "../../../adapters/whatsapp/signal/stanzas.ts";
import type { AccountStorage, StorageName } from "../../../src/adapter/index.ts";
import type { Sensitive } from "../../../src/model/index.ts";
import { clock } from "../../support/account-host.ts";
import { MemoryStorage } from "../../support/memory-storage.ts";
import { BaileysClient } from "../../support/whatsapp/client.ts";

/** Baileys logs numbers and keys. */
export const SILENT = pino({ level: "silent" });

/** A storage that answers after 1 to 3 ms, as one does that syncs to a disk. */
export class SlowStorage extends MemoryStorage {
  constructor(
    before: MemoryStorage = new MemoryStorage(),
    gate: () => Promise<void> = async () => undefined,
  ) {
    super(before.records, before.mark, async () => {
      await gate();
      await someTime();
    });
  }

  override async getAll(names: readonly StorageName[]): Promise<ReadonlyMap<StorageName, Sensitive<string>>> {
    await someTime();
    return super.getAll(names);
  }
}

/** Makes the keys that are at hand as slow to read as those that aren't. */
export function slowDown(keys: SignalKeys): void {
  const get = keys.get.bind(keys);
  keys.get = async (...what) => {
    await someTime();
    return get(...what);
  };
}

/**
 * From now on the first commit of a Signal session waits until another one is done: what it wrote is then what stays. Where
 * sessions are committed one after the other no other one comes, and it goes on after `most` ms.
 */
export function crossCommits(keys: SignalKeys, most: number): { readonly held: Promise<void> } {
  const set = keys.set.bind(keys);
  const [held, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let commits = 0;
  keys.set = async (data) => {
    const isCommit = data.session !== undefined;
    if (isCommit) commits += 1;
    if (isCommit && commits === 1) {
      held.resolve();
      await Promise.race([over.promise, sleep(most)]);
    }
    await set(data);
    if (isCommit && commits > 1) over.resolve();
  };
  return { held: held.promise };
}

async function someTime(): Promise<void> {
  await sleep(1 + Math.random() * 2);
}

/** An inbox that keeps each message once, as the house does. */
export class MemoryInbox implements Inbox {
  readonly shown: { readonly id: string; readonly text: string; readonly order: number }[] = [];
  /** How often a message came again that was kept. */
  repeats = 0;
  /** Runs before a message is kept: to wait, or to throw. */
  gate: () => Promise<void> = async () => undefined;
  /** Runs after it was kept. */
  kept: () => Promise<void> = async () => undefined;

  async take({ attrs }: BinaryNode, order: number, message: proto.IMessage): Promise<void> {
    const text = message.conversation ?? message.extendedTextMessage?.text;
    if (typeof text !== "string") return;
    await this.gate();
    const id = attrs.id ?? "";
    if (this.shown.some((one) => one.id === id)) this.repeats += 1;
    else this.shown.push({ id, text, order });
    await this.kept();
  }

  get texts(): string[] {
    return this.shown.map(({ text }) => text);
  }
}

interface Server {
  readonly url: string;
  scan(number: string, qr: string): void;
}

export class DurableClient extends BaileysClient {
  readonly auth: Auth;
  readonly inbox: MemoryInbox;
  readonly refusals: unknown[];
  readonly #book: StanzaBook;

  private constructor(
    server: Server,
    auth: Auth,
    inbox: MemoryInbox,
    book: StanzaBook,
    refusals: unknown[],
    config: Partial<UserFacingSocketConfig>,
  ) {
    const makeSignalRepository = durableRepository({ keys: auth.state.keys, book, clock });
    super(server, { auth: auth.state, makeSignalRepository, ...config });
    this.auth = auth;
    this.inbox = inbox;
    this.refusals = refusals;
    this.#book = book;
  }

  /** Opens it on a storage: new there, or going on as a later process does. */
  static async on(
    server: Server,
    storage: AccountStorage,
    inbox = new MemoryInbox(),
    config: Partial<UserFacingSocketConfig> = {},
  ): Promise<DurableClient> {
    const refusals: unknown[] = [];
    const book = new StanzaBook({ inbox, clock, onRefused: (error) => refusals.push(error) });
    return new DurableClient(server, await openAuth(storage), inbox, book, refusals, config);
  }

  /** Links a new one by QR. */
  static async paired(server: Server, number: string, storage = new MemoryStorage()): Promise<DurableClient> {
    const client = await DurableClient.on(server, storage);
    await client.pair(server, number);
    return client;
  }

  /** Links it by QR, and waits until it is connected. */
  async pair(server: Server, number: string): Promise<void> {
    this.connect();
    const { qr } = await this.waitFor("qr");
    server.scan(number, qr);
    await this.open();
  }

  override connect(): void {
    super.connect();
    this.#book.watch(this.socket.ws);
    this.socket.ev.on("creds.update", () => void this.auth.saveCreds().catch(() => undefined));
  }

  /** The network is torn from it, and it never says another word: as for a process that was killed. */
  die(): void {
    this.socket.ev.removeAllListeners("connection.update");
    tear(this);
  }
}

/** Breaks a client's connection without a close. */
export function tear(client: BaileysClient): void {
  // baileys' own field: the `ws` under it.
  (client.socket.ws as unknown as { socket: { terminate(): void } | null }).socket?.terminate();
}
