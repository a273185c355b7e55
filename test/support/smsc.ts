// An SMSC of our own on loopback, for speed: the demo, the bench, and tests that need many or odd ones.
// It does what jSMPP's server session (test/peers/smsc-jsmpp) was seen to do, and keeps what an ESME didn't answer to send
// it again after the next bind. Its codec is that of adapters/sms, so it proves nothing about that; the other peers do.

import { once } from "node:events";
import net from "node:net";
import tls from "node:tls";
import type { PduOf, ShortMessageFields } from "../../adapters/sms/smpp/pdu.ts";
import { SmscConnection } from "./smsc-connection.ts";
import { Assembly, receiptFields, type SmscMessage, textParts } from "./smsc-messages.ts";
import { DEFAULT_SETTINGS, idOf, type SmscSettings } from "./smsc-settings.ts";

interface Waiting {
  readonly fields: ShortMessageFields;
  readonly settle: (status: number) => void;
}

interface SmscOptions {
  /** 0: a free one. */
  readonly port?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly settings?: Partial<SmscSettings>;
  /** Keep every PDU of each connection in `seen`. */
  readonly keepPdus?: boolean;
}

export class LoopbackSmsc {
  readonly settings: SmscSettings;
  /** Whole messages that came, in the order of their last parts. */
  readonly messages: SmscMessage[] = [];
  readonly connections: SmscConnection[] = [];
  /** Called for each whole message. */
  onMessage: (message: SmscMessage) => void = () => undefined;
  /** Called for each submit_sm that comes, refused and unanswered ones included. */
  onSubmit: (submit: PduOf<"submit_sm">) => void = () => undefined;
  port = 0;
  /** How many submit_sm came, refused and unanswered ones included. */
  submits = 0;
  readonly #server: net.Server;
  readonly #assembly = new Assembly();
  readonly #queue: Waiting[] = [];
  readonly #unanswered = new Map<SmscConnection, Map<number, Waiting>>();
  #lastId = 1_000;
  #reference = 0;

  private constructor(options: SmscOptions) {
    this.settings = { ...DEFAULT_SETTINGS, ...options.settings };
    const accept = (socket: net.Socket) => this.#accept(socket, options.keepPdus === true);
    this.#server =
      options.tls === undefined ? net.createServer(accept) : tls.createServer(options.tls, accept);
    this.#server.on("tlsClientError", () => undefined);
  }

  /** Listens on 127.0.0.1. */
  static async start(options: SmscOptions = {}): Promise<LoopbackSmsc> {
    const smsc = new LoopbackSmsc(options);
    await smsc.listen(options.port ?? 0);
    return smsc;
  }

  /** Listens (again) on this port. */
  async listen(port = this.port): Promise<void> {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    const bound = this.#server.address();
    if (bound !== null && typeof bound === "object") this.port = bound.port;
  }

  /** Takes no connections any more and cuts those there are: it is away. What is unanswered is kept. */
  async away(): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const connection of this.connections) connection.cut();
    await closed;
  }

  /** Ends all. */
  async stop(): Promise<void> {
    if (this.#server.listening) await this.away();
  }

  /** The connections that are bound. */
  get bound(): readonly SmscConnection[] {
    return this.connections.filter((connection) => connection.mode !== undefined);
  }

  /** Waits until somebody is bound. */
  async waitForBind(count = 1, ms = 5_000): Promise<void> {
    for (const until = Date.now() + ms; this.bound.length < count; ) {
      if (Date.now() > until) throw new Error("nobody bound in time");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Waits until so many whole messages came. */
  async waitForMessages(count: number, ms = 5_000): Promise<readonly SmscMessage[]> {
    for (const until = Date.now() + ms; this.messages.length < count; ) {
      if (Date.now() > until) throw new Error(`found ${this.messages.length} messages, expected ${count}`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return this.messages;
  }

  /** Sends a text in; the statuses of the answers to its parts. It waits for a bind, and is sent again after a lost one. */
  text(from: string, to: string, text: string): Promise<readonly number[]> {
    this.#reference += 1;
    return Promise.all(textParts(from, to, text, this.#reference).map((part) => this.deliver(part)));
  }

  /** Sends one deliver_sm in; the status of its answer. */
  deliver(fields: ShortMessageFields): Promise<number> {
    return new Promise((settle) => {
      this.#queue.push({ fields, settle });
      this.#pump();
    });
  }

  /** Sends a receipt in. */
  receipt(id: string, sender: string, phone: string, state = this.settings.receiptState): Promise<number> {
    return this.deliver(receiptFields(id, sender, phone, state));
  }

  #accept(socket: net.Socket, keep: boolean): void {
    const connection = new SmscConnection(
      socket,
      this.settings,
      {
        bound: () => this.#pump(),
        submitted: (submit) => this.#submitted(submit),
        answered: (from, sequence, status) => this.#answered(from, sequence, status),
        closed: (gone) => this.#closed(gone),
      },
      keep,
    );
    this.connections.push(connection);
  }

  #pump(): void {
    while (this.#queue.length > 0) {
      const connection = this.connections.findLast(
        (one) => one.receives && (this.#unanswered.get(one)?.size ?? 0) < this.settings.deliverWindow,
      );
      const next = connection === undefined ? undefined : this.#queue.shift();
      if (connection === undefined || next === undefined) return;
      const unanswered = this.#unanswered.get(connection) ?? new Map<number, Waiting>();
      this.#unanswered.set(connection, unanswered);
      unanswered.set(connection.request({ command: "deliver_sm", ...next.fields }), next);
    }
  }

  #answered(connection: SmscConnection, sequence: number, status: number): void {
    const unanswered = this.#unanswered.get(connection);
    unanswered?.get(sequence)?.settle(status);
    unanswered?.delete(sequence);
    this.#pump();
  }

  /** What it left unanswered comes first after the next bind, in its order. */
  #closed(connection: SmscConnection): void {
    this.connections.splice(this.connections.indexOf(connection), 1);
    this.#queue.unshift(...(this.#unanswered.get(connection)?.values() ?? []));
    this.#unanswered.delete(connection);
    this.#pump();
  }

  #rule(): SmscSettings["submit"] {
    const { settings } = this;
    const rule = settings.submit;
    if (rule === "ok" || settings.next === Number.POSITIVE_INFINITY) return rule;
    settings.next -= 1;
    if (settings.next <= 0) Object.assign(settings, { submit: "ok", next: Number.POSITIVE_INFINITY });
    return rule;
  }

  #submitted(submit: PduOf<"submit_sm">) {
    this.submits += 1;
    this.onSubmit(submit);
    const rule = this.#rule();
    if (typeof rule === "number") return { id: "", status: rule, delay: 0 };
    this.#lastId += 1;
    const { ids, receipts, receiptWhen, respDelay, receiptDelay } = this.settings;
    const id = idOf(this.#lastId, ids);
    const message = this.#assembly.add(submit, id, Date.now());
    if (message !== undefined) {
      this.messages.push(message);
      this.onMessage(message);
    }
    if (rule !== "ok") return rule === "drop" ? undefined : rule;
    const isEarly = receiptWhen === "early";
    const delay = respDelay + (isEarly ? 200 : 0);
    if (receipts && (submit.registeredDelivery & 3) !== 0) {
      const send = () => void this.receipt(id, submit.source.digits, submit.destination.digits);
      setTimeout(send, isEarly ? 0 : respDelay + receiptDelay).unref();
    }
    return { id, status: 0, delay };
  }
}
