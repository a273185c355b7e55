// What is searched of WhatsApp: what the daemon sends to its server, and what that and the daemon show to a phone.

import { type BinaryNode, encodeBinaryNode, proto, type WAMessage } from "baileys";
import { isSomebodysJid } from "./cast.ts";
import { type Place, piecesOf } from "./places.ts";

/**
 * The fields in which a client must name a person to WhatsApp itself, and which nobody else is sent: what each stanza is for
 * (`to`), for whom each ciphertext in it is, whose devices and whose keys are asked for, and who is given a token to answer
 * with. `parent/tag.attribute`; in them a JID of somebody who takes part is passed over, and nothing else.
 */
const DESTINATIONS: ReadonlySet<string> = new Set([
  "/message.to",
  "/receipt.to",
  "/ack.to",
  "/presence.to",
  "/chatstate.to",
  "participants/to.jid",
  "list/user.jid",
  "key/user.jid",
  "tokens/token.jid",
]);

/**
 * A stanza of the daemon without its destinations, as the octets on the wire and as it is read. Texts in it are ciphertext, in
 * which nothing can be found: these are searched as the phone decrypts them.
 */
export function stanzaPlace(stanza: BinaryNode, at: number): Place {
  const kept = withoutDestinations(stanza, "");
  return { name: `stanza ${at} to WhatsApp`, pieces: [encodeBinaryNode(kept), ...piecesOf(kept)] };
}

/** A message's envelope as WhatsApp brings it to a phone: all of it. */
export function envelopePlace(envelope: BinaryNode, at: number): Place {
  return { name: `envelope ${at} of WhatsApp`, pieces: [encodeBinaryNode(envelope), ...piecesOf(envelope)] };
}

/** A message as a phone decrypted it, and what its client says of it: all of it. */
export function decryptedPlace(message: WAMessage, at: number): Place {
  const { message: content } = message;
  const plain = content == null ? [] : [Buffer.from(proto.Message.encode(content).finish())];
  return { name: `message ${at} on WhatsApp`, pieces: [...plain, ...piecesOf(message)] };
}

/** A stanza and a decrypted message that have these octets in them. */
export function plantedOnWhatsApp(name: string, octets: Buffer): readonly Place[] {
  const body = { tag: "body", attrs: {}, content: octets };
  const stanza = stanzaPlace({ tag: "message", attrs: { id: "A", to: "1@lid" }, content: [body] }, 0);
  const message = decryptedPlace(
    { key: { id: "A" }, message: { conversation: octets.toString("latin1") } },
    0,
  );
  return [
    { ...stanza, name: `stanza, ${name}` },
    { ...message, name: `message on WhatsApp, ${name}` },
  ];
}

function withoutDestinations({ tag, attrs, content }: BinaryNode, parent: string): BinaryNode {
  const kept = Object.entries(attrs).map(([name, value]) => {
    const isDestination = DESTINATIONS.has(`${parent}/${tag}.${name}`) && isSomebodysJid(value);
    return [name, isDestination ? "" : value];
  });
  const inner = Array.isArray(content) ? content.map((each) => withoutDestinations(each, tag)) : content;
  return { tag, attrs: Object.fromEntries(kept), ...(inner === undefined ? {} : { content: inner }) };
}
