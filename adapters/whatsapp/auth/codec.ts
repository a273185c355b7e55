/** How octets stand in JSON: an object with nothing but this. */
const OCTETS = "$octets";

/**
 * A value as text, octets in it too. Not baileys' own `BufferJSON`, which takes an object of numbers under numeric names for
 * octets.
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key, converted: unknown) {
    // Before `toJSON`: a Buffer's own would have made an array of numbers of it.
    const raw = this[key];
    return raw instanceof Uint8Array ? { [OCTETS]: Buffer.from(raw).toString("base64") } : converted;
  });
}

/** What `encode` made a text of; octets are Buffers. @throws SyntaxError */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !(OCTETS in value)) return value;
    return Buffer.from(String(value[OCTETS]), "base64");
  });
}
