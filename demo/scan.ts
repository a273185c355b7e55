import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What was looked through, and where something was found. */
export interface ScanResult {
  readonly files: number;
  readonly bytes: number;
  /** File and form, never the value. */
  readonly found: readonly { readonly file: string; readonly secret: string; readonly form: string }[];
}

/** Something that must not be found: its name in reports, and itself. */
export interface Secret {
  readonly name: string;
  readonly value: string;
}

/** A way in which a value can stand in a file. */
interface Form {
  readonly name: string;
  readonly applies: (value: string) => boolean;
  /** What to look for. */
  readonly needles: (value: string) => readonly Buffer[];
  /** A file's content that holds the value in this form: what a scan has to find, or it proves nothing. */
  readonly canary: (value: string) => Buffer;
}

const isNumber = (value: string): boolean => /^\+\d+$/.test(value);
const always = (): boolean => true;
const digits = (value: string): string => value.slice(1);
/** North American numbers, which the demo's are: without the country's 1. */
const national = (value: string): string => value.slice(2);
const within = (content: Buffer): Buffer =>
  Buffer.concat([Buffer.from("\0..{"), content, Buffer.from("}..\n")]);
const plain = (of: (value: string) => string, encoding: BufferEncoding = "utf8") => ({
  needles: (value: string) => [Buffer.from(of(value), encoding)],
  canary: (value: string) => within(Buffer.from(`id=${of(value)};`, encoding)),
});
const same = (value: string): string => value;

/** A number's and an address's forms; base64 and hex are looked for at each place where the value may begin. */
const FORMS: readonly Form[] = [
  { name: "as it is", applies: always, ...plain(same) },
  { name: "digits", applies: isNumber, ...plain(digits) },
  { name: "national digits", applies: isNumber, ...plain(national) },
  {
    name: "written with separators",
    applies: isNumber,
    needles: (value) =>
      ["-", " ", "."].map((by) => Buffer.from(`${value.slice(5, 8)}${by}${value.slice(8)}`)),
    canary: (value) => within(Buffer.from(`(${value.slice(2, 5)}) ${value.slice(5, 8)}-${value.slice(8)}`)),
  },
  { name: "UTF-16", applies: always, ...plain((value) => value.replace(/^\+1/, ""), "utf16le") },
  {
    name: "UTF-16, big-endian",
    applies: always,
    needles: (value) => [Buffer.from(value.replace(/^\+1/, ""), "utf16le").swap16()],
    canary: (value) => within(Buffer.from(`${value} `, "utf16le").swap16()),
  },
  {
    name: "base64",
    applies: always,
    needles: (value) => base64Cores(value.replace(/^\+1/, "")),
    canary: (value) => within(Buffer.from(Buffer.from(`x:${value}`).toString("base64"))),
  },
  {
    name: "hex",
    applies: always,
    needles: (value) => {
      const hex = Buffer.from(value.replace(/^\+1/, "")).toString("hex");
      return [Buffer.from(hex), Buffer.from(hex.toUpperCase())];
    },
    canary: (value) => within(Buffer.from(Buffer.from(`to ${value}`).toString("hex").toUpperCase())),
  },
  {
    name: "packed digits",
    applies: isNumber,
    needles: (value) => [packed(digits(value)), packed(swapped(digits(value)))],
    canary: (value) => within(packed(swapped(digits(value)))),
  },
  {
    name: "64-bit number",
    applies: isNumber,
    needles: (value) => {
      const [big, little] = [Buffer.alloc(8), Buffer.alloc(8)];
      big.writeBigUInt64BE(BigInt(digits(value)));
      little.writeBigUInt64LE(BigInt(digits(value)));
      return [big, little];
    },
    canary: (value) => {
      const number = Buffer.alloc(8);
      number.writeBigUInt64LE(BigInt(digits(value)));
      return within(number);
    },
  },
];

/** How base64 shows a value that begins at any place, without the characters that its neighbours change. */
function base64Cores(value: string): Buffer[] {
  return [0, 1, 2].map((offset) => {
    const octets = Buffer.from("\0".repeat(offset) + value);
    const whole = octets.subarray(0, octets.length - (octets.length % 3)).toString("base64");
    return Buffer.from(whole.slice(Math.ceil((offset * 8) / 6)));
  });
}

/** Two digits an octet, as SMS writes numbers (3GPP TS 23.040, 9.1.2.3, before they are swapped). */
function packed(number: string): Buffer {
  return Buffer.from(number.length % 2 === 0 ? number : `${number}f`, "hex");
}

function swapped(number: string): string {
  const even = number.length % 2 === 0 ? number : `${number}f`;
  return even.replaceAll(/(.)(.)/g, "$2$1");
}

/** Looks for the secrets in all files of some folders or files, in every form. Sockets are passed over. */
export function scan(paths: readonly string[], secrets: readonly Secret[]): ScanResult {
  const files = paths.flatMap(filesUnder);
  let bytes = 0;
  const found: { file: string; secret: string; form: string }[] = [];
  for (const file of files) {
    const content = readFileSync(file);
    bytes += content.length;
    for (const { name, value } of secrets) {
      for (const form of FORMS) {
        if (!form.applies(value)) continue;
        if (form.needles(value).some((needle) => content.includes(needle))) {
          found.push({ file, secret: name, form: form.name });
        }
      }
    }
  }
  return { files: files.length, bytes, found };
}

/** A file for each secret and form, by its name: all of them have to be found. */
export function canaries(secrets: readonly Secret[]): { readonly name: string; readonly content: Buffer }[] {
  return secrets.flatMap(({ value }, of) =>
    FORMS.flatMap((form, at) =>
      form.applies(value) ? [{ name: `canary-${of}-${at}`, content: form.canary(value) }] : [],
    ),
  );
}

/** In how many ways the scan looks. */
export const FORM_COUNT = FORMS.length;

function filesUnder(path: string): string[] {
  const kind = statSync(path);
  if (kind.isFile()) return [path];
  if (!kind.isDirectory()) return [];
  return readdirSync(path).flatMap((name) => filesUnder(join(path, name)));
}
