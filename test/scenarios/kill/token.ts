/** Which way a text goes: `in` from the first network of its conversation to the second, `out` the other way. */
export type Direction = "in" | "out";

/** What names one text in all that is seen of it. */
export interface Token {
  readonly conversation: number;
  readonly direction: Direction;
  readonly sequence: number;
}

const PATTERN = /kill([0-9]+)(in|out)([0-9]{5})k/;

/**
 * A token in letters that look the same in ASCII, GSM 03.38 and the low octets of UCS-2, and longer than a handle's code: who
 * writes nothing but a code is asked what they want.
 */
export function tokenText({ conversation, direction, sequence }: Token): string {
  return `kill${conversation}${direction}${String(sequence).padStart(5, "0")}k`;
}

/** The first token in a text. */
export function tokenIn(text: string): string | undefined {
  return PATTERN.exec(text)?.[0];
}

/** The first token in the octets of a PDU, whatever its alphabet. */
export function tokenInOctets(octets: Buffer): string | undefined {
  return tokenIn(octets.toString("latin1").replaceAll("\0", ""));
}

/** A text of about so many characters that carries its token in each part into which a network may cut it. */
export function textOf(token: string, characters: number, wide: boolean): string {
  const step = wide ? `${token} \u{1f309} ` : `${token} `;
  return step.repeat(Math.max(1, Math.round(characters / step.length))).trimEnd();
}
