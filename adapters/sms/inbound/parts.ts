import type { FragmentGroup } from "../../../src/adapter/index.ts";
import { type Content, type Sensitive, sensitive } from "../../../src/model/index.ts";
import type { SmsPortal } from "../portal.ts";
import { type Alphabet, decodeText } from "../text/coding.ts";

/** What stands for a part that never came. */
const GAP = "[...]";

/** A part as it is kept: octets, since an SMSC may cut in the middle of a character. */
interface Part extends SmsPortal {
  readonly alphabet: Alphabet;
  readonly octets: Buffer;
}

/** A part as `FragmentStore` keeps it. */
export function writePart(part: Part): Sensitive<Uint8Array> {
  const { number, to, alphabet } = part;
  const head = Buffer.from(JSON.stringify({ number, to, alphabet }), "utf8");
  const size = Buffer.alloc(2);
  size.writeUInt16BE(head.length);
  return sensitive(Buffer.concat([size, head, part.octets]));
}

function readPart(payload: Sensitive<Uint8Array>): Part {
  const stored = payload.expose();
  const all = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  const begin = 2 + all.readUInt16BE(0);
  // Written by `writePart`, and sealed by the core in between.
  const head = JSON.parse(all.toString("utf8", 2, begin)) as Omit<Part, "octets">;
  return { ...head, octets: all.subarray(begin) };
}

/** A message of several parts, joined as octets before it is decoded. */
interface Joined extends SmsPortal {
  readonly content: Content;
  readonly isWhole: boolean;
}

/** Joins what is there of a group; undefined when nothing is. Missing parts show as a gap. */
export function joinParts(group: FragmentGroup): Joined | undefined {
  const parts = new Map(group.parts.map(({ index, payload }) => [index, readPart(payload)]));
  const first = parts.values().next().value;
  if (first === undefined) return undefined;
  const pieces: string[] = [];
  let isText = true;
  for (let index = 1; index <= group.total; ) {
    const run: Buffer[] = [];
    for (let part = parts.get(index); part !== undefined; part = parts.get(index)) {
      run.push(part.octets);
      index += 1;
    }
    const text = decodeText(Buffer.concat(run), first.alphabet);
    if (text === undefined) isText = false;
    else pieces.push(text);
    const before = index;
    while (index <= group.total && !parts.has(index)) index += 1;
    if (index > before) pieces.push(GAP);
  }
  const content: Content = isText
    ? { kind: "text", text: pieces.join("") }
    : { kind: "unbridgeable", what: "other" };
  return { number: first.number, to: first.to, content, isWhole: parts.size === group.total };
}
