import type { Socket } from "node:net";
import { assertNever, type Clock, type Milliseconds, SECOND } from "../../../src/model/index.ts";
import { Answers } from "./answers.ts";
import { STATUS } from "./constants.ts";
import { decodePdu, type PduProblem } from "./decode.ts";
import { encodePdu } from "./encode.ts";
import { Framer, FramingError } from "./framer.ts";
import { Outbox } from "./outbox.ts";
import type { BindCommand, Pdu, PduBody, PduOf, ShortMessageFields } from "./pdu.ts";
import { type Answer, Pending, type RequestCommand } from "./pending.ts";
import { ReadingGate } from "./reading.ts";

/** How often deadlines are looked at. */
const TICK: Milliseconds = SECOND / 4;
/** How long an answer may be without proof that it was read, before an enquire_link fetches one. */
const PROOF_AFTER: Milliseconds = SECOND;
/**
 * How many octets of ours may wait for the peer to read them before we stop reading too. Far above what a peer leaves that
 * writes a lot before it reads: if both stopped at the first sign, neither would go on.
 */
const MAX_UNREAD = 1 << 20;
/** So many messages may come before the SMSC says that we are bound; it is told to send more of them later. */
const MOST_EARLY = 64;
/** How long an orderly end may take before the socket is destroyed. */
const LINGER: Milliseconds = 2 * SECOND;

/** A message from the SMSC that waits for its answer. */
export interface Arrival {
  readonly pdu: PduOf<"deliver_sm" | "data_sm">;
  /** The whole PDU. */
  readonly frame: Buffer;
  /** Counts the arrivals of this session, from 1. */
  readonly order: number;
}

/** Why a session ended. `unbound`: in an orderly way, by either side. */
export type SessionEnd = "unbound" | "closed" | "network-error" | "timeout" | "framing" | "aborted";

/** What a session says to whoever runs it. */
interface SessionHandler {
  /** Answer it with `session.answer`. */
  deliver(arrival: Arrival): void;
  /** Something came that doesn't belong, and was dealt with. `kind` is of a closed set, for the log. */
  odd(kind: PduProblem["what"] | "stray-response" | "unexpected" | "too-early", status?: number): void;
  /** Called once; all requests are settled by then. */
  ended(end: SessionEnd): void;
}

interface SessionOptions {
  readonly clock: Clock;
  /** For each request. */
  readonly responseTimeout: Milliseconds;
  /** How long nothing may come before an enquire_link asks whether anybody is there. */
  readonly enquireEvery: Milliseconds;
  /** With so many arrivals unanswered the socket isn't read any more until half of them are. */
  readonly maxUnanswered: number;
}

/**
 * One connection to an SMSC: SMPP 3.4's states and rules as an ESME sees them. It never throws for what a peer sends:
 * what is damaged is answered with the right status, what can't be framed ends it. An end settles all that waits.
 */
export class Session {
  readonly #socket: Socket;
  readonly #options: SessionOptions;
  readonly #handler: SessionHandler;
  readonly #framer = new Framer();
  readonly #outbox: Outbox;
  readonly #pending = new Pending();
  readonly #gate: ReadingGate;
  readonly #ended = new AbortController();
  /** Which answers of ours the SMSC surely read. */
  readonly answers = new Answers();
  #state: "open" | "bound" | "unbinding" | "closed" = "open";
  /** What came before we heard that we are bound, in order. */
  readonly #early: { readonly pdu: PduOf<"deliver_sm" | "data_sm">; readonly frame: Buffer }[] = [];
  #lastHeard: Milliseconds;
  #enquiring = false;

