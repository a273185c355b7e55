import {
  type Account,
  type AccountHost,
  type Address,
  type Attempt,
  IntakeRefused,
  type NativeChat,
  type NativeDesk,
  type Operation,
  type OutboundSignal,
  type Outcome,
  type PortalRef,
  type Showing,
  type Shown,
} from "../../src/adapter/index.ts";
import {
  assertNever,
  type Capabilities,
  type ConfiguredDoor,
  MINUTE,
  type Milliseconds,
  SECOND,
  type Sensitive,
} from "../../src/model/index.ts";
import { quietSleep } from "./backoff.ts";
import { matrixCapabilities } from "./capabilities.ts";
import type { MatrixConfig } from "./config.ts";
import { deskOf } from "./desk.ts";
import { matrixDoor } from "./door.ts";
import { EphemeralReader } from "./ephemeral.ts";
import type { Framework } from "./framework.ts";
import { MatrixHttp } from "./http.ts";
import { Intake } from "./intake.ts";
import { Listener } from "./listener.ts";
import { type Names, namesOf } from "./names.ts";
import { PATHS } from "./paths.ts";
import { closePortal, mendSender, openPortal, type PortalDeps, updatePortal } from "./portal.ts";
import { portalOfRef } from "./portal-ref.ts";
import { type SendDeps, send } from "./send.ts";
import { ping, pushProblemOf } from "./session.ts";
import { show } from "./show.ts";
import { PORT_TAKEN, States } from "./states.ts";

/** Connections of the reading side: the poll, and gaps and invites beside it. */
const READ_CONNECTIONS = 4;
/** How long a homeserver shows that somebody types when nothing more is said. */
const TYPING_MS = 30 * SECOND;

/** The bridge's presence on one homeserver. */
export class MatrixAccount implements Account {
  readonly capabilities: Capabilities;
  readonly frontDoor: ConfiguredDoor;
  readonly #config: MatrixConfig;
  readonly #host: AccountHost;
  readonly #names: Names;
  readonly #http: MatrixHttp;
  readonly #readHttp: MatrixHttp;
  readonly #states: States;
  readonly #sending: SendDeps;
  readonly #listener: Listener;
  readonly #ephemeral: EphemeralReader;
  readonly #intakeEnd = new AbortController();
  readonly #allEnd = new AbortController();
  #framework: Promise<Framework> | undefined;
  #intake: Promise<void> = Promise.resolve();
  /** Ends the pings that the last connection began. */
  #pinging = new AbortController();

