import "../test/support/whatsapp/quiet-console.ts";
import { proto, type WAMessage } from "baileys";
import { BaileysClient } from "../test/support/whatsapp/client.ts";
import { digits, LABEL, readable, WHATSAPP_NUMBER } from "./cast.ts";
import { Phone } from "./phone.ts";
import type { Line } from "./script.ts";
import type { Message, Side, Talk } from "./talk.ts";
import { LIMIT, NotSeen, within } from "./watch.ts";
import type { WhatsAppSide } from "./whatsapp-side.ts";

/** The bridge, as phones find it. */
export const BRIDGE = `${digits(WHATSAPP_NUMBER)}@s.whatsapp.net`;
const PLACE = readable(WHATSAPP_NUMBER);
/** Where several conversations are in one chat, each text begins with whose it is. */
const BY = new RegExp(`^[A-Z][a-z]+ [A-Z][a-z]+ · ${LABEL}: `);
const { DELIVERY_ACK } = proto.WebMessageInfo.Status;

/** A WhatsApp app on unmodified Baileys: one chat with the bridge, in which all conversations are. */
export class WhatsAppPhone extends Phone {
  readonly number: string;
  /** Each message as this phone decrypted it. */
  readonly decrypted: WAMessage[] = [];
  readonly #client: BaileysClient;
  readonly #talk: Talk;
  readonly #side: Side | undefined;
  readonly #shown = new Map<string, WAMessage>();
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(title: string, number: string, client: BaileysClient, talk: Talk, side?: Side) {
    super(title, talk, side);
    this.number = number;
    this.#client = client;
    this.#talk = talk;
    this.#side = side;
    client.socket.ev.on("messages.upsert", ({ messages }) => {
      for (const message of messages) this.#take(message);
    });
  }

  /** A phone that is connected: the client is linked with the account by the QR code that it shows. */
  static async linked(
    { server }: WhatsAppSide,
    owner: { readonly title: string; readonly number: string },
    talk: Talk,
    side?: Side,
  ): Promise<WhatsAppPhone> {
    const client = new BaileysClient(server);
    client.connect();
    const { qr } = await client.waitFor("qr", undefined, 0, LIMIT);
    server.scan(digits(owner.number), qr);
    await client.waitFor("connection", ({ state }) => state.connection === "open", 0, LIMIT);
    return new WhatsAppPhone(owner.title, owner.number, client, talk, side);
  }

  /** Writes to the bridge, as an answer to a text where one is given; resolves when the bridge has said that it has it. */
  async write(text: string, answering?: string): Promise<void> {
    this.wrote(PLACE, text, undefined, answering);
    await this.#taken(await this.#send(text, answering));
  }

  /** Writes what belongs to Ana's and Leo's conversation, likewise; `sent`: WhatsApp has it, `taken`: the bridge has it. */
  say(
    line: Line,
    answering?: string,
  ): { readonly message: Message; readonly sent: Promise<void>; readonly taken: Promise<void> } {
    const message = this.#talk.typed(this.#side ?? "ana", line);
    this.wrote(PLACE, line.text, message, answering);
    const id = this.#send(line.text, answering, message);
    const sent = id.then(() => undefined);
    const taken = id.then(async (known) => {
      await this.#taken(known);
      message.takenAt = performance.now();
    });
    for (const each of [sent, taken]) each.catch(() => undefined); // its error is told by whoever waits for it
    return { message, sent, taken };
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  /** One after the other, in the order in which they were typed. */
  #send(text: string, answering?: string, message?: Message): Promise<string> {
    const send = async (): Promise<string> => {
      const quoted = answering === undefined ? undefined : this.#find(answering);
      if (message !== undefined) message.sentAt = performance.now();
      return this.#client.send(BRIDGE, { text }, quoted === undefined ? {} : { quoted });
    };
    const sent = this.#turn.then(send);
    this.#turn = sent.catch(() => undefined); // told by whoever waits for it
    return sent;
  }

  async #taken(id: string): Promise<void> {
    const told = this.#client.waitFor(
      "update",
      ({ key, update }) => key.id === id && (update.status ?? 0) >= DELIVERY_ACK,
      0,
      LIMIT,
    );
    await within(`the bridge's receipt on ${this.title}`, told);
  }

  /** The last text on the screen that says this. */
  #find(text: string): WAMessage {
    const found = [...this.#shown.values()].findLast((message) => textOf(message)?.endsWith(text) === true);
    if (found === undefined) throw new NotSeen(`${this.title} shows no text that could be answered`);
    return found;
  }

  /** What the bridge sent; the phone's own server tells it other things. A message that comes again is shown once, as apps do. */
  #take(message: WAMessage): void {
    const { fromMe, id } = message.key;
    if (fromMe === true || typeof id !== "string") return;
    this.decrypted.push(structuredClone(message));
    const text = textOf(message);
    if (text === undefined || this.#shown.has(id)) return;
    this.#shown.set(id, message);
    this.shows(PLACE, text, Number(message.messageTimestamp) * 1_000, text.replace(BY, ""));
  }
}

function textOf({ message }: WAMessage): string | undefined {
  return message?.conversation ?? message?.extendedTextMessage?.text ?? undefined;
}
