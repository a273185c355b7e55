import { NOISE_WA_HEADER } from "baileys";

const LENGTH_OCTETS = 3;

/** What a frame looks like on the websocket: its length in three octets, then its octets. */
export function frameOf(octets: Uint8Array): Buffer {
  const length = Buffer.alloc(LENGTH_OCTETS);
  length.writeUIntBE(octets.length, 0, LENGTH_OCTETS);
  return Buffer.concat([length, octets]);
}

/**
 * Takes the frames out of what a client writes. Its first octets are the protocol's header (`WA`, 6, 3), before which a client
 * may say by which route it wants to be served: `ED`, 0, 1, a length in three octets, the route (baileys
 * lib/Utils/noise-handler.js, `introHeader`; whatsmeow socket/framesocket.go sends the header alone).
 */
export class FrameReader {
  #unread: Buffer = Buffer.alloc(0);
  #began = false;
  /** The route that the client asked for. */
  route: Buffer | undefined;

  /** All whole frames. @throws Error when it begins with something else. */
  push(octets: Uint8Array): Buffer[] {
    this.#unread = Buffer.concat([this.#unread, octets]);
    if (!this.#began && !this.#readIntroduction()) return [];
    const frames: Buffer[] = [];
    for (let frame = this.#take(0); frame !== undefined; frame = this.#take(0)) frames.push(frame);
    return frames;
  }

  #readIntroduction(): boolean {
    if (this.#unread.subarray(0, 2).toString("latin1") === "ED") {
      this.route = this.#take(4);
      if (this.route === undefined) return false;
    }
    if (this.#unread.length < NOISE_WA_HEADER.length) return false;
    if (!this.#unread.subarray(0, NOISE_WA_HEADER.length).equals(NOISE_WA_HEADER)) {
      throw new Error("found other octets than the protocol's header");
    }
    this.#unread = this.#unread.subarray(NOISE_WA_HEADER.length);
    this.#began = true;
    return true;
  }

  /** What follows a length that stands at `at`, when it is all there. */
  #take(at: number): Buffer | undefined {
    const begin = at + LENGTH_OCTETS;
    if (this.#unread.length < begin) return undefined;
    const end = begin + this.#unread.readUIntBE(at, LENGTH_OCTETS);
    if (this.#unread.length < end) return undefined;
    const taken = this.#unread.subarray(begin, end);
    this.#unread = this.#unread.subarray(end);
    return taken;
  }
}