  constructor(config: MatrixConfig, host: AccountHost) {
    const { url } = config.homeserver;
    const { asToken } = config.appservice;
    this.#config = config;
    this.#host = host;
    this.#names = namesOf(config);
    this.frontDoor = matrixDoor(this.#names.bot);
    this.capabilities = matrixCapabilities(config.connections);
    const timeoutMs = config.requestTimeoutMs;
    this.#http = new MatrixHttp({ url, asToken, connections: config.connections, timeoutMs });
    this.#readHttp = new MatrixHttp({ url, asToken, connections: READ_CONNECTIONS, timeoutMs });
    this.#states = new States(host);
    this.#ephemeral = new EphemeralReader(this.#names);
    this.#sending = {
      names: this.#names,
      http: this.#http,
      mend: async (portal, missing) => mendSender(await this.#portals(), portal, missing),
    };
    this.#listener = new Listener({
      hsToken: config.appservice.hsToken,
      onTransaction: (body) => this.#onTransaction(body),
      onRefused: () => host.log.warn("matrix.transaction.refused", { reason: "unauthorised" }),
    });
  }

  async start(signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, this.#intakeEnd.signal]);
    void this.#listen(AbortSignal.any([signal, this.#allEnd.signal]));
    const intake = new Intake({
      config: this.#config,
      names: this.#names,
      http: this.#readHttp,
      host: this.#host,
      states: this.#states,
      onConnected: () => this.#onConnected(ended),
    });
    this.#states.sync({ kind: "connecting" });
    this.#intake = intake.run(ended);
    await this.#intake;
    if (!signal.aborted) await once(signal);
  }

  async stopIntake(): Promise<void> {
    this.#intakeEnd.abort();
    await this.#intake;
  }

  async perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    if (attempt.signal.aborted || this.#allEnd.signal.aborted) {
      return { kind: "retry", reason: "not-connected", scope: "account", counts: false };
    }
    const outcome = await this.#carryOut(operation, attempt);
    if (outcome.kind === "retry" && outcome.reason === "unauthorised") this.#states.unauthorised();
    return outcome;
  }

  deskOf(chat: NativeChat, from: Sensitive<Address>): Promise<NativeDesk | undefined> {
    return deskOf({ http: this.#http, names: this.#names }, chat.expose(), from.expose());
  }

  signal(signal: OutboundSignal): void {
    const portal = portalOfRef(signal.portal);
    if (portal === undefined || this.#allEnd.signal.aborted) return;
    void this.#http.request({
      method: "PUT",
      path: PATHS.typing(portal.room, portal.ghost),
      query: { user_id: portal.ghost },
      body: signal.typing ? { typing: true, timeout: TYPING_MS } : { typing: false },
      signal: this.#allEnd.signal,
    });
  }

  show(portal: PortalRef, showing: Showing, signal: AbortSignal): Promise<Shown | undefined> {
    const over = this.#allEnd.signal;
    const { clock, random } = this.#host;
    const deps = { http: this.#http, names: this.#names, clock, random, over };
    return show(deps, portal, showing, AbortSignal.any([signal, over]));
  }

  async stop(deadline: Milliseconds): Promise<void> {
    const closed = new AbortController();
    const late = quietSleep(this.#host.clock, deadline / 2, closed.signal);
    await Promise.race([this.stopIntake(), late]); // the house may be slow to take what is under way
    closed.abort();
    this.#allEnd.abort();
    await this.#listener.close(deadline / 4);
    const framework = await this.#framework?.catch(() => undefined);
    await framework?.close();
    await Promise.all([this.#http.close(), this.#readHttp.close()]);
    this.#states.sync({ kind: "stopped" });
  }

  async #carryOut(operation: Operation, attempt: Attempt): Promise<Outcome> {
    switch (operation.kind) {
      case "send":
        return await send(this.#sending, operation, attempt);
      case "openPortal":
        return await openPortal(await this.#portals(), operation, attempt);
      case "updatePortal":
        return await updatePortal(await this.#portals(), operation, attempt);
      case "closePortal":
        return await closePortal(await this.#portals(), operation, attempt);
      default:
        return assertNever(operation);
    }
  }

  async #portals(): Promise<PortalDeps> {
    this.#framework ??= import("./framework.ts").then(({ openFramework }) =>
      openFramework({ config: this.#config, names: this.#names, http: this.#http }),
    );
    const { botName } = this.#config;
    return { names: this.#names, http: this.#http, framework: await this.#framework, botName };
  }

  /**
   * Listens; a port that is taken (by a process that is ending) is tried again until it is free. What the homeserver said of
   * its way to us before that is asked for again.
   */
  async #listen(signal: AbortSignal): Promise<void> {
    const { bind, port } = this.#config.appservice;
    while (!signal.aborted) {
      try {
        await this.#listener.listen(port, bind);
        this.#states.listening(undefined);
        if (this.#states.connected) this.#onConnected(signal);
        return;
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : "";
        this.#host.log.warn("matrix.listen.failed", { code, port });
        this.#states.listening({ reason: "not-connected", remedy: PORT_TAKEN });
        await quietSleep(this.#host.clock, SECOND, signal);
      }
    }
  }

  #onConnected(signal: AbortSignal): void {
    // A ping that failed because the homeserver was away says nothing of now, and its next try may be a minute off.
    this.#pinging.abort();
    this.#pinging = new AbortController();
    void this.#pingUntilOk(AbortSignal.any([signal, this.#pinging.signal]));
  }

  /** Has the homeserver call us; while it can't, asks again each minute. */
  async #pingUntilOk(signal: AbortSignal): Promise<void> {
    const deps = { config: this.#config, names: this.#names, http: this.#readHttp };
    while (!signal.aborted) {
      const problem = pushProblemOf(await ping(deps, signal));
      if (signal.aborted) return;
      this.#states.reached(problem);
      if (problem === undefined) return;
      this.#host.log.warn("matrix.ping.failed", { reason: problem.reason });
      await quietSleep(this.#host.clock, MINUTE, signal);
    }
  }

  /** Typing is passed on, receipts are durable before the homeserver gets its 200; a refused one is lost, as most here are. */
  async #onTransaction(body: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#intakeEnd.signal.aborted) return;
    const { receipts, typing } = this.#ephemeral.read(body, this.#host.clock.now());
    for (const signal of typing) this.#host.signal(signal);
    if (receipts.length === 0) return;
    try {
      await this.#host.acceptAll(receipts);
    } catch (error) {
      const reason = error instanceof IntakeRefused ? error.why : "failed";
      this.#host.log.warn("matrix.receipts.dropped", { reason, count: receipts.length });
    }
  }
}

async function once(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
