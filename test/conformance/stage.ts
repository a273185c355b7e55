import { randomBytes } from "node:crypto";
import type {
  Account,
  AdapterModule,
  InboundEvent,
  Operation,
  Outcome,
  PortalRef,
} from "../../src/adapter/index.ts";
import { type Content, type LegId, type Milliseconds, sensitive } from "../../src/model/index.ts";
import { deliveryId, done, MemoryAttempt, MemoryHost, portalAlias, until } from "../support/account-host.ts";
import type { ConformanceFixture, SendFault, TestNetwork } from "./fixture.ts";
import type { LeakWatch } from "./leaks.ts";

/** A person's chat with us. */
export interface Chat {
  readonly person: string;
  readonly portal: PortalRef;
  readonly chat: string;
}

/** One life of an account, from its start to its stop or kill. */
interface Life {
  readonly account: Account;
  readonly host: MemoryHost;
  readonly abort: AbortController;
  readonly running: Promise<void>;
}

/** How many things of a kind keep this process alive: sockets, servers, timers. */
export function countResources(kind: string): number {
  return process.getActiveResourcesInfo().filter((one) => one === kind).length;
}

/** A network with an account at work on it, and all that a check does with them. */
export class Stage {
  readonly module: AdapterModule<unknown>;
  readonly network: TestNetwork;
  readonly #watch: LeakWatch;
  #life: Life;
  readonly #lives: Life[] = [];

  private constructor(
    module: AdapterModule<unknown>,
    network: TestNetwork,
    watch: LeakWatch,
    config: unknown,
  ) {
    this.module = module;
    this.network = network;
    this.#watch = watch;
    this.#life = this.#begin(config);
  }

  /** Starts a network, and an account on it that is connected; with `wrong` credentials it is only begun. */
  static async open(
    module: AdapterModule<unknown>,
    fixture: ConformanceFixture,
    watch: LeakWatch,
    credentials: "right" | "wrong" = "right",
  ): Promise<Stage> {
    const network = await fixture.start();
    watch.guard(...network.secrets, network.number ?? "");
    const config = credentials === "right" ? network.config : network.wrongConfig;
    const stage = new Stage(module, network, watch, config);
    if (credentials === "right") await stage.connected();
    return stage;
  }

  get account(): Account {
    return this.#life.account;
  }

  get host(): MemoryHost {
    return this.#life.host;
  }

  /** Resolves when the account's `start` did. */
  get running(): Promise<void> {
    return this.#life.running;
  }

  /** Waits until the account says that it is connected. */
  async connected(): Promise<void> {
    await until(() => this.host.states.at(-1)?.kind === "connected", 10_000);
  }

  /** A new person, by their address. */
  person(): string {
    const person = this.network.person();
    this.#watch.guard(person);
    return person;
  }

  /** A new person with a chat. */
  async chat(): Promise<Chat> {
    const person = this.person();
    const { portal, chat } = await this.#portalFor(person);
    this.#watch.guard(portal.expose(), chat.expose());
    this.network.join?.(person, chat.expose());
    return { person, portal, chat: chat.expose() };
  }

  /** A text that is nobody else's. */
  text(start = "text"): string {
    const text = `${start} canary ${randomBytes(8).toString("hex")}`;
    this.#watch.guard(text);
    return text;
  }

  /** Opens a portal; `alias` again finds the one that it made. */
  async openPortal(
    person: string,
    alias: string,
    profile: Extract<Operation, { kind: "openPortal" }>["profile"] = { name: "Amber Fox" },
  ): Promise<Outcome> {
    return this.perform({
      kind: "openPortal",
      id: deliveryId(),
      leg: "leg" as LegId, // adapters don't look at it
      to: sensitive(person),
      alias,
      profile,
    });
  }

  /** The operation that sends a content. */
  sending({ portal }: Pick<Chat, "portal">, content: Content): Extract<Operation, { kind: "send" }> {
    return { kind: "send", id: deliveryId(), portal, content, at: Date.now() };
  }

