import type { BinaryNode } from "baileys";

/** A stanza or a part of one. Attributes that are undefined are left out. */
export function node(
  tag: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  content?: readonly BinaryNode[] | Uint8Array,
): BinaryNode {
  const given = Object.entries(attrs).filter((attr): attr is [string, string] => attr[1] !== undefined);
  const made: BinaryNode = { tag, attrs: Object.fromEntries(given) };
  if (content !== undefined) made.content = content instanceof Uint8Array ? content : [...content];
  return made;
}

/** All parts, or those with a tag. */
export function children(of: BinaryNode | undefined, tag?: string): readonly BinaryNode[] {
  const parts = Array.isArray(of?.content) ? of.content : [];
  return tag === undefined ? parts : parts.filter((part) => part.tag === tag);
}

/** The first part with this tag. */
export function child(of: BinaryNode | undefined, tag: string): BinaryNode | undefined {
  return children(of, tag)[0];
}

/** The octets that a part with this tag holds. @throws Error when there is none. */
export function octetsOf(of: BinaryNode | undefined, tag: string): Buffer {
  const content = child(of, tag)?.content;
  if (content === undefined || Array.isArray(content)) throw new Error(`found no octets in <${tag}>`);
  return Buffer.from(content);
}

/** Now, as stanzas say it: seconds since 1970. */
export function now(): string {
  return String(Math.floor(Date.now() / 1_000));
}
