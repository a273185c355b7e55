// What is searched of WhatsApp: what the daemon sends to its server, and what a phone decrypts.

import { type BinaryNode, encodeBinaryNode, proto, type WAMessage } from "baileys";
import { isSomebodysJid } from "./cast.ts";
import { type Place, piecesOf } from "./places.ts";

/**
 * Where a client names a person to WhatsApp's own server, and nobody else reads it: to whom a stanza goes, and whose devices or
 * keys it asks for, without which nothing can be encrypted for them. `tag.attribute`.
 */
const DESTINATIONS: ReadonlySet<string> = new Set(["message.to"]);

/** A stanza of the daemon without its destination, as the octets that are on the wire and as it is read. What is in `enc` is ciphertext. */
export function stanzaPlace(stanza: BinaryNode, at: number): Place {
  const stripped = withoutDestinations(stanza);
  return { name: `stanza ${at} to WhatsApp`, pieces: [Buffer.from(encodeBinaryNode(stripped)), ...piecesOf(stripped)] };
}

/** A message as a phone decrypted it, with all that came with it. */
export function decryptedPlace(message: WAMessage, at: number): Place {
  const plain = message.message == null ? [] : [Buffer.from(proto.Message.encode(message.message).finish())];
  return { name: `message ${at} on WhatsApp`, pieces: [...plain, ...piecesOf(message)] };
}

function withoutDestinations({ tag, attrs, content }: BinaryNode): BinaryNode {
  const kept = Object.entries(attrs).map(([name, value]) => {
    const isDestination = DESTINATIONS.has(`${tag}.${name}`) && isSomebodysJid(value);
    return [name, isDestination ? "" : value];
  });
  const inner = Array.isArray(content) ? content.map(withoutDestinations) : content;
  return { tag, attrs: Object.fromEntries(kept), ...(inner === undefined ? {} : { content: inner }) };
}
