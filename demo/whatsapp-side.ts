import "../test/support/whatsapp/quiet-console.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../test/support/whatsapp/index.ts";
import { mendSignatures, trustRoot } from "../test/support/whatsapp/trust.ts";
import { trusting } from "../test/support/whatsapp/trusted-root.ts";
import { CAST, digits, WHATSAPP_NUMBER } from "./cast.ts";

/** What the account is called in the config. */
export const WHATSAPP_ACCOUNT = "whatsapp";

/** A WhatsApp-compatible server on loopback with two phones on it: the bridge's and Ana's. */
export class WhatsAppSide {
  readonly server: WhatsAppServer;

  private constructor(server: WhatsAppServer) {
    this.server = server;
  }

  /** Starts it; this process trusts it from now on, and looks at signatures. */
  static async open(): Promise<WhatsAppSide> {
    const server = await startWhatsAppServer();
    mendSignatures();
    trustRoot(server.root);
    server.addAccount(digits(WHATSAPP_NUMBER), "The bridge's phone");
    server.addAccount(digits(CAST.ana.phone), CAST.ana.whatsAppName);
    return new WhatsAppSide(server);
  }

  /** `accounts` of the daemon's config. It writes as fast as the config lets it: the demo has little time. */
  account(): Readonly<Record<string, unknown>> {
    const pacing = { perChatPerMinute: 60, perAccountPerMinute: 600 };
    const { url } = this.server;
    return { [WHATSAPP_ACCOUNT]: { network: "whatsapp", number: WHATSAPP_NUMBER, server: url, pacing } };
  }

  /** What makes the daemon's process trust this server: see trusted-root.ts. */
  daemonEnv(): Readonly<Record<string, string>> {
    return trusting(this.server.root);
  }

  /** The bridge's phone scans a QR code. */
  scan(qr: string): void {
    this.server.scan(digits(WHATSAPP_NUMBER), qr);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
