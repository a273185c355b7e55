import { type Component, component, type Element, xml } from "@xmpp/component";
import { type Clock, MINUTE, type Milliseconds, type Reason } from "footbridge/adapter";
import { conditionOf } from "./conditions.ts";
import type { XmppConfig } from "./config.ts";
import { NS } from "./namespaces.ts";

/** A stanza that is longer ends the stream: no server lets people send so much. In UTF-16 units. */
const LONGEST = 1 << 20;
/** After so long an echo asks whether anybody is still there. */
const PING_EVERY: Milliseconds = MINUTE;
/** The ids of our echoes, which nobody else's stanzas have: they come from our own domain. */
const ECHO = "fb-echo-";

/** What became of a stanza. `unsent`: the server can't have seen it. `unanswered`: it may have. */
export type Answer =
  | { readonly kind: "done" }
  | { readonly kind: "error"; readonly condition: string }
  | { readonly kind: "unsent" }
  | { readonly kind: "unanswered"; readonly reason: Reason };

/** What a connection hands on. */
interface ConnectionHandler {
  /** A message or presence that answers nothing. */
  stanza(stanza: Element): void;
  /** Somebody asks who one of ours is; undefined: nobody that we know. */
  vcard(query: Element): Promise<Element | undefined>;
  /** Likewise for what it can. */
  features(query: Element): Promise<Element | undefined>;
}

/**
 * One stream to the server, from its first octet to its last. It never throws for what the server does.
 *
 * A component gets no word for what it sends. So each stanza is followed by one to ourselves: a server works off a stream in order,
 * and when that one comes back it has seen to the stanza before it, whose error, if there is one, came first.
 */
export class Connection {
  readonly #config: XmppConfig;
  readonly #clock: Clock;
  readonly #handler: ConnectionHandler;
  readonly #xmpp: Component;
  readonly #over = new AbortController();
  readonly #online = Promise.withResolvers<boolean>();
  readonly #ended = Promise.withResolvers<Reason>();
  /** What waits, by the id of its echo, and of its stanza. */
  readonly #waiting = new Map<string, (answer: Answer) => void>();
  #echoes = 0;

  /** Connects and says who we are; `online` and `ended` tell how that goes. */
  constructor(config: XmppConfig, clock: Clock, handler: ConnectionHandler) {
    this.#config = config;
    this.#clock = clock;
    this.#handler = handler;
    const { host, port, domain, secret } = config;
    const service = `xmpp://${host.includes(":") ? `[${host}]` : host}:${port}`;
    this.#xmpp = component({ service, domain, password: secret.expose() });
    this.#xmpp.reconnect.stop(); // a connection that is over is over: account.ts makes the next one
    this.#listen();
    this.#xmpp.start().catch(() => this.#end("network-error"));
    void this.#watch();
  }

  /** True once the server knows us, false when the stream ended before. */
  get online(): Promise<boolean> {
    return this.#online.promise;
  }

  /** Why it ended, once it did; all that waited is settled by then. */
  get ended(): Promise<Reason> {
    return this.#ended.promise;
  }

  /** Aborted when it ended. */
  get over(): AbortSignal {
    return this.#over.signal;
  }

