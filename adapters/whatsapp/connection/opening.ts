import type { AccountHost } from "../../../src/adapter/index.ts";
import type { WhatsAppConfig } from "../config.ts";
import { isNumberOf } from "../own-number.ts";
import type { Pairing } from "../pairing.ts";
import { Session, type SessionAuth, type SessionHooks } from "./session.ts";
import type { TimeLock } from "./time-lock.ts";

/** What a phone is shown that is linked by a code: WhatsApp takes names alone that it knows (whatsmeow pair-code.go). */
const KNOWN_BROWSER = ["Mac OS", "Chrome", "14.4.1"] as const;

/** What the sockets of an account are made of. */
export interface OpeningParts {
  readonly config: Pick<WhatsAppConfig, "number" | "deviceName" | "version" | "server">;
  readonly auth: SessionAuth;
  readonly hooks: SessionHooks;
  readonly host: Pick<AccountHost, "account" | "clock" | "random" | "log">;
}

/** Opens a socket: to log in, or to be linked as `pairing` asks for. */
export function openSession(parts: OpeningParts, lock: TimeLock, pairing: Pairing | undefined): Session {
  const { auth, hooks, host, config } = parts;
  const byCode = pairing?.by.kind === "code" && !auth.isPaired;
  pairing?.connecting();
  const session: Session = new Session({
    auth,
    hooks,
    clock: host.clock,
    browser: byCode ? KNOWN_BROWSER : [config.deviceName, "Chrome", "1.0"],
    ...(config.version === undefined ? {} : { version: config.version }),
    ...(config.server === undefined ? {} : { server: config.server }),
    accepts: (jid) => isNumberOf(jid, config.number),
    onQr: (qr) => {
      const askForCode = (): Promise<string> =>
        session.socket.requestPairingCode(config.number.replace("+", ""));
      pairing?.shown(qr, askForCode).catch(() => session.end()); // it has closed meanwhile
    },
    onTimeLock: ({ active, until }) => (active ? lock.begin(until?.getTime()) : lock.end()),
    onError: (error) => host.log.warn("whatsapp.session.failed", { error: errorName(error) }),
  });
  // Baileys sends the request for a code and looks at no answer.
  if (byCode) {
    session.onStanza(({ tag, attrs }) => {
      if (tag === "iq" && attrs.type === "error") void session.end({ kind: "again", reason: "rejected" });
    });
  }
  return session;
}

/** An error's class: its message may hold anything. */
export function errorName(error: unknown): string {
  return error instanceof Error ? error.name : "unknown";
}
