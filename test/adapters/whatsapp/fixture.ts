// A WhatsApp account at work on a host in memory, for tests against the WhatsApp-compatible server on loopback.

// First: it looks at the genuine root, before a test trusts its own.
import "../../../adapters/whatsapp/baileys.ts";
import { whatsAppAdapter } from "../../../adapters/whatsapp/index.ts";
import type { PacingSettings } from "../../../adapters/whatsapp/outbound/pacing.ts";
import type {
  Account,
  Attempt,
  InboundEvent,
  NetworkMessageRef,
  Outcome,
} from "../../../src/adapter/index.ts";
import { type Content, type DeliveryId, sensitive } from "../../../src/model/index.ts";
import { deliveryId, MemoryAttempt, MemoryHost } from "../../support/account-host.ts";
import { startWhatsAppServer, type WhatsAppServer } from "../../support/whatsapp/index.ts";
import { trustRoot } from "../../support/whatsapp/trust.ts";

/** The bridge's own number. */
export const BRIDGE = "15550000001";
export const NUMBER = `+${BRIDGE}`;

/** Fast enough for tests. */
const PACING = { perChatPerMinute: 60, perAccountPerMinute: 600 };
/** Faster than a config may ask for: bursts. */
export const AT_ONCE = { perChatPerMinute: 60_000, perAccountPerMinute: 60_000 };

/** A server that this process trusts, with our account and the people who are named. */
export async function serverWith(people: Readonly<Record<string, string>>): Promise<WhatsAppServer> {
  const server = await startWhatsAppServer();
  server.addAccount(BRIDGE, "The bridge");
  for (const [number, name] of Object.entries(people)) server.addAccount(number, name);
  trustRoot(server.root);
  return server;
}

interface SendOptions {
  readonly replyTo?: NetworkMessageRef;
  readonly attempt?: Attempt;
  readonly id?: DeliveryId;
}

export interface Running {
  readonly account: Account;
  readonly host: MemoryHost;
  /** Links it with its phone, by QR. */
  pair(): Promise<void>;
  connected(): Promise<void>;
  /** Ends in an orderly way. */
  stop(): Promise<void>;
  /** Ends as a kill would: nothing more is written down, and connections break. */
  kill(): Promise<void>;
  /** @param to an address: `+…` or `…@lid` */
  send(to: string, content: Content | string, options?: SendOptions): Promise<Outcome>;
}

/** Starts an account on a new host, or on one that goes on with an earlier life's. */
export function run(
  server: WhatsAppServer,
  host = new MemoryHost(),
  pacing: PacingSettings = PACING,
): Running {
  const parsed = whatsAppAdapter.config.safeParse({
    network: "whatsapp",
    number: NUMBER,
    pacing: PACING,
    server: server.url,
  });
  if (!parsed.success) throw new Error(JSON.stringify(parsed.error.issues));
  const account = whatsAppAdapter.open({ ...parsed.data, pacing }, host);
  const abort = new AbortController();
  const running = account.start(abort.signal);
  const connected = async (): Promise<void> => {
    await host.until(() => host.states.at(-1)?.kind === "connected", 15_000);
  };
  return {
    account,
    host,
    connected,
    pair: async () => {
      for await (const step of account.pair?.({ kind: "qr" }, abort.signal) ?? []) {
        if (step.kind === "qr") server.scan(BRIDGE, step.qr.expose());
        if (step.kind === "refused") throw new Error(`found ${step.why}, expected to be paired`);
      }
      await connected();
    },
    stop: async () => {
      await account.stopIntake();
      await account.stop(2_000);
      abort.abort();
      await running;
    },
    kill: async () => {
      host.freeze();
      await server.away();
      abort.abort();
      await Promise.race([account.stop(100), new Promise((resolve) => setTimeout(resolve, 200))]);
      await server.back();
    },
    send: (to, content, { replyTo, attempt = new MemoryAttempt(), id = deliveryId() } = {}) => {
      const portal = account.portalOf?.(sensitive(NUMBER), sensitive(to)).portal;
      if (portal === undefined) throw new Error("portals are given here");
      const written: Content = typeof content === "string" ? { kind: "text", text: content } : content;
      const reply = replyTo === undefined ? {} : { replyTo };
      return account.perform(
        { kind: "send", id, portal, content: written, at: Date.now(), ...reply },
        attempt,
      );
    },
  };
}

/** Links a new account. */
export async function linked(
  server: WhatsAppServer,
  host?: MemoryHost,
  pacing?: PacingSettings,
): Promise<Running> {
  const running = run(server, host, pacing);
  await running.pair();
  return running;
}

/** The first event that fits, of those that came and will. */
export function event(
  { host }: Running,
  fits: (event: InboundEvent) => boolean,
  ms = 8_000,
): Promise<InboundEvent> {
  return host.until(() => host.events.find(fits), ms);
}

/** The event of a text. */
export function textEvent(running: Running, text: string, ms?: number): Promise<InboundEvent> {
  return event(
    running,
    ({ body }) => body.kind === "message" && body.content.kind === "text" && body.content.text === text,
    ms,
  );
}
