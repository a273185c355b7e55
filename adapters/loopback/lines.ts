/** A line longer than this ends the connection: nothing of the protocol needs it. In octets. */
const LONGEST = 1 << 20;

/** Cuts a stream of octets into lines, however the network's packets fall. */
export class LineReader {
  #rest: Buffer[] = [];
  #held = 0;

  /**
   * The lines that are complete now, without their ends.
   * @returns undefined when a line is longer than any may be; then the stream is beyond repair.
   */
  push(piece: Buffer): readonly string[] | undefined {
    const lines: string[] = [];
    let from = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, from)) {
      lines.push(Buffer.concat([...this.#rest, piece.subarray(from, end)]).toString("utf8"));
      this.#rest = [];
      this.#held = 0;
      from = end + 1;
    }
    const left = piece.subarray(from);
    this.#held += left.length;
    if (left.length > 0) this.#rest.push(left);
    return this.#held > LONGEST ? undefined : lines;
  }
}
