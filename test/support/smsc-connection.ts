// One connection to the loopback SMSC: reads what an ESME sends and answers as the settings say.

import type { Socket } from "node:net";
import { decodePdu } from "../../adapters/sms/smpp/decode.ts";
import { encodePdu } from "../../adapters/sms/smpp/encode.ts";
import { Framer, FramingError } from "../../adapters/sms/smpp/framer.ts";
import { Outbox } from "../../adapters/sms/smpp/outbox.ts";
import type { BindCommand, Pdu, PduOf } from "../../adapters/sms/smpp/pdu.ts";
import type { SmscSettings } from "./smsc-settings.ts";

/** What a connection tells its SMSC. */
interface ConnectionEvents {
  bound(connection: SmscConnection): void;
  /** The id and status to answer with, or undefined for none at all. */
  submitted(
    submit: PduOf<"submit_sm">,
  ): { id: string; status: number; delay: number } | "nack" | "close" | undefined;
  answered(connection: SmscConnection, sequence: number, status: number): void;
  closed(connection: SmscConnection): void;
}

export class SmscConnection {
  /** How it bound, once it did. */
  mode: BindCommand | undefined;
  /** Every PDU that came, in order, for a test to look at. Kept only when asked for. */
  readonly seen: Pdu[] = [];
  readonly #socket: Socket;
  readonly #settings: SmscSettings;
  readonly #events: ConnectionEvents;
  readonly #keep: boolean;
  readonly #framer = new Framer();
  readonly #outbox: Outbox;
  readonly #timers = new Set<NodeJS.Timeout>();
  #sequence = 1_000_000;

  constructor(socket: Socket, settings: SmscSettings, events: ConnectionEvents, keep: boolean) {
    this.#socket = socket;
    this.#settings = settings;
    this.#events = events;
    this.#keep = keep;
    this.#outbox = new Outbox(socket, () => undefined);
    socket.setNoDelay(true);
    socket.on("data", (piece: Buffer) => this.#read(piece));
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.mode = undefined;
      this.#outbox.close();
      for (const timer of this.#timers) clearTimeout(timer);
      events.closed(this);
    });
  }

  get receives(): boolean {
    return this.mode === "bind_transceiver" || this.mode === "bind_receiver";
  }

  /** Sends a request of the SMSC; gives its sequence number. */
  request(
    body: { command: "unbind" | "enquire_link" } | Omit<PduOf<"deliver_sm">, "sequence" | "status">,
  ): number {
    this.#sequence += 1;
    // The two forms of `body` are PDUs but for the header's numbers.
    this.send({ status: 0, sequence: this.#sequence, ...body } as Pdu);
    return this.#sequence;
  }

  send(pdu: Pdu): void {
    this.#outbox.add(encodePdu(pdu));
  }

  /** Octets as they are, whole PDUs or not. */
  raw(octets: Buffer): void {
    this.#outbox.add(octets);
  }

  /** FIN, once what was queued is out. */
  close(): void {
    this.#outbox.flush();
    this.#socket.end();
    this.#socket.destroySoon();
  }

  /** At once, without a word. */
  cut(): void {
    this.#socket.destroy();
  }

  /** RST. */
  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Stops reading: the peer's writes pile up. */
  deaf(): void {
    this.#socket.pause();
  }

  #read(piece: Buffer): void {
    try {
      for (const frame of this.#framer.push(piece)) {
        const decoded = decodePdu(frame);
        if ("pdu" in decoded) this.#handle(decoded.pdu);
        else if (!decoded.problem.isResponse) {
          const { sequence, answer: status } = decoded.problem;
          this.send({ command: "generic_nack", sequence, status });
        }
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.send({ command: "generic_nack", sequence: 0, status: 2 });
      this.close();
    }
  }

  #handle(pdu: Pdu): void {
    if (this.#keep) this.seen.push(pdu);
    switch (pdu.command) {
      case "bind_transceiver":
      case "bind_receiver":
      case "bind_transmitter":
        this.#bind(pdu);
        return;
      case "submit_sm":
        this.#submit(pdu);
        return;
      case "enquire_link":
        if (this.#settings.enquire === "ok") {
          this.send({ command: "enquire_link_resp", status: 0, sequence: pdu.sequence });
        }
        return;
      case "unbind":
        this.mode = undefined;
        this.send({ command: "unbind_resp", status: 0, sequence: pdu.sequence });
        this.close();
        return;
      case "deliver_sm_resp":
        this.#events.answered(this, pdu.sequence, pdu.status);
        return;
      default:
    }
  }

  #bind(pdu: PduOf<BindCommand>): void {
    const { bind, systemId, password } = this.#settings;
    if (bind === "ignore") return;
    const refused =
      bind !== "ok" ? bind : pdu.systemId !== systemId ? 0x0f : pdu.password !== password ? 0x0e : 0;
    const { sequence } = pdu;
    this.send({ command: `${pdu.command}_resp`, status: refused, sequence, systemId: "loopback", tlvs: [] });
    if (refused !== 0) {
      this.close();
      return;
    }
    this.mode = pdu.command;
    this.#events.bound(this);
  }

  #submit(pdu: PduOf<"submit_sm">): void {
    const { sequence } = pdu;
    if (this.mode === undefined) {
      this.close();
      return;
    }
    const answer = this.#events.submitted(pdu);
    if (answer === undefined) return;
    if (answer === "close") {
      this.cut();
      return;
    }
    if (answer === "nack") {
      this.send({ command: "generic_nack", status: 3, sequence });
      return;
    }
    const { id: messageId, status, delay } = answer;
    const respond = () => this.send({ command: "submit_sm_resp", status, sequence, messageId, tlvs: [] });
    if (delay === 0) respond();
    else this.later(delay, respond);
  }

  /** Does something after `ms`, unless the connection ended. */
  later(ms: number, action: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      action();
    }, ms);
    this.#timers.add(timer);
  }
}