  /** Hands a stanza over and waits until the server has seen to it: as long as the config says, or until `signal`. */
  async deliver(stanza: Element, signal?: AbortSignal): Promise<Answer> {
    if (this.over.aborted || signal?.aborted === true) return { kind: "unsent" };
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const settled = new AbortController();
    const echo = `${ECHO}${++this.#echoes}`;
    const ids = [echo, stanza.attrs.id ?? echo];
    for (const id of ids) this.#waiting.set(id, resolve);
    const giveUp = (reason: Reason) => resolve({ kind: "unanswered", reason });
    signal?.addEventListener("abort", () => giveUp("unsure"), { signal: settled.signal });
    this.#clock.sleep(this.#config.timeoutMs, settled.signal).then(
      () => giveUp("timeout"),
      () => undefined,
    );
    this.#write(`${stanza}${xml("iq", { ...this.#toOurselves, type: "result", id: echo })}`);
    try {
      return await promise;
    } finally {
      settled.abort();
      for (const id of ids) this.#waiting.delete(id);
    }
  }

  /** Hands stanzas over without waiting for anything. */
  say(...stanzas: readonly Element[]): void {
    if (!this.over.aborted && stanzas.length > 0) this.#write(stanzas.join(""));
  }

  /** Ends the stream once nothing waits, after `deadline` ms at the latest: what is written goes out first. */
  async close(deadline: Milliseconds): Promise<void> {
    const end = this.#clock.monotonic() + deadline;
    while (this.#waiting.size > 0 && this.#clock.monotonic() < end - deadline / 4) {
      await this.#clock.sleep(Math.min(10, deadline / 4), this.over).catch(() => undefined);
    }
    if (this.over.aborted) return;
    this.#xmpp.socket?.end("</stream:stream>");
    const late = this.#clock.sleep(Math.max(0, end - this.#clock.monotonic()), this.over);
    await Promise.race([this.ended, late]).catch(() => undefined);
    this.abort();
  }

  /** Ends at once. */
  abort(): void {
    this.#end("not-connected");
  }

  get #toOurselves() {
    const { domain } = this.#config;
    return { from: domain, to: domain };
  }

  #listen(): void {
    const xmpp = this.#xmpp;
    let held = 0;
    let hasElement = false;
    xmpp.on("connect", () => {
      xmpp.socket?.setEncoding("utf8"); // a letter may lie in two packets
      xmpp.socket?.on("data", (piece: string) => {
        held = hasElement ? piece.length : held + piece.length;
        hasElement = false;
        if (held > LONGEST) this.#end("malformed");
      });
    });
    xmpp.on("element", (element: Element) => {
      hasElement = true;
      this.#take(element);
    });
    xmpp.on("online", () => this.#online.resolve(true));
    xmpp.on("error", (error: unknown) => this.#end(reasonOfStream(error)));
    xmpp.on("disconnect", () => this.#end("network-error"));
    xmpp.iqCallee.get(NS.vcard, "vCard", ({ stanza }) => this.#handler.vcard(stanza));
    xmpp.iqCallee.get(NS.disco, "query", ({ stanza }) => this.#handler.features(stanza));
  }

  #take(element: Element): void {
    const { id, from, type } = element.attrs;
    if (element.name === "iq") {
      const isEcho = type === "result" && from === this.#config.domain;
      if (isEcho) this.#waiting.get(id ?? "")?.({ kind: "done" });
      return;
    }
    if (element.name !== "message" && element.name !== "presence") return;
    const settle = type === "error" && id?.startsWith(ECHO) === false ? this.#waiting.get(id) : undefined;
    if (settle === undefined) this.#handler.stanza(element);
    else settle({ kind: "error", condition: conditionOf(element) });
  }

  /** Asks now and then whether anybody is there: a connection can die without a word. */
  async #watch(): Promise<void> {
    const known = new AbortController();
    this.#clock.sleep(this.#config.timeoutMs, AbortSignal.any([known.signal, this.over])).then(
      () => this.#end("timeout"),
      () => undefined,
    );
    await this.online;
    known.abort();
    while (!this.over.aborted) {
      await this.#clock.sleep(PING_EVERY, this.over).catch(() => undefined);
      const answer = await this.deliver(xml("iq", { ...this.#toOurselves, type: "result", id: "fb-ping" }));
      if (answer.kind === "unanswered") this.#end(answer.reason);
    }
  }

  #write(text: string): void {
    this.#xmpp.write(text).catch(() => this.#end("network-error"));
  }

  #end(reason: Reason): void {
    if (this.over.aborted) return;
    this.#over.abort();
    this.#xmpp.socket?.destroy();
    for (const settle of this.#waiting.values()) settle({ kind: "unanswered", reason: "network-error" });
    this.#online.resolve(false);
    this.#ended.resolve(reason);
  }
}

/** Why a stream ended, by its error (RFC 6120, 4.9.3): XEP-0114 answers a wrong secret so. */
function reasonOfStream(error: unknown): Reason {
  const condition = error instanceof Error && "condition" in error ? error.condition : undefined;
  if (condition === "not-authorized" || condition === "host-unknown") return "unauthorised";
  return condition === "policy-violation" || condition === "conflict" ? "forbidden" : "network-error";
}
