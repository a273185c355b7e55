import { once } from "node:events";
import net from "node:net";
import { tokenInOctets } from "./token.ts";

/** What happens to one PDU that comes by. */
export type SmppFault =
  /** The next submit_sm is refused with this status and goes nowhere. */
  | { readonly kind: "refuse"; readonly status: number }
  /** The next submit_sm gets lost; the connection stays. */
  | { readonly kind: "lose-submit" }
  /** The answer to the next submit_sm gets lost; the connection stays. */
  | { readonly kind: "lose-answer" }
  /** The connection breaks instead of the answer to the next submit_sm. */
  | { readonly kind: "break-at-answer" }
  /** The connection breaks in the middle of the next deliver_sm. */
  | { readonly kind: "break-in-deliver" }
  /** The connection breaks instead of the answer to the next deliver_sm. */
  | { readonly kind: "break-at-deliver-answer" };

/** What a token's submit_sm went through. */
export interface Submits {
  /** How many went on to the SMSC, or got lost on the way there. */
  sent: number;
  /** How many answers with status 0 went back. */
  taken: number;
}

const SUBMIT = 0x00000004;
const SUBMIT_RESP = 0x80000004;
const DELIVER = 0x00000005;
const DELIVER_RESP = 0x80000005;

/** Which part of how many went by (both 1 for a text without parts), on which connection, counted from 1, as which PDU. */
export interface WirePart {
  readonly part: number;
  readonly parts: number;
  readonly connection: number;
  readonly sequence: number;
}

interface Pair {
  readonly connection: number;
  readonly esme: net.Socket;
  readonly smsc: net.Socket;
  /** Tokens of submit_sm without answer, by sequence number. */
  readonly waiting: Map<number, string>;
}

/** Stands between the daemon and the SMSC, cuts what comes by into PDUs and does to them what a test wants. */
export class SmppProxy {
  /** By token: what the daemon may believe of it. */
  readonly submits = new Map<string, Submits>();
  /** Called when a deliver_sm with a token goes on to the daemon. */
  onDeliver: (token: string, part: WirePart) => void = () => undefined;
  /** Called when the daemon's word that a deliver_sm is taken goes on to the SMSC. */
  onTaken: (connection: number, sequence: number) => void = () => undefined;
  /** Where the SMSC is; set it after each restart. */
  target = 0;
  port = 0;
  readonly #pairs = new Set<Pair>();
  readonly #faults: SmppFault[] = [];
  #server: net.Server | undefined;
  #connections = 0;

