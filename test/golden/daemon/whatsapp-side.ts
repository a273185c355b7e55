import "../../support/whatsapp/quiet-console.ts";
// The adapter looks at the root that it finds: before another one is put in its place.
import "../../../adapters/whatsapp/baileys.ts";
import { WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import type { PhonesAre } from "../transcript.ts";
import type { RunningDaemon } from "./running.ts";

/** The bridge's own number there, with + and country code. */
export const OWN_NUMBER = "+12025550199";
/** What the account is called in the config. */
const ACCOUNT = "whatsapp";

/** A WhatsApp-compatible server with the bridge's account on it, and phones that nobody here wrote. */
export class WhatsAppSide {
  readonly server: WhatsAppServer;
  readonly #program: string;

  private constructor(server: WhatsAppServer, program: string) {
    this.server = server;
    this.#program = program;
  }

  static async open(): Promise<WhatsAppSide> {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    const server = await startWhatsAppServer({ keepTraffic: false });
    trustRoot(server.root);
    server.addAccount(digits(OWN_NUMBER), "The bridge's phone");
    return new WhatsAppSide(server, program);
  }

  /** Where phones that look its number up write to. */
  get bridge(): string {
    return this.server.account(digits(OWN_NUMBER)).jid("lid");
  }

  /** `accounts` of the daemon's config. */
  account(): Readonly<Record<string, unknown>> {
    return { [ACCOUNT]: { network: "whatsapp", number: OWN_NUMBER, server: this.server.url } };
  }

  /** What becomes of what the bridge writes from now on. */
  set(are: PhonesAre): void {
    const [{ faults }, own] = [this.server, digits(OWN_NUMBER)];
    faults.heal(own);
    if (are === "no route") faults.put(own, { kind: "refuse-message", code: 404 }, Number.POSITIVE_INFINITY);
    if (are === "silent") faults.put(own, { kind: "drop-ack" }, Number.POSITIVE_INFINITY);
    if (are !== "away") return;
    faults.put(own, { kind: "refuse-login", reason: 503 }, Number.POSITIVE_INFINITY);
    this.server.end(own, "unavailable");
  }

  /** The bridge's phone scans what the daemon shows. It takes off what it had linked before. */
  async pair(daemon: RunningDaemon): Promise<void> {
    const own = digits(OWN_NUMBER);
    for (const { id } of this.server.account(own).companions) this.server.unlink(own, id);
    for await (const step of daemon.control.pair(ACCOUNT, { by: "qr" })) {
      if (step.step === "qr") this.server.scan(digits(OWN_NUMBER), step.qr);
      if (step.step === "refused") throw new Error("the account wasn't linked");
    }
  }

  /** Somebody's phone. */
  async phone(number: string, name: string): Promise<WhatsmeowPeer> {
    this.server.addAccount(digits(number), name);
    return WhatsmeowPeer.linked(this.#program, this.server, digits(number), name);
  }

  close(): Promise<void> {
    return this.server.stop();
  }
}

/** A number as WhatsApp writes it. */
export function digits(number: string): string {
  return number.replace(/\D/g, "");
}
