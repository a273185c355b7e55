// A lean SMSC (SMPP 3.4) for one ESME: binds, takes submit_sm, sends deliver_sm, answers enquire_link. No receipts. The one of
// test/support costs twice as much a message, for promises, whole PDUs and reassembly that a bench of short texts has no use of.
import net from "node:net";

const ID = {
  submit: 0x0000_0004,
  deliver: 0x0000_0005,
  bindTransceiver: 0x0000_0009,
  enquireLink: 0x0000_0015,
} as const;
const RESPONSE = 0x8000_0000;
const HEADER = 16;

/** The SMSC's end of one bind. */
export class BenchSmsc {
  /** Called with the text of each submit_sm, before it is answered. */
  onMessage: (text: string) => void = () => undefined;
  port = 0;
  isBound = false;
  #socket: net.Socket | undefined;
  #sequence = 0;
  #taken = 0;
  #out: Buffer[] = [];

  listen(): Promise<number> {
    const server = net.createServer((socket) => this.#accept(socket));
    return new Promise((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", () => {
        const address = server.address();
        this.port = typeof address === "object" && address !== null ? address.port : 0;
        resolve(this.port);
      });
    });
  }

  /** Sends a text in (ASCII, at most 160 characters), as digits in international format. */
  deliver(from: string, to: string, text: string): void {
    const addresses = `\0\x01\x01${from}\0\x01\x01${to}\0`;
    // esm_class .. sm_default_msg_id: nine octets of zero but for the two empty times among them, then the length.
    const body = `${addresses}${"\0".repeat(9)}${String.fromCharCode(text.length)}${text}`;
    this.#sequence += 1;
    this.#send(ID.deliver, this.#sequence, body);
  }

  #accept(socket: net.Socket): void {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (this.#socket === socket) this.isBound = false;
    });
    let rest: Buffer | undefined;
    socket.on("data", (piece: Buffer) => {
      const data = rest === undefined ? piece : Buffer.concat([rest, piece]);
      let at = 0;
      while (data.length - at >= HEADER && data.length - at >= data.readUInt32BE(at)) {
        const length = data.readUInt32BE(at);
        this.#take(socket, data.subarray(at, at + length));
        at += length;
      }
      rest = at < data.length ? data.subarray(at) : undefined;
    });
  }

  #take(socket: net.Socket, pdu: Buffer): void {
    const id = pdu.readUInt32BE(4);
    const sequence = pdu.readUInt32BE(12);
    if (id === ID.bindTransceiver) {
      this.#socket = socket;
      this.isBound = true;
      this.#send(RESPONSE + id, sequence, "bench\0");
    } else if (id === ID.submit) {
      this.onMessage(textOf(pdu));
      this.#taken += 1;
      this.#send(RESPONSE + id, sequence, `${this.#taken.toString(16)}\0`);
    } else if (id === ID.enquireLink) this.#send(RESPONSE + id, sequence, "");
  }

  /** All PDUs of a turn go out in one write. */
  #send(id: number, sequence: number, body: string): void {
    const pdu = Buffer.allocUnsafe(HEADER + body.length);
    pdu.writeUInt32BE(pdu.length, 0);
    pdu.writeUInt32BE(id, 4);
    pdu.writeUInt32BE(0, 8);
    pdu.writeUInt32BE(sequence, 12);
    pdu.write(body, HEADER, "latin1");
    if (this.#out.length === 0) setImmediate(() => this.#flush());
    this.#out.push(pdu);
  }

  #flush(): void {
    this.#socket?.write(Buffer.concat(this.#out));
    this.#out = [];
  }
}

/** The short_message of a submit_sm (SMPP 3.4, 4.4.1). */
function textOf(pdu: Buffer): string {
  let at = pdu.indexOf(0, HEADER) + 1; // service_type
  at = pdu.indexOf(0, at + 2) + 1; // source
  at = pdu.indexOf(0, at + 2) + 1; // destination
  at += 3; // esm_class, protocol_id, priority_flag
  at = pdu.indexOf(0, at) + 1; // schedule_delivery_time
  at = pdu.indexOf(0, at) + 1; // validity_period
  at += 4; // registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id
  return pdu.toString("latin1", at + 1, at + 1 + pdu.readUInt8(at));
}
