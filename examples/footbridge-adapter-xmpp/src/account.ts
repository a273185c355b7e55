import type { Element } from "@xmpp/component";
import {
  type Account,
  type AccountHost,
  type AccountState,
  type Attempt,
  type Capabilities,
  type ConfiguredDoor,
  type Milliseconds,
  type NativeChat,
  type Operation,
  type OutboundSignal,
  type Outcome,
  type Reason,
  SECOND,
  sensitive,
} from "footbridge/adapter";
import { Backoff } from "./backoff.ts";
import { xmppCapabilities } from "./capabilities.ts";
import { chatState, refusal } from "./compose.ts";
import type { XmppConfig } from "./config.ts";
import { Connection } from "./connection.ts";
import { Ghosts } from "./ghosts.ts";
import { Intake } from "./intake.ts";
import { perform } from "./outbound.ts";
import { chatOf, portalOfChat, portalRef, readPortal } from "./portal.ts";
import { Residents } from "./residents.ts";
import { translate } from "./translate.ts";

/** A connection that lasted so long was a good one: the next try comes soon. */
const GOOD_AFTER: Milliseconds = 5 * SECOND;

/** The bridge's presence on XMPP: keeps a stream up, and puts the parts together. */
export class XmppAccount implements Account {
  readonly capabilities: Capabilities;
  readonly frontDoor: ConfiguredDoor;
  readonly #config: XmppConfig;
  readonly #host: AccountHost;
  readonly #ghosts: Ghosts;
  readonly #residents: Residents;
  readonly #intake: Intake;
  readonly #stopping = new AbortController();
  /** The stream on which the server knows us. */
  #connection: Connection | undefined;
  #running: Promise<void> = Promise.resolve();
  /** What came is looked at one after the other: the store is asked meanwhile, and no order may turn around. */
  #reading: Promise<void> = Promise.resolve();
  #reported = "";

  constructor(config: XmppConfig, host: AccountHost) {
    const { concurrency, desk, domain } = config;
    const user = `${desk}@${domain}`;
    this.capabilities = xmppCapabilities(concurrency);
    this.frontDoor = { kind: "user", title: "XMPP", user, link: `xmpp:${user}?message;body={code}` };
    this.#config = config;
    this.#host = host;
    this.#ghosts = new Ghosts(host.storage);
    this.#residents = new Residents(config, this.#ghosts);
    this.#intake = new Intake(host, (...stanzas) => this.#connection?.say(...stanzas));
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#running = this.#run(AbortSignal.any([signal, this.#stopping.signal]));
    await this.#running;
  }

  async stopIntake(): Promise<void> {
    await this.#intake.close();
  }

  async perform(operation: Operation, attempt: Attempt): Promise<Outcome> {
    return perform(operation, attempt, {
      domain: this.#config.domain,
      ghosts: this.#ghosts,
      deliver: () => {
        const connection = this.#stopping.signal.aborted ? undefined : this.#connection;
        return connection && ((stanza, signal) => connection.deliver(stanza, signal));
      },
    });
  }

  /** Whoever writes to the bridge by itself; what is written to others of ours has a portal, or was refused. */
  async deskOf(chat: NativeChat) {
    const portal = portalOfChat(chat);
    return portal?.ours === this.#config.desk ? { portal: portalRef({ ...portal, own: true }) } : undefined;
  }

  signal({ portal, typing }: OutboundSignal): void {
    const reached = readPortal(portal);
    if (reached === undefined) return;
    const from = `${reached.ours}@${this.#config.domain}`;
    this.#connection?.say(chatState({ from, to: reached.person }, typing));
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
      log.warn("xmpp.connection.down", { reason, attempt: backoff.tries + 1 });
      this.#report(stateAfter(reason));
      await backoff.pause(until);
    }
    this.#report({ kind: "stopped" });
  }

  /** One stream from its beginning to its end; says why it is over. */
  async #serve(until: AbortSignal): Promise<Reason> {
    const connection = new Connection(this.#config, this.#host.clock, {
      stanza: (stanza) => this.#heard(stanza, connection),
      vcard: (query) => this.#residents.vcard(query),
      features: (query) => this.#residents.features(query),
    });
    // `stop` ends it in an orderly way, if it was welcome; anything else at once.
    const abort = () => {
      if (!this.#stopping.signal.aborted || this.#connection === undefined) connection.abort();
    };
    until.addEventListener("abort", abort, { once: true });
    if (until.aborted) abort();
    if (await connection.online) {
      this.#connection = connection;
      this.#host.log.info("xmpp.connection.up");
      this.#report({ kind: "connected" });
    }
    const reason = await connection.ended;
    this.#connection = undefined;
    until.removeEventListener("abort", abort);
    return reason;
  }

  #heard(stanza: Element, connection: Connection): void {
    this.#reading = this.#reading
      .then(() => this.#read(stanza, connection))
      // The store couldn't be asked who that is: nothing is acknowledged, and its sender is told to try again.
      .catch(() => this.#sendBack(stanza, connection, "wait", "resource-constraint"));
  }

  async #read(stanza: Element, connection: Connection): Promise<void> {
    if (stanza.name === "presence") {
      connection.say(...(await this.#residents.answer(stanza)));
      return;
    }
    const { clock, random } = this.#host;
    const portal = await this.#residents.reached(stanza);
    if (portal === undefined) {
      this.#sendBack(stanza, connection, "cancel", "item-not-found");
      return;
    }
    const translated = translate(stanza, portal, clock.now(), () => random.bytes(16).toString("base64url"));
    if (translated.kind === "refused") this.#sendBack(stanza, connection, "cancel", translated.condition);
    if (translated.kind === "event") this.#intake.offer({ stanza, ...translated });
    if (translated.kind === "typing") {
      const { typing } = translated;
      this.#host.signal({ kind: "typing", chat: chatOf(portal), from: sensitive(portal.person), typing });
    }
  }

  /** An error never answers an error, nor what nobody wrote. */
  #sendBack(stanza: Element, connection: Connection, type: "wait" | "cancel", condition: string): void {
    const isText =
      stanza.name === "message" && stanza.attrs.type !== "error" && stanza.getChild("body") !== undefined;
    if (isText) connection.say(refusal(stanza, type, condition));
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
    "the server doesn't know the component or its secret: its config and ours need the same domain and secret";
  return { kind: "misconfigured", reason, remedy };
}
