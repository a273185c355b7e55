// The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1), one character an octet as SMPP carries it.

const ESCAPE = 0x1b;
const UNKNOWN = "\ufffd";

/** Character by code; the escape stands for itself. */
const BASIC =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ" +
  " !\"#¤%&'()*+,-./0123456789:;<=>?" +
  "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§" +
  "¿abcdefghijklmnopqrstuvwxyzäöñüà";

/** Characters that take an escape before their code. */
const EXTENDED: readonly (readonly [code: number, character: string])[] = [
  [0x0a, "\f"],
  [0x14, "^"],
  [0x28, "{"],
  [0x29, "}"],
  [0x2f, "\\"],
  [0x3c, "["],
  [0x3d, "~"],
  [0x3e, "]"],
  [0x40, "|"],
  [0x65, "€"],
];

const CODES = new Map<string, readonly number[]>([
  ...[...BASIC]
    .map((character, code) => [character, [code]] as const)
    .filter(([, [code]]) => code !== ESCAPE),
  ...EXTENDED.map(([code, character]) => [character, [ESCAPE, code]] as const),
]);

const AFTER_ESCAPE = new Map(EXTENDED);

/** What has the same code here and in ASCII: nearly every text is of nothing else, and is then converted as a whole. */
const AS_IN_ASCII = /^[\n\r !"#%&'()*+,\-./0-9:;<=>?A-Za-z]*$/;

/** Whether each character of a text is one septet, and its code that of ASCII. */
export function isAsInAscii(text: string): boolean {
  return AS_IN_ASCII.test(text);
}

/** How many septets a character takes, 1 or 2; undefined when the alphabet lacks it. */
export function gsmWidth(character: string): number | undefined {
  return CODES.get(character)?.length;
}

/** The octets of a text, or undefined when the alphabet lacks one of its characters. */
export function encodeGsm(text: string): Buffer | undefined {
  if (isAsInAscii(text)) return Buffer.from(text, "latin1");
  const octets: number[] = [];
  for (const character of text) {
    const codes = CODES.get(character);
    if (codes === undefined) return undefined;
    for (const code of codes) octets.push(code);
  }
  return Buffer.from(octets);
}

/**
 * The text of octets. An escape before a code that the extension table lacks shows the basic character (6.2.1.1, note 1);
 * one at the very end, and octets above 0x7f, are replaced visibly.
 */
export function decodeGsm(octets: Uint8Array): string {
  const whole = Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("latin1");
  if (isAsInAscii(whole)) return whole;
  let text = "";
  for (let at = 0; at < octets.length; at += 1) {
    const code = octets[at] ?? 0;
    if (code !== ESCAPE) {
      text += BASIC[code] ?? UNKNOWN;
      continue;
    }
    at += 1;
    const escaped = octets[at];
    if (escaped === undefined) return text + UNKNOWN;
    // A second escape is reserved for a further table; it shows as a space (6.2.1.1, note 1).
    text += escaped === ESCAPE ? " " : (AFTER_ESCAPE.get(escaped) ?? BASIC[escaped] ?? UNKNOWN);
  }
  return text;
}
