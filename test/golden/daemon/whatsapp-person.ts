import type { WhatsmeowPeer } from "../../support/whatsmeow.ts";
import type { Seen } from "../player.ts";
import { type Act, BRIDGE, type Deed } from "../transcript.ts";
import type { Person } from "./person.ts";
import type { WhatsAppSide } from "./whatsapp-side.ts";

interface Shown extends Seen {
  readonly id: string;
  readonly sender: string;
  readonly own: boolean;
  /** Its JID. */
  readonly chat: string;
}

/** Somebody's WhatsApp phone: its chat with the bridge, and groups, by what they are called. */
export class WhatsAppPerson implements Person {
  readonly address: string;
  readonly #peer: WhatsmeowPeer;
  /** The bridge, as phones find it by its number. */
  readonly #bridge: string;
  readonly #wrote: Shown[] = [];

  private constructor(address: string, peer: WhatsmeowPeer, bridge: string) {
    this.address = address;
    this.#peer = peer;
    this.#bridge = bridge;
  }

  static async come(side: WhatsAppSide, number: string, name: string): Promise<WhatsAppPerson> {
    return new WhatsAppPerson(number, await side.phone(number, name), side.bridge);
  }

  async writes(place: string, text: string): Promise<void> {
    await this.#send(this.#chatOf(place), text, {});
  }

  async does(place: string, deed: Deed, to: string): Promise<void> {
    const chat = this.#chatOf(place);
    const mine = deed.kind === "edit" || deed.kind === "delete";
    const target = [...this.#seen(), ...this.#wrote].findLast(
      (each) => each.text.startsWith(to) && (each.own || !mine) && this.#placeOf(each.chat) === place,
    );
    if (target === undefined) throw new Error(`nothing is seen that begins so: ${to}`);
    switch (deed.kind) {
      case "reply":
        return this.#send(chat, deed.text, { quote: target.id });
      case "reaction":
        await this.#peer.run("react", {
          ...{
            to: chat,
            target: target.id,
            text: deed.emoji,
            sender: target.own ? "" : target.sender,
          },
        });
        return;
      case "edit":
        await this.#peer.run("edit", { to: chat, target: target.id, text: deed.text });
        return;
      case "delete":
        await this.#peer.run("revoke", { to: chat, target: target.id });
    }
  }

  async acts(place: string, act: Act): Promise<void> {
    if (act !== "leaves") throw new Error("all chats are encrypted there");
    await this.#peer.run("group-leave", { jid: this.#chatOf(place) });
  }

  looks(text: string): string {
    return text;
  }

  shown(): ReadonlyMap<string, readonly Seen[]> {
    return Map.groupBy(this.#seen(), ({ chat }) => this.#placeOf(chat));
  }

  async caughtUp(): Promise<void> {
    // It would be asked for again, and come behind what was written after it.
    if (this.#peer.events.some(({ event }) => event === "undecryptable"))
      throw new Error("a message couldn't be opened");
  }

  leave(): void {
    this.#peer.stop().catch(() => undefined); // its process ends with ours
  }

  /** Sends, and waits until the bridge has it: it says so only then. */
  async #send(chat: string, text: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    const id = await this.#peer.send(chat, text, fields);
    this.#wrote.push({ id, text, sender: "", own: true, chat, at: Date.now() });
    await this.#peer.waitFor("receipt", ({ ids }) => Array.isArray(ids) && ids.includes(id), 20_000);
  }

  #seen(): readonly Shown[] {
    return this.#peer.events.flatMap(({ chat, event, fromMe, id, kind, sender, t, text }) =>
      event === "message" && kind === "text" && fromMe !== true
        ? [
            {
              ...{ id: String(id), sender: String(sender), chat: String(chat), text: String(text) },
              ...{ at: Number(t) * 1_000, own: false },
            },
          ]
        : [],
    );
  }

  /** The group's last name; all else is the bridge's own chat. */
  #placeOf(chat: string): string {
    return this.#titles().get(chat) ?? BRIDGE;
  }

  #chatOf(place: string): string {
    if (place === BRIDGE) return this.#bridge;
    const [chat] = [...this.#titles()].findLast(([, title]) => title === place) ?? [];
    if (chat === undefined) throw new Error(`there is no group "${place}"`);
    return chat;
  }

  #titles(): ReadonlyMap<string, string> {
    const titles = new Map<string, string>();
    for (const { event, jid, name } of this.#peer.events)
      if (event === "joined" || event === "group") {
        const said = nameIn(name);
        if (said !== undefined) titles.set(String(jid), said);
      }
    return titles;
  }
}

/** What a group is called from now on: whatsmeow gives the name alone, or with who gave it. */
function nameIn(name: unknown): string | undefined {
  if (typeof name === "string") return name === "" ? undefined : name;
  const inside = typeof name === "object" && name !== null && "Name" in name ? name.Name : undefined;
  return typeof inside === "string" ? inside : undefined;
}
