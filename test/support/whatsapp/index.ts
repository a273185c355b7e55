import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { BinaryNode } from "baileys";
import { WebSocketServer } from "ws";
import { CERTIFICATE } from "../localhost-certificate.ts";
import { missCall, ring } from "./calls.ts";
import type { Core } from "./core.ts";
import { notify } from "./delivery.ts";
import { Faults } from "./faults.ts";
import { unlink } from "./iq/linking.ts";
import { SERVER } from "./jids.ts";
import { MediaHost } from "./media-host.ts";
import { node } from "./nodes.ts";
import { makeServerIdentity } from "./noise/certificates.ts";
import { PairingDesk } from "./pairing.ts";
import type { Account, AccountSettings, Line } from "./people/account.ts";
import { Directory } from "./people/directory.ts";
import { Groups } from "./people/groups.ts";
import type { Forgery } from "./people/phone.ts";
import { Session } from "./session.ts";
import { Traffic } from "./traffic.ts";

/** How a server is started. */
interface WhatsAppServerOptions {
  /** 0 or left out: a free one. */
  readonly port?: number;
  /** Whether a phone sends its new companions the history. Without it Baileys waits for it for 20 s. Default: yes. */
  readonly history?: boolean;
  /** Whether all stanzas are kept, to be searched. Default: yes. */
  readonly keepTraffic?: boolean;
}

/** What can be done to a connection that stands. */
export type Ending = "restart" | "replaced" | "removed" | "unavailable";

const ENDINGS: Readonly<Record<Ending, BinaryNode>> = {
  // baileys lib/Utils/generics.js (`getErrorCodeFromStreamError`), whatsmeow connectionevents.go (`handleStreamError`).
  restart: node("stream:error", { code: "515" }),
  replaced: node("stream:error", {}, [node("conflict", { type: "replaced" })]),
  removed: node("stream:error", { code: "401" }, [node("conflict", { type: "device_removed" })]),
  unavailable: node("stream:error", { code: "503" }),
};

/** Starts one; its test ends it. */
export async function startWhatsAppServer(options: WhatsAppServerOptions = {}): Promise<WhatsAppServer> {
  const server = new LoopbackWhatsApp(options);
  await server.media.listen();
  await server.back();
  return server;
}

export type WhatsAppServer = LoopbackWhatsApp;

/**
 * A server that speaks WhatsApp's multi-device protocol with unmodified clients, on 127.0.0.1. It sees ciphertext only: what
 * it has of Signal is public keys. (The phones in it encrypt one thing themselves, the history that a companion gets.)
 */
class LoopbackWhatsApp {
  /** What is to go wrong. */
  readonly faults = new Faults();
  /** All stanzas that passed. */
  readonly traffic: Traffic;
  readonly media = new MediaHost();
  /** Errors of the server and breaches of clients. A test expects none, or knows why. */
  readonly problems: unknown[] = [];
  /** The CA of the media host, in PEM. */
  readonly ca = CERTIFICATE;
  readonly #identity = makeServerIdentity();
  readonly #core: Core;
  readonly #desk: PairingDesk;
  #sockets: WebSocketServer | undefined;
  #port: number;
  #lastId = 0;

  constructor(options: WhatsAppServerOptions) {
    this.#port = options.port ?? 0;
    this.traffic = new Traffic(options.keepTraffic ?? true);
    const { media, faults } = this;
    this.#core = {
      directory: new Directory(),
      groups: new Groups(),
      faults,
      timeLocks: new Map(),
      history: options.history ?? true,
      mediaAuth: media.auth,
      get mediaHost() {
        return media.host;
      },
      nextId: () => String(++this.#lastId),
    };
    this.#desk = new PairingDesk(this.#core);
  }

  /** Where clients connect to. */
  get url(): string {
    return `ws://127.0.0.1:${this.#port}/ws/chat`;
  }

  /** The root's public key, which clients have to trust: 32 octets. */
  get root(): Buffer {
    return this.#identity.root;
  }

  /** Somebody gets a phone with this number. */
  addAccount(number: string, name: string, settings: Partial<AccountSettings> = {}): Account {
    return this.#core.directory.add(number, name, settings);
  }

  account(number: string): Account {
    return this.#core.directory.owner(number);
  }

  /** The owner of a number scans the QR code that a client shows. */
  scan(number: string, qr: string, forgery?: Forgery): void {
    this.#desk.scan(this.account(number), qr, forgery);
  }

  /** The owner of a number types the code that a client shows. */
  enterCode(number: string, code: string): Promise<void> {
    return this.#desk.enterCode(this.account(number), code);
  }

  /** The owner of a number takes a device off, on the phone: it is logged out, connected or not. */
  unlink(number: string, device: number): void {
    const found = this.account(number).devices.get(device);
    if (found !== undefined) unlink(this.#core, found);
  }

  /** Somebody's phone rings. */
  ring(from: string, to: string): void {
    ring(this.#core, this.account(from), this.account(to));
  }

  /** Somebody calls somebody, and gives up before they answered. */
  missCall(from: string, to: string): void {
    missCall(this.#core, this.account(from), this.account(to));
  }

  /** Ends the connections of an account's devices with a stream error. */
  end(number: string, ending: Ending): void {
    for (const line of this.#lines(number)) line.end(ENDINGS[ending]);
  }

  /** The connections that stand get nothing any more, and stay open. A new connection is well. */
  upset(number: string, mood: Exclude<Line["mood"], "well">): void {
    for (const line of this.#lines(number)) line.mood = mood;
  }

  /**
   * The account may write to nobody new until then (seconds since 1970), or again; it is told at once: baileys
   * lib/Socket/messages-recv.js, `handleReachoutTimelockNotification`.
   */
  timeLock(number: string, until: number | undefined): void {
    const { timeLocks } = this.#core;
    if (until === undefined) timeLocks.delete(number);
    else timeLocks.set(number, until);
    const lock = { is_active: until !== undefined, time_enforcement_ends: String(until ?? 0) };
    const data = { xwa2_notify_account_reachout_timelock: { ...lock, enforcement_type: "DEFAULT" } };
    const update = node(
      "update",
      { op_name: "NotificationUserReachoutTimelockUpdate" },
      Buffer.from(JSON.stringify({ data })),
    );
    for (const device of this.account(number).companions) {
      notify(this.#core, device, { from: SERVER, type: "mex" }, [update]);
    }
  }

  /** Not reachable until `back`; connections break, what waits is kept. */
  async away(): Promise<void> {
    const sockets = this.#sockets;
    if (sockets === undefined) return;
    this.#sockets = undefined;
    for (const client of sockets.clients) client.terminate();
    await new Promise((resolve) => sockets.close(resolve));
  }

  /** Reachable (again), on the same port. */
  async back(): Promise<void> {
    const sockets = new WebSocketServer({ host: "127.0.0.1", port: this.#port });
    sockets.on("connection", (socket) => new Session(this.#host(), socket));
    await once(sockets, "listening");
    this.#port = (sockets.address() as AddressInfo).port; // it listens on TCP
    this.#sockets = sockets;
  }

  async stop(): Promise<void> {
    await Promise.all([this.away(), this.media.stop()]);
  }

  #host(): ConstructorParameters<typeof Session>[0] {
    return {
      core: this.#core,
      identity: this.#identity,
      desk: this.#desk,
      traffic: this.traffic,
      problem: (error) => this.problems.push(error),
    };
  }

  #lines(number: string): readonly Line[] {
    return this.account(number).companions.flatMap(({ line }) => line ?? []);
  }
}
