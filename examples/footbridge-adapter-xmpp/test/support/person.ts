import { type Client, client, xml } from "@xmpp/client";
import type { Element } from "@xmpp/component";

const RECEIPTS = "urn:xmpp:receipts";
/** Without a receipt for so long a text is sent again, under the same id. */
const PATIENCE_MS = 700;
/** How soon one that was sent back is. */
const AGAIN_AFTER_MS = 100;

/** A text on its way. */
interface Outgoing {
  readonly stanza: Element;
  readonly id: string;
  isTaken: boolean;
}

/** A message as a person sees it. */
interface Seen {
  readonly from: string;
  readonly id: string;
  readonly stanza: Element;
  readonly body: string;
}

/**
 * Somebody with a real client at a real server. It asks for receipts, and what has none it sends again, under the same id: from
 * the first text that was sent back on one after the other, so that they stay in order.
 */
export class Person {
  readonly jid: string;
  readonly #client: Client;
  readonly #ready: Promise<unknown>;
  readonly seen: Seen[] = [];
  /** Its client was online once. */
  isThere = false;
  /** The names under which contact requests came, by the JID that made them. */
  readonly names = new Map<string, string>();
  readonly #outgoing: Outgoing[] = [];
  /** Everything that came, as XML. */
  readonly raw: string[] = [];
  #isCareful = false;
  #timer: NodeJS.Timeout | undefined;
  #ids = 0;
  #isOver = false;

  constructor(options: { port: number; domain: string; jid: string; password: string }) {
    const { port, domain, jid, password } = options;
    this.jid = jid;
    const username = jid.split("@")[0] ?? "";
    this.#client = client({ service: `xmpp://127.0.0.1:${port}`, domain, username, password });
    this.#client.reconnect.delay = 200;
    this.#client.on("error", () => undefined); // the server is away now and then
    this.#client.on("stanza", (stanza: Element) => this.#take(stanza));
    this.#client.on("online", () => {
      this.isThere = true;
      void this.send(xml("presence"));
    });
    this.#ready = this.#client.start().catch(() => undefined);
  }

  /** Writes a text, or something else that a message can hold. */
  says(to: string, ...what: readonly Element[]): { taken(): boolean; readonly id: string } {
    this.#ids += 1;
    const id = `${this.jid.slice(0, 12)}-${this.#ids}`;
    const stanza = xml("message", { to, type: "chat", id }, ...what, xml("request", { xmlns: RECEIPTS }));
    const one: Outgoing = { stanza, id, isTaken: false };
    this.#outgoing.push(one);
    if (!this.#isCareful) void this.#ready.then(() => this.send(stanza));
    this.#later(PATIENCE_MS);
    return { taken: () => one.isTaken, id };
  }

  /** Sends a stanza once. */
  async send(stanza: Element): Promise<void> {
    await this.#ready;
    if (!this.#isOver) await this.#client.send(stanza).catch(() => undefined); // as if it were lost
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#ready;
    this.#client.reconnect.stop();
    await this.#client.stop().catch(() => undefined);
  }

  #take(stanza: Element): void {
    this.raw.push(stanza.toString());
    const { from = "", id = "", type } = stanza.attrs;
    const bare = from.split("/")[0] ?? "";
    if (stanza.name === "presence") {
      const name = stanza.getChild("nick")?.text();
      if (name !== undefined) this.names.set(bare, name);
      if (type === "subscribe") void this.send(xml("presence", { to: bare, type: "subscribed" }));
      return;
    }
    if (stanza.name !== "message") return;
    const received = stanza.getChild("received", RECEIPTS)?.attrs.id;
    const confirmed = this.#outgoing.find((one) => one.id === received);
    if (confirmed !== undefined) {
      confirmed.isTaken = true;
      if (this.#isCareful) this.#later(0);
    }
    if (type === "error") {
      this.#isCareful = true;
      this.#later(AGAIN_AFTER_MS);
      return;
    }
    const body = stanza.getChild("body")?.text();
    if (body !== undefined) this.seen.push({ from: bare, id, stanza, body });
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#isOver) this.#timer = setTimeout(() => this.#again(), ms);
  }

  #again(): void {
    const next = this.#outgoing.find(({ isTaken }) => !isTaken);
    this.#isCareful = next !== undefined;
    if (next === undefined) return;
    void this.send(next.stanza);
    this.#later(PATIENCE_MS);
  }
}
