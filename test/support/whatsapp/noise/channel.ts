import { type BinaryNode, decodeBinaryNode, encodeBinaryNode } from "baileys";
import type { ServerIdentity } from "./certificates.ts";
import { FrameReader, frameOf } from "./frames.ts";
import { type ClientFinish, NoiseResponder } from "./responder.ts";

/** What comes out of a channel. Each is awaited before the next frame is read, so that a client's stanzas stay in order. */
interface ChannelEvents {
  login(client: ClientFinish): Promise<void> | void;
  stanza(stanza: BinaryNode): Promise<void> | void;
}

/** The octets of one websocket, turned into a login and stanzas, and stanzas turned into octets. */
export class NoiseChannel {
  readonly #responder: NoiseResponder;
  readonly #reader = new FrameReader();
  readonly #write: (octets: Buffer) => void;
  readonly #events: ChannelEvents;
  #state: "hello" | "finish" | "open" = "hello";
  #work: Promise<void> = Promise.resolve();

  constructor(identity: ServerIdentity, write: (octets: Buffer) => void, events: ChannelEvents) {
    this.#responder = new NoiseResponder(identity);
    this.#write = write;
    this.#events = events;
  }

  /** Takes what came; what it throws, or an event throws, rejects. */
  receive(octets: Uint8Array): Promise<void> {
    const result = this.#work.then(async () => {
      for (const frame of this.#reader.push(octets)) await this.#take(frame);
    });
    this.#work = result.catch(() => undefined);
    return result;
  }

  send(stanza: BinaryNode): void {
    this.#write(frameOf(this.#responder.encrypt(encodeBinaryNode(stanza))));
  }

  async #take(frame: Buffer): Promise<void> {
    switch (this.#state) {
      case "hello":
        this.#write(frameOf(this.#responder.hello(frame)));
        this.#state = "finish";
        return;
      case "finish": {
        const client = this.#responder.finish(frame);
        this.#state = "open";
        return this.#events.login(client);
      }
      case "open":
        return this.#events.stanza(await decodeBinaryNode(this.#responder.decrypt(frame)));
    }
  }
}