  /** Listens (again); before that nobody can connect. */
  async open(): Promise<void> {
    if (this.#server !== undefined) return;
    const server = net.createServer((socket) => this.#accept(socket));
    this.#server = server;
    server.listen(this.port, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address !== null && typeof address === "object") this.port = address.port;
  }

  /** Ends all connections and takes no new ones. */
  async close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    const closed = once(server, "close");
    server.close();
    this.cut();
    await closed;
  }

  /** Breaks all connections. */
  cut(): void {
    for (const pair of [...this.#pairs]) this.#break(pair);
  }

  /** Has this happen at the next occasion. */
  fault(fault: SmppFault): void {
    this.#faults.push(fault);
  }

  /** Forgets what didn't happen yet. */
  heal(): void {
    this.#faults.length = 0;
  }

  #accept(esme: net.Socket): void {
    const smsc = net.connect(this.target, "127.0.0.1");
    this.#connections += 1;
    const pair: Pair = { connection: this.#connections, esme, smsc, waiting: new Map() };
    this.#pairs.add(pair);
    for (const socket of [esme, smsc]) {
      socket.setNoDelay(true);
      socket.on("error", () => this.#break(pair));
      socket.on("close", () => this.#finish(pair));
    }
    frames(esme, (frame) => this.#fromEsme(pair, frame));
    frames(smsc, (frame) => this.#fromSmsc(pair, frame));
  }

  /** One side has closed: what it wrote before that still arrives. */
  #finish(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.esme.destroySoon();
    pair.smsc.destroySoon();
  }

  #break(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.esme.resetAndDestroy();
    pair.smsc.resetAndDestroy();
  }

  #fromEsme(pair: Pair, frame: Buffer): void {
    const command = frame.readUInt32BE(4);
    if (command === SUBMIT) this.#submit(pair, frame);
    else if (command === DELIVER_RESP && this.#next("break-at-deliver-answer")) this.#break(pair);
    else {
      const isTaken = command === DELIVER_RESP && frame.readUInt32BE(8) === 0;
      if (isTaken) this.onTaken(pair.connection, frame.readUInt32BE(12));
      pair.smsc.write(frame);
    }
  }

  #submit(pair: Pair, frame: Buffer): void {
    const sequence = frame.readUInt32BE(12);
    const refusal = this.#next("refuse");
    if (refusal?.kind === "refuse") {
      pair.esme.write(refusalOf(sequence, refusal.status));
      return;
    }
    const token = tokenInOctets(frame);
    if (token !== undefined) {
      this.#submitsOf(token).sent += 1;
      pair.waiting.set(sequence, token);
    }
    if (!this.#next("lose-submit")) pair.smsc.write(frame);
  }

  #fromSmsc(pair: Pair, frame: Buffer): void {
    const command = frame.readUInt32BE(4);
    if (command === SUBMIT_RESP) {
      if (this.#next("break-at-answer")) {
        this.#break(pair);
        return;
      }
      if (this.#next("lose-answer")) return;
      const token = pair.waiting.get(frame.readUInt32BE(12));
      if (token !== undefined && frame.readUInt32BE(8) === 0) this.#submitsOf(token).taken += 1;
    } else if (command === DELIVER) {
      const token = tokenInOctets(frame);
      const { connection } = pair;
      if (token !== undefined)
        this.onDeliver(token, { ...partOf(frame), connection, sequence: frame.readUInt32BE(12) });
      if (token !== undefined && this.#next("break-in-deliver")) {
        pair.esme.write(frame.subarray(0, frame.length >> 1), () => this.#break(pair));
        return;
      }
    }
    pair.esme.write(frame);
  }

  #submitsOf(token: string): Submits {
    const found = this.submits.get(token) ?? { sent: 0, taken: 0 };
    this.submits.set(token, found);
    return found;
  }

  /** Takes the first fault when it is of this kind: they happen in the order in which they were asked for. */
  #next(kind: SmppFault["kind"]): SmppFault | undefined {
    const at = this.#faults.findIndex((fault) => fault.kind === kind);
    return at < 0 ? undefined : this.#faults.splice(at, 1)[0];
  }
}

/** SMPP 3.4, 4.4.2: a refused submit_sm's answer is its header, and an empty message id. */
function refusalOf(sequence: number, status: number): Buffer {
  const answer = Buffer.alloc(17);
  [answer.length, SUBMIT_RESP, status, sequence].forEach((value, at) => {
    answer.writeUInt32BE(value, at * 4);
  });
  return answer;
}

/** Which part of how many a deliver_sm is, by its user data header (SMPP 3.4, 4.6.1; 3GPP TS 23.040, 9.2.3.24.1). */
function partOf(frame: Buffer): Pick<WirePart, "part" | "parts"> {
  const afterText = (at: number): number => frame.indexOf(0, at) + 1;
  const source = afterText(16) + 2; // service_type, source_addr_ton and _npi
  const destination = afterText(source) + 2;
  const esmClass = afterText(destination);
  // protocol_id, priority_flag, two empty times, registered_delivery, replace_if_present, data_coding, sm_default_msg_id
  const message = frame.subarray(esmClass + 10);
  const hasHeader = ((frame[esmClass] ?? 0) & 0x40) !== 0 && message[1] === 0 && message[2] === 3;
  return hasHeader ? { part: message[5] ?? 1, parts: message[4] ?? 1 } : { part: 1, parts: 1 };
}

/** Cuts a stream into PDUs by their length field (SMPP 3.4, 3.2). */
function frames(socket: net.Socket, take: (frame: Buffer) => void): void {
  let held = Buffer.alloc(0);
  socket.on("data", (piece: Buffer) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 4 && held.length >= Math.max(16, held.readUInt32BE(0))) {
      const length = Math.max(16, held.readUInt32BE(0));
      take(held.subarray(0, length));
      held = held.subarray(length);
    }
  });
}