  /** Takes over a connected socket; `bind` comes next. */
  constructor(socket: Socket, options: SessionOptions, handler: SessionHandler) {
    this.#socket = socket;
    this.#options = options;
    this.#handler = handler;
    this.#gate = new ReadingGate(socket, options.clock, options.maxUnanswered);
    this.#lastHeard = this.#gate.now();
    this.#outbox = new Outbox(socket, (held) => {
      this.#pending.handedOver();
      if (held > MAX_UNREAD) this.#gate.wrote(false);
    });
    socket.setNoDelay(true);
    socket.on("data", (piece: Buffer) => this.#read(piece));
    socket.on("drain", () => this.#gate.wrote(true));
    socket.on("error", () => this.#end("network-error"));
    socket.on("end", () => this.#end("closed"));
    socket.on("close", () => this.#end("closed"));
    // It may have broken before anybody listened.
    if (socket.destroyed) setImmediate(() => this.#end("closed"));
    void this.#watch();
  }

  get bound(): boolean {
    return this.#state === "bound";
  }

  /** Requests that wait for their response. */
  get waiting(): number {
    return this.#pending.size;
  }

  /** Binds; the session is bound when the answer's status is 0. */
  async bind(body: Extract<PduBody, { command: BindCommand }>): Promise<Answer> {
    return this.#request(body);
  }

  /** Sends one short message and waits for what the SMSC says. */
  async submit(fields: ShortMessageFields): Promise<Answer> {
    if (this.#state !== "bound") return { kind: "unsent" };
    return this.#request({ command: "submit_sm", ...fields });
  }

  /** Answers an arrival; call it once for each, after it is durable. */
  answer(arrival: Arrival, status: number): void {
    if (this.#state === "closed") return;
    const { sequence } = arrival.pdu;
    this.#write({ command: `${arrival.pdu.command}_resp`, sequence, status, messageId: "", tlvs: [] });
    this.answers.answer(arrival.order, this.#gate.now());
    this.#gate.unanswered(this.answers.unanswered);
  }

  /** Ends in an orderly way, within `deadline` ms: everything answered, unbind, its response, FIN. */
  async unbind(deadline: Milliseconds): Promise<void> {
    if (this.#state === "closed") return;
    const wasBound = this.#state === "bound";
    this.#state = "unbinding";
    const { clock } = this.#options;
    const late = clock.sleep(deadline, this.#ended.signal).catch(() => undefined);
    if (wasBound) {
      await Promise.race([this.#allAnswered(), late]);
      await Promise.race([this.#request({ command: "unbind" }), late]);
    }
    this.#end(wasBound ? "unbound" : "aborted");
  }

  /** Ends at once. */
  abort(): void {
    this.#end("aborted");
  }

  #request(body: Extract<PduBody, { command: RequestCommand }>): Promise<Answer> {
    if (this.#state === "closed") return Promise.resolve({ kind: "unsent" });
    const sequence = this.#pending.nextSequence();
    const deadline = this.#gate.now() + this.#options.responseTimeout;
    const answer = this.#pending.wait(body.command, sequence, deadline, this.answers.answered);
    this.#write({ status: STATUS.ok, sequence, ...body });
    return answer;
  }

  #write(pdu: Pdu): void {
    this.#outbox.add(encodePdu(pdu));
  }

  #read(piece: Buffer): void {
    if (this.#state === "closed") return;
    this.#lastHeard = this.#gate.now();
    try {
      for (const frame of this.#framer.push(piece)) {
        this.#take(frame);
        if (this.#ended.signal.aborted) return;
      }
    } catch (error) {
      if (!(error instanceof FramingError)) throw error;
      this.#write({ command: "generic_nack", status: STATUS.invalidCommandLength, sequence: 0 });
      this.#end("framing");
    }
  }

  #take(frame: Buffer): void {
    const decoded = decodePdu(frame);
    if ("problem" in decoded) this.#refuse(decoded.problem);
    else this.#handle(decoded.pdu, frame);
  }

  /** Answers a damaged request with what is wrong with it; a damaged response is left to its time-out. */
  #refuse(problem: PduProblem): void {
    this.#handler.odd(problem.what, problem.status);
    if (problem.isResponse) return;
    const { sequence, answer: status, command } = problem;
    if (command === "deliver_sm" || command === "data_sm") {
      this.#write({ command: `${command}_resp`, sequence, status, messageId: "", tlvs: [] });
    } else {
      this.#write({ command: "generic_nack", sequence, status });
    }
  }

  #handle(pdu: Pdu, frame: Buffer): void {
    switch (pdu.command) {
      case "deliver_sm":
      case "data_sm":
        this.#arrive(pdu, frame);
        return;
      case "enquire_link":
        this.#write({ command: "enquire_link_resp", status: STATUS.ok, sequence: pdu.sequence });
        return;
      case "unbind":
        void this.#unboundByPeer(pdu.sequence);
        return;
      case "outbind":
      case "alert_notification":
        // They have no response, and what they say is of no use here.
        this.#handler.odd("unexpected");
        return;
      case "submit_sm":
      case "bind_receiver":
      case "bind_transmitter":
      case "bind_transceiver":
        this.#handler.odd("unexpected");
        this.#write({ command: "generic_nack", status: STATUS.invalidCommandId, sequence: pdu.sequence });
        return;
      case "deliver_sm_resp":
      case "data_sm_resp":
      case "submit_sm_resp":
      case "enquire_link_resp":
      case "unbind_resp":
      case "generic_nack":
      case "bind_receiver_resp":
      case "bind_transmitter_resp":
      case "bind_transceiver_resp":
        this.#answered(pdu);
        return;
      default:
        assertNever(pdu);
    }
  }

  #arrive(pdu: PduOf<"deliver_sm" | "data_sm">, frame: Buffer): void {
    if (this.#state === "open" && this.#early.length < MOST_EARLY) {
      // Some SMSCs send before they have said that we are bound. Refused, it would come behind what follows it.
      this.#early.push({ pdu, frame });
      return;
    }
    if (this.#state === "open") {
      this.#handler.odd("too-early");
      const { sequence } = pdu;
      const status = STATUS.invalidBindStatus;
      this.#write({ command: `${pdu.command}_resp`, sequence, status, messageId: "", tlvs: [] });
      return;
    }
    const order = this.answers.arrive();
    this.#gate.unanswered(this.answers.unanswered);
    this.#handler.deliver({ pdu, frame, order });
  }

  #answered(pdu: Pdu): void {
    const covers = this.#pending.answered(pdu);
    if (covers === undefined) {
      this.#handler.odd("stray-response", pdu.status);
      return;
    }
    this.answers.confirm(covers, this.#gate.now());
    if (this.#state === "open" && BIND_RESPONSES.has(pdu.command) && pdu.status === STATUS.ok) {
      this.#state = "bound";
      for (const { pdu: early, frame } of this.#early.splice(0)) this.#arrive(early, frame);
    }
  }

  /** The SMSC wants to end: it gets the answers it waits for first, where they come soon. */
  async #unboundByPeer(sequence: number): Promise<void> {
    if (this.#state === "bound") this.#state = "unbinding";
    const { clock } = this.#options;
    const late = clock.sleep(LINGER, this.#ended.signal).catch(() => undefined);
    await Promise.race([this.#allAnswered(), late]);
    this.#write({ command: "unbind_resp", status: STATUS.ok, sequence });
    this.#end("unbound");
  }

  async #allAnswered(): Promise<void> {
    const { clock } = this.#options;
    while (this.answers.unanswered > 0 && !this.#ended.signal.aborted) {
      await clock.sleep(20, this.#ended.signal).catch(() => undefined);
    }
  }

  /** Looks at deadlines until the end. */
  async #watch(): Promise<void> {
    const { clock, responseTimeout } = this.#options;
    const tick = Math.min(TICK, responseTimeout / 4);
    for (;;) {
      await clock.sleep(tick, this.#ended.signal).catch(() => undefined);
      if (this.#ended.signal.aborted) return;
      const now = this.#gate.now();
      this.#pending.expire(now);
      if (this.#state !== "bound" || this.#enquiring) continue;
      const silent = now - this.#lastHeard >= this.#options.enquireEvery;
      if (silent || this.answers.wantsProof(now, PROOF_AFTER)) void this.#enquire();
    }
  }

  /** One enquire_link; a missing answer ends the session. */
  async #enquire(): Promise<void> {
    this.#enquiring = true;
    const answer = await this.#request({ command: "enquire_link" });
    this.#enquiring = false;
    if (answer.kind === "unanswered" && answer.why === "timeout") this.#end("timeout");
  }

  #end(end: SessionEnd): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    const orderly = end === "unbound" || end === "framing";
    if (orderly) this.#outbox.flush();
    this.#outbox.close();
    this.#gate.close();
    this.#ended.abort();
    if (orderly) void this.#linger();
    else this.#socket.destroy();
    this.#pending.close();
    this.#handler.ended(end);
  }

  /** Lets the last octets out, but not for ever. */
  async #linger(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    const enough = new AbortController();
    this.#socket.destroySoon();
    const late = this.#options.clock.sleep(LINGER, enough.signal).catch(() => undefined);
    await Promise.race([closed, late]);
    enough.abort();
    this.#socket.destroy();
  }
}

const BIND_RESPONSES: ReadonlySet<string> = new Set([
  "bind_receiver_resp",
  "bind_transmitter_resp",
  "bind_transceiver_resp",
]);
