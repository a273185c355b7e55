import type {
  Account,
  AccountHost,
  AccountState,
  Attempt,
  NativeChat,
  Operation,
  OutboundSignal,
  Outcome,
} from "../../src/adapter/index.ts";
import {
  type Capabilities,
  type Milliseconds,
  type Reason,
  SECOND,
  sensitive,
} from "../../src/model/index.ts";
import { Backoff } from "./backoff.ts";
import { loopbackCapabilities } from "./capabilities.ts";
import type { LoopbackConfig } from "./config.ts";
import { Connection } from "./connection.ts";
import { Intake, type Source } from "./intake.ts";
import { perform } from "./outbound.ts";
import { chatOf, portalRef, readPortal } from "./portal.ts";

/** A connection that lasted so long was a good one: the next try comes soon. */
const GOOD_AFTER: Milliseconds = 5 * SECOND;
/** A network that sends so much without an acknowledgement doesn't keep to its own window. */
const MOST_WAITING = 10_000;

/** The bridge's presence on a loopback network: keeps a connection up, and puts the parts together. */
export class LoopbackAccount implements Account {
  readonly capabilities: Capabilities;
  readonly #config: LoopbackConfig;
  readonly #host: AccountHost;
  readonly #intake: Intake;
  readonly #stopping = new AbortController();
  /** The connection on which the network has welcomed us. */
  #connection: Connection | undefined;
  #running: Promise<void> = Promise.resolve();
  #reported = "";

  constructor(config: LoopbackConfig, host: AccountHost) {
    this.capabilities = loopbackCapabilities(config.concurrency);
    this.#config = config;
    this.#host = host;
    this.#intake = new Intake(host);
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#running = this.#run(AbortSignal.any([signal, this.#stopping.signal]));
    await this.#running;
  }

  async stopIntake(): Promise<void> {
    await this.#intake.close();
  }

  async perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    return perform(operation, attempt, () => {
      const connection = this.#stopping.signal.aborted ? undefined : this.#connection;
      return connection && ((request, signal) => connection.call(request, signal));
    });
  }

  async deskOf(chat: NativeChat) {
    return { portal: portalRef({ thread: chat.expose() }) }; // each thread of this network is between two
  }

  signal({ portal, typing }: OutboundSignal): void {
    const thread = readPortal(portal)?.thread;
    if (thread !== undefined) this.#connection?.typing(thread, typing);
  }

  async stop(deadline: Milliseconds): Promise<void> {
    const connection = this.#connection;
    this.#stopping.abort();
    const isClosed = new AbortController();
    const late = this.#host.clock.sleep(deadline / 2, isClosed.signal).catch(() => undefined);
    await Promise.race([this.#intake.close(), late]); // the house may be slow to take what is under way
    isClosed.abort();
    await connection?.close(deadline / 2);
    await this.#running;
  }

  async #run(until: AbortSignal): Promise<void> {
    const { clock, random, log } = this.#host;
    const backoff = new Backoff(clock, random);
    this.#report({ kind: "connecting" });
    while (!until.aborted) {
      const began = clock.monotonic();
      const reason = await this.#serve(until);
      if (until.aborted) break;
      if (clock.monotonic() - began >= GOOD_AFTER) backoff.reset();
      log.warn("loopback.connection.down", { reason, attempt: backoff.tries + 1 });
      this.#report(stateAfter(reason));
      await backoff.pause(until);
    }
    this.#report({ kind: "stopped" });
  }

  /** One connection from its beginning to its end; says why it is over. */
  async #serve(until: AbortSignal): Promise<Reason> {
    const { clock, log } = this.#host;
    const connection = new Connection(this.#config, clock, {
      event: (event) => {
        if (this.#intake.waiting >= MOST_WAITING) connection.abort();
        else this.#intake.offer(event, source);
      },
      typing: ({ thread, from, typing }) =>
        this.#host.signal({ kind: "typing", chat: chatOf(thread), from: sensitive(from), typing }),
      unreadable: () => log.warn("loopback.line.unreadable"),
    });
    const source: Source = {
      over: connection.over,
      acknowledge: (ids) => connection.acknowledge(ids),
    };
    // `stop` ends it in an orderly way, if it was welcome; anything else at once.
    const abort = () => {
      if (!this.#stopping.signal.aborted || this.#connection === undefined) connection.abort();
    };
    until.addEventListener("abort", abort, { once: true });
    if (until.aborted) abort();
    if (await connection.welcome) {
      this.#connection = connection;
      log.info("loopback.connection.up");
      this.#report({ kind: "connected" });
    }
    const reason = await connection.ended;
    this.#connection = undefined;
    until.removeEventListener("abort", abort);
    return reason;
  }

  #report(state: AccountState): void {
    const now = JSON.stringify(state);
    if (now === this.#reported) return;
    this.#reported = now;
    this.#host.report(state);
  }
}

function stateAfter(reason: Reason): AccountState {
  if (reason !== "unauthorised") return { kind: "disconnected", reason };
  const remedy =
    "the network doesn't know the account's token: write the one that it gave you into the config";
  return { kind: "misconfigured", reason, remedy };
}
