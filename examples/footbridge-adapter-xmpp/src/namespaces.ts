/** The namespaces that are spoken here, by what they are for. */
export const NS = {
  /** RFC 6120, 8.3: the conditions of an error. */
  stanzas: "urn:ietf:params:xml:ns:xmpp-stanzas",
  /** XEP-0030 */
  disco: "http://jabber.org/protocol/disco#info",
  /** XEP-0045 */
  mucUser: "http://jabber.org/protocol/muc#user",
  /** XEP-0054 */
  vcard: "vcard-temp",
  /** XEP-0066 */
  oob: "jabber:x:oob",
  /** XEP-0085 */
  chatStates: "http://jabber.org/protocol/chatstates",
  /** XEP-0172 */
  nick: "http://jabber.org/protocol/nick",
  /** XEP-0184 */
  receipts: "urn:xmpp:receipts",
  /** XEP-0203 */
  delay: "urn:xmpp:delay",
  /** XEP-0308 */
  correct: "urn:xmpp:message-correct:0",
  /** XEP-0333 */
  markers: "urn:xmpp:chat-markers:0",
  /** XEP-0359 */
  stanzaId: "urn:xmpp:sid:0",
  /** XEP-0380 */
  encryption: "urn:xmpp:eme:0",
  /** XEP-0384, as most clients have it */
  omemo: "eu.siacs.conversations.axolotl",
  /** XEP-0424 */
  retract: "urn:xmpp:message-retract:1",
  /** XEP-0428 */
  fallback: "urn:xmpp:fallback:0",
  /** XEP-0444 */
  reactions: "urn:xmpp:reactions:0",
  /** XEP-0461 */
  reply: "urn:xmpp:reply:0",
} as const;
