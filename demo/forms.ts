// The ways in which a phone number, a LID or a Matrix id can stand in octets.

import { digits } from "./cast.ts";

/** One of these ways. */
export interface Form {
  readonly name: string;
  readonly applies: (value: string) => boolean;
  /** What to look for. */
  readonly needles: (value: string) => readonly Buffer[];
  /** Octets that hold the value in this form, among others: what a search has to find, or it proves nothing. */
  readonly canary: (value: string) => Buffer;
  /** A canary of it is text, and can be typed. */
  readonly isText: boolean;
}

const isPhone = (value: string): boolean => /^\+\d+$/.test(value);
/** A phone number, or a LID. */
const isNumber = (value: string): boolean => /^\+?\d+$/.test(value);
const always = (): boolean => true;
const same = (value: string): string => value;
/** North American numbers, which the demo's are: without the country's 1. Other values stay. */
const national = (value: string): string => value.replace(/^\+1/, "");
const amid = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0, 46, 123]), content, Buffer.from("}.\n")]);

/** A text in UTF-8, as `of` makes it of the value. */
const plain = (of: (value: string) => string) =>
  ({
    isText: true,
    needles: (value: string) => [Buffer.from(of(value))],
    canary: (value: string) => Buffer.from(`id=${of(value)};`),
  }) as const;

const utf16 = (turn: (octets: Buffer) => Buffer) =>
  ({
    applies: always,
    isText: false,
    needles: (value: string) => [turn(Buffer.from(national(value), "utf16le"))],
    canary: (value: string) => amid(turn(Buffer.from(`to ${value} `, "utf16le"))),
  }) as const;

/** Without its leading zeros: whatever width it is written in, these octets stand together. */
const integer = (turn: (octets: Buffer) => Buffer) =>
  ({
    applies: isNumber,
    isText: false,
    needles: (value: string) => [turn(narrow(value))],
    canary: (value: string) => amid(turn(wide(value))),
  }) as const;

/** All of them. Base64, hex and packed digits are looked for at each place where the value may begin. */
export const FORMS: readonly Form[] = [
  { name: "as it is", applies: always, ...plain(same) },
  { name: "digits", applies: isPhone, ...plain(digits) },
  { name: "national digits", applies: isPhone, ...plain(national) },
  {
    name: "JID",
    applies: isNumber,
    isText: true,
    // A device of theirs has its number between the two parts.
    needles: (value) => [Buffer.from(jid(value)), Buffer.from(`${digits(value)}:`)],
    canary: (value) => Buffer.from(`from=${jid(value)};`),
  },
  {
    name: "with separators",
    applies: isPhone,
    isText: true,
    needles: (value) =>
      ["-", " ", "."].map((by) => Buffer.from(`${value.slice(5, 8)}${by}${value.slice(8)}`)),
    canary: (value) => Buffer.from(`(${value.slice(2, 5)}) ${value.slice(5, 8)}-${value.slice(8)}`),
  },
  {
    name: "base64",
    applies: always,
    isText: true,
    needles: (value) => base64Cores(national(value)),
    canary: (value) => Buffer.from(Buffer.from(`x:${value}`).toString("base64")),
  },
  {
    name: "hex",
    applies: always,
    isText: true,
    needles: (value) => {
      const hex = Buffer.from(national(value)).toString("hex");
      return [Buffer.from(hex), Buffer.from(hex.toUpperCase())];
    },
    canary: (value) => Buffer.from(Buffer.from(`to ${value}`).toString("hex").toUpperCase()),
  },
  { name: "UTF-16, little-endian", ...utf16(asTheyAre) },
  { name: "UTF-16, big-endian", ...utf16((octets) => Buffer.from(octets).swap16()) },
  { name: "integer, little-endian", ...integer((octets) => Buffer.from(octets).reverse()) },
  { name: "integer, big-endian", ...integer(asTheyAre) },
  {
    name: "packed digits",
    applies: isNumber,
    isText: false,
    needles: (value) =>
      [digits(value), national(value)].flatMap((each) => [packed(each), packed(swapped(each))]),
    canary: (value) => amid(packed(swapped(digits(value)))),
  },
];

function asTheyAre(octets: Buffer): Buffer {
  return octets;
}

/**
 * How base64 shows a value that begins at any place, without the characters that its neighbours have a part in. In one of the
 * three the last octet is cut off, so numbers that are told from each other have to differ before their last digit.
 */
function base64Cores(value: string): Buffer[] {
  return [0, 1, 2].map((offset) => {
    const octets = Buffer.from("\0".repeat(offset) + value);
    const whole = octets.toString("base64").slice(0, Math.floor((octets.length * 8) / 6));
    return Buffer.from(whole.slice(Math.ceil((offset * 8) / 6)));
  });
}

/** The JID of a person on WhatsApp, by number or by LID. */
function jid(value: string): string {
  return isPhone(value) ? `${digits(value)}@s.whatsapp.net` : `${value}@lid`;
}

/** As few octets as hold it, big-endian. */
function narrow(value: string): Buffer {
  const octets = wide(value);
  return octets.subarray(octets.findIndex((octet) => octet !== 0));
}

/** 64 bits, big-endian. */
function wide(value: string): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64BE(BigInt(digits(value)));
  return octets;
}

/** Two digits an octet, as SMS writes numbers (3GPP TS 23.040, 9.1.2.3, before they are swapped). */
function packed(number: string): Buffer {
  return Buffer.from(number.length % 2 === 0 ? number : `${number}f`, "hex");
}

function swapped(number: string): string {
  const even = number.length % 2 === 0 ? number : `${number}f`;
  return even.replaceAll(/(.)(.)/g, "$2$1");
}
