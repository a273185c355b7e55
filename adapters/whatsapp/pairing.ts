import type { PairBy, PairingRefusal, PairingStep } from "../../src/adapter/index.ts";
import { type Milliseconds, SECOND, sensitive } from "../../src/model/index.ts";
import type { Closed } from "./connection/closed.ts";
import { standstill, UNTRUSTED } from "./connection/remedies.ts";

/** How long Baileys shows the first QR code of a socket, and each of the five that follow: lib/Socket/socket.js (`genPairQR`). */
const FIRST_QR: Milliseconds = 60 * SECOND;
const NEXT_QR: Milliseconds = 20 * SECOND;
/** A typed code lives as long as the socket that asked for it, and that as long as its QR codes (whatsmeow pair-code.go). */
const CODE: Milliseconds = FIRST_QR + 5 * NEXT_QR;
/** How many sockets show their codes before it is given up: for about eight minutes. */
const ROUNDS = 3;
/** How many connections in a row may fail. */
const FAILURES = 4;

type Refusal = readonly [why: PairingRefusal, remedy: string];

const OTHER_PHONE =
  "the phone has another number than the config says, and was turned away: take the phone that has it, or mend number in the config";
const EXPIRED = "nobody has scanned or typed it in time: ask for a new one";
const REJECTED = "WhatsApp, or the phone, doesn't take it: wait a while, then ask for a new one";
const UNREACHABLE = "WhatsApp can't be reached: see that this machine is online";

/** Asks the socket for a code to be typed on the phone. */
type AskForCode = () => Promise<string>;

/** One request to link the account with its phone, told as steps. It outlives the sockets that it takes. */
export class Pairing {
  readonly by: PairBy;
  readonly #account: string;
  readonly #steps: PairingStep[] = [];
  #news = Promise.withResolvers<void>();
  #isOver = false;
  /** Of this socket: whether a code was shown. */
  #shown = false;
  #rounds = 0;
  #failures = 0;

  constructor(by: PairBy, account: string) {
    this.by = by;
    this.#account = account;
  }

  /** It is told to its end; nothing more happens. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The steps as they come, to the last one. */
  async *steps(signal: AbortSignal): AsyncGenerator<PairingStep> {
    const aborted = new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
    while (!signal.aborted) {
      const step = this.#steps.shift();
      if (step !== undefined) yield step;
      else if (this.#isOver) return;
      else {
        await Promise.race([this.#news.promise, aborted]);
        this.#news = Promise.withResolvers();
      }
    }
  }

  /** A socket is being opened. */
  connecting(): void {
    this.#shown = false;
    this.#tell({ kind: "connecting" });
  }

  /** The socket has a QR code to be scanned; the first one also says that a code can be asked for. */
  async shown(qr: string, askForCode: AskForCode): Promise<void> {
    const isFirst = !this.#shown;
    this.#shown = true;
    this.#failures = 0;
    if (this.by.kind === "qr") {
      this.#tell({ kind: "qr", qr: sensitive(qr), expiresIn: isFirst ? FIRST_QR : NEXT_QR });
    } else if (isFirst) {
      this.#tell({ kind: "code", code: sensitive(await askForCode()), expiresIn: CODE });
    }
  }

  /** The phone has agreed. */
  linked(): void {
    this.#failures = 0;
    this.#tell({ kind: "linked" });
  }

  /** The account works. */
  done(): void {
    this.#end({ kind: "paired" });
  }

  refuse(why: PairingRefusal, remedy: string): void {
    this.#end({ kind: "refused", why, remedy });
  }

  /** Nobody waits for it any more. */
  cancel(): void {
    this.#isOver = true;
    this.#news.resolve();
  }

  /** A socket has closed, and the account isn't linked by it, or can't go on. It is refused unless another socket is worth it. */
  closed(closed: Closed): void {
    const refusal = closed.kind === "again" ? this.#failed(closed) : this.#refusalOf(closed);
    if (refusal !== undefined) this.refuse(...refusal);
  }

  #refusalOf({ kind }: Exclude<Closed, { kind: "again" }>): Refusal | undefined {
    switch (kind) {
      case "restart":
        return undefined;
      case "other-number":
        return [kind, OTHER_PHONE];
      case "untrusted":
        return ["rejected", UNTRUSTED.remedy];
      default:
        return ["rejected", standstill(kind, this.#account).remedy];
    }
  }

  #failed({ reason, code }: Extract<Closed, { kind: "again" }>): Refusal | undefined {
    if (this.#shown && reason === "timeout") {
      this.#rounds += 1;
      return this.by.kind === "code" || this.#rounds >= ROUNDS ? ["expired", EXPIRED] : undefined;
    }
    // 500 is what Baileys closes with by itself when what the phone sent isn't genuine.
    if (reason === "rejected" || (this.#shown && code === 500)) return ["rejected", REJECTED];
    this.#failures += 1;
    return this.#failures >= FAILURES ? ["unreachable", UNREACHABLE] : undefined;
  }

  #end(step: PairingStep): void {
    if (this.#isOver) return;
    this.#tell(step);
    this.cancel();
  }

  #tell(step: PairingStep): void {
    if (this.#isOver) return;
    this.#steps.push(step);
    this.#news.resolve();
  }
}