  /** Sends a text once. */
  send(chat: Pick<Chat, "portal">, text: string, attempt = new MemoryAttempt()): Promise<Outcome> {
    return this.perform(this.sending(chat, { kind: "text", text }), attempt);
  }

  /** Sends a text as the house does: again while it is told to come again. */
  async sendAnyway(chat: Pick<Chat, "portal">, text: string): Promise<Outcome> {
    return this.performAnyway(this.sending(chat, { kind: "text", text }));
  }

  /** Does an operation once. */
  async perform(operation: Operation, attempt = new MemoryAttempt()): Promise<Outcome> {
    try {
      const outcome = await this.account.perform(operation, attempt);
      this.#watch.saw("an outcome", outcome);
      if (outcome.kind === "done") this.#watch.guard(...outcome.refs.map((ref) => ref.expose()));
      return outcome;
    } catch (error) {
      this.#watch.saw("an exception of perform", error);
      throw error;
    }
  }

  /** Does an operation, again while it is told to come again. */
  async performAnyway(operation: Operation): Promise<Outcome> {
    for (const end = Date.now() + 8_000; ; ) {
      const outcome = await this.perform(operation);
      if (outcome.kind !== "retry" || Date.now() > end) return outcome;
      await new Promise((resolve) => setTimeout(resolve, Math.min(outcome.after ?? 50, 2_000)));
    }
  }

  /** Sends a text that meets a fault. */
  async sendInto(fault: SendFault, chat: Chat, text: string, attempt?: MemoryAttempt): Promise<Outcome> {
    this.network.fail(fault);
    return this.send(chat, text, attempt);
  }

  /** Stops as the daemon does: intake, then all, then the signal. */
  async stop(deadline: Milliseconds = 2_000): Promise<void> {
    const { account, abort, running } = this.#life;
    await account.stopIntake();
    await account.stop(deadline);
    abort.abort();
    await running;
  }

  /** As `kill -9` does, as far as one process can: nothing becomes durable any more, connections break. */
  async kill(): Promise<void> {
    const { account, host, abort } = this.#life;
    host.freeze();
    await this.network.away();
    abort.abort();
    void account.stop(100).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    await this.network.back();
  }

  /** Starts the account again, on what was durable. */
  async again(): Promise<void> {
    this.#life = this.#begin(this.network.config, this.host);
    await this.connected();
  }

  /** Ends all, and looks at what was shown. */
  async end(): Promise<void> {
    if (this.host.states.at(-1)?.kind !== "stopped") await this.stop(500);
    await this.network.stop();
    for (const { host } of this.#lives) {
      for (const line of host.logs) this.#watch.saw(`the log line ${line.event}`, line);
      for (const state of host.states) this.#watch.saw(`the state ${state.kind}`, state);
      // A content is a plain text by its type, as an operation's is; all else that is personal is wrapped.
      for (const event of host.events) this.#watch.saw(`an event, ${event.body.kind}`, withoutContent(event));
      for (const signal of host.signals) this.#watch.saw("a signal", signal);
    }
  }

  #begin(config: unknown, before?: MemoryHost): Life {
    const parsed = this.module.config.safeParse(config);
    if (!parsed.success)
      throw new Error(`the fixture's config is wrong: ${JSON.stringify(parsed.error.issues)}`);
    const host = new MemoryHost(before);
    const account = this.module.open(parsed.data, host);
    const abort = new AbortController();
    const life = { account, host, abort, running: account.start(abort.signal) };
    this.#lives.push(life);
    return life;
  }

  async #portalFor(person: string) {
    const { account, network } = this;
    if (account.portalOf !== undefined && network.number !== undefined) {
      return account.portalOf(sensitive(network.number), sensitive(person));
    }
    const { opened } = done(await this.openPortal(person, portalAlias()));
    if (opened === undefined) throw new Error("found a portal that was opened without a ref, expected one");
    return opened;
  }
}

function withoutContent({ body, ...event }: InboundEvent): object {
  return { ...event, body: "content" in body ? { ...body, content: body.content.kind } : body };
}
