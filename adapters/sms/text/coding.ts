import { decodeGsm } from "./gsm.ts";

/** What data_coding 0, "SMSC default alphabet", means at an SMSC. */
export type DefaultAlphabet = "gsm" | "latin1" | "ascii";

/** How octets become a text. The names beside `gsm`, `binary` and `ucs2` are those of the Encoding Standard. */
export type Alphabet =
  | "gsm"
  | "ascii"
  | "latin1"
  | "ucs2"
  | "binary"
  | "iso-8859-5"
  | "iso-8859-8"
  | "shift_jis"
  | "iso-2022-jp"
  | "euc-jp"
  | "euc-kr";

/** SMPP's own values, 5.2.19; the rest is in groups. */
const SMPP_CODINGS: readonly (Alphabet | "default")[] = [
  "default",
  "ascii",
  "binary",
  "latin1",
  "binary",
  "shift_jis",
  "iso-8859-5",
  "iso-8859-8",
  "ucs2",
  "binary",
  "iso-2022-jp",
  "binary",
  "binary",
  "euc-jp",
  "euc-kr",
  "binary",
];

/**
 * The alphabet that a data_coding names: SMPP's table below 0x10, above it the groups of 3GPP TS 23.038, 4: general with
 * a message class (0x10), compressed (0x20, unreadable), waiting messages (0xc0 to 0xe0), message class (0xf0).
 */
export function alphabetOf(dataCoding: number, byDefault: DefaultAlphabet): Alphabet {
  const named = SMPP_CODINGS[dataCoding];
  if (named !== undefined) return named === "default" ? byDefault : named;
  const group = dataCoding >> 4;
  // 0x40 and 0x50 are the same marked for automatic deletion.
  if (group === 0x1 || group === 0x4 || group === 0x5) return GENERAL[(dataCoding >> 2) & 3] ?? "binary";
  if (group === 0xc || group === 0xd) return "gsm";
  if (group === 0xe) return "ucs2";
  if (group === 0xf) return (dataCoding & 4) === 0 ? "gsm" : "binary";
  return "binary";
}

const GENERAL: readonly Alphabet[] = ["gsm", "binary", "ucs2"];

/** The text of octets, or undefined when they are no text. It is well-formed and holds no NUL. */
export function decodeText(octets: Uint8Array, alphabet: Alphabet): string | undefined {
  switch (alphabet) {
    case "gsm":
      return decodeGsm(octets);
    case "ascii":
      return withoutNul(
        Buffer.from(octets)
          .toString("latin1")
          .replace(/[\x80-\xff]/g, "\ufffd"),
      );
    case "latin1":
      return withoutNul(Buffer.from(octets).toString("latin1"));
    case "ucs2":
      return withoutNul(decodeUcs2(octets));
    case "binary":
      return decodeBinary(octets);
    default:
      return withoutNul(new TextDecoder(alphabet).decode(octets));
  }
}

/** UTF-16BE, since phones send surrogate pairs; a byte order mark is heeded, half a character shows. */
function decodeUcs2(octets: Uint8Array): string {
  const even = Buffer.from(octets.subarray(0, octets.length & ~1));
  const mark = even.length >= 2 ? even.readUInt16BE(0) : 0;
  const isLittle = mark === 0xfffe;
  if (!isLittle) even.swap16();
  const text = even.toString("utf16le", mark === 0xfeff || isLittle ? 2 : 0).toWellFormed();
  return octets.length % 2 === 0 ? text : `${text}\ufffd`;
}

/** Eight-bit data is a text only when it is UTF-8 without control characters, as some gateways send it. */
function decodeBinary(octets: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(octets);
    return CONTROL.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

// Searching for control characters is the purpose here.
// biome-ignore lint/suspicious/noControlCharactersInRegex: see above
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

function withoutNul(text: string): string {
  return text.replaceAll("\0", "");
}
