// An SMS account at work on a host in memory, for tests against an SMSC on loopback.

import { smsAdapter } from "../../../adapters/sms/index.ts";
import type { Account, Attempt, Outcome } from "../../../src/adapter/index.ts";
import { type Content, type DeliveryId, sensitive } from "../../../src/model/index.ts";
import { MemoryAttempt, MemoryHost } from "../../support/account-host.ts";

export const NUMBER = "+15550100111";
export const PHONE = "+447700900001";

/** A link's config to a port, with what a test wants otherwise. */
export function linkTo(port: number, more: object = {}) {
  return {
    name: "main",
    host: "127.0.0.1",
    port,
    systemId: "test",
    password: "secret",
    responseTimeoutSeconds: 1,
    ...more,
  };
}

export interface Running {
  readonly account: Account;
  readonly host: MemoryHost;
  /** Ends in an orderly way. */
  stop(): Promise<void>;
  /** Ends as a kill would: nothing more is written down, connections just break. */
  kill(): Promise<void>;
  send(text: string, to?: string, attempt?: Attempt, id?: string): Promise<Outcome>;
  perform(content: Content, to?: string, attempt?: Attempt, id?: string): Promise<Outcome>;
}

let lastDelivery = 0;

/** Starts an account; `before` is the host of an earlier life. */
export function run(links: readonly object[], more: object = {}, before?: MemoryHost): Running {
  const config = smsAdapter.config.safeParse({ network: "sms", numbers: [NUMBER], links, ...more });
  if (!config.success) throw new Error(JSON.stringify(config.error.issues));
  const host = new MemoryHost(before);
  const account = smsAdapter.open(config.data, host);
  const abort = new AbortController();
  const running = account.start(abort.signal);
  const perform: Running["perform"] = (content, to = PHONE, attempt = new MemoryAttempt(), id) => {
    const portal = account.portalOf?.(sensitive(NUMBER), sensitive(to)).portal;
    if (portal === undefined) throw new Error("SMS portals are given");
    lastDelivery += 1;
    // A test's own ids.
    const delivery = (id ?? `delivery-${lastDelivery}`) as DeliveryId;
    return account.perform({ id: delivery, kind: "send", portal, content, at: Date.now() }, attempt);
  };
  return {
    account,
    host,
    perform,
    send: (text, to, attempt, id) => perform({ kind: "text", text }, to, attempt, id),
    stop: async () => {
      await account.stopIntake();
      await account.stop(2_000);
      abort.abort();
      await running;
    },
    kill: async () => {
      host.freeze();
      abort.abort();
      await Promise.race([running, new Promise((resolve) => setTimeout(resolve, 50))]);
    },
  };
}

/** The account's last reported state. */
export function stateOf({ host }: Running) {
  return host.states.at(-1);
}

/** Waits until the account has said that it is connected. */
export async function connected(running: Running): Promise<void> {
  await running.host.until(() => stateOf(running)?.kind === "connected");
}
