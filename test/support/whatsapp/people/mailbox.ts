import type { BinaryNode } from "baileys";

/** What a device was sent and hasn't acknowledged, in the order in which it came. A new connection gets it again. */
export class Mailbox {
  readonly #waiting = new Map<string, BinaryNode>();

  /** A stanza that says the same again under the same id, as the answer to a retry does, takes the first one's place. */
  put(stanza: BinaryNode): void {
    const { id = "", from = "", participant = "" } = stanza.attrs;
    this.#waiting.set([stanza.tag, id, from, participant].join(" "), stanza);
  }

  waiting(): readonly BinaryNode[] {
    return [...this.#waiting.values()];
  }

  /** A message with this id was taken (by a receipt) or refused (by an ack with an error). */
  settleMessages(ids: readonly string[]): void {
    for (const [key, { tag, attrs }] of this.#waiting) {
      if (tag === "message" && ids.includes(attrs.id ?? "")) this.#waiting.delete(key);
    }
  }

  /** A stanza was acknowledged by `<ack>`, which names its class, its id and where it came from. */
  settle(ack: BinaryNode): void {
    const { class: tag, id, to, participant } = ack.attrs;
    if (tag === "message") this.settleMessages([id ?? ""]);
    for (const [key, { tag: held, attrs }] of this.#waiting) {
      const fits = held === tag && attrs.id === id && attrs.from === to && attrs.participant === participant;
      if (fits) this.#waiting.delete(key);
    }
  }
}
