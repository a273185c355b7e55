import type { BinaryNode } from "baileys";
import type { WebSocket } from "ws";
import { call } from "./calls.ts";
import type { Caller, Core, Handle } from "./core.ts";
import { iq } from "./iq/index.ts";
import { SERVER } from "./jids.ts";
import { message } from "./messages.ts";
import { node, now } from "./nodes.ts";
import type { ServerIdentity } from "./noise/certificates.ts";
import { NoiseChannel } from "./noise/channel.ts";
import type { ClientFinish } from "./noise/responder.ts";
import type { PairingDesk } from "./pairing.ts";
import type { Device, Line } from "./people/account.ts";
import { chatstate, presence } from "./presence.ts";
import { ack, receipt } from "./receipts.ts";
import type { Traffic } from "./traffic.ts";

/** What a session belongs to. */
interface SessionHost {
  readonly core: Core;
  readonly identity: ServerIdentity;
  readonly desk: PairingDesk;
  readonly traffic: Traffic;
  /** Something went wrong that a test has to see. */
  problem(error: unknown): void;
}

/** Stanzas of a linked device, by tag. `<ib>` is telemetry and batches, to which nothing is said. */
const STANZAS: Readonly<Record<string, Handle>> = {
  ack,
  call,
  chatstate,
  ib: () => undefined,
  iq,
  message,
  presence,
  receipt,
};

/** The longest that a client may take over reading the last word, in ms. */
const LAST_WORD = 20;

/** One connection: handshake, login or pairing, then stanzas in their order. */
export class Session implements Line {
  mood: Line["mood"] = "well";
  readonly #host: SessionHost;
  readonly #socket: WebSocket;
  readonly #channel: NoiseChannel;
  #device: Device | undefined;

  constructor(host: SessionHost, socket: WebSocket) {
    this.#host = host;
    this.#socket = socket;
    this.#channel = new NoiseChannel(host.identity, (octets) => socket.send(octets), {
      login: (client) => this.#login(client),
      stanza: (stanza) => this.#take(stanza),
    });
    socket.on("message", (data) => this.#receive(data));
    socket.on("close", () => this.#closed());
    socket.on("error", () => socket.terminate());
  }

  send(stanza: BinaryNode): void {
    if (this.mood === "silent" || this.#socket.readyState !== this.#socket.OPEN) return;
    this.#record("out", stanza);
    this.#channel.send(stanza);
  }

  end(last?: BinaryNode): void {
    if (last !== undefined) this.send(last);
    setTimeout(() => this.#socket.close(), LAST_WORD);
  }

  #receive(data: WebSocket.RawData): void {
    const octets = Array.isArray(data) ? Buffer.concat(data) : data;
    this.#channel.receive(new Uint8Array(octets)).catch((error: unknown) => {
      this.#host.problem(error);
      this.#socket.terminate();
    });
  }

  #closed(): void {
    this.#host.desk.close(this);
    if (this.#device?.line === this) this.#device.line = undefined;
  }

  #login({ payload, staticKey }: ClientFinish): void {
    if (payload.devicePairingData) this.#host.desk.open(this, staticKey, payload.devicePairingData);
    else this.#admit(payload);
  }

  #admit(payload: ClientFinish["payload"]): void {
    const { core } = this.#host;
    const number = String(payload.username ?? "");
    const device = core.directory.find(number)?.devices.get(payload.device ?? 0);
    const reason = device === undefined ? 401 : refusalOf(core, number, payload);
    // baileys lib/Socket/socket.js (`CB:failure`), whatsmeow connectionevents.go (`handleConnectFailure`).
    if (device === undefined || reason !== undefined) {
      this.end(node("failure", { reason: String(reason), location: "test" }));
    } else this.#welcome(device);
  }

  /** Another connection of the same device is replaced (440), then all that waits comes, marked as `offline`. */
  #welcome(device: Device): void {
    device.line?.end(node("stream:error", {}, [node("conflict", { type: "replaced" })]));
    device.line = this;
    this.#device = device;
    const { account } = device;
    this.send(node("success", { t: now(), lid: device.jid("lid"), display_name: account.name, props: "0" }));
    const waiting = device.mailbox.waiting();
    const count = String(waiting.length);
    if (waiting.length > 0) this.send(ib("offline_preview", { count, message: count }));
    for (const stanza of waiting) this.send({ ...stanza, attrs: { ...stanza.attrs, offline: count } });
    this.send(ib("offline", { count }));
  }

  async #take(stanza: BinaryNode): Promise<void> {
    this.#record("in", stanza);
    const device = this.#device;
    try {
      if (device === undefined) return this.#host.desk.take(this, stanza);
      if (device.line !== this) return;
      const handle = STANZAS[stanza.tag];
      if (handle === undefined) throw new Error(`found <${stanza.tag}>, which this server doesn't know`);
      const caller: Caller = { device, line: this };
      await handle(this.#host.core, caller, stanza);
    } catch (error) {
      this.#host.problem(error);
    }
  }

  #record(direction: "in" | "out", stanza: BinaryNode): void {
    const device = this.#device;
    this.#host.traffic.record({ direction, number: device?.account.number, device: device?.id, stanza });
  }
}

function ib(tag: string, attrs: Readonly<Record<string, string>>): BinaryNode {
  return node("ib", { from: SERVER }, [node(tag, attrs)]);
}

/** Why a login that would be taken isn't. */
function refusalOf(core: Core, number: string, { userAgent }: ClientFinish["payload"]): number | undefined {
  const oldest = core.faults.take(number, "outdated")?.revision ?? 0;
  return Number(userAgent?.appVersion?.tertiary ?? 0) < oldest
    ? 405
    : core.faults.take(number, "refuse-login")?.reason;
}
