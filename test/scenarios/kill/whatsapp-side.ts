import { createHash } from "node:crypto";
import { WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { controlClient } from "../../../src/http/control-client.ts";
import type { Fault } from "../../support/whatsapp/faults.ts";
import type { Ending } from "../../support/whatsapp/index.ts";
import { WhatsAppProcess } from "../../support/whatsapp/process.ts";
import { trusting } from "../../support/whatsapp/trusted-root.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../../support/whatsmeow.ts";
import { until } from "./wait.ts";

/** The bridge's own number there, without its +. */
const BRIDGE = "12025550199";
const TO = `${BRIDGE}@s.whatsapp.net`;
const ACCOUNT = "whatsapp";
/** As fast as the config lets it write: once a second to a person in the long run. */
const PACING = { perChatPerMinute: 60, perAccountPerMinute: 600 };

/** Whom a fault is about: the bridge's account, or the person's of a conversation. */
export type Whose = "bridge" | number;

/** A text on the screen of a phone. */
interface ShownText {
  readonly id: string;
  readonly text: string;
}

/** A WhatsApp-compatible server in a process of its own, with the bridge's account and people whose phones are whatsmeow. */
export class WhatsAppSide {
  readonly #server: WhatsAppProcess;
  readonly #phones = new Map<number, WhatsmeowPeer>();

  private constructor(server: WhatsAppProcess) {
    this.#server = server;
  }

  /** With a phone for each of these conversations. */
  static async start(conversations: readonly number[]): Promise<WhatsAppSide> {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    const side = new WhatsAppSide(await WhatsAppProcess.start());
    try {
      await side.#server.addAccount(BRIDGE, "The bridge's phone");
      for (const conversation of conversations) await side.#come(program, conversation);
    } catch (error) {
      await side.stop();
      throw error;
    }
    return side;
  }

  get pid(): number | undefined {
    return this.#server.pid;
  }

  /** Whose phones are there. */
  get conversations(): readonly number[] {
    return [...this.#phones.keys()];
  }

  /** `accounts` of the daemon's config. */
  get accounts(): Readonly<Record<string, unknown>> {
    return {
      [ACCOUNT]: { network: "whatsapp", number: `+${BRIDGE}`, server: this.#server.url, pacing: PACING },
    };
  }

  /** The daemon's environment, without which it doesn't believe this server. */
  get env(): Readonly<Record<string, string>> {
    return trusting(this.#server.root);
  }

  /** The bridge's phone scans what the daemon with this state shows. */
  async link(state: string): Promise<void> {
    for await (const step of controlClient(state).pair(ACCOUNT, { by: "qr" })) {
      if (step.step === "qr") await this.#server.scan(BRIDGE, step.qr);
      if (step.step === "refused") throw new Error("the WhatsApp account wasn't linked");
    }
  }

  /** One try of a person's to write to the bridge; the same token is the same message. @throws Error when no ack came. */
  async send(conversation: number, token: string, text: string): Promise<void> {
    const digest = createHash("sha256").update(token).digest("hex").slice(0, 18).toUpperCase();
    await this.#phone(conversation).send(TO, text, { message: `3EB0${digest}` });
  }

  /** What a person's phone shows: whatsmeow tells a message that comes again once more, the real app shows an id once. */
  shown(conversation: number): readonly ShownText[] {
    const byId = new Map<string, ShownText>();
    for (const { event, kind, fromMe, id, text } of this.#phone(conversation).events) {
      if (event !== "message" || kind !== "text" || fromMe === true || byId.has(String(id))) continue;
      byId.set(String(id), { id: String(id), text: String(text) });
    }
    return [...byId.values()];
  }

  /** Waits for a text on a person's phone. */
  async reads(conversation: number, words: RegExp): Promise<string> {
    const found = () => this.shown(conversation).find(({ text }) => words.test(text))?.text;
    if (await until(() => found() !== undefined, 30_000)) return found() ?? "";
    const shown = this.shown(conversation).map(({ text }) => text);
    throw new Error(`a phone reads nothing like ${words}, only: ${shown.join(" | ")}`);
  }

  async fault(whose: Whose, fault: Fault): Promise<void> {
    await this.#server.fault(numberOf(whose), fault);
  }

  async heal(): Promise<void> {
    await this.#server.heal();
  }

  /** The server ends a connection. */
  async cut(whose: Whose, ending: Ending): Promise<void> {
    await this.#server.end(numberOf(whose), ending);
  }

  /** The bridge's connection stands, and nothing comes of it: no message (`deaf`), or no answer either (`silent`). */
  async upset(mood: "deaf" | "silent"): Promise<void> {
    await this.#server.upset(BRIDGE, mood);
  }

  async away(): Promise<void> {
    await this.#server.away();
  }

  async back(): Promise<void> {
    await this.#server.back();
  }

  /** What server and phones found odd, for the log of a run. */
  async oddities(): Promise<object> {
    const odd = [...this.#phones].map(([conversation, { events }]) => {
      const kinds = ["undecryptable", "retry-asked", "log", "logged-out", "replaced"];
      return [conversation, events.filter(({ event }) => kinds.includes(event))];
    });
    return { problems: await this.#server.problems(), phones: Object.fromEntries(odd) };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#phones.values()].map((phone) => phone.stop()));
    await this.#server.stop();
  }

  async #come(program: string, conversation: number): Promise<void> {
    const number = numberOf(conversation);
    await this.#server.addAccount(number, `Mia ${conversation}`);
    const phone = await WhatsmeowPeer.linked(program, this.#server, number, `Mia ${conversation}`);
    this.#phones.set(conversation, phone);
  }

  #phone(conversation: number): WhatsmeowPeer {
    const phone = this.#phones.get(conversation);
    if (phone === undefined) throw new RangeError("nobody in this conversation is on WhatsApp");
    return phone;
  }
}

function numberOf(whose: Whose): string {
  return whose === "bridge" ? BRIDGE : `1202555${String(3_000 + whose)}`;
}
