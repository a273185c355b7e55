import { createHash } from "node:crypto";
import { WHATSMEOW_CACHE } from "../../../scripts/testing/peers.ts";
import { controlClient } from "../../../src/http/control-client.ts";
import { buildWhatsmeow, WhatsmeowPeer } from "../whatsmeow.ts";
import type { Fault } from "./faults.ts";
import type { Ending } from "./index.ts";
import { WhatsAppProcess } from "./process.ts";
import { trusting } from "./trusted-root.ts";

/** The bridge's own number there, without its +. */
const BRIDGE = "12025550199";
const TO = `${BRIDGE}@s.whatsapp.net`;
const ACCOUNT = "whatsapp";
/** As fast as the config lets it write: once a second to a person in the long run. */
const PACING = { perChatPerMinute: 60, perAccountPerMinute: 600 };

/** How long what the bridge answers may take, in ms. */
const READ_WITHIN = 30_000;

/** Whom a fault is about: the bridge, or one of the people. */
export type Whose = "bridge" | number;

/** A text on the screen of a phone. */
interface ShownText {
  readonly id: string;
  readonly text: string;
}

/**
 * A WhatsApp-compatible server in a process of its own, with the bridge's account and people whose phones are whatsmeow. The caller
 * numbers them.
 */
export class WhatsAppSide {
  /** Called with each text on a person's phone as it comes. */
  onText: (person: number, text: string) => void = () => undefined;
  readonly #server: WhatsAppProcess;
  readonly #phones = new Map<number, WhatsmeowPeer>();

  private constructor(server: WhatsAppProcess) {
    this.#server = server;
  }

  /** With a phone for each of these people. */
  static async start(people: readonly number[]): Promise<WhatsAppSide> {
    const program = await buildWhatsmeow(WHATSMEOW_CACHE);
    const side = new WhatsAppSide(await WhatsAppProcess.start());
    try {
      await side.#server.addAccount(BRIDGE, "The bridge's phone");
      for (const person of people) await side.#come(program, person);
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
  get people(): readonly number[] {
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
  async send(person: number, token: string, text: string): Promise<void> {
    const digest = createHash("sha256").update(token).digest("hex").slice(0, 18).toUpperCase();
    await this.#phone(person).send(TO, text, { message: `3EB0${digest}` });
  }

  /** What a person's phone shows: whatsmeow tells a message that comes again once more, the real app shows an id once. */
  shown(person: number): readonly ShownText[] {
    const byId = new Map<string, ShownText>();
    for (const { event, kind, fromMe, id, text } of this.#phone(person).events) {
      if (event !== "message" || kind !== "text" || fromMe === true || byId.has(String(id))) continue;
      byId.set(String(id), { id: String(id), text: String(text) });
    }
    return [...byId.values()];
  }

  /** A person makes a handle; gives its code. */
  async offers(person: number, label: string): Promise<string> {
    await this.send(person, `handle ${label}`, `handle new ${label}`);
    const made = await this.#reads(person, /^Handle for "/);
    const code = /^Text (\S+) to /m.exec(made)?.[1];
    if (code === undefined) throw new Error("found no code in what the bridge says of a handle");
    return code;
  }

  /** A person waits for a request and accepts it: from then on they talk. */
  async accepts(person: number): Promise<void> {
    await this.#reads(person, /^Request 1 for /);
    await this.send(person, "accept", "1");
    await this.#reads(person, /^Weakest hop: /);
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
    const odd = [...this.#phones].map(([person, { events }]) => {
      const kinds = ["undecryptable", "retry-asked", "log", "logged-out", "replaced"];
      return [person, events.filter(({ event }) => kinds.includes(event))];
    });
    return { problems: await this.#server.problems(), phones: Object.fromEntries(odd) };
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#phones.values()].map((phone) => phone.stop()));
    await this.#server.stop();
  }

  async #come(program: string, person: number): Promise<void> {
    const number = numberOf(person);
    await this.#server.addAccount(number, `Mia ${person}`);
    const phone = await WhatsmeowPeer.linked(program, this.#server, number, `Mia ${person}`);
    phone.onEvent = ({ event, kind, fromMe, text }) => {
      if (event === "message" && kind === "text" && fromMe !== true) this.onText(person, String(text));
    };
    this.#phones.set(person, phone);
  }

  async #reads(person: number, words: RegExp): Promise<string> {
    const fits = ({ kind, text }: Readonly<Record<string, unknown>>) =>
      kind === "text" && words.test(String(text));
    const { text } = await this.#phone(person).waitFor("message", fits, READ_WITHIN);
    return String(text);
  }

  #phone(person: number): WhatsmeowPeer {
    const phone = this.#phones.get(person);
    if (phone === undefined) throw new RangeError("nobody there goes by this number");
    return phone;
  }
}

function numberOf(whose: Whose): string {
  return whose === "bridge" ? BRIDGE : `1202555${String(3_000 + whose)}`;
}
