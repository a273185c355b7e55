import type { WhatsmeowPeer } from "../../support/whatsmeow.ts";
import type { Seen } from "../player.ts";
import { BRIDGE, type Deed } from "../transcript.ts";
import type { Person } from "./person.ts";
import type { WhatsAppSide } from "./whatsapp-side.ts";

interface Shown extends Seen {
  readonly id: string;
  readonly sender: string;
  readonly own: boolean;
}

/** Somebody's WhatsApp phone: one chat with the bridge. */
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
    if (place !== BRIDGE) throw new Error("all of it is in one chat there");
    await this.#send(text, {});
  }

  async does(_place: string, deed: Deed, to: string): Promise<void> {
    const mine = deed.kind === "edit" || deed.kind === "delete";
    const target = [...this.#seen(), ...this.#wrote].findLast(
      ({ own, text }) => text.startsWith(to) && (own || !mine),
    );
    if (target === undefined) throw new Error(`nothing is seen that begins so: ${to}`);
    switch (deed.kind) {
      case "reply":
        return this.#send(deed.text, { quote: target.id });
      case "reaction":
        await this.#peer.run("react", {
          ...{
            to: this.#bridge,
            target: target.id,
            text: deed.emoji,
            sender: target.own ? "" : target.sender,
          },
        });
        return;
      case "edit":
        await this.#peer.run("edit", { to: this.#bridge, target: target.id, text: deed.text });
        return;
      case "delete":
        await this.#peer.run("revoke", { to: this.#bridge, target: target.id });
    }
  }

  async acts(): Promise<void> {
    throw new Error("all chats are encrypted there, and the bridge's isn't left");
  }

  looks(text: string): string {
    return text;
  }

  shown(): ReadonlyMap<string, readonly Seen[]> {
    const seen = this.#seen();
    return new Map(seen.length === 0 ? [] : [[BRIDGE, seen]]);
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
  async #send(text: string, fields: Readonly<Record<string, unknown>>): Promise<void> {
    const id = await this.#peer.send(this.#bridge, text, fields);
    this.#wrote.push({ id, text, sender: "", own: true, at: Date.now() });
    await this.#peer.waitFor("receipt", ({ ids }) => Array.isArray(ids) && ids.includes(id), 20_000);
  }

  #seen(): readonly Shown[] {
    return this.#peer.events.flatMap(({ event, fromMe, id, kind, sender, t, text }) =>
      event === "message" && kind === "text" && fromMe !== true
        ? [{ id: String(id), sender: String(sender), text: String(text), at: Number(t) * 1_000, own: false }]
        : [],
    );
  }
}
